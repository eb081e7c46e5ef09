"""Why a value does not fit a schema: every violation, with its path and in words.

Covers the part of JSON Schema that the spec's and Cozystack's own schemas use: type, properties, required,
additionalProperties, propertyNames, items, enum, const, pattern, bounds, anyOf/oneOf, allOf, if/then, $ref
to ``#/$defs``, and ``x-kubernetes-preserve-unknown-fields``. Of a union only the alternatives that the
value's type or discriminating constant allows are explained, so that one mistake gives one violation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import jsonschema_rs

from cozygen.schema.suggest import did_you_mean

Path = tuple[str | int, ...]
Kind = Literal["type", "unknown", "required", "enum", "pattern", "range", "key"]


class Violation(NamedTuple):
    """One thing that does not fit.

    ``path`` leads to the offending value; for ``unknown`` and ``key`` to the offending key, for ``required``
    to the object that lacks ``values["key"]``.
    """

    path: Path
    kind: Kind
    message: str
    hint: str | None
    values: dict[str, Any]


def violations(schema: Any, value: Any, root: Any = None, path: Path = ()) -> Iterator[Violation]:
    """All violations of ``schema`` by ``value``; ``root`` is where ``$ref`` looks things up."""
    root = schema if root is None else root
    if schema is True or schema == {}:
        return
    if schema is False:
        yield Violation(path, "type", f"nothing is possible here, found {shown(value)}", "remove it", {})
        return
    if "$ref" in schema:
        yield from violations(_resolve(root, schema["$ref"]), value, root, path)
    wrong = _type_violation(schema, value, path)
    if wrong:
        yield wrong
        return
    yield from _scalar_violations(schema, value, path)
    if isinstance(value, Mapping):
        yield from _object_violations(schema, value, root, path)
    elif isinstance(value, list):
        yield from _list_violations(schema, value, root, path)
    for part in schema.get("allOf", ()):
        yield from violations(part, value, root, path)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            yield from _union_violations(schema[word], value, root, path)
    if "if" in schema:
        holds = not any(violations(schema["if"], value, root, path))
        branch = schema.get("then" if holds else "else")
        if branch is not None:
            yield from violations(branch, value, root, path)


def type_name(value: Any) -> str:
    """What JSON calls the type of ``value``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def shown(value: Any, limit: int = 60) -> str:
    """A value as a message shows it: text in quotes, collections by what they are, long ones cut."""
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.replace("\n", "\\n")
    return text if len(text) <= limit else text[: limit - 1] + "…"


_NOUNS = {
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}


def _types(schema: Mapping[str, Any]) -> Sequence[str] | None:
    declared = schema.get("type")
    return [declared] if isinstance(declared, str) else declared


def _fits(name: str, value: Any) -> bool:
    actual = type_name(value)
    if name == "number":
        return actual in ("number", "integer")
    if name == "integer":
        return actual == "integer" or (actual == "number" and float(value).is_integer())
    return actual == name


def _type_violation(schema: Mapping[str, Any], value: Any, path: Path) -> Violation | None:
    types = _types(schema)
    if not types or any(_fits(name, value) for name in types):
        return None
    wanted = " or ".join(_NOUNS[name] for name in types)
    return Violation(
        path,
        "type",
        f"expected {wanted}, found {shown(value)}",
        (schema.get("x-hint") if "object" in types and value is not None else None)
        or _type_hint(types, value),
        {"expected": list(types), "found": type_name(value)},
    )


def _type_hint(types: Sequence[str], value: Any) -> str | None:
    if isinstance(value, str):
        text = value.strip().lower()
        if "integer" in types and re.fullmatch(r"-?\d+", text):
            return f"write {text} without quotes"
        if "boolean" in types and text in ("true", "false", "yes", "no", "on", "off"):
            return f"write {'true' if text in ('true', 'yes', 'on') else 'false'} without quotes"
        if "array" in types:
            return f"write a list: [{value}]"
    if "string" in types and isinstance(value, (int, float)) and not isinstance(value, dict):
        return f'write "{str(value).lower() if isinstance(value, bool) else value}" in quotes'
    if value is None:
        return "remove the key, or give it a value"
    if "array" in types and isinstance(value, Mapping):
        return "write the entries as a list, each starting with '-'"
    if "object" in types:
        return (
            "write the entries as name: value, without '-'"
            if isinstance(value, list)
            else "write the entries below it, as name: value"
        )
    return f"write {_NOUNS[types[0]]}"


