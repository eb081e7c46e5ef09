"""Talos' strategic merge of a patch into a configuration (facts: talos 4.4).

Mappings merge, lists append, scalars win unless they are empty; a few lists are replaced or merged by name;
``$patch: delete`` removes a key or a whole typed document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from cozygen.emit.talos.document import DELETE, Document, Key, in_order, key_of

Path = tuple[str, ...]
REPLACED: frozenset[Path] = frozenset(
    {
        ("cluster", "network", "podSubnets"),
        ("cluster", "network", "serviceSubnets"),
        ("cluster", "apiServer", "auditPolicy"),
        ("ingress",),
        ("portSelector", "ports"),
    }
)
"""What a patch replaces rather than adds to."""
BY_NAME: dict[Path, str] = {
    ("cluster", "apiServer", "admissionControl"): "name",
    ("configFiles",): "mountPath",
}
"""Lists whose items merge with the item of the same name."""


def merged(base: Iterable[Document], patch: Iterable[Document]) -> list[Document]:
    """The configuration that the patch makes of the base; neither is changed."""
    out: dict[Key, Document] = {key_of(document): deepcopy(document) for document in base}
    for document in patch:
        key = key_of(document)
        if document.get("$patch") == "delete":
            out.pop(key, None)
        elif key in out:
            out[key] = _map(out[key], document, ())
        else:
            out[key] = _cleaned(deepcopy(dict(document)))
    return in_order(out.values())


def is_delete(value: Any) -> bool:
    """Whether a value is the order to remove what is there."""
    return isinstance(value, Mapping) and value.get("$patch") == DELETE["$patch"]


def _map(left: Mapping[str, Any], right: Mapping[str, Any], path: Path) -> dict[str, Any]:
    out = dict(left)
    for key, value in right.items():
        here = (*path, key)
        if is_delete(value):
            out.pop(key, None)
        elif here in REPLACED:
            if value:
                out[key] = deepcopy(value)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            inner = _map(out[key], value, here)
            if inner or not out[key]:
                out[key] = inner
            else:
                del out[key]
        elif isinstance(value, list) and isinstance(out.get(key), list):
            out[key] = _list(out[key], value, here)
        elif _has_value(value) or key not in out:
            out[key] = _cleaned(deepcopy(value))
    return out


def _list(left: list[Any], right: list[Any], path: Path) -> list[Any]:
    identity = BY_NAME.get(path)
    if identity is None:
        return [*left, *deepcopy(right)]
    out = list(left)
    for item in right:
        name = item.get(identity)
        at = next((i for i, known in enumerate(out) if known.get(identity) == name), None)
        if at is None:
            out.append(deepcopy(item))
        else:
            out[at] = _map(out[at], item, ())
    return out


def _has_value(value: Any) -> bool:
    return isinstance(value, bool) or value not in ("", 0, None)


def _cleaned(value: Any) -> Any:
    """Without orders to remove what was never there."""
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items() if not is_delete(item)}
    return value
