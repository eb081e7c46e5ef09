"""When a rule applies, written as Go templates would test it.

``"backup.enabled & !backup.useSystemBucket & topology!=Client"``: terms joined by ``&`` (all) or ``|`` (any,
binding weaker), each a dotted path that must hold something (``!``: nothing), or a path compared with a text.
Empty text, zero, false, null, empty mappings and lists count as nothing. ``@etcd`` is the tenant's pointer of
that name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cozygen.charts.release import Release
from cozygen.charts.values import get

Condition = Callable[[Release], bool]


@cache
def condition(text: str) -> Condition:
    """The test that ``text`` describes; the empty text always holds."""
    if "|" in text:
        ways = [condition(way.strip()) for way in text.split("|")]
        return lambda release: any(way(release) for way in ways)
    terms = [_term(part.strip()) for part in text.split("&")] if text else []
    if len(terms) == 1:
        return terms[0]
    return lambda release: all(term(release) for term in terms)


def holds(text: str, release: Release) -> bool:
    """Whether the condition ``text`` holds for ``release``."""
    return not text or condition(text)(release)


def _term(text: str) -> Condition:
    if text.startswith("@"):
        pointer = text[1:]
        return lambda release: bool(release.tenant(pointer))
    if "!=" in text:
        path, _, wanted = text.partition("!=")
        return lambda release: get(release.values, path) != wanted
    if "=" in text:
        path, _, wanted = text.partition("=")
        return lambda release: get(release.values, path) == wanted
    if text.startswith("!"):
        path = text[1:]
        return lambda release: not get(release.values, path)
    return lambda release: bool(get(release.values, text))
