"""How tenants map to sources, by the platform's size (measured by ``bench/flux_layout.py``).

====================  ====================================================================================
mode                  what a push wakes
====================  ====================================================================================
``direct``            every Kustomization; each unpacks the whole repository. Never chosen: only for who asks.
``artifacts``         one ArtifactGenerator cuts an artifact for each tenant; only what changed wakes.
``staged``            one generator cuts groups of tenants, a generator a group the tenants.
``sources``           the same behind several GitRepositories, each with a slice of the tenants.
====================  ====================================================================================

A generator's run has to stay well under a minute, so one cuts at most about a hundred outputs when many run
at once. Which group or slice a tenant belongs to follows from a hash of its path alone, never from its
position, and an output is named after its generator: moving one between generators would delete it for a
while, whereas under another name it is simply made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from cozygen.platform.delivery import Delivery
from cozygen.platform.names import ROOT
from cozygen.record import Record

DIRECT_MOST = 20
"""Tenants up to which a push costs ``direct`` seconds, not minutes."""
ARTIFACTS_MOST = 100
STAGED_MOST = 2000
GENERATOR_MOST = 1000
"""Artifacts that one ArtifactGenerator may have: its CRD takes no more (facts: e2e 5b)."""
GROUP_MOST = 100
SLICE_MOST = 2000


class Grouping(Record):
    """The mode, and how many bits of a tenant's hash choose its slice and, after those, its group."""

    mode: str
    slice_bits: int = 0
    group_bits: int = 0

    def slice_of(self, path: str) -> str:
        """The tenant's slice as binary digits, empty where there is only one."""
        return _bits(path, 0, self.slice_bits)

    def group_of(self, path: str) -> str:
        """The tenant's group within its slice as binary digits, empty where there is only one."""
        return _bits(path, self.slice_bits, self.group_bits)

    @property
    def slices(self) -> tuple[str, ...]:
        """All slices in order."""
        return _all(self.slice_bits)

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups of a slice in order."""
        return _all(self.group_bits)


def _bits(path: str, start: int, count: int) -> str:
    return _digits(path)[start : start + count]


@lru_cache(maxsize=1 << 17)
def _digits(path: str) -> str:
    """A tenant's hash as 64 binary digits."""
    return f"{int.from_bytes(sha256(path.encode()).digest()[:8], 'big'):064b}"


def _all(bits: int) -> tuple[str, ...]:
    return tuple(format(n, f"0{bits}b") for n in range(1 << bits)) if bits else ("",)


def choose(
    paths: Iterable[str], mode: str = "auto", groups: int | None = None, slices: int | None = None
) -> Grouping:
    """The grouping for these tenants; what is not given is chosen by their number."""
    tenants = list(paths)
    if mode == "auto":
        mode = _mode(len(tenants))
    if mode in ("direct", "artifacts"):
        return Grouping(mode)
    slice_bits = 0
    if mode == "sources":
        slice_bits = _width(slices) if slices else _needed(tenants, 0, SLICE_MOST)
        mode = "sources" if slice_bits else "staged"  # the only slice is the repository itself
    group_bits = _width(groups) if groups else _needed(tenants, slice_bits, GROUP_MOST)
    return Grouping(mode, slice_bits, group_bits)


def grouped(paths: Iterable[str], delivery: Delivery) -> Grouping:
    """How the tenants of these paths map to sources, as a platform's delivery says; root does not count."""
    return choose((p for p in paths if p != ROOT), delivery.mode, delivery.groups, delivery.sources)


def most_outputs(grouping: Grouping, paths: Iterable[str]) -> int:
    """The artifacts of the generator that cuts the most of them, for tenants of these paths."""
    if grouping.mode == "direct":
        return 0
    cut = Counter((grouping.slice_of(path), grouping.group_of(path)) for path in paths)
    groups = Counter(part for part, _ in cut) if grouping.mode != "artifacts" else Counter[str]()
    return max([*cut.values(), *groups.values()], default=0)


def _mode(count: int) -> str:
    for most, mode in ((ARTIFACTS_MOST, "artifacts"), (STAGED_MOST, "staged")):
        if count <= most:
            return mode
    return "sources"


def _width(count: int) -> int:
    return max(count - 1, 0).bit_length()


def _needed(paths: list[str], outer: int, most: int) -> int:
    """The fewest bits that leave no bucket with more than ``most`` tenants."""
    for bits in range(17):
        sizes = Counter(_bits(path, 0, outer + bits) for path in paths)
        if max(sizes.values(), default=0) <= most:
            return bits
    return 16
