"""Values schemas for what people write: closed to unknown keys, open to what defaults fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COMBINED = ("anyOf", "oneOf", "allOf", "not", "if")
_FREE = "x-kubernetes-preserve-unknown-fields"


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with no other keys allowed wherever it lists some.

    Left open are free-form mappings, mappings that say themselves what other keys hold, and whatever stands
    in a combination (anyOf and the like), whose branches each list a part of the keys. Sub-schemas that stay
    as they are are shared with ``schema``, not copied.
    """
    out = dict(schema)
    if "properties" in schema:
        out["properties"] = {key: closed(value) for key, value in schema["properties"].items()}
        if (
            "additionalProperties" not in schema
            and not schema.get(_FREE)
            and not any(w in schema for w in _COMBINED)
        ):
            out["additionalProperties"] = False
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), Mapping):
            out[word] = closed(schema[word])
    return out


def as_written(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` without the demand for keys that the chart's defaults fill in.

    Helm holds values against the schema only over the defaults, which stand at fixed paths. Entries of lists
    and of mappings have none, so what they require has to be written.
    """
    out = dict(schema)
    properties = schema.get("properties", {})
    required = [key for key in schema.get("required", ()) if "default" not in properties.get(key, {})]
    if "required" in schema:
        out.pop("required")
        out |= {"required": required} if required else {}
    if properties:
        out["properties"] = {key: as_written(value) for key, value in properties.items()}
    return out
