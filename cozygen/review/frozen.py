"""What one edit through the dashboard leaves behind: every default of the chart, written into the release.

Cozystack's API gives out an application with its schema's defaults filled in, and stores what it gets back.
So a single edit writes all defaults into the release's values, where they stay for ever, also when a later
release of the platform brings other ones. They mean nothing now and are told apart from what was wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from cozygen.review.fields import ABSENT, same


def defaulted(values: Any, schema: Mapping[str, Any]) -> Any:
    """The values with every default that the API server would fill in (structural defaulting)."""
    if isinstance(values, Mapping):
        properties = schema.get("properties")
        stated = properties if isinstance(properties, Mapping) else {}
        out = {}
        for key, part in stated.items():
            if key not in values and isinstance(part, Mapping) and "default" in part:
                out[key] = defaulted(deepcopy(part["default"]), part)
        for key, value in values.items():
            out[key] = defaulted(value, _part(schema, stated, key))
        return out
    if isinstance(values, list):
        items = schema.get("items")
        return [defaulted(item, items if isinstance(items, Mapping) else {}) for item in values]
    return values


def without_defaults(values: Any, schema: Mapping[str, Any]) -> Any:
    """The values that say more than the schema does: what someone has to write down to get the same."""
    if not isinstance(values, Mapping):
        return values
    properties = schema.get("properties")
    stated = properties if isinstance(properties, Mapping) else {}
    out = {}
    for key, value in values.items():
        part = _part(schema, stated, key)
        if key in stated and "default" in part:
            if _equal(value, defaulted(deepcopy(part["default"]), part)):
                continue
            out[key] = without_defaults(value, part)
            continue
        shorter = without_defaults(value, part)
        if key in stated and isinstance(value, Mapping) and not shorter and "properties" in part:
            continue
        out[key] = shorter
    return out


def _part(schema: Mapping[str, Any], stated: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = stated.get(key, schema.get("additionalProperties"))
    return found if isinstance(found, Mapping) else {}


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(_equal(value, new[key]) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_equal(a, b) for a, b in zip(old, new, strict=True))
    return old is not ABSENT and same(old, new)
