"""The type that a schema has at a place, and making a template's result fit it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from cozygen.schema.explain import type_name

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}").fullmatch
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?").fullmatch
_NOUNS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def member_schema(root: Mapping[str, Any], schema: Any, key: str) -> Any:
    """The schema of the value under ``key``, or None where nothing is said about it."""
    for branch in _branches(root, schema):
        properties = branch.get("properties", {})
        if key in properties:
            return properties[key]
        extra = branch.get("additionalProperties")
        if isinstance(extra, Mapping):
            return extra
    return None


def item_schema(root: Mapping[str, Any], schema: Any) -> Any:
    """The schema of a list's items, or None where nothing is said about them."""
    for branch in _branches(root, schema):
        if "items" in branch:
            return branch["items"]
    return None


def _branches(root: Mapping[str, Any], schema: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        yield from _branches(root, target)
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(word, ()):
            yield from _branches(root, branch)


def _types(root: Mapping[str, Any], schema: Any) -> list[str]:
    found: dict[str, None] = {}
    for branch in _branches(root, schema):
        declared = branch.get("type")
        found.update(dict.fromkeys([declared] if isinstance(declared, str) else declared or ()))
    return list(found)


def coerce(value: Any, root: Mapping[str, Any], schema: Any) -> tuple[Any, str | None]:
    """``value`` as the schema's type and None, or the value and what would be needed instead."""
    types = _types(root, schema)
    actual = type_name(value)
    if not types or actual in types or (actual == "integer" and "number" in types):
        return value, None
    if "string" in types and actual in ("integer", "number", "boolean"):
        return ("true" if value is True else "false" if value is False else str(value)), None
    if isinstance(value, str):
        text = value.strip()
        if "integer" in types and _INTEGER(text):
            return int(text), None
        if "number" in types and _NUMBER(text) and isfinite(float(text)):
            return float(text), None
        if "boolean" in types and text in ("true", "false"):
            return text == "true", None
    if actual == "number" and "integer" in types and float(value).is_integer():
        return int(value), None
    return value, " or ".join(_NOUNS[name] for name in types)
