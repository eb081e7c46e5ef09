"""Values as Helm merges them: what the release says over what the chart says.

A chart's defaults stand at the fixed paths of its values schema; entries of maps and lists have none. A null
removes the default it stands on, a null elsewhere stays. Upstream's values.yaml and the schema's defaults
agree for every chart of the shipped releases but for :data:`_ONLY_IN_SCHEMA`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from cozygen.catalog.model import Application
from cozygen.charts.release import Path

Values = Mapping[str, Any]

# Defaults that the schema states and the chart's values.yaml does not: a null there removes nothing.
_ONLY_IN_SCHEMA: dict[str, tuple[Path, ...]] = {
    "KubernetesNodes": (("kubelet", "evictionHardMemory"), ("kubelet", "evictionSoftMemory")),
}


def defaults(application: Application) -> Values:
    """The chart's own values."""
    found = _of_schema(application.schema)
    for path in _ONLY_IN_SCHEMA.get(application.kind, ()):
        holder = at(found, path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
    return found


def over(base: Values, given: Values) -> dict[str, Any]:
    """``given`` over ``base`` as Helm coalesces tables: mappings merge, anything else replaces.

    Parts that are not changed are shared with ``base`` and ``given``, not copied: never change them.
    """
    out = dict(base)
    for key, value in given.items():
        below = out.get(key)
        if value is None:
            if below is not None:
                del out[key]
            else:
                out[key] = None
        elif isinstance(below, Mapping) and isinstance(
            value, Mapping
        ):  # most defaults are scalars or missing
            out[key] = over(below, value)
        else:
            out[key] = value
    return out


def removed(base: Values, given: Values, path: Path = ()) -> Iterator[Path]:
    """Where a null of ``given`` removes a default."""
    for key, value in given.items():
        below = base.get(key)
        if value is None:
            if below is not None:
                yield (*path, key)
        elif isinstance(value, Mapping) and isinstance(below, Mapping):
            yield from removed(below, value, (*path, key))


def at(values: Any, path: Sequence[str | int]) -> Any:
    """What stands at ``path``, None where it leads nowhere."""
    for step in path:
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            return None
    return values


def get(values: Values, dotted: str) -> Any:
    """What stands at a path written with dots, None where it leads nowhere."""
    for step in _steps(dotted):
        if not isinstance(values, Mapping):
            return None
        values = values.get(step)  # type: ignore[assignment]
    return values


def mapping(values: Values, dotted: str) -> Mapping[str, Any]:
    """The mapping at a dotted path, an empty one where there is none."""
    found = get(values, dotted)
    return found if isinstance(found, Mapping) else {}


def items(values: Values, dotted: str) -> list[Any]:
    """The list at a dotted path, an empty one where there is none."""
    found = get(values, dotted)
    return found if isinstance(found, list) else []


def matches(values: Any, pattern: Sequence[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What stands where ``pattern`` leads: ``*`` is any key, ``#`` any item, a last ``~`` each key itself."""
    if not pattern:
        yield path, values
        return
    step, rest = pattern[0], pattern[1:]
    if step == "#":
        if isinstance(values, list):
            for index, value in enumerate(values):
                yield from matches(value, rest, (*path, index))
    elif not isinstance(values, Mapping):
        return
    elif step == "~":
        for key in values:
            yield (*path, key), key
    elif step == "*":
        for key, value in values.items():
            yield from matches(value, rest, (*path, key))
    elif step in values:
        yield from matches(values[step], rest, (*path, step))


def replaced(values: Any, path: Path, value: Any) -> Any:
    """A copy of ``values`` with ``value`` at ``path``, which must exist. Siblings are shared."""
    if not path:
        return value
    step = path[0]
    out: Any = list(values) if isinstance(values, list) else dict(values)
    out[step] = replaced(values[step], path[1:], value)
    return out


def without(values: Any, path: Path) -> Any:
    """A copy of ``values`` that says nothing at ``path``; a list there loses all its items at once."""
    step, rest = path[0], path[1:]
    if isinstance(values, list):
        return []
    if not isinstance(values, Mapping) or step not in values:
        return values
    out = dict(values)
    if rest:
        out[str(step)] = without(values[str(step)], rest)
    else:
        del out[str(step)]
    return out


def _of_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    stated = schema.get("default")
    out: dict[str, Any] = dict(stated) if isinstance(stated, Mapping) else {}
    for key, part in schema.get("properties", {}).items():
        if "properties" in part:
            below = _of_schema(part)
            if below or "default" in part:
                out[key] = below
        elif part.get("default") is not None:
            out[key] = part["default"]
    return out


@cache
def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(dotted.split("."))
