"""The fast path: a schema of values about which there is nothing to say.

It is the kind's own schema made narrower: no unknown keys, no nulls, no old presets, quantities and numbers
of everyday form, and only harmless text where the chart writes text unprotected. What fits needs no other
look at single values; what does not fit may still be right, and is then looked at piece by piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.presets import LEGACY
from cozygen.charts.rules import Rules
from cozygen.charts.text import SAFE, Needs, Shape
from cozygen.charts.values import Values

_QUANTITY = r"^[0-9]+(?:\.[0-9]+)?(?:m|[kKMGTPE]i?)?$"
_WITH_UNIT = r"^[0-9]+(?:\.[0-9]+)?(?:m|[kKMGTPE]i?)$"
_MOST = 100_000
_MOST_OBJECTS = 1_000
_KEYS = SAFE.replace(":(?=[A-Za-z0-9/])", "_")

SECRET_REF: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["secretRef"],
    "properties": {
        "secretRef": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "key"],
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "key": {"type": "string", "minLength": 1},
            },
        }
    },
}


def plain(schema: Mapping[str, Any], base: Values, rules: Rules) -> dict[str, Any]:
    """The narrow variant of ``schema``; ``base`` are the chart's defaults, which meet what is required."""
    return _Narrowing(rules).narrow(schema, base, "")


class _Narrowing:
    def __init__(self, rules: Rules) -> None:
        self.texts = {
            text.path: "^$" if text.shape is Shape.MAPPING else f"^$|{SAFE}" for text in rules.texts
        }
        self.texts |= {text.path: SAFE for text in rules.texts if text.needs is Needs.LABEL}
        self.secrets = frozenset(rules.secrets)
        self.loops = frozenset(rules.loops)

    def narrow(self, schema: Mapping[str, Any], base: Any, path: str) -> dict[str, Any]:
        if "anyOf" in schema:
            if path.rstrip(".") in self.texts:
                return {"type": "string", "pattern": _WITH_UNIT}
            return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _QUANTITY}]}
        kind = schema.get("type")
        if kind == "object":
            return self.object(schema, base, path)
        if kind == "array":
            return {"type": "array", "items": self.narrow(schema.get("items", {}), None, f"{path}#.")}
        if kind == "string":
            return self.text(schema, path)
        if kind == "integer":
            most = _MOST_OBJECTS if path.rstrip(".") in self.loops else _MOST
            return {"type": "integer", "minimum": 0, "maximum": most}
        return {"type": kind} if kind else {}

    def object(self, schema: Mapping[str, Any], base: Any, path: str) -> dict[str, Any]:
        properties: Mapping[str, Any] = schema.get("properties", {})
        entries = schema.get("additionalProperties")
        out: dict[str, Any] = {"type": "object"}
        if properties:
            filled = base if isinstance(base, Mapping) else {}
            out["properties"] = {
                key: self.narrow(part, filled.get(key), f"{path}{key}.") for key, part in properties.items()
            }
            out["required"] = [key for key in schema.get("required", ()) if key not in filled]
        if isinstance(entries, Mapping):
            out["additionalProperties"] = self.narrow(entries, None, f"{path}*.")
            out["propertyNames"] = {
                "pattern": _KEYS,
                "maxLength": 63,
                "not": {"enum": ["limits", "requests"]},
            }
        elif not schema.get("x-kubernetes-preserve-unknown-fields"):
            out["additionalProperties"] = False
        return out

    def text(self, schema: Mapping[str, Any], path: str) -> dict[str, Any]:
        out: dict[str, Any] = {"type": "string"}
        name = path.rstrip(".")
        if "enum" in schema:
            out["enum"] = [value for value in schema["enum"] if value not in LEGACY]
        elif name in self.texts:
            out["pattern"] = self.texts[name]
        if name in self.secrets:
            return {"anyOf": [out, SECRET_REF]}
        return out
