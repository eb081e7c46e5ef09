"""Binding a use's values to a blueprint's declared parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.schema import Schema, did_you_mean
from cozygen.schema.build import quantity
from cozygen.spec import codes
from cozygen.spec.model import Entry
from cozygen.yamlio import Map, key_place, value_place

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "quantity": quantity(),
    "list": {"type": "array"},
    "map": {"type": "object"},
}


def bind(blueprint: Entry, use: Map, place: Place) -> tuple[Mapping[str, Any] | None, list[Diagnostic]]:
    """The value of every parameter (None if a value is wrong or missing), and what is wrong."""
    declared: Mapping[str, Any] = blueprint.body.get("parameters") or {}
    given: Any = use.get("with") or Map()
    problems: list[Diagnostic] = []
    related = [Related("the blueprint", blueprint.place)]
    values: dict[str, Any] = {}
    for name in given:
        if name not in declared:
            problems.append(
                codes.BLUEPRINT_PARAMETER.at(
                    key_place(given, name) or place,
                    f"the blueprint {blueprint.name} has no parameter {name}",
                    hint=did_you_mean(name, declared),
                    related=related,
                    values={"parameter": name, "known": sorted(declared)},
                )
            )
    for name, parameter in declared.items():
        if name in given:
            where, value = value_place(given, name) or place, given[name]
        elif "default" in parameter:
            where, value = value_place(parameter, "default") or blueprint.place, parameter["default"]
        else:
            problems.append(
                codes.BLUEPRINT_PARAMETER.at(
                    key_place(use, "with") or place,
                    f"the blueprint {blueprint.name} needs the parameter {name}",
                    hint=f"add {name} below with",
                    related=[
                        Related(
                            "declared here", key_place(blueprint.body["parameters"], name) or blueprint.place
                        )
                    ],
                    values={"parameter": name},
                )
            )
            continue
        wrong = _misfit(parameter, value)
        if wrong is not None:
            message, hint = wrong
            problems.append(
                codes.BLUEPRINT_PARAMETER.at(
                    where,
                    f"parameter {name} of the blueprint {blueprint.name}: {message}",
                    hint=hint,
                    related=related,
                    values={"parameter": name, "value": value},
                )
            )
        values[name] = value
    return (None if problems else values), problems


def _misfit(parameter: Mapping[str, Any], value: Any) -> tuple[str, str | None] | None:
    schema = dict(_TYPES[parameter["type"]])
    if "enum" in parameter:
        schema["enum"] = list(parameter["enum"])
    found = next(Schema(schema).violations(value), None)
    return (found.message, found.hint) if found else None
