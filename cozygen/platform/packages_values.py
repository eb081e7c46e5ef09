"""The platform chart's values as its templates see them: merged as Helm merges, read as Go templates read.

A template that walks through something that is not there, or compares unlike things, ends the whole render.
:class:`ChartValues` raises :class:`BrokenError` there, and :mod:`cozygen.platform.packages` turns that into a
failure with the value's path. Nothing outside these modules sees the exception.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]


class BrokenError(Exception):
    """A template cannot go on because of the value at ``path``."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(text)
        self.path = path
        self.text = text


def merged(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` over a chart's ``defaults``, as Helm coalesces them.

    Mappings merge, everything else replaces, and a null removes the default of its key. A null without a
    default stays a null.
    """
    out: dict[str, Any] = {}
    for key, value in given.items():
        default = defaults.get(key)
        if value is None and key in defaults:
            continue
        out[key] = (
            merged(value, default) if isinstance(value, Mapping) and isinstance(default, Mapping) else value
        )
    return out | {key: value for key, value in defaults.items() if key not in given}


def layered(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``over`` on ``base``: mappings merge, everything else replaces."""
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        out[key] = (
            layered(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
        )
    return out


def defaults_of(schema: Mapping[str, Any]) -> Any:
    """The default that a schema states: its own, or that of its properties."""
    if "default" in schema or "properties" not in schema:
        return schema.get("default")
    return {key: defaults_of(item) for key, item in schema["properties"].items()}


class ChartValues:
    """The values that one render of the platform chart sees."""

    __slots__ = ("root",)

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root

    def read(self, path: str) -> Any:
        """What a template finds at a dotted path, or None for a last key that is not there."""
        here: Any = self.root
        steps = path.split(".")
        for depth, step in enumerate(steps):
            if not isinstance(here, (dict, Mapping)):  # dict first: asking whether it is a Mapping is slow
                above = ".".join(steps[:depth])
                what = "removed" if here is None else "no mapping"
                raise BrokenError(tuple(steps[:depth]), f"{above} is {what}, and the chart reads {path}")
            here = here.get(step)
        return here

    def read_softly(self, path: str) -> Any:
        """Like :meth:`read`, but None where something on the way is missing."""
        steps = path.split(".")
        for depth in range(1, len(steps)):
            if self.read(".".join(steps[:depth])) is None:
                return None
        return self.read(path)

    def on(self, path: str) -> bool:
        """Whether a template's ``if`` takes the value for true: anything but nothing, zero and empty."""
        return not empty(self.read(path))

    def equals(self, path: str, text: str) -> bool:
        """A template's comparison with a text, which unlike things break."""
        value = self.read(path)
        if value is not None and not isinstance(value, str):
            raise BrokenError(tuple(path.split(".")), f"{path} has to be text, and the chart compares it")
        return value == text

    def names(self, path: str) -> list[Any]:
        """A list that a template searches; nothing and empty are the empty list."""
        value = self.read(path)
        if empty(value):
            return []
        if not isinstance(value, list):
            raise BrokenError(tuple(path.split(".")), f"{path} has to be a list")
        return value


def empty(value: Any) -> bool:
    """Whether a template takes a value for empty."""
    return value is None or value is False or (not isinstance(value, bool) and value in (0, "", [], {}))


def go_text(value: Any) -> str | None:
    """A value as Go prints it, which is how the chart writes it into text; None for nothing at all."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _go_number(float(value))
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{_inner(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(_inner(item) for item in value) + "]"
    return str(value)


def _inner(value: Any) -> str:
    return "<nil>" if value is None else go_text(value) or ""


def _go_number(number: float) -> str:
    """Values are floating point numbers to Helm; Go writes the shortest digits, and 1e+06 for a million."""
    if not math.isfinite(number):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(number, "NaN")
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    minus = "-" if sign else ""
    if point < -3 or point > 6:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{fraction}e{'-' if point < 1 else '+'}{abs(point - 1):02d}"
    if point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    whole = text[:point].ljust(point, "0")
    return f"{minus}{whole}.{text[point:]}" if len(text) > point else minus + whole
