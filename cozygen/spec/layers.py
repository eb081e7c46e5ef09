"""Layering: same kind and name merge deeply, later wins, lists replace, null removes.

Merging is associative: ``merge(a, merge(b, c))`` and ``merge(merge(a, b), c)`` say the same, so it does not
matter how layers are grouped. For that a merged mapping remembers what a plain one cannot say: that a key
was removed (:data:`GONE`) or that a mapping stands in place of something that is no mapping and so does not
merge with what lies further below (:class:`Fresh`).
"""

from __future__ import annotations

from typing import Any

from cozygen.yamlio import Map, Seq, forgone


class _Gone:
    """A key that an upper layer removed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "GONE"


GONE = _Gone()


class Fresh(Map):
    """A mapping that replaces what is below it instead of merging with it."""

    __slots__ = ()


def merge(lower: Map, upper: Map) -> Map:
    """The mapping that ``upper`` makes of ``lower``; neither is changed. Settle the result at the end."""
    if isinstance(upper, Fresh):
        return upper
    out: Map = Fresh(upper.origin) if isinstance(lower, Fresh) else Map(upper.origin)
    for key in lower:
        out.put(key, lower[key], lower, key)
    for key, value in upper.items():
        out.put(key, _over(lower[key], value) if key in lower else value, upper, key)
    for source in (lower, upper):
        for key in forgone(source):
            if key not in out:
                out.forgo(key, source)
    return out


def _over(low: Any, high: Any) -> Any:
    if high is None:
        return None if low is None else GONE
    if isinstance(high, Map) and not isinstance(high, Fresh):
        return merge(low, high) if isinstance(low, Map) else fresh(high)
    return high


def fresh(value: Map) -> Fresh:
    """A copy of a mapping that does not merge with what is below."""
    out = Fresh(value.origin)
    for key in value:
        out.put(key, value[key], value, key)
    return out


def settle(value: Any) -> Any:
    """The value without removed keys, as plain mappings; what needs no change is handed back as it is."""
    if isinstance(value, Map):
        return _settle_map(value)
    if isinstance(value, Seq):
        settled = [settle(item) for item in value]
        if all(new is old for new, old in zip(settled, value, strict=True)):
            return value
        out = Seq(value.origin)
        out.extend(settled)
        out.marks = value.marks
        return out
    return value


def _settle_map(value: Map) -> Map:
    changed = isinstance(value, Fresh)
    entries = []
    for key, item in value.items():
        if item is GONE:
            changed = True
            continue
        settled = settle(item)
        changed = changed or settled is not item
        entries.append((key, settled))
    if not changed:
        return value
    out = Map(value.origin)
    for key, item in entries:
        out.put(key, item, value, key)
    for key in forgone(value):
        out.forgo(key, value)
    return out
