"""A rendered tree as Flux would apply it: parts, what each waits for, and the objects of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from cozygen.layout.tree import Tree

Object = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Applied:
    """A Kustomization of the tree: its objects, what it depends on, the releases that it waits for."""

    name: str
    objects: tuple[Object, ...]
    depends_on: tuple[str, ...]
    checks: tuple[Key, ...]


def documents(tree: Mapping[str, bytes], path: str) -> list[Object]:
    """The documents of a file."""
    return [item for item in yaml.load_all(tree[path], Loader=yaml.CSafeLoader) if item]


def applied(tree: Tree, delivered: str) -> list[Applied]:
    """All parts in the tree's own order; ``delivered`` is the site's directory in the repository."""
    out = []
    for path in sorted(path for path in tree if path.startswith("flux/")):
        for item in documents(tree, path):
            if item["kind"] == "Kustomization" and "sourceRef" in item.get("spec", {}):
                directory = _directory(item, tree, delivered)
                if not directory.startswith("flux"):
                    out.append(_part(item, tree, directory))
    return out


def _part(item: Object, tree: Tree, directory: str) -> Applied:
    spec = item["spec"]
    return Applied(
        item["metadata"]["name"],
        tuple(_objects(tree, directory)),
        tuple(dependency["name"] for dependency in spec.get("dependsOn", ())),
        tuple((check["namespace"], check["name"]) for check in spec.get("healthChecks", ())),
    )


def _directory(item: Object, tree: Tree, delivered: str) -> str:
    """The directory of the tree that a Kustomization applies, through whatever artifact cuts it out."""
    path = item["spec"]["path"].removeprefix("./").rstrip("/")
    source = item["spec"]["sourceRef"]
    if source["kind"] != "ExternalArtifact":
        return path.removeprefix(delivered).strip("/")
    outputs = {
        output["name"]: output["copy"]
        for generator in documents(tree, "flux/generators.yaml")
        for output in generator["spec"]["artifacts"]
    }
    for copy in outputs[source["name"]]:
        target = copy["to"].removeprefix("@artifact/")
        if f"{path}/".startswith(target):
            pattern = re.sub(r"^@\w+/|/?\*\*$", "", copy["from"]).removeprefix(delivered).strip("/")
            rest = path[len(target) :] if target else path
            return "/".join(part for part in (pattern, rest) if part)
    raise AssertionError(f"{source['name']} has nothing for {path}")


def _objects(tree: Tree, directory: str) -> Iterator[Object]:
    """What kustomize makes of a part's directory; sops takes the encryption's own section out."""
    (listed,) = documents(tree, f"{directory}/kustomization.yaml")
    for name in listed["resources"]:
        for item in documents(tree, f"{directory}/{name}"):
            if "namespace" in listed:
                item["metadata"]["namespace"] = listed["namespace"]
            item.pop("sops", None)
            yield item
