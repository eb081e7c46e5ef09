"""How a plain scalar is read, and which spellings readers disagree on.

Cozystack, Helm and Flux read YAML with Go, so a plain scalar means what Go makes of it. Where YAML 1.1
(PyYAML), YAML 1.2 (editors) and Go differ, the value is still Go's, and :func:`ambiguity` says so.
"""

from __future__ import annotations

import math
import re

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_TRUE_11 = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE_11 = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_WORDS: dict[str, bool | None] = (
    dict.fromkeys(NULLS, None)
    | dict.fromkeys(_TRUE | _TRUE_11, True)
    | dict.fromkeys(_FALSE | _FALSE_11, False)
)
_SPECIAL_FLOATS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)").fullmatch
_MAYBE_NUMBER = frozenset("0123456789+-.")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)").fullmatch
_INTEGER = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|[1-9][0-9]*)").fullmatch
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?").fullmatch
_PORTABLE_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+").fullmatch
_EMPTY_DIGITS = re.compile(r"[-+]?0[box]_+").fullmatch
_LOOSE_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])").search
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?").fullmatch
# Control characters that kustomize refuses or turns into a space, however they are escaped.
unsendable = re.compile("[\x7f-\x9f\ufffe\uffff]").search
_SHORT = 18  # digits that surely fit 64 bits
_LONG = 400  # digits that surely do not fit a float

Scalar = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """The value of a plain scalar as Go reads it; NaN and infinities stay text (JSON has none)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAYBE_NUMBER:
        return text
    if len(text) < _SHORT and _DECIMAL(text):
        return int(text)
    loose = text[0] == "." and _LOOSE_UNDERSCORE(text)
    number = None if loose else _number(text.replace("_", ""))
    return text if number is None else number


def _number(text: str) -> int | float | None:
    """What Go makes of digits; None where it is text, as for what no 64-bit float can hold."""
    if len(text) < _LONG and _INTEGER(text):
        whole, decimal = _integer(text)
        if -(1 << 63) <= whole < 1 << 64 or (decimal and math.isfinite(float(text))):
            return whole
    if not _FLOAT(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _integer(text: str) -> tuple[int, bool]:
    """The value of an integer, and whether it is written to the base of ten."""
    body = text.lstrip("+-")
    decimal = body[0] != "0" or len(body) == 1
    value = int(body, 10 if decimal else 8 if body.isdigit() else 0)
    return -value if text.startswith("-") else value, decimal


def ambiguity(text: str) -> str | None:
    """Why readers disagree about a plain scalar, or None where they agree."""
    if text in _TRUE_11 or text in _FALSE_11:
        return f"Go reads it as {str(text in _TRUE_11).lower()}, YAML 1.2 as text"
    if not text or text[0] not in _MAYBE_NUMBER:
        return None
    if _DECIMAL(text) or _PORTABLE_FLOAT(text):
        if len(text) >= _SHORT and "." not in text and not -(1 << 63) <= float(text) < 1 << 64:
            return "it is beyond 64 bits, which some readers round and others do not"
        return "readers disagree about the sign" if text.startswith("+") else None
    if _SPECIAL_FLOATS(text):
        return "it is not a number that JSON can hold"
    if _SEXAGESIMAL(text):
        return "YAML 1.1 reads it as a number in base 60, Go as text"
    if _DATE(text):
        return "YAML 1.1 reads it as a date, Go as text"
    plain = text.replace("_", "")
    if _INTEGER(plain) or _FLOAT(plain) or _EMPTY_DIGITS(text):
        found = resolve(text)
        return f"Go reads it as {'text' if found == text else found}, other readers as something else"
    return None
