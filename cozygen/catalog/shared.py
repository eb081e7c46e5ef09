"""Sub-schemas that applications have in common: factored out when a release is stored, put back when loaded.

Three make up most of a release's schemas: the Kubernetes quantity, the list of resource presets, and a pair
of cpu and memory. They are recognised by what they hold, so that a release whose list of presets differs from
another's brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.schema.build import QUANTITY

Definitions = dict[str, Any]
_POINTER = "#/$defs/"
_OWN = ("default", "x-immutable", "x-cozystack-options")  # what each use of a shared schema says for itself
_QUANTITY = {
    "pattern": QUANTITY,
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}


def factored(schema: Mapping[str, Any], shared: Definitions) -> dict[str, Any]:
    """``schema`` with references in place of shared sub-schemas, which are added to ``shared``."""
    out: dict[str, Any] = {}
    for word, value in schema.items():
        if word == "properties":
            out[word] = {name: factored(item, shared) for name, item in value.items()}
        elif word in ("items", "additionalProperties") and isinstance(value, Mapping):
            out[word] = factored(value, shared)
        else:
            out[word] = value
    own = {word: out[word] for word in _OWN if word in out}
    core = {word: value for word, value in out.items() if word not in own}
    name = _name(core)
    if name is None or shared.setdefault(name, core) != core:
        return out
    return {"$ref": _POINTER + name, **own}


def expanded(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with the shared sub-schemas back in place; ``shared`` itself must be expanded already.

    Sub-schemas of ``shared`` are not copied, so that the result stays small however often they occur.
    """
    out: dict[str, Any] = {}
    for word, value in schema.items():
        if word == "$ref" and value.startswith(_POINTER):
            out.update(shared[value.removeprefix(_POINTER)])
        elif word == "properties":
            out[word] = {name: expanded(item, shared) for name, item in value.items()}
        elif word in ("items", "additionalProperties") and isinstance(value, dict):
            out[word] = expanded(value, shared)
        else:
            out[word] = value
    return out


def expanded_definitions(shared: Mapping[str, Any]) -> Definitions:
    """The shared sub-schemas with their references to each other resolved, simple ones first."""
    out: Definitions = {}
    for name in sorted(shared, key=lambda name: "$ref" in repr(shared[name])):
        out[name] = expanded(shared[name], out)
    return out


def _name(core: Mapping[str, Any]) -> str | None:
    if core == _QUANTITY:
        return "quantity"
    if core.get("type") == "string" and "t1.nano" in core.get("enum", ()):
        return "preset"
    reference = {"$ref": _POINTER + "quantity"}
    if core.get("type") == "object" and core.get("properties") == {"cpu": reference, "memory": reference}:
        return "resources"
    return None
