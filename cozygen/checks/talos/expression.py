"""Expressions in CEL, with which Talos picks disks, volumes and links.

Talos compiles them before it applies a configuration. This reads an expression by CEL's grammar and looks up every
name in it; what types its parts have, and so whether the whole is true or false, is not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cozygen.record import Record
from cozygen.schema import did_you_mean

_TOKEN = re.compile(
    r"""(?:\s|//[^\n]*(?:\n|$))*(?:(?P<text>[rRbB]{0,2}(?:\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))"""
    r"""|(?P<number>0x[0-9a-fA-F]+u?|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?u?)"""
    r"""|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<end>$)"""
    r"""|(?P<mark>\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}]))"""
)
_BINARY = ({"||"}, {"&&"}, {"==", "!=", "<", "<=", ">", ">=", "in"}, {"+", "-"}, {"*", "/", "%"})
_MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})
_WORDS = "has size int uint double string bool bytes duration timestamp type dyn matches"
_FUNCTIONS = frozenset(_WORDS.split())
_TYPES = "true false null bool bytes double int list map null_type string timestamp type uint"
_KNOWN = frozenset(_TYPES.split())
_SPELLED = {"and": "&&", "or": "||"}


class Fault(Record):
    """What is wrong with an expression, and what to do about it."""

    message: str
    hint: str


class Vocabulary(Record):
    """What an expression may speak of: values with their fields (None for what has none), constants, functions."""

    values: Mapping[str, frozenset[str] | None]
    constants: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


def faults(text: str, vocabulary: Vocabulary) -> list[Fault]:
    """Everything that is wrong with an expression; what does not parse is looked at no further."""
    try:
        reader = _Reader(list(_tokens(text)), vocabulary)
        reader.whole()
    except _SyntaxFaultError as error:
        return [Fault(f"{text} is no expression: {error}", 'write one such as disk.transport == "nvme"')]
    return reader.unknown


class _SyntaxFaultError(ValueError):
    """The text is not of CEL's grammar."""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, kind = 0, ""
    while kind != "end":
        found = _TOKEN.match(text, at)
        if found is None:
            raise _SyntaxFaultError(f"{text[at:].strip()[:12]} has no meaning there")
        at, kind = found.end(), str(found.lastgroup)
        yield kind, found.group(kind)


class _Reader:
    """A descent through the grammar, which collects names that nobody knows."""

    def __init__(self, tokens: list[tuple[str, str]], vocabulary: Vocabulary) -> None:
        self._tokens = tokens
        self._at = 0
        self._vocabulary = vocabulary
        self._bound: list[str] = []
        self.unknown: list[Fault] = []

    def whole(self) -> None:
        self._expression()
        if self._tokens[self._at][0] != "end":
            found = self._peek()
            better = f", write {_SPELLED[found]}" if found in _SPELLED else ""
            unit = ", write * before it" if found in self._vocabulary.constants else ""
            raise _SyntaxFaultError(f"{found} is not expected there{better}{unit}")

    def _peek(self) -> str:
        return self._tokens[self._at][1]

    def _take(self, *marks: str) -> bool:
        if self._tokens[self._at][0] in ("mark", "name") and self._peek() in marks:
            self._at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise _SyntaxFaultError(f"{mark} is missing")

    def _expression(self) -> None:
        self._binary(0)
        if self._take("?"):
            self._binary(0)
            self._expect(":")
            self._expression()

    def _binary(self, level: int) -> None:
        if level == len(_BINARY):
            self._unary()
            return
        self._binary(level + 1)
        while self._take(*_BINARY[level]):
            self._binary(level + 1)

    def _unary(self) -> None:
        while self._take("!", "-"):
            pass
        self._member()

    def _member(self) -> None:
        root = self._primary()
        while True:
            if self._take("."):
                name = self._name()
                if self._take("("):
                    self._arguments(name)
                elif root is not None:
                    self._field(root, name)
                root = None
            elif self._take("["):
                self._expression()
                self._expect("]")
                root = None
            else:
                return

    def _primary(self) -> str | None:
        """One value; of a plain name the name."""
        self._take(".")  # a name of the outermost scope
        kind, text = self._tokens[self._at]
        if kind in ("text", "number"):
            self._at += 1
            return None
        if kind == "name" and text != "in":
            self._at += 1
            if self._take("("):
                known = self._vocabulary.functions | _FUNCTIONS
                if text not in known:
                    self._unknown(text, known, "function", f"use one of {', '.join(sorted(known))}")
                self._arguments(text)
                return None
            return self._value(text)
        for opening, closing in (("(", ")"), ("[", "]"), ("{", "}")):
            if self._take(opening):
                self._list(closing, pairs=opening == "{")
                return None
        raise _SyntaxFaultError(
            f"a value is missing before {text}" if text else "a value is missing at the end"
        )

    def _name(self) -> str:
        kind, text = self._tokens[self._at]
        if kind != "name":
            raise _SyntaxFaultError("a name is missing after the dot")
        self._at += 1
        return text

    def _arguments(self, function: str) -> None:
        bound = len(self._bound)
        if function in _MACROS and self._tokens[self._at][0] == "name":
            self._bound.append(self._peek())
        self._list(")", pairs=False)
        del self._bound[bound:]

    def _list(self, closing: str, *, pairs: bool) -> None:
        if closing != ")" or self._peek() != ")":
            while self._peek() != closing:
                self._expression()
                if pairs:
                    self._expect(":")
                    self._expression()
                if not self._take(","):
                    break
        self._expect(closing)

    def _value(self, name: str) -> str | None:
        values, constants = self._vocabulary.values, self._vocabulary.constants
        if name in values:
            return name
        if name not in self._bound and name not in _KNOWN | constants:
            hint = f'write "{name}" in quotes, or use {" or ".join(sorted(values)[:4])}'
            self._unknown(name, {*values, *constants}, "value", hint)
        return None

    def _field(self, root: str, name: str) -> None:
        fields = self._vocabulary.values[root]
        if fields is not None and name not in fields:
            self._unknown(name, fields, f"field of {root}", f"use one of {', '.join(sorted(fields))}")

    def _unknown(self, name: str, known: Iterable[str], what: str, hint: str) -> None:
        self.unknown.append(Fault(f"there is no {what} {name}", did_you_mean(name, known, limit=0) or hint))
