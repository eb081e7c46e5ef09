"""The emitter of every YAML file that cozygen writes.

Plain data in, text out: maps sorted by key, sequences flush with their key, scalars in a form that Go's
YAML (which Helm, kubectl and Flux use), PyYAML and YAML 1.2 readers all read back as the same value. Plain
style is used only where no reader can mistake it; everything else is double-quoted, and text of several
lines becomes a literal block where that is exact.

Rendering is dominated by what repeats, so how a key or a short text is written is worked out once, and a
:class:`ConstantMap` or :class:`ConstantSeq` is written once for each indentation it stands at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# What every reader takes as a string: it starts with a letter, and holds nothing that YAML gives a meaning.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]*[A-Za-z0-9_/-])?").fullmatch
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))
# Numbers with a unit ("100Gi", "5m0s", "500m") are no number to any reader.
_UNIT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[KMGTP]i?|m|ms|h|s|m0s|h0m0s)").fullmatch
_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0",
    "\x1b": "\\e", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF",
}  # fmt: skip
_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]')
_NOT_IN_BLOCKS = "\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff"
_BLOCK = re.compile(rf"[^\s{_NOT_IN_BLOCKS}][^{_NOT_IN_BLOCKS}]*").fullmatch
_KNOWN: dict[str, str] = {}
_KNOWN_MOST = 20_000
_KNOWN_LENGTH = 80
_KEY_MOST = 1000  # a key without a question mark may have 1,024 characters


class ConstantMap(dict[str, Any]):
    """A mapping that stands in many documents and never changes, so that it is written only once."""

    __slots__ = ("_written",)

    def written(self, indent: str) -> str:
        """The lines of the mapping as the value of a key at ``indent``."""
        return _once(self, indent)


class ConstantSeq(list[Any]):
    """A list that stands in many documents and never changes, so that it is written only once."""

    __slots__ = ("_written",)

    def written(self, indent: str) -> str:
        """The lines of the list as the value of a key at ``indent``."""
        return _once(self, indent)


def _once(data: Any, indent: str) -> str:
    try:
        known: dict[str, str] = data._written
    except AttributeError:
        known = data._written = {}
    found = known.get(indent)
    if found is None:
        lines: list[str] = []
        if isinstance(data, Mapping):
            _map(lines, data, indent + "  ", indent + "  ")
        else:
            _seq(lines, data, indent, indent)
        found = known[indent] = "\n".join(lines)
    return found


def dump(value: Any) -> str:
    """One document, without a ``---`` line."""
    lines: list[str] = []
    if isinstance(value, Mapping) and value:
        _map(lines, value, "", "")
    elif isinstance(value, (list, tuple)) and value:
        _seq(lines, value, "", "")
    else:
        lines.append(_inline(value))
    lines.append("")
    return "\n".join(lines)


def dump_all(values: Iterable[Any]) -> str:
    """Several documents, each after the first introduced by ``---``."""
    return "---\n".join(dump(value) for value in values)


def scalar(value: Any) -> str:
    """A scalar as it stands in a document."""
    if isinstance(value, str):
        return _text_of(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"cannot write {type(value).__name__} as YAML")


def _text_of(text: str) -> str:
    """Plain or quoted; short texts are remembered."""
    found = _KNOWN.get(text)
    if found is None:
        found = text if (_PLAIN(text) and text.lower() not in _WORDS) or _UNIT(text) else quoted(text)
        if len(text) < _KNOWN_LENGTH and "\n" not in text:  # text of several lines has two forms
            if len(_KNOWN) >= _KNOWN_MOST:
                _KNOWN.clear()
            _KNOWN[text] = found
    return found


def quoted(text: str) -> str:
    """The text in double quotes, escaped so that every reader gives it back."""
    return '"' + _UNSAFE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    known = _ESCAPES.get(char)
    if known is not None:
        return known
    code = ord(char)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a number, or infinite: JSON has no such value")
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        sign = exponent[0] if exponent[0] in "+-" else "+"
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{sign}{exponent.lstrip('+-')}"
    return text


def _map(lines: list[str], value: Mapping[str, Any], indent: str, first: str) -> None:
    """Append a block mapping; its first line starts with ``first``, the others with ``indent``."""
    lead = first
    known = _KNOWN
    for key in sorted(value):
        item = value[key]
        written = known.get(key)
        if written is None:
            written = _text_of(key)
            if len(written) > _KEY_MOST:
                lines.append(f"{lead}? {written}")
                lead, written = indent, ""
        head = f"{lead}{written}:"
        lead = indent
        kind = type(item)
        if kind is str:
            found = known.get(item)
            if found is not None:
                lines.append(f"{head} {found}")
            elif "\n" in item:
                _text(lines, item, head, indent)
            else:
                lines.append(f"{head} {_text_of(item)}")
        elif (kind is ConstantMap or kind is ConstantSeq) and item:
            lines.append(head)
            lines.append(item.written(indent))
        elif kind is dict or isinstance(item, (dict, Mapping)):
            if item:
                lines.append(head)
                _map(lines, item, indent + "  ", indent + "  ")
            else:
                lines.append(head + " {}")
        elif isinstance(item, (list, tuple)):
            if item:
                lines.append(head)
                _seq(lines, item, indent, indent)
            else:
                lines.append(head + " []")
        else:
            lines.append(f"{head} {scalar(item)}")


def _seq(lines: list[str], value: Iterable[Any], indent: str, first: str) -> None:
    lead = first
    for item in value:
        head = lead + "-"
        lead = indent
        if isinstance(item, (dict, Mapping)) and item:
            _map(lines, item, indent + "  ", head + " ")
        elif isinstance(item, (list, tuple)) and item:
            _seq(lines, item, indent + "  ", head + " ")
        elif type(item) is str and "\n" in item:
            _text(lines, item, head, indent)
        else:
            lines.append(f"{head} {_inline(item)}")


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    return scalar(value)


def _text(lines: list[str], text: str, head: str, indent: str) -> None:
    """Append text of several lines: a literal block where that is exact, else one quoted line."""
    body, chomp = (text[:-1], "|") if text.endswith("\n") else (text, "|-")
    parts = body.split("\n")
    if not _BLOCK(body) or any(part != part.rstrip() for part in parts) or not parts[-1]:
        lines.append(f"{head} {quoted(text)}")
        return
    lines.append(f"{head} {chomp}")
    lines.extend(indent + "  " + part if part else "" for part in parts)
