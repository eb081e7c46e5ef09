"""When a rule applies, written as Go templates would test it.

``"backup.enabled & !backup.useSystemBucket & topology!=Client"``: terms joined by ``&`` (all) or ``|`` (any,
binding weaker), each a dotted path that must hold something (``!``: nothing), or a path compared with a text.
Empty text, zero, false, null, empty mappings and lists count as nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cozygen.charts.values import Values, get

Condition = Callable[[Values], bool]


@cache
def condition(text: str) -> Condition:
    """The test that ``text`` describes; the empty text always holds."""
    if "|" in text:
        ways = [condition(way.strip()) for way in text.split("|")]
        return lambda values: any(way(values) for way in ways)
    terms = [_term(part.strip()) for part in text.split("&")] if text else []
    if len(terms) == 1:
        return terms[0]
    return lambda values: all(term(values) for term in terms)


def holds(text: str, values: Values) -> bool:
    """Whether the condition ``text`` holds for ``values``."""
    return not text or condition(text)(values)


def _term(text: str) -> Condition:
    if "!=" in text:
        path, _, wanted = text.partition("!=")
        return lambda values: get(values, path) != wanted
    if "=" in text:
        path, _, wanted = text.partition("=")
        return lambda values: get(values, path) == wanted
    if text.startswith("!"):
        path = text[1:]
        return lambda values: not get(values, path)
    return lambda values: bool(get(values, text))
