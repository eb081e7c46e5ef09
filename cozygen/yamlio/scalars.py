"""How a plain scalar is read, and which spellings readers disagree on.

Cozystack, Helm and Flux read YAML with Go, so a plain scalar means what Go makes of it. Where YAML 1.1
(PyYAML), YAML 1.2 (editors) and Go differ, the value is still Go's, and :func:`ambiguity` says so.
"""

from __future__ import annotations

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
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)").fullmatch
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?").fullmatch
_PORTABLE_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+").fullmatch
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?").fullmatch

Scalar = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """The value of a plain scalar as Go reads it; NaN and infinities stay text (JSON has none)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAYBE_NUMBER:
        return text
    if _DECIMAL(text):
        return int(text)
    if _INTEGER(text):
        return _integer(text)
    if _FLOAT(text):
        return float(text.replace("_", ""))
    return text


def _integer(text: str) -> Scalar:
    sign = -1 if text.startswith("-") else 1
    body = text.lstrip("+-").replace("_", "")
    try:
        if body[:2] in ("0b", "0o", "0x"):
            return sign * int(body, 0)
        if len(body) > 1 and body.startswith("0"):
            return sign * int(body, 8)
        return sign * int(body)
    except ValueError:  # 08 and 09 are no octal numbers; Go reads them as floats
        return sign * float(body)


def ambiguity(text: str) -> str | None:
    """Why readers disagree about a plain scalar, or None where they agree."""
    if text in _TRUE_11 or text in _FALSE_11:
        return f"Go reads it as {str(text in _TRUE_11).lower()}, YAML 1.2 as text"
    if not text or text[0] not in _MAYBE_NUMBER:
        return None
    if _DECIMAL(text) or _PORTABLE_FLOAT(text):
        return "readers disagree about the sign" if text.startswith("+") else None
    if _SPECIAL_FLOATS(text):
        return "it is not a number that JSON can hold"
    if _SEXAGESIMAL(text):
        return "YAML 1.1 reads it as a number in base 60, Go as text"
    if _DATE(text):
        return "YAML 1.1 reads it as a date, Go as text"
    if _INTEGER(text) or _FLOAT(text):
        return f"Go reads it as {resolve(text)}, other readers as text or another number"
    return None
