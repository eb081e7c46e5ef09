"""A real kustomize builds every directory that a Kustomization names, to exactly what was emitted."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tricky import STRINGS
from world import (
    Document,
    as_yaml,
    compile_full,
    compile_text,
    full_text,
    key_of,
    objects,
    platform,
    tenant,
    tree_of,
)

from cozygen.deliver.programs import program
from cozygen.layout.tree import Tree
from cozygen.yamlio import read_documents
from cozygen.yamlio.scalars import unsendable

LAYOUTS = ["direct", "artifacts", "staged", "sources"]


@pytest.fixture(scope="module")
def kustomize() -> list[str]:
    """The command that builds a directory."""
    for name, verb in (("kustomize", "build"), ("kubectl", "kustomize")):
        found = program(name)
        if found:
            return [found, verb]
    pytest.skip("no kustomize and no kubectl on PATH or in the environment: pip install cozygen[kustomize]")


def rendered(mode: str, *more: dict[str, Any]) -> Tree:
    text = full_text().replace("layout: {mode: auto}", f"layout: {{mode: {mode}, sources: 2}}")
    return tree_of(compile_full(text + "---\n" + as_yaml(*more) if more else text))


def written(tree: Tree, root: Path) -> None:
    for path, data in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def built(command: list[str], directory: Path) -> dict[Any, Any]:
    """What kustomize makes of a directory, by what makes an object the same."""
    done = subprocess.run([*command, str(directory)], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    found = [dict(document.body) for document in read_documents(done.stdout, "built.yaml")[0]]  # as Go does
    assert len({key_of(item) for item in found}) == len(found)
    return {key_of(item): item for item in found}


def in_place(tree: Tree, path: str, item: Document) -> Document:
    """An object in the namespace that its directory gives to those which name none."""
    beside = yaml.safe_load(tree[f"{path.rpartition('/')[0]}/kustomization.yaml"])
    namespace = {"namespace": beside["namespace"]} if "namespace" in beside else {}
    return {**item, "metadata": namespace | item["metadata"]}


def whole(root: Path, directories: list[str]) -> None:
    """A kustomization of all directories: kustomize builds each of them on its own and then joins them."""
    kind = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": directories,
    }
    (root / "kustomization.yaml").write_text(yaml.safe_dump(kind))


@pytest.mark.parametrize("mode", LAYOUTS)
def test_every_directory_is_built_to_what_was_emitted(
    mode: str, tmp_path: Path, kustomize: list[str]
) -> None:
    tree = rendered(mode)
    written(tree, tmp_path)
    directories = sorted(
        p.removesuffix("/kustomization.yaml") for p in tree if p.endswith("/kustomization.yaml")
    )
    assert len(directories) > 25
    directories.remove("bootstrap")
    whole(tmp_path, directories)
    emitted = [
        in_place(tree, *found) for found in objects(tree) if not found[0].startswith(("bootstrap/", "talos/"))
    ]
    assert built(kustomize, tmp_path) == {key_of(item): item for item in emitted}
    assert built(kustomize, tmp_path / "bootstrap") == {key_of(i): i for _, i in objects(tree, "bootstrap/")}


def test_a_platform_of_nothing_but_itself_is_built_too(tmp_path: Path, kustomize: list[str]) -> None:
    services = {name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")}
    tree = tree_of(
        compile_text(as_yaml(platform(storage={}, loadBalancer={}), tenant("root", services=services)))
    )
    written(tree, tmp_path)
    directories = sorted(
        p.removesuffix("/kustomization.yaml") for p in tree if p.endswith("/kustomization.yaml")
    )
    whole(tmp_path, [d for d in directories if d != "bootstrap"])
    assert built(kustomize, tmp_path)


def test_every_value_survives(tmp_path: Path, kustomize: list[str]) -> None:
    strings = [s for s in STRINGS if not unsendable(s)]
    keys = dict.fromkeys(set(strings) - {"<<"}, 1)  # kustomize prints that one as a merge key
    values = {"values": {f"k{i}": s for i, s in enumerate(strings)}, "keys": keys, "items": strings}
    tree = rendered("direct", tenant("tricky", apps={"Redis": {"r": values}}))
    written(tree, tmp_path)
    (release,) = built(kustomize, tmp_path / "tenants" / "tricky" / "apps").values()
    assert release["spec"]["values"] == values
