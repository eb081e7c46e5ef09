"""Every object that a platform comes to is one that the custom resource definitions of its release take."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from world import Document, compile_full, full_text, objects, tree_of

CORE = {"ConfigMap", "RoleBinding", "Secret", "StorageClass"}
UPSTREAM = Path(os.environ.get("COZYGEN_UPSTREAM") or Path(__file__).parents[3] / "shared" / "upstream")
Key = tuple[str, str]


def strict(schema: Any) -> Any:
    """A structural schema as the API server applies it, with unknown fields refused instead of dropped."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {
        word: {key: strict(inner) for key, inner in value.items()} if word == "properties" else strict(value)
        for word, value in schema.items()
        if word not in ("default", "description", "example", "format")
    }
    if schema.get("x-kubernetes-int-or-string"):
        out.pop("type", None)
        out["type"] = ["integer", "string"]
    if schema.get("nullable") and "type" in out:
        out["type"] = [*([out["type"]] if isinstance(out["type"], str) else out["type"]), "null"]
    closed = (
        schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema
    )
    if closed and not schema.get("x-kubernetes-preserve-unknown-fields"):
        out["additionalProperties"] = False
    return out


def definitions() -> dict[Key, Any]:
    """The schema of every kind by apiVersion."""
    found: dict[Key, Any] = {}
    for path in sorted((UPSTREAM / "json-schemas").rglob("*.json")):
        schema = json.loads(path.read_text())
        group, (kind, version) = path.parent.name, path.stem.rsplit("_", 1)
        name = schema["properties"].get("kind", {}).get("enum", [kind])[0]
        found[f"{group}/{version}", name.lower()] = schema
    for directory in ("crds/flux-2.8", "crds/other", "cozystack-v1.6.2/crds"):
        for path in sorted((UPSTREAM / directory).glob("*.yaml")):
            for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
                if item and item.get("kind") == "CustomResourceDefinition":
                    spec = item["spec"]
                    for version in spec["versions"]:
                        key = f"{spec['group']}/{version['name']}", spec["names"]["kind"].lower()
                        found[key] = version["schema"]["openAPIV3Schema"]
    return found


@pytest.fixture(scope="module")
def validators() -> Mapping[Key, Any]:
    if not UPSTREAM.is_dir():
        pytest.skip(
            f"no custom resource definitions: {UPSTREAM} does not exist; name another by COZYGEN_UPSTREAM"
        )
    out = {}
    for key, schema in definitions().items():
        closed = strict(schema)
        closed["properties"] |= {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": METADATA,
        }
        out[key] = jsonschema_rs.validator_for(closed, validate_formats=False)
    return out


LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
NAME = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "maxLength": 253}
METADATA = {
    "type": "object",
    "properties": {
        "name": NAME,
        "namespace": NAME | {"maxLength": 63},
        "labels": LABELS,
        "annotations": LABELS,
    },
    "required": ["name"],
    "additionalProperties": False,
}


def whole(item: Document) -> Document:
    """A release that only owns its values, merged over the least that whoever makes it must have written."""
    if item["kind"] != "HelmRelease" or set(item["spec"]) != {"values"}:
        return item
    made = {
        "chartRef": {"kind": "ExternalArtifact", "name": "x", "namespace": "cozy-system"},
        "interval": "5m0s",
    }
    return {**item, "spec": {**made, **item["spec"]}}


@pytest.mark.parametrize("mode", ["direct", "artifacts", "staged", "sources"])
def test_every_object_is_valid(mode: str, validators: Mapping[Key, Any]) -> None:
    text = full_text().replace("layout: {mode: auto}", f"layout: {{mode: {mode}, sources: 2}}")
    kinds = set()
    for path, item in objects(tree_of(compile_full(text))):
        if path.startswith("talos/"):
            continue
        kinds.add(item["kind"])
        if item["kind"] in CORE:
            assert {"apiVersion", "kind", "metadata"} <= set(item)
            continue
        judge = validators[item["apiVersion"], item["kind"].lower()]
        faults = [
            f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in judge.iter_errors(whole(item))
        ]
        assert not faults, f"{path}: {item['kind']} {item['metadata']['name']}: {faults}"
    assert {
        "BackupClass", "BGPAdvertisement", "BGPPeer", "HelmRelease", "IPAddressPool", "KeycloakRealmUser", "Kustomization",
        "L2Advertisement", "LinstorSatelliteConfiguration", "Package", "Plan", "SchedulingClass", *CORE,
    } <= kinds  # fmt: skip


def test_the_judge_refuses_what_no_definition_has(validators: Mapping[Key, Any]) -> None:
    judge = validators["helm.toolkit.fluxcd.io/v2", "helmrelease"]
    spec = {"chartRef": {"kind": "ExternalArtifact", "name": "x"}, "interval": "5m0s"}
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "x"},
        "spec": spec,
    }
    assert judge.is_valid(release)
    assert judge.is_valid({**release, "spec": {**spec, "values": {"anything": [1]}}})
    for wrong in (
        {"maxHistroy": 5},
        {"interval": "5 minutes"},
        {"install": {"strategy": {"name": "Sometimes"}}},
    ):
        assert not judge.is_valid({**release, "spec": {**spec, **wrong}})
