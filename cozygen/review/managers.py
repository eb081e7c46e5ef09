"""Who set a field: the managers that the API server keeps in ``metadata.managedFields``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cozygen.review.fields import Path
from cozygen.review.objects import Body

FLUX = "kustomize-controller"
_PEOPLE = {
    "cozystack-api": "Cozystack's API (the dashboard, or kubectl on the application)",
    "kubectl-edit": "kubectl edit",
    "kubectl-patch": "kubectl patch",
    "kubectl-client-side-apply": "kubectl apply",
    "kubectl-label": "kubectl label",
    "kubectl-annotate": "kubectl annotate",
    "kubectl": "kubectl apply --server-side",
}
_CONTROLLERS = frozenset(
    {
        "helm-controller", "source-controller", "notification-controller", "source-watcher",
        "flux-shard-operator", "cozystack-controller", "cozystack-operator", "kube-controller-manager",
        "kube-apiserver", "keycloak-operator", "piraeus-operator",
    }
)  # fmt: skip


class Change(NamedTuple):
    """A manager that owns a field, and when it last wrote any of its fields."""

    manager: str
    time: str

    @property
    def label(self) -> str:
        """The manager in words."""
        return _PEOPLE.get(self.manager, self.manager)

    @property
    def is_controller(self) -> bool:
        """Whether it is one of the platform's own controllers, whose fields are nobody's edit."""
        return self.manager in _CONTROLLERS


def known(body: Body) -> bool:
    """Whether the dump holds managers at all; kubectl leaves them out unless asked."""
    return bool(_entries(body))


def owners(body: Body, path: Path) -> list[Change]:
    """Everyone who owns the field, the last one to write first; Flux itself is left out."""
    found = [
        Change(str(entry.get("manager", "")), str(entry.get("time", "")))
        for entry in _entries(body)
        if entry.get("manager") != FLUX and not entry.get("subresource")
        if _owns(entry.get("fieldsV1"), path, body)
    ]
    return sorted(found, key=lambda change: change.time, reverse=True)


def _entries(body: Body) -> list[Mapping[str, Any]]:
    metadata = body.get("metadata")
    listed = metadata.get("managedFields") if isinstance(metadata, Mapping) else None
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _owns(fields: Any, path: Path, body: Any) -> bool:
    """Whether a set of fields holds the path, or something above it that is owned as a whole."""
    for step in path:
        if not isinstance(fields, Mapping):
            return False
        below = [key for key in fields if key != "."]
        if not below:
            return True
        key = next((name for name in _names(step, body) if name in fields), None)
        if key is None:
            return False
        fields = fields[key]
        body = body[step] if _has(body, step) else None
    return fields is not None


def _names(step: str | int, body: Any) -> Iterator[str]:
    """How a set of fields may name a step: a field, or an item by index, value or keys."""
    if isinstance(step, str):
        yield f"f:{step}"
        return
    yield f"i:{step}"
    item = body[step] if _has(body, step) else None
    if isinstance(item, Mapping):
        for key in ("name", "key"):
            if key in item:
                yield "k:" + json.dumps({key: item[key]}, separators=(",", ":"))
    elif item is not None:
        yield "v:" + json.dumps(item)


def _has(body: Any, step: str | int) -> bool:
    if isinstance(body, Mapping):
        return step in body
    return isinstance(body, list) and isinstance(step, int) and step < len(body)
