"""A reader for the YAML that people mostly write, several times faster than libyaml and a composer.

Block mappings and lists, one-line flow collections, plain and simply quoted scalars, comments. At the first
sign of anything else (anchors, tags, block scalars, escapes, several lines to a scalar, duplicate keys, what
readers disagree about, any mistake) it gives up with None and the full reader takes over; so it never reports
anything, and where it answers it gives exactly what the full reader would, places included. A test holds the
two against each other.

One regular expression takes a line apart; collections that are still open stand on a stack.
"""

from __future__ import annotations

import re
from typing import Any

from cozygen.yamlio.node import Map, Origin, Seq
from cozygen.yamlio.scalars import ambiguity, resolve

_MOST_DEPTH = 40
_FIRST = r"A-Za-z0-9_./"
_INNER = r"A-Za-z0-9_./@%+~=^\-"
_START = rf"(?:[{_FIRST}]|-(?=[{_FIRST}]))"
_KEY = (
    rf"[{_FIRST}][{_INNER}]{{0,999}}|\"[^\"\\\n]{{0,999}}\""  # YAML has no keys of more than 1,024 characters
)
_PLAIN = rf"{_START}(?:[{_INNER}]|[,()<>;?$](?! )|[ ](?=[{_INNER}(])|:(?=[{_INNER}]))*"
_VALUE = rf"({_PLAIN})|([{{\[][^\n]*?)|\"([^\"\\\n]*)\"|'([^'\n]*)'"
_ROW = re.compile(
    rf"( *)(?:(?:(-)( +))?(?:({_KEY}) *:(?: +(?:{_VALUE}))?|{_VALUE}))? *(?:(?:(?<= )|^)#[^\n]*)?(?:\n|\Z)",
    re.MULTILINE,
).match
_FLOW = re.compile(
    rf" *(?:({_START}(?:[{_INNER}]|[ ](?=[{_INNER}])|:(?=[{_INNER}]))*)|\"([^\"\\]*)\"|'([^']*)'|([{{}}\[\],])|(: ))"
).match
_OTHER_WHITE = re.compile(
    "[\t\r\x85\u2028\u2029\ufeff]"
).search  # libyaml: tabs, line breaks, byte order marks
_INDENT, _DASH, _GAP, _NAME, _OF_KEY, _OF_ITEM = 1, 2, 3, 4, 5, 9  # groups of _ROW; values take four each

_KNOWN: dict[str, Any] = {}
_KEYS: dict[str, bool] = {}
_KNOWN_MOST = 50_000


class _GiveUpError(Exception):
    """The text is not for this reader."""


def read(text: str, origin: Origin) -> tuple[Map, int, int] | None:
    """The one document of a piece of text with its line and column, or None: let the full reader see it."""
    if _OTHER_WHITE(text):
        return None
    try:
        return _Reader(text, origin).document()
    except _GiveUpError:
        return None


class _Reader:
    """``open`` holds the collections that are not finished, each with its indentation, the innermost last.

    ``waiting`` is a key whose value is still to come: its mapping, itself, line and column, and the column
    behind its colon.
    """

    __slots__ = ("open", "origin", "text", "waiting")

    def __init__(self, text: str, origin: Origin) -> None:
        self.text = text
        self.origin = origin
        self.open: list[tuple[int, Map | Seq]] = []
        self.waiting: tuple[Map, str, int, int, int] | None = None

    def document(self) -> tuple[Map, int, int] | None:
        """The document; None where there is nothing in it."""
        text, at, number, first = self.text, 0, 0, None
        if text.startswith("---"):
            found = _ROW(text, 3)
            if found is None or found.lastindex != 1:
                raise _GiveUpError
            at, number = found.end(), 1
        end = len(text)
        while at < end:
            row = _ROW(text, at)
            if row is None:
                raise _GiveUpError
            if row.lastindex != 1:
                if first is None:
                    first = number, row.end(1) - at
                self.row(row, number, at)
            at = row.end()
            number += 1
        if self.waiting is not None:
            self.nothing()
        if first is None:
            return None
        root = self.open[0][1]
        assert isinstance(root, Map)
        return root, *first

    def row(self, row: re.Match[str], number: int, start: int) -> None:
        """Take one line that is neither empty nor a comment."""
        indent = row.end(_INDENT) - start
        if row.start(_DASH) < 0:
            target = self.mapping_at(indent, number)
            column = indent
        else:
            items = self.list_at(indent, number)
            column = row.end(_GAP) - start
            if row.start(_NAME) < 0:
                items.marks.append(((number << 24 | column) << 24 | number) << 24 | column)
                items.append(self.value(row, _OF_ITEM, number, start)[0])
                return
            items.marks.append(((number << 24 | column) << 24 | number) << 24 | column)
            target = Map(self.origin)
            items.append(target)
            self.open.append((column, target))
        name = row.group(_NAME)
        if name is None:
            raise _GiveUpError
        key = _key(name)
        if key in target:
            raise _GiveUpError
        last = row.lastindex
        if last == _NAME:
            self.waiting = target, key, number, column, self.text.index(":", row.end(_NAME)) - start + 1
            target[key] = None
            return
        value, where = self.value(row, _OF_KEY, number, start)
        target[key] = value
        target.marks[key] = ((number << 24 | column) << 24 | number) << 24 | where

    def mapping_at(self, indent: int, number: int) -> Map:
        """The mapping that a key at ``indent`` belongs to."""
        held = self.open
        if self.waiting is not None:
            if indent > self.waiting[3]:
                opened = Map(self.origin)
                self.begin(opened, number, indent)
                return opened
            self.nothing()
        elif not held:
            root = Map(self.origin)
            held.append((indent, root))
            return root
        while held:
            at, top = held[-1]
            if at == indent and type(top) is Map:
                return top
            if at < indent:
                break
            held.pop()
        raise _GiveUpError

    def list_at(self, indent: int, number: int) -> Seq:
        """The list that a dash at ``indent`` belongs to."""
        held = self.open
        if self.waiting is not None:
            if indent >= self.waiting[3]:
                items = Seq(self.origin)
                self.begin(items, number, indent)
                return items
            self.nothing()
        while held:
            at, top = held[-1]
            if at == indent and type(top) is Seq:
                return top
            if at <= indent:
                break
            held.pop()
        raise _GiveUpError

    def begin(self, value: Map | Seq, number: int, indent: int) -> None:
        """A collection on further lines is the value that was waited for."""
        assert self.waiting is not None
        target, key, line, column, _ = self.waiting
        self.waiting = None
        if len(self.open) > _MOST_DEPTH:
            raise _GiveUpError
        target[key] = value
        target.marks[key] = ((line << 24 | column) << 24 | number) << 24 | indent
        self.open.append((indent, value))

    def nothing(self) -> None:
        """The value that was waited for is missing: a null."""
        assert self.waiting is not None
        target, key, line, column, behind = self.waiting
        target.marks[key] = ((line << 24 | column) << 24 | line) << 24 | behind
        self.waiting = None

    def value(self, row: re.Match[str], group: int, number: int, start: int) -> tuple[Any, int]:
        """The scalar or flow collection on a line, and its column."""
        last = row.lastindex or 0
        if last == group:
            return _scalar(row.group(group)), row.start(group) - start
        if last == group + 1:
            begin = row.start(last)
            return _flow(row.group(last), number, begin - start, self.origin), begin - start
        return row.group(last), row.start(last) - 1 - start


