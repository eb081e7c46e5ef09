"""References to Secrets inside an app's values: found, taken out, and listed."""

from __future__ import annotations

from typing import Any

from cozygen.diagnostics import Place
from cozygen.platform.tenant import SecretUse
from cozygen.yamlio import Map, Seq, deep_place


def is_reference(value: Any) -> bool:
    """Whether a value is ``{secretRef: {name, key}}``."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ref = value.get("secretRef")
    return (
        isinstance(ref, dict)
        and set(ref) == {"name", "key"}
        and all(isinstance(v, str) for v in ref.values())
    )


def take_out(values: Map, fallback: Place) -> tuple[Map, tuple[SecretUse, ...]]:
    """The values without references (the mappings that held them stay), and the references."""
    if not _holds(values):
        return values, ()
    found: list[SecretUse] = []
    return _walk(values, (), (values, fallback, found)), tuple(found)


def _holds(value: Any) -> bool:
    if isinstance(value, dict):
        return ("secretRef" in value and is_reference(value)) or any(
            _holds(v) for v in value.values() if type(v) is not str
        )
    return isinstance(value, list) and any(_holds(v) for v in value)


def _walk(node: Any, path: tuple[str | int, ...], context: tuple[Map, Place, list[SecretUse]]) -> Any:
    root, fallback, found = context
    if isinstance(node, Map):
        out = Map(node.origin)
        for key, value in node.items():
            if is_reference(value):
                ref = value["secretRef"]
                found.append(
                    SecretUse((*path, key), ref["name"], ref["key"], deep_place(root, (*path, key), fallback))
                )
            else:
                out.put(key, _walk(value, (*path, key), context), node, key)
        return out
    if isinstance(node, Seq):
        items = Seq(node.origin)
        items.extend(_walk(value, (*path, i), context) for i, value in enumerate(node))
        items.marks = node.marks
        return items
    return node
