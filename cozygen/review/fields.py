"""The fields in which two objects differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

Path = tuple[str | int, ...]


class Absent:
    """The value of a field that is not there, which is not the same as ``null``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()


class Field(NamedTuple):
    """A field with its value on both sides, ``ABSENT`` where there is none."""

    path: Path
    old: Any
    new: Any


def differing(old: Any, new: Any, path: Path = ()) -> Iterator[Field]:
    """The outermost fields that differ, in order; lists of the same length are compared item by item."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}, key=str):
            yield from differing(old.get(key, ABSENT), new.get(key, ABSENT), (*path, str(key)))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differing(before, after, (*path, index))
    elif not same(old, new):
        yield Field(path, old, new)


def same(old: Any, new: Any) -> bool:
    """Whether two values are the same to Kubernetes: 1 and 1.0 are, 1 and true are not."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return (type(old) is type(new) and bool(old == new)) or (
        _number(old) and _number(new) and bool(old == new)
    )


def lookup(values: Any, path: Path) -> Any:
    """What stands at ``path``, ``ABSENT`` where it leads nowhere."""
    for step in path:
        inside = isinstance(values, Mapping) and step in values
        if not inside and not (isinstance(values, list) and isinstance(step, int) and step < len(values)):
            return ABSENT
        values = values[step]
    return values


def dotted(path: Path) -> str:
    """A path as people write it; names that hold dots stand in brackets."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        elif "." in step or "/" in step:
            out += f'["{step}"]'
        else:
            out += f".{step}" if out else step
    return out


def shown(value: Any, most: int = 60) -> str:
    """A value on one line, cut where it is long."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "null"}[value]
    elif isinstance(value, Mapping):
        text = f"{{{len(value)} keys}}" if value else "{}"
    elif isinstance(value, list):
        text = f"[{len(value)} items]" if value else "[]"
    else:
        text = str(value) if isinstance(value, (int, float)) else repr(str(value))[1:-1]
    return text if len(text) <= most else text[: most - 1] + "…"


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))
