"""A tenant's own repository: confined to its namespace, and only where that is safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from cozygen.cli.compiling import compile_site
from cozygen.cli.reading import Site, read_layer
from cozygen.review.objects import Object, read_objects
from tests.review.spec_world import ACME, FILES, PLATFORM, compiled, write

REPOSITORY = '  repository: {url: "https://git.example.org/acme/apps.git", path: /prod/, secretRef: creds}\n'
SECRETS = "  secrets: {creds: {external: true}}\n"


def with_repository(text: str = REPOSITORY + SECRETS) -> str:
    return ACME.replace("spec:\n", f"spec:\n{text}", 1)


def codes(tmp_path: Path, acme: str = ACME, platform: str = PLATFORM) -> list[str]:
    spec = write(tmp_path / "spec", {**FILES, "acme.yaml": acme, "platform.yaml": platform})
    done = compile_site(Site(None, (read_layer(str(spec)),), None))
    return [item.code for item in done.state.diagnostics]


@pytest.fixture
def objects(tmp_path: Path) -> list[Object]:
    tree = compiled(write(tmp_path / "spec", {**FILES, "acme.yaml": with_repository()})).state.tree
    assert tree is not None
    path = "tenants/acme/repository/objects.yaml"
    return read_objects(tree[path], path)[0]


def test_source_and_kustomization_lie_in_the_tenant_s_namespace(objects: list[Object]) -> None:
    assert [item.ref.label for item in objects] == [
        "GitRepository tenant-acme/repository",
        "Kustomization tenant-acme/repository",
    ]


def test_the_source(objects: list[Object]) -> None:
    assert objects[0].body["spec"] == {
        "interval": "1m0s",
        "url": "https://git.example.org/acme/apps.git",
        "ref": {"branch": "main"},
        "secretRef": {"name": "creds"},
    }


def test_the_kustomization_acts_as_the_tenant_and_reaches_nothing_else(objects: list[Object]) -> None:
    spec = objects[1].body["spec"]
    assert spec["serviceAccountName"] == "tenant-acme"
    assert spec["targetNamespace"] == "tenant-acme"
    assert spec["sourceRef"] == {"kind": "GitRepository", "name": "repository"}
    assert spec["path"] == "./prod"
    assert not {"kubeConfig", "decryption", "postBuild", "patches", "components"} & spec.keys()


def test_taking_the_repository_away_leaves_its_applications(objects: list[Object]) -> None:
    assert objects[1].body["spec"]["deletionPolicy"] == "Orphan"


def test_it_is_applied_once_the_namespace_is_there(tmp_path: Path) -> None:
    tree = compiled(write(tmp_path / "spec", {**FILES, "acme.yaml": with_repository()})).state.tree
    assert tree is not None
    found = [
        o for path in tree if path.startswith("flux/tenants/") for o in read_objects(tree[path], path)[0]
    ]
    (part,) = [o for o in found if o.ref.name == "tenant-acme.repository"]
    assert [item["name"] for item in part.body["spec"]["dependsOn"]] == ["tenant-acme"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (REPOSITORY, "CZ8001"),
        ('  repository: {url: "ssh://git@git.example.org/acme/apps.git"}\n', "CZ9270"),
        ('  repository: {url: "https://u:p@git.example.org/acme/apps.git"}\n', "CZ9271"),
        ('  repository: {url: "https://git.example.org/Platform/fleet"}\n', "CZ9273"),
        ('  repository: {url: "http://gitea.cozy-gitea.svc/acme/apps.git"}\n', "CZ2302"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, code: str) -> None:
    assert codes(tmp_path, with_repository(text)) == [code]


def test_root_has_none(tmp_path: Path) -> None:
    platform = PLATFORM.replace("spec:\n  services:", f"spec:\n{REPOSITORY}{SECRETS}  services:")
    assert codes(tmp_path, platform=platform) == ["CZ9272"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("secretRef: fleet}}", "secretRef: fleet}, oci: {url: oci://r.example.org/a/b}}", "CZ9280"),
        ("ssh://git@", "https://git:token@", "CZ9271"),
        (", secretRef: fleet", "", "CZ9270"),
    ],
)
def test_the_platform_s_own_source(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert codes(tmp_path, platform=PLATFORM.replace(old, new)) == [code]
