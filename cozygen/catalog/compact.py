"""A chart's values schema without its prose: what a check or an editor needs, and no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PROSE = frozenset(("title", "description", "$comment", "example", "examples", "$schema", "$id"))
_NAMED = frozenset(("properties", "patternProperties", "definitions", "$defs"))  # schemas by name
_LITERAL = frozenset(("default", "enum", "const", "required"))  # data, which may look like a schema
_RULES = "x-kubernetes-validations"
_IMMUTABLE = "self == oldSelf"


def compact(schema: Any) -> Any:
    """``schema`` with all its validation, without titles, descriptions and the messages of CEL rules.

    The rule that a value never changes becomes ``x-immutable: true``; other CEL rules stay, as bare rules.
    """
    if isinstance(schema, list):
        return [compact(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    out: dict[str, Any] = {}
    for word, value in schema.items():
        if word in _PROSE:
            continue
        if word == _RULES and isinstance(value, list):
            out.update(_rules(value))
        elif word in _NAMED and isinstance(value, Mapping):
            out[word] = {name: compact(item) for name, item in value.items()}
        else:
            out[word] = value if word in _LITERAL else compact(value)
    return out


def _rules(rules: list[Any]) -> dict[str, Any]:
    texts = [rule.get("rule") for rule in rules if isinstance(rule, Mapping)]
    out: dict[str, Any] = {"x-immutable": True} if _IMMUTABLE in texts else {}
    others = [{"rule": text} for text in texts if text != _IMMUTABLE]
    return {**out, _RULES: others} if others else out
