"""A reader for the YAML that people mostly write, several times faster than libyaml and a composer.

Block mappings and lists, one-line flow collections, plain and simply quoted scalars, comments. At the first
sign of anything else (anchors, tags, block scalars, escapes, several lines to a scalar, duplicate keys, what
readers disagree about, any mistake) it gives up with None and the full reader takes over; so it never reports
anything, and where it answers it gives exactly what the full reader would, places included. A test holds the
two against each other.
"""

from __future__ import annotations

import re
from typing import Any

from cozygen.yamlio.node import Map, Origin, Seq
from cozygen.yamlio.scalars import ambiguity, resolve

_MOST_DEPTH = 40
_FIRST = r"A-Za-z0-9_./"
_INNER = r"A-Za-z0-9_./@%+~=^\-"

_KEY = re.compile(rf"([{_FIRST}][{_INNER}]*|\"[^\"\\\r\n]*\") *:(?: +|$)").match
_PLAIN = re.compile(rf"((?:[{_FIRST}]|-(?=[{_FIRST}]))(?:[{_INNER}]|[,()<>;?$](?! )|[ ](?=[{_INNER}(])|:(?=[{_INNER}]))*) *(?: #.*)?$").match
_QUOTED = re.compile(r"(?:\"([^\"\\]*)\"|'([^']*)') *(?: #.*)?$").match
_REST = re.compile(r" *(?: #.*)?$").match
_FLOW_PLAIN = re.compile(rf"(?:[{_FIRST}]|-(?=[{_FIRST}]))(?:[{_INNER}]|[ ](?=[{_INNER}])|:(?=[{_INNER}]))*").match
_FLOW_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^']*)'").match
_SPACES = re.compile(" *").match

_KNOWN: dict[str, Any] = {}
_KNOWN_MOST = 50_000
_KEYS: dict[str, bool] = {}


class _GiveUpError(Exception):
    """The text is not for this reader."""


def read(text: str, origin: Origin) -> tuple[Map, int, int] | None:
    """The one document of a piece of text with its line and column, or None: let the full reader see it."""
    if "\t" in text or "\r" in text:
        return None
    lines: list[tuple[int, int, str]] = []
    for number, line in enumerate(text.split("\n")):
        content = line.lstrip(" ")
        if content and content[0] != "#":
            lines.append((number, len(line) - len(content), content))
    if lines and lines[0][2].startswith("---"):
        if lines[0][1] or not _REST(lines[0][2], 3):
            return None
        del lines[0]
    if not lines:
        return None
    try:
        reader = _Reader(lines, origin)
        body = reader.mapping(lines[0][1], 1)
        if reader.at != len(lines):
            return None
    except _GiveUpError:
        return None
    return body, lines[0][0], lines[0][1]


class _Reader:
    """Reads block collections; ``at`` is the next line."""

    __slots__ = ("at", "lines", "origin")

    def __init__(self, lines: list[tuple[int, int, str]], origin: Origin) -> None:
        self.lines = lines
        self.origin = origin
        self.at = 0

    def mapping(self, indent: int, depth: int) -> Map:
        """The block mapping whose keys stand at ``indent``."""
        out = Map(self.origin)
        lines = self.lines
        while self.at < len(lines):
            number, column, content = lines[self.at]
            if column != indent:
                if column > indent:
                    raise _GiveUpError
                break
            self.entry(out, number, column, content, depth)
        return out

    def entry(self, out: Map, number: int, column: int, content: str, depth: int) -> None:
        """Add the entry that begins with ``content`` at ``column``; what it holds may take further lines."""
        found = _KEY(content)
        if found is None or depth > _MOST_DEPTH:
            raise _GiveUpError
        key = _key(found.group(1))
        if key in out:
            raise _GiveUpError
        start = found.end()
        self.at += 1
        if start < len(content) and content[start] != "#":
            line, where = number, column + start
            out[key] = self.inline(content, start, number, column)
            self.closed(column)
        else:
            out[key], line, where = self.nested(number, column, found.end(1), content, depth)
        out.marks[key] = ((number << 24 | column) << 24 | line) << 24 | where

    def closed(self, indent: int) -> None:
        """A scalar or flow collection ends with its line: the next line may not stand deeper."""
        if self.at < len(self.lines) and self.lines[self.at][1] > indent:
            raise _GiveUpError

    def nested(self, number: int, column: int, key_end: int, content: str, depth: int) -> tuple[Any, int, int]:
        """The value below a key, and where it begins."""
        if self.at < len(self.lines):
            line, indent, below = self.lines[self.at]
            if below.startswith(("- ", "-")) and indent >= column and (below == "-" or below[1] == " "):
                return self.sequence(indent, depth + 1), line, indent
            if indent > column:
                return self.mapping(indent, depth + 1), line, indent
        colon = content.index(":", key_end)
        return None, number, column + colon + 1

    def sequence(self, indent: int, depth: int) -> Seq:
        """The block list whose dashes stand at ``indent``."""
        out = Seq(self.origin)
        lines = self.lines
        while self.at < len(lines):
            number, column, content = lines[self.at]
            if column != indent or content[0] != "-":
                if column > indent:
                    raise _GiveUpError
                break
            if content[1:2] != " ":
                raise _GiveUpError
            self.item(out, number, column, content, depth)
        return out

    def item(self, out: Seq, number: int, column: int, content: str, depth: int) -> None:
        """Add the list item that begins with ``content``."""
        after = _SPACES(content, 1)
        start = after.end() if after else 1
        rest = content[start:]
        inner = column + start
        if not rest or rest[0] in "#-" or depth > _MOST_DEPTH:
            raise _GiveUpError
        if rest[0] not in "{[" and _KEY(rest):
            value = Map(self.origin)
            self.entry(value, number, inner, rest, depth + 1)
            lines = self.lines
            while self.at < len(lines) and lines[self.at][1] == inner and lines[self.at][2][0] != "-":
                line, at_column, further = lines[self.at]
                self.entry(value, line, at_column, further, depth + 1)
            if self.at < len(lines) and lines[self.at][1] > column:
                raise _GiveUpError
            out.append(value)
        else:
            self.at += 1
            out.append(self.inline(content, start, number, column))
            self.closed(column)
        out.marks.append(((number << 24 | inner) << 24 | number) << 24 | inner)

    def inline(self, content: str, start: int, number: int, column: int) -> Any:
        """The scalar or flow collection that the rest of a line is."""
        first = content[start]
        if first in "{[":
            flow = _Flow(content, number, column, self.origin)
            value, end = flow.value(start, 1)
            if not _REST(content, end):
                raise _GiveUpError
            return value
        if first in "\"'":
            found = _QUOTED(content, start)
            if found is None:
                raise _GiveUpError
            return found.group(1) if found.group(1) is not None else found.group(2)
        found = _PLAIN(content, start)
        if found is None:
            raise _GiveUpError
        return _scalar(found.group(1))


