"""The layout on an OCI source: the same tree, from an OCIRepository in every mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cozygen.layout.artifacts import artifacts
from cozygen.review.objects import read_objects
from tests.review.spec_world import FILES, PLATFORM, compiled, write

GIT = 'delivery: {git: {url: "ssh://git@git.example.org/platform/fleet.git", path: clusters/prod, secretRef: fleet}}'
ARTIFACT = 'oci: {url: "oci://registry.example.org/fleet/prod", tag: stable, secretRef: pull}'
OCI = f"delivery: {{{ARTIFACT}, layout: {{mode: %s}}}}"


def laid_out(tmp_path: Path, mode: str) -> Any:
    text = PLATFORM.replace(GIT, OCI % mode)
    assert text != PLATFORM
    return compiled(write(tmp_path / mode, {**FILES, "platform.yaml": text})).state


def objects(state: Any, prefix: str = "flux/") -> list[Any]:
    return [item for path in state.tree if path.startswith(prefix) and path.endswith(".yaml")
            for item in read_objects(state.tree[path], path)[0]]  # fmt: skip


@pytest.mark.parametrize("mode", ["direct", "artifacts", "staged", "sources"])
def test_every_reference_is_to_something_that_is_there(tmp_path: Path, mode: str) -> None:
    state = laid_out(tmp_path, mode)
    found = objects(state)
    assert not any(item.ref.kind == "GitRepository" for item in found)
    there = {(item.ref.kind, item.ref.name) for item in found}
    there |= {
        ("ExternalArtifact", artifact["name"])
        for item in found
        if item.ref.kind == "ArtifactGenerator"
        for artifact in item.body["spec"]["artifacts"]
    }
    for item in found:
        spec = item.body["spec"]
        sources = spec.get("sources", [spec["sourceRef"]] if "sourceRef" in spec else [])
        assert all((source["kind"], source["name"]) in there for source in sources), item.ref


def test_the_source(tmp_path: Path) -> None:
    (source,) = [
        o for o in objects(laid_out(tmp_path, "direct"), "bootstrap/") if o.ref.kind == "OCIRepository"
    ]
    assert source.body["spec"] == {
        "interval": "1m0s",
        "url": "oci://registry.example.org/fleet/prod",
        "ref": {"tag": "stable"},
        "secretRef": {"name": "pull"},
    }


def test_a_slice_is_an_artifact_of_its_own(tmp_path: Path) -> None:
    text = PLATFORM.replace(GIT, OCI.replace("mode: %s", "mode: sources, sources: 2"))
    state = compiled(write(tmp_path / "spec", {**FILES, "platform.yaml": text})).state
    parts = artifacts(state.tree, state.platform)
    assert list(parts) == ["stable-slice-0", "stable-slice-1", "stable"]
    tags = {o.body["spec"]["ref"]["tag"] for o in objects(state) if o.ref.kind == "OCIRepository"}
    assert tags == set(parts)
    assert sorted(path for paths in parts.values() for path in paths) == sorted(state.tree)
    assert all(path.startswith("tenants/0/") for path in parts["stable-slice-0"])
    assert not any(path.startswith("tenants/") for path in parts["stable"])


def test_one_artifact_in_the_other_modes(tmp_path: Path) -> None:
    state = laid_out(tmp_path, "staged")
    assert artifacts(state.tree, state.platform) == {"stable": tuple(state.tree)}


def test_the_runbook_speaks_of_the_registry(tmp_path: Path) -> None:
    text = laid_out(tmp_path, "direct").tree["bootstrap/runbook.md"].decode()
    assert "the tag `stable` of the artifact oci://registry.example.org/fleet/prod" in text
    assert "create secret docker-registry pull" in text
    assert "--docker-server=registry.example.org" in text
    assert "wait ocirepository/fleet" in text
    assert "`cozygen push --oci`" in text