def _scalar_violations(schema: Mapping[str, Any], value: Any, path: Path) -> Iterator[Violation]:
    if "enum" in schema and not any(_equal(value, choice) for choice in schema["enum"]):
        choices = [str(c) for c in schema["enum"]]
        hint = did_you_mean(value, choices, limit=16) if isinstance(value, str) else None
        yield Violation(
            path,
            "enum",
            f"{shown(value)} is none of the values known here",
            hint or "one of: " + ", ".join(choices[:24]) + (", …" if len(choices) > 24 else ""),
            {"found": value, "allowed": choices},
        )
    if "const" in schema and not _equal(value, schema["const"]):
        yield Violation(
            path,
            "enum",
            f"expected {shown(schema['const'])}, found {shown(value)}",
            None,
            {"found": value, "allowed": [schema["const"]]},
        )
    if isinstance(value, str):
        pattern = schema.get("pattern")
        if pattern is not None and not _matcher(pattern).is_valid(value):
            said = schema.get("x-says", "does not have the form that is needed here")
            example = f"write it like {schema['default']}" if schema.get("default") else None
            hint = schema.get("x-hint") or example
            yield Violation(path, "pattern", f"{shown(value)} {said}", hint, {"found": value})
        yield from _bounds(schema, len(value), path, "Length", "characters")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        for word, beyond, text in (
            ("minimum", value < schema.get("minimum", value), "at least"),
            ("maximum", value > schema.get("maximum", value), "at most"),
        ):
            if beyond:
                yield Violation(
                    path,
                    "range",
                    f"{value} is out of range, {text} {schema[word]} is possible",
                    f"take {text} {schema[word]}",
                    {"found": value, "limit": schema[word]},
                )


def _bounds(schema: Mapping[str, Any], size: int, path: Path, word: str, noun: str) -> Iterator[Violation]:
    low, high = schema.get("min" + word), schema.get("max" + word)
    if low is not None and size < low:
        yield Violation(
            path,
            "range",
            f"has {size} {noun}, at least {low} {'is' if low == 1 else 'are'} needed",
            f"give at least {low}",
            {"found": size, "limit": low},
        )
    if high is not None and size > high:
        yield Violation(
            path,
            "range",
            f"has {size} {noun}, at most {high} {'is' if high == 1 else 'are'} possible",
            f"give at most {high}",
            {"found": size, "limit": high},
        )


def _object_violations(
    schema: Mapping[str, Any], value: Mapping[str, Any], root: Any, path: Path
) -> Iterator[Violation]:
    properties: Mapping[str, Any] = schema.get("properties", {})
    extra = schema.get("additionalProperties", True)
    names = schema.get("propertyNames")
    for key, item in value.items():
        if key in properties:
            yield from violations(properties[key], item, root, (*path, key))
        elif extra is False and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield Violation(
                (*path, key),
                "unknown",
                f"the key {key} is not known here",
                did_you_mean(key, properties) or "cozygen schema lists every key",
                {"key": key, "known": sorted(properties)},
            )
        elif isinstance(extra, Mapping):
            yield from violations(extra, item, root, (*path, key))
        if names is not None:
            for found in violations(names, key, root, (*path, key)):
                yield found._replace(kind="key")
    for key in schema.get("required", ()):
        if key not in value:
            yield Violation(path, "required", f"the key {key} is missing", f"add {key}", {"key": key})
    yield from _bounds(schema, len(value), path, "Properties", "entries")


def _list_violations(
    schema: Mapping[str, Any], value: list[Any], root: Any, path: Path
) -> Iterator[Violation]:
    items = schema.get("items")
    if items is not None:
        for index, item in enumerate(value):
            yield from violations(items, item, root, (*path, index))
    yield from _bounds(schema, len(value), path, "Items", "entries")


def _union_violations(branches: Sequence[Any], value: Any, root: Any, path: Path) -> Iterator[Violation]:
    found = [list(violations(branch, value, root, path)) for branch in branches]
    if any(not items for items in found):
        return
    stated = [branch if isinstance(branch, Mapping) else {} for branch in branches]
    resolved = [_resolve(root, b["$ref"]) if "$ref" in b else b for b in stated]
    near = [
        items
        for branch, items in zip(resolved, found, strict=True)
        if not _type_violation(branch, value, path)
    ]
    if near:
        yield from min(
            near,
            key=lambda items: (any(v.kind == "enum" and len(v.path) > len(path) for v in items), len(items)),
        )
        return
    types = [name for branch in resolved for name in _types(branch) or ()]
    wanted = " or ".join(_NOUNS[name] for name in dict.fromkeys(types))
    yield Violation(
        path,
        "type",
        f"expected {wanted}, found {shown(value)}",
        _type_hint(types, value),
        {"expected": types, "found": type_name(value)},
    )


def _resolve(root: Any, ref: str) -> Any:
    """What a reference points at; what is not reached by a path is left to the validator."""
    target = root
    for step in ref.removeprefix("#").split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, Mapping) or step not in target:
            return {}
        target = target[step]
    return {} if target is root else target


def _equal(one: Any, other: Any) -> bool:
    """Equality as JSON has it: 1 is 1.0, but neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


@cache
def _matcher(pattern: str) -> Any:
    """A validator of the pattern alone: schemas write regular expressions in another dialect than Python's."""
    return jsonschema_rs.validator_for({"pattern": pattern})