def _flow(text: str, number: int, column: int, origin: Origin) -> Any:
    """A flow collection that begins and ends on one line."""
    if text == "{}":
        return Map(origin)
    if text == "[]":
        return Seq(origin)
    value, at = _collection(text, 1, text[0], (number, column, origin), 1)
    if at != len(text):
        raise _GiveUpError
    return value


def _collection(text: str, at: int, sign: str, where: tuple[int, int, Origin], depth: int) -> tuple[Any, int]:
    """The flow collection whose opening sign is before ``at``, and where it ends."""
    number, column, origin = where
    if depth > _MOST_DEPTH:
        raise _GiveUpError
    is_map = sign == "{"
    close = "}" if is_map else "]"
    out: Any = Map(origin) if is_map else Seq(origin)
    marks = out.marks
    token = _next(text, at)
    while token.group(4) != close:
        key, key_mark = None, 0
        if is_map:
            key = _flow_key(token)
            if key in out:
                raise _GiveUpError
            key_mark = number << 24 | column + _begin(token)
            token = _next(text, token.end())
            if token.lastindex != 5:
                raise _GiveUpError
            token = _next(text, token.end())
        begin = _begin(token)
        opening = token.group(4)
        if opening in ("{", "["):
            value, at = _collection(text, token.end(), opening, where, depth + 1)
        elif opening is None and token.lastindex != 5:
            value, at = _flow_scalar(token), token.end()
        else:
            raise _GiveUpError
        mark = number << 24 | column + begin
        if is_map:
            out[key] = value
            marks[key] = key_mark << 48 | mark
        else:
            out.append(value)
            marks.append(mark << 48 | mark)
        token = _next(text, at)
        if token.group(4) == ",":
            token = _next(text, token.end())
            if token.group(4) in (",", close):
                raise _GiveUpError
        elif token.group(4) != close:
            raise _GiveUpError
    return out, token.end()


def _next(text: str, at: int) -> re.Match[str]:
    found = _FLOW(text, at)
    if found is None:
        raise _GiveUpError
    return found


def _begin(token: re.Match[str]) -> int:
    """Where a token begins, its opening quote included."""
    last = token.lastindex or 0
    return token.start(last) - (last in (2, 3))


def _flow_key(token: re.Match[str]) -> str:
    last = token.lastindex
    if last == 1:
        return _key(token.group(1))
    if last in (2, 3):
        return str(token.group(last))
    raise _GiveUpError


def _flow_scalar(token: re.Match[str]) -> Any:
    last = token.lastindex or 0
    return _scalar(token.group(1)) if last == 1 else token.group(last)


def _key(text: str) -> str:
    """A key's text; one that is not read as text is not for this reader."""
    known = _KEYS.get(text)
    if known is None:
        if text[0] == '"':
            return text[1:-1]
        value = resolve(text)
        known = type(value) is str or (type(value) is int and str(value) == text)
        if len(_KEYS) > _KNOWN_MOST:
            _KEYS.clear()
        _KEYS[text] = known
    if not known:
        raise _GiveUpError
    return text


def _scalar(text: str) -> Any:
    """A plain scalar's value; one that readers disagree about is not for this reader."""
    try:
        return _KNOWN[text]
    except KeyError:
        pass
    if ambiguity(text) is not None:
        raise _GiveUpError
    if len(_KNOWN) > _KNOWN_MOST:
        _KNOWN.clear()
    value = _KNOWN[text] = resolve(text)
    return value
