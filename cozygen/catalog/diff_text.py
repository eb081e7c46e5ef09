"""A comparison of releases as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cozygen.catalog.diff import Change
from cozygen.schema.explain import shown

_TITLES = {
    "application": "Applications",
    "package": "Packages",
    "bundle": "Bundles",
    "platform": "Platform values",
}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_LISTS = {"allowed": ("no longer", "now also"), "required": ("no longer requires", "now requires")}
_WHOLE = ("kind", "package")


def render_text(changes: Iterable[Change]) -> str:
    """Changes grouped by area and name, one a line; a sentence where there are none."""
    lines = list(_lines(changes))
    return "\n".join(lines or ["no differences"]) + "\n"


def _lines(changes: Iterable[Change]) -> Iterator[str]:
    for number, (area, group) in enumerate(groupby(changes, key=lambda c: c.area)):
        if number:
            yield ""
        yield _TITLES[area]
        for name, items in groupby(group, key=lambda c: c.name):
            yield from _named(name, list(items))


def _named(name: str, items: list[Change]) -> Iterator[str]:
    if len(items) == 1 and items[0].what in _WHOLE and items[0].kind != "changed" and not items[0].path:
        yield f"  {_SIGNS[items[0].kind]} {name}"
        return
    if name:
        yield f"  {name}"
    indent = "    " if name else "  "
    for change in items:
        yield f"{indent}{_SIGNS[change.kind]} {_line(change)}"


def _line(change: Change) -> str:
    if change.what == "value":
        described = change.after if change.kind == "added" else change.before
        return f"{change.path} ({_described(described)})"
    if change.what == "dependency":
        return f"[{change.path}] depends on {change.after or change.before}"
    if change.what == "member":
        return str(change.after or change.before)
    if change.kind != "changed":
        return f"{change.what} {change.path}"
    where = f"{change.path}: " if change.path else ""
    if change.what in _LISTS:
        gone, came = _LISTS[change.what]
        parts = [f"{gone} {_list(change.before)}"] if change.before else []
        parts += [f"{came} {_list(change.after)}"] if change.after else []
        return f"{where}{', '.join(parts)}"
    return f"{where}{change.what} {_value(change.before)} → {_value(change.after)}"


def _described(about: dict[str, Any]) -> str:
    parts = [str(about["type"])]
    parts += [f"default {_value(about['default'])}"] if "default" in about else []
    parts += [f"one of {_list(about['allowed'])}"] if len(about.get("allowed", ())) > 0 else []
    return ", ".join(parts)


def _list(values: Iterable[Any]) -> str:
    items = [str(value) for value in values]
    return ", ".join(items[:8]) + (f" and {len(items) - 8} more" if len(items) > 8 else "")


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return f"[{_list(value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    return shown(value)
