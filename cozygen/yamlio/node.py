"""Plain data that remembers where it was written.

A :class:`Map` is a ``dict`` and a :class:`Seq` a ``list``; both can be handed to anything that takes plain
data. Each knows its :class:`Origin` (the document) and, for every entry, a *mark*: the places of key and
value packed into one integer, relative to the document. An entry that came from another document (a lower
layer, a blueprint) has a mark with an origin of its own. Places are worked out only when asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cozygen.diagnostics import Place

_BITS = 24
_MASK = (1 << _BITS) - 1

# A mark: key line, key column, value line, value column (all from 0), 24 bits each.
Mark = int


class Origin:
    """A document in a file: lines in its marks count from ``line`` (from 0)."""

    __slots__ = ("file", "line")

    def __init__(self, file: str, line: int = 0) -> None:
        self.file = file
        self.line = line

    def place(self, line: int, column: int) -> Place:
        """The place of a line and column (both from 0) of this document."""
        return Place(self.file, self.line + line + 1, column + 1)


NOWHERE = Origin("", -1)


def pack(key_line: int, key_column: int, line: int, column: int) -> Mark:
    """A mark of a key's and a value's line and column, all from 0."""
    return ((key_line << _BITS | key_column) << _BITS | line) << _BITS | column


class Map(dict[str, Any]):
    """A mapping as it was read; ``marks`` has an entry for every key."""

    __slots__ = ("marks", "origin")

    def __init__(self, origin: Origin = NOWHERE) -> None:
        self.origin = origin
        self.marks: dict[str, Mark | tuple[Origin, Mark]] = {}

    def put(self, key: str, value: Any, source: Map, source_key: str) -> None:
        """Set ``key`` to ``value``, keeping the place that ``source`` has for ``source_key``."""
        self[key] = value
        mark = source.marks.get(source_key)
        if mark is None:
            self.marks.pop(key, None)
        elif source.origin is self.origin or isinstance(mark, tuple):
            self.marks[key] = mark
        else:
            self.marks[key] = (source.origin, mark)

    def copy(self) -> Map:
        """A shallow copy with its own marks."""
        out = Map(self.origin)
        out.update(self)
        out.marks.update(self.marks)
        return out

    def forgo(self, key: str, source: Map) -> None:
        """Leave ``key`` out, and remember that ``source`` has or had it (:func:`forgone`)."""
        self.pop(key, None)
        mark = source.marks.get(key)
        if mark is not None:
            self.marks[key] = mark if isinstance(mark, tuple) else (source.origin, mark)

    def drop(self, key: str) -> None:
        """Remove ``key`` and its place."""
        self.pop(key, None)
        self.marks.pop(key, None)

    def __reduce__(self) -> Any:
        return (_restore_map, (self.origin, dict(self), self.marks))


class Seq(list[Any]):
    """A sequence as it was read; ``marks`` has an entry for every item."""

    __slots__ = ("marks", "origin")

    def __init__(self, origin: Origin = NOWHERE) -> None:
        self.origin = origin
        self.marks: list[Mark] = []


def _restore_map(origin: Origin, data: dict[str, Any], marks: dict[str, Any]) -> Map:
    out = Map(origin)
    out.update(data)
    out.marks = marks
    return out


def key_place(container: Map, key: str) -> Place | None:
    """Where ``key`` is written, or None if the entry was made by code."""
    found = _mark(container, key)
    if found is None:
        return None
    origin, mark = found
    return origin.place(mark >> 3 * _BITS, mark >> 2 * _BITS & _MASK)


def value_place(container: Map | Seq, key: str | int) -> Place | None:
    """Where the value under ``key`` (or at that index) is written, or None if it was made by code."""
    found = _mark(container, key)
    if found is None:
        return None
    origin, mark = found
    return origin.place(mark >> _BITS & _MASK, mark & _MASK)


def forgone(container: Map) -> list[str]:
    """The keys that were written but left out, since what stood there was wrong; that was reported there."""
    if len(container.marks) <= len(container):
        return []
    return [key for key in container.marks if key not in container]


def deep_place(root: Any, path: Sequence[str | int], fallback: Place, *, key: bool = False) -> Place:
    """The place of the value (or with ``key`` the key) at ``path``, or of what exists nearest above it."""
    place = fallback
    for depth, step in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(root, Map) and isinstance(step, str) and step in root:
            found = key_place(root, step) if key and last else value_place(root, step)
        elif isinstance(root, Seq) and isinstance(step, int) and 0 <= step < len(root):
            found = value_place(root, step)
        else:
            return place
        place = found or place
        root = root[step]
    return place


def _mark(container: Map | Seq, key: str | int) -> tuple[Origin, Mark] | None:
    if isinstance(container, Map):
        mark = container.marks.get(str(key))
        if mark is None:
            return None
        return mark if isinstance(mark, tuple) else (container.origin, mark)
    if isinstance(container, Seq) and isinstance(key, int) and key < len(container.marks):
        return container.origin, container.marks[key]
    return None
