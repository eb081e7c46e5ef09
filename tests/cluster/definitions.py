"""The custom resource definitions of the targeted release, from the folder that COZYGEN_UPSTREAM names.

By package, since on a real platform a kind exists only once the package that brings it is installed: what is
applied too early is refused there, and here as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from programs import MissingError
from programs.waiting import until

from cluster.api import Api, Object, RefusedError

BESIDE = Path(__file__).parents[3] / "shared" / "upstream"
BROUGHT_BY = {
    "metallb.io": "metallb",
    "piraeus.io": "linstor",
    "v1.edp.epam.com": "keycloak-operator",
    "backups.cozystack.io": "backup-controller",
    "strategy.backups.cozystack.io": "backupstrategy-controller",
    "gateway.cozystack.io": "cozystack-engine",
}
"""The package by API group; ``schedulingclasses`` have one of their own, everything else is there from the start."""


def upstream() -> Path:
    """The folder with what the release ships."""
    folder = Path(os.environ.get("COZYGEN_UPSTREAM") or BESIDE)
    if not (folder / "crds").is_dir():
        raise MissingError(
            f"no custom resource definitions: {folder}/crds does not exist; name another by COZYGEN_UPSTREAM"
        )
    return folder


@cache
def definitions(version: str = "v1.6.2") -> dict[str, list[Object]]:
    """All definitions by the package that brings them, "" for those that are there from the start."""
    found: dict[str, Object] = {}
    for directory in ("crds/flux-2.8", "crds/other", f"cozystack-{version}/crds"):
        for path in sorted((upstream() / directory).glob("*.yaml")):
            for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
                if item and item.get("kind") == "CustomResourceDefinition":
                    found[item["metadata"]["name"]] = item
    made = _bgp_advertisements()
    found.setdefault(made["metadata"]["name"], made)
    out: dict[str, list[Object]] = {}
    for name, item in sorted(found.items()):
        package = BROUGHT_BY.get(item["spec"]["group"], "")
        if name.startswith("schedulingclasses."):
            package = "cozystack-scheduler"
        out.setdefault(package, []).append(item)
    return out


def establish(api: Api, items: Iterable[Object], patience: float = 60) -> None:
    """Apply definitions, and wait until the server serves their kinds."""
    waiting = [_made(api, item) for item in items]

    def established() -> bool:
        waiting[:] = [item for item in waiting if not _established(api, item["metadata"]["name"])]
        return not waiting

    until(established, lambda: f"established: {[item['metadata']['name'] for item in waiting]}", patience)


def _made(api: Api, item: Object) -> Object:
    """A definition that may be there: creating one costs the server a third of what applying it does."""
    try:
        return api.create(item)
    except RefusedError as refused:
        if refused.code != 409:
            raise
        return api.apply(item)


def _established(api: Api, name: str) -> bool:
    found = api.find("apiextensions.k8s.io/v1", "CustomResourceDefinition", name) or {}
    conditions = found.get("status", {}).get("conditions") or ()  # null at first
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def _bgp_advertisements() -> Object:
    """The one definition of which only the schema is at hand."""
    path = upstream() / "json-schemas" / "metallb.io" / "bgpadvertisement_v1beta1.json"
    names = {"kind": "BGPAdvertisement", "plural": "bgpadvertisements", "singular": "bgpadvertisement"}
    schema = {"openAPIV3Schema": _structural(json.loads(path.read_text()))}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "bgpadvertisements.metallb.io"},
        "spec": {
            "group": "metallb.io",
            "scope": "Namespaced",
            "names": names,
            "versions": [{"name": "v1beta1", "served": True, "storage": True, "schema": schema}],
        },
    }


def _structural(schema: Any) -> Any:
    """A schema as a definition may state it: properties are closed there without saying so."""
    if isinstance(schema, list):
        return [_structural(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = schema.get("additionalProperties") is False
    return {k: _structural(v) for k, v in schema.items() if not (k == "additionalProperties" and closed)}
