"""What is wrong with single values: types, missing and unknown keys, nulls, old presets, resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.presets import replacement
from cozygen.charts.codes import (
    LEGACY_PRESET,
    MISSING_KEY,
    NESTED_RESOURCES,
    NOT_A_QUANTITY,
    NOT_ONE_OF,
    NULL_OVER_DEFAULT,
    REFUSED_RESOURCE,
    TOO_MANY,
    UNKNOWN_KEY,
    WRONG_TYPE,
)
from cozygen.charts.condition import holds
from cozygen.charts.quantity import is_quantity
from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.rules import Rules
from cozygen.charts.values import Values, at, matches
from cozygen.diagnostics import Code
from cozygen.schema import Schema, Violation, did_you_mean

_MOST_OBJECTS = 10_000
_SIZED = ("cpu", "memory")  # the schema looks at these
_BY_KIND: dict[str, Code] = {
    "type": WRONG_TYPE,
    "enum": NOT_ONE_OF,
    "pattern": NOT_A_QUANTITY,
    "required": MISSING_KEY,
    "range": WRONG_TYPE,
    "key": WRONG_TYPE,
    "unknown": UNKNOWN_KEY,
}


def spoken(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with words for what does not match a quantity's pattern."""
    out = dict(schema)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        out |= {
            "x-says": "is no Kubernetes quantity",
            "x-hint": "write a number with a unit, such as 500m, 64Gi or 4",
        }
    if "properties" in schema:
        out["properties"] = {key: spoken(part) for key, part in schema["properties"].items()}
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), Mapping):
            out[word] = spoken(schema[word])
    return out


def schema_faults(schema: Schema, release: Release, nulls: frozenset[Path]) -> Iterator[Fault]:
    """What Helm's check of the merged values refuses, and keys that the chart does not know.

    ``schema`` is the closed one. A key that is missing because a null removed it is the null's fault.
    """
    for found in schema.violations(release.values):
        if found.kind == "required" and (*found.path, found.values["key"]) in nulls:
            yield _null_fault((*found.path, found.values["key"]), "it is required")
        else:
            yield _of_violation(found)


def null_faults(rules: Rules, release: Release, base: Values, nulls: frozenset[Path]) -> Iterator[Fault]:
    """Nulls that take a default away without which the chart breaks."""
    for path in sorted(nulls, key=str):
        need = rules.nulls.get(".".join(map(str, path)))
        if need is not None and holds(need, release):
            yield _null_fault(path, f"the default is {_brief(at(base, path))}")


def preset_faults(given: Any, path: Path = ()) -> Iterator[Fault]:
    """Old spellings of resource presets, wherever they stand."""
    if isinstance(given, list):
        for index, item in enumerate(given):
            yield from preset_faults(item, (*path, index))
    elif isinstance(given, Mapping):
        for key, value in given.items():
            new = replacement(value) if key == "resourcesPreset" and isinstance(value, str) else None
            if new:
                yield Fault(
                    LEGACY_PRESET,
                    (*path, key),
                    f'the preset "{value}" is an old spelling of "{new}"',
                    f"write {new}",
                    {"found": value, "replacement": new},
                )
            elif isinstance(value, (Mapping, list)):
                yield from preset_faults(value, (*path, key))


def resource_faults(rules: Rules, release: Release) -> Iterator[Fault]:
    """Resources in nested form, and amounts of other resources that no pod can have."""
    for kept in rules.resources:
        if not holds(kept.when, release):
            continue
        for path, resources in matches(release.given, kept.path.split(".")):
            if not isinstance(resources, Mapping):
                continue
            for key, value in resources.items():
                if key in ("limits", "requests"):
                    yield _nested_resources(path, key)
                elif kept.pods and value is not None and not is_quantity(value) and key not in _SIZED:
                    yield _refused_resource(path, key, value)
    for dotted in rules.amounts:
        for path, resources in matches(release.given, dotted.split(".")):
            for key, value in resources.items() if isinstance(resources, Mapping) else ():
                if value is not None and not is_quantity(value):
                    yield _refused_resource(path, key, value)


def quantity_paths(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Where ``schema`` takes quantities, as patterns."""
    if "anyOf" in schema and "pattern" in schema:
        yield path
    for key, part in schema.get("properties", {}).items():
        yield from quantity_paths(part, f"{path}.{key}" if path else key)
    for word, step in (("additionalProperties", "*"), ("items", "#")):
        if isinstance(schema.get(word), Mapping):
            yield from quantity_paths(schema[word], f"{path}.{step}" if path else step)


def quantity_faults(patterns: tuple[str, ...], given: Values) -> Iterator[Fault]:
    """Text that the schema's pattern takes for a quantity, and Kubernetes does not."""
    for pattern in patterns:
        for path, value in matches(given, pattern.split(".")):
            if isinstance(value, str) and value and not is_quantity(value):
                yield Fault(
                    NOT_A_QUANTITY,
                    path,
                    f'"{value}" is no Kubernetes quantity',
                    "write a number with a unit, such as 500m, 64Gi or 4",
                    {"found": value},
                )


def leads(pattern: str, path: Path) -> bool:
    """Whether ``path`` is one of those that ``pattern`` means."""
    steps = pattern.split(".")
    return len(steps) == len(path) and all(
        step == key or step == ("#" if isinstance(key, int) else "*")
        for step, key in zip(steps, path, strict=True)
    )


def count_faults(rules: Rules, given: Values) -> Iterator[Fault]:
    """Counts of which the chart makes an object each, beyond anything that a controller could render."""
    for dotted in rules.loops:
        for path, count in matches(given, dotted.split(".")):
            if isinstance(count, int) and abs(count) > _MOST_OBJECTS:
                yield Fault(
                    TOO_MANY,
                    path,
                    f"the chart makes an object for each of {count}, which no controller can render",
                    "take the number that you really want",
                    {"found": count, "limit": _MOST_OBJECTS},
                )


def _nested_resources(path: Path, key: str) -> Fault:
    return Fault(
        NESTED_RESOURCES,
        (*path, key),
        f"resources are one flat map here, each value being the limit; {key} cannot stand inside",
        "move cpu, memory and the like up one level and remove requests",
        {"found": key},
        on_key=True,
    )


def _refused_resource(path: Path, key: str, value: Any) -> Fault:
    return Fault(
        REFUSED_RESOURCE,
        (*path, key),
        f"{key} is handed to the pods as a resource, and {_brief(value)} is no quantity",
        did_you_mean(key, ("cpu", "memory", "ephemeral-storage")),
        {"found": value},
    )


def _of_violation(found: Violation) -> Fault:
    return Fault(
        _BY_KIND[found.kind],
        found.path,
        found.message,
        found.hint,
        found.values,
        on_key=found.kind in ("unknown", "key"),
    )


def _null_fault(path: Path, reason: str) -> Fault:
    return Fault(
        NULL_OVER_DEFAULT,
        path,
        f"null takes away the chart's default of {path[-1]}, without which it fails; {reason}",
        "remove the line to have the default",
        {"key": path[-1]},
    )


def _brief(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)
