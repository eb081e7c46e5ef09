"""One diagnostic for what many nodes have from one place: the defaults or a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cozygen.diagnostics import Diagnostic
from cozygen.record import replace

_NAMED = 3


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, of many the first ones."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def gathered(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics; of those that differ in the node alone the first, which then names the others.

    A node's name is what ``values`` has under ``node``, and messages begin with it.
    """
    seen: dict[object, list[Diagnostic]] = {}
    for item in diagnostics:
        node = str(item.values.get("node", ""))
        general = item.message.removeprefix(node)
        seen.setdefault((item.code, item.place, general), []).append(item)
    for items in seen.values():
        first = items[0]
        others = [str(item.values["node"]) for item in items[1:] if "node" in item.values]
        yield _with_others(first, others) if others else first


def _with_others(first: Diagnostic, others: list[str]) -> Diagnostic:
    message = f"{first.message}; the same holds for {listed(others)}"
    return replace(first, message=message, values={**first.values, "others": others})
