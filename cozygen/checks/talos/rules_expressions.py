"""Rules about expressions in CEL: what picks disks, volumes and links, and when memory is short."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.talos.expression import faults
from cozygen.checks.talos.finding import Configuration, Finding, at, value
from cozygen.checks.talos.vocabulary import VOCABULARIES

_DISKS = ("provisioning", "diskSelector", "match")
_EXPRESSIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("LinkAliasConfig", ("selector", "match"), "link"),
    ("VolumeConfig", _DISKS, "disk"),
    ("RawVolumeConfig", _DISKS, "disk"),
    ("UserVolumeConfig", _DISKS, "disk"),
    ("SwapVolumeConfig", _DISKS, "disk"),
    ("ExistingVolumeConfig", ("discovery", "volumeSelector", "match"), "volume"),
    ("OOMConfig", ("triggerExpression",), "pressure"),
    ("OOMConfig", ("cgroupRankingExpression",), "ranking"),
)


def expressions(config: Configuration) -> Iterator[Finding]:
    """Every expression has CEL's grammar, and speaks only of what Talos gives it."""
    for kind, path, about in _EXPRESSIONS:
        for key, document in config.of(kind):
            text = at(document, *path)
            for fault in faults(text, VOCABULARIES[about]) if text else ():
                yield value(path, fault.message, fault.hint, key)
