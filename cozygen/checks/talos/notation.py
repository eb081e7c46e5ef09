"""A short notation for what a document may hold: its fields with their types, in one line.

``name`` is text, ``source<ip>`` text of a form (:mod:`formats`), ``mtu#`` a whole number, ``percent#100`` one up
to 100, ``up?`` true or false, ``mode(a|b)`` one of these texts; ``links[]`` a list of texts, ``pcrs[#]`` one of
numbers, ``routes[{...}]`` one of mappings; ``ntp{servers[]}`` a mapping with these fields, ``labels{=}`` one of
texts by any key, ``config{..}`` any mapping; ``vlanID*#`` has to be there; ``@encryption`` is what is written
elsewhere under that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.checks.talos.formats import FORMATS, Format
from cozygen.record import Record
from cozygen.schema import did_you_mean

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_DIGITS = re.compile(r"[0-9]*")
Path = tuple[str | int, ...]


class Leaf(Record):
    """A scalar: text, whole, flag; or map. ``most`` is the highest whole number."""

    kind: str
    most: int | None = None


class Choice(Record):
    """One of some texts."""

    values: tuple[str, ...]


class ListOf(Record):
    """A list of one shape."""

    item: Shape


class MapOf(Record):
    """A mapping of one shape by any key."""

    item: Shape


class Fields(Record):
    """A mapping with these fields, of which ``required`` have to be there."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()


Shape = Leaf | Format | Choice | ListOf | MapOf | Fields


class Misfit(Record):
    """A place that does not fit: ``unknown`` field, ``missing`` field or wrong ``value``."""

    what: str
    path: Path
    message: str
    hint: str


def parse(text: str, known: Mapping[str, Shape] | None = None) -> Fields:
    """The fields that a line describes; ``known`` are the shapes that it may name with ``@``."""
    reader = _Reader(text, known or {})
    return reader.fields("")


class _Reader:
    def __init__(self, text: str, known: Mapping[str, Shape]) -> None:
        self._text = text
        self._at = 0
        self._known = known

    def fields(self, end: str) -> Fields:
        found: dict[str, Shape] = {}
        required: list[str] = []
        while True:
            self._skip()
            if self._at >= len(self._text) or (end and self._take(end)):
                return Fields(found, tuple(required))
            name = self._word()
            if self._take("*"):
                required.append(name)
            found[name] = self._shape()

    def _shape(self) -> Shape:
        if self._take("@"):
            return self._known[self._word()]
        if self._take("<"):
            name = self._word()
            self._expect(">")
            return FORMATS[name]
        if self._take("#"):
            most = self._digits()
            return Leaf("whole", int(most) if most else None)
        for mark, kind in (("?", "flag"), ("{..}", "map")):
            if self._take(mark):
                return Leaf(kind)
        if self._take("("):
            end = self._text.index(")", self._at)
            values = tuple(part.strip() for part in self._text[self._at : end].split("|"))
            self._at = end + 1
            return Choice(values)
        if self._take("["):
            self._skip()
            item = self._shape()
            self._expect("]")
            return ListOf(item)
        if self._take("{="):
            item = self._shape()
            self._expect("}")
            return MapOf(item)
        return self.fields("}") if self._take("{") else Leaf("text")

    def _skip(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _take(self, mark: str) -> bool:
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise ValueError(f"{mark} is missing at {self._text[self._at :]!r}")

    def _digits(self) -> str:
        found = _DIGITS.match(self._text, self._at)
        assert found is not None  # the pattern takes nothing as well
        self._at = found.end()
        return found.group()

    def _word(self) -> str:
        found = _WORD.match(self._text, self._at)
        if found is None:
            raise ValueError(f"no name at {self._text[self._at :]!r}")
        self._at = found.end()
        return found.group()


def misfits(value: Any, shape: Shape, path: Path = ()) -> Iterator[Misfit]:
    """Everything in a value that does not fit its shape. Orders to remove something always do."""
    if isinstance(value, Mapping) and "$patch" in value:
        return
    if isinstance(shape, Leaf):
        yield from _leaf(value, shape, path)
    elif isinstance(shape, (Format, Choice)):
        yield from _text(value, shape, path)
    elif isinstance(shape, ListOf):
        if not isinstance(value, list):
            yield Misfit("value", path, f"{_last(path)} is no list", "write a list")
            return
        for index, item in enumerate(value):
            yield from misfits(item, shape.item, (*path, index))
    elif not isinstance(value, Mapping):
        yield Misfit("value", path, f"{_last(path)} is no mapping", "write a mapping")
    elif isinstance(shape, MapOf):
        for key, item in value.items():
            yield from misfits(item, shape.item, (*path, key))
    else:
        yield from _fields(value, shape, path)


def _fields(value: Mapping[str, Any], shape: Fields, path: Path) -> Iterator[Misfit]:
    for key, item in value.items():
        if key in shape.fields:
            yield from misfits(item, shape.fields[key], (*path, key))
        else:
            hint = did_you_mean(str(key), shape.fields) or f"take {key} out"
            yield Misfit("unknown", (*path, key), f"there is no field {key}", hint)
    for key in shape.required:
        if value.get(key) in (None, ""):
            yield Misfit("missing", (*path, key), f"{key} is missing", f"write {key}")


def _text(value: Any, shape: Format | Choice, path: Path) -> Iterator[Misfit]:
    if isinstance(shape, Format):
        if not shape.fits(value):
            said = f"{_last(path)}: {_shown(value)} is no {shape.noun}"
            yield Misfit("value", path, said, f"write {shape.example}")
    elif value not in shape.values:
        hint = did_you_mean(str(value), shape.values) or f"use {', '.join(shape.values)}"
        yield Misfit("value", path, f"{_shown(value)} is not possible for {_last(path)}", hint)


def _leaf(value: Any, leaf: Leaf, path: Path) -> Iterator[Misfit]:
    kind = leaf.kind
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    fits = {
        "text": isinstance(value, str),
        "whole": whole,
        "flag": isinstance(value, bool),
        "map": isinstance(value, Mapping),
    }[kind]
    if whole and kind == "whole" and leaf.most is not None and value > leaf.most:
        hint = f"use at most {leaf.most}"
        yield Misfit("value", path, f"{_last(path)}: {value} is above {leaf.most}", hint)
    elif not fits:
        noun = {"text": "text", "whole": "number", "flag": "true or false", "map": "mapping"}[kind]
        plain = str(value).lower() if isinstance(value, bool) else value
        quoted = kind == "text" and not isinstance(value, (list, Mapping))
        hint = f'write "{plain}" in quotes' if quoted else f"write {noun}"
        what = "is neither true nor false" if kind == "flag" else f"is no {noun}"
        yield Misfit("value", path, f"{_last(path)}: {_shown(value)} {what}", hint)


def _last(path: Path) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    return names[-1] if names else "the document"


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