class _Flow:
    """Reads flow collections that begin and end on one line."""

    __slots__ = ("column", "number", "origin", "text")

    def __init__(self, text: str, number: int, column: int, origin: Origin) -> None:
        self.text = text
        self.number = number
        self.column = column
        self.origin = origin

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value that begins at ``at``, and where it ends."""
        first = self.text[at : at + 1]
        if depth > _MOST_DEPTH:
            raise _GiveUpError
        if first == "{":
            return self.mapping(at + 1, depth)
        if first == "[":
            return self.sequence(at + 1, depth)
        text, end, quoted = self.token(at)
        return (text if quoted else _scalar(text)), end

    def token(self, at: int) -> tuple[str, int, bool]:
        """The scalar that begins at ``at``, where it ends, and whether it is quoted."""
        found = _FLOW_QUOTED(self.text, at)
        if found is not None:
            return (found.group(1) if found.group(1) is not None else found.group(2)), found.end(), True
        found = _FLOW_PLAIN(self.text, at)
        if found is None:
            raise _GiveUpError
        return found.group(), found.end(), False

    def skip(self, at: int) -> int:
        """The next position that is no space."""
        found = _SPACES(self.text, at)
        return found.end() if found else at

    def mapping(self, at: int, depth: int) -> tuple[Map, int]:
        """A flow mapping after its brace."""
        out = Map(self.origin)
        at = self.skip(at)
        text, line, base = self.text, self.number, self.column
        while text[at : at + 1] != "}":
            begin = at
            word, at, quoted = self.token(at)
            key = word if quoted else _key(word)
            at = self.skip(at)
            if key in out or text[at : at + 2] != ": ":
                raise _GiveUpError
            at = self.skip(at + 1)
            where = at
            out[key], at = self.value(at, depth + 1)
            out.marks[key] = ((line << 24 | base + begin) << 24 | line) << 24 | base + where
            at = self.separator(at, "}")
        return out, at + 1

    def sequence(self, at: int, depth: int) -> tuple[Seq, int]:
        """A flow list after its bracket."""
        out = Seq(self.origin)
        at = self.skip(at)
        text, line, base = self.text, self.number, self.column
        while text[at : at + 1] != "]":
            where = base + at
            value, at = self.value(at, depth + 1)
            out.append(value)
            out.marks.append(((line << 24 | where) << 24 | line) << 24 | where)
            at = self.separator(at, "]")
        return out, at + 1

    def separator(self, at: int, close: str) -> int:
        """Past a comma, or at the closing sign."""
        at = self.skip(at)
        sign = self.text[at : at + 1]
        if sign == ",":
            at = self.skip(at + 1)
            if self.text[at : at + 1] in ("", ",", close):
                raise _GiveUpError
            return at
        if sign != close:
            raise _GiveUpError
        return at


def _key(text: str) -> str:
    """A key's text; one that is not read as text is not for this reader."""
    if text[0] == '"':
        return text[1:-1]
    known = _KEYS.get(text)
    if known is None:
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
    if ambiguity(text) is not None or text == "-" or text.startswith(("- ", "---")):
        raise _GiveUpError
    if len(_KNOWN) > _KNOWN_MOST:
        _KNOWN.clear()
    value = _KNOWN[text] = resolve(text)
    return value
