"""Results as plain data that can be put into a file: None, truth values, numbers, text, bytes, and tuples, lists
and dictionaries of these. Importing this imports nothing of the compiler itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related, Severity
from cozygen.layout.tree import Facts, Tree

Plain = Any


def key_of(label: str, parts: Iterable[str | bytes]) -> bytes:
    """A digest of parts, each with its length, so that no two lists of parts look alike."""
    total = hashlib.sha256(label.encode())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.digest()


def diagnostics_plain(found: Iterable[Diagnostic]) -> Plain | None:
    """Diagnostics as plain data, or None if their values cannot be."""
    try:
        return tuple(
            (
                d.code,
                d.severity.value,
                d.message,
                tuple(d.place),
                d.hint,
                tuple((r.message, tuple(r.place)) for r in d.related),
                _plain(d.values),
            )
            for d in found
        )
    except TypeError:
        return None


def diagnostics_of_plain(plain: Plain) -> tuple[Diagnostic, ...]:
    """The diagnostics that plain data stands for."""
    return tuple(
        Diagnostic(
            code,
            Severity(severity),
            message,
            Place(*place),
            hint,
            tuple(Related(text, Place(*at)) for text, at in related),
            values,
        )
        for code, severity, message, place, hint, related, values in plain
    )


def tree_plain(tree: Tree) -> Plain:
    """A tree without its bytes as plain data."""
    facts = tree.facts
    return (facts.platform, facts.spec, facts.cozygen, facts.cozystack), tree.output, dict(tree.digests)


def tree_of_plain(plain: Plain, read: Callable[[str], bytes]) -> Tree:
    """The tree that plain data stands for, with a way to get its bytes."""
    facts, output, digests = plain
    return Tree.recalled(digests, output, read, Facts(*facts))


def _plain(value: Any) -> Plain:
    """Values of diagnostics without the places that the reader gave them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise TypeError(f"a diagnostic's value of type {type(value).__name__} cannot be remembered")
