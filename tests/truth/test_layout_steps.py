"""A platform that grows from one layout to the next loses nothing, and an edit far down waits for no level above.

kustomize-controller looks again at a dependency that was not ready only after an hour here: what arrives at all
has waited for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import yaml
from cluster.flux import restart_kustomize_controller
from cluster.management import management
from fleet import PASSWORD, USER, Fleet

from tests.deliver.git_server import GitServer
from tests.deliver.git_world import bare, git

pytestmark = pytest.mark.truth

SITES = "sites: {prod: {layers: [spec], output: clusters/prod}}\n"
PLATFORM = """apiVersion: cozygen.io/v1alpha1
kind: Platform
metadata: {{name: prod}}
spec:
  cozystack: {{version: v1.6.2, variant: isp-full}}
  publishing: {{host: example.org, apiServerEndpoint: "https://api.example.org:6443"}}
  storage:
    pools: {{data: {{driver: zfs, devices: [/dev/sdb]}}}}
    classes: {{local: {{default: true}}, replicated: {{replicas: 3}}}}
  loadBalancer: {{pools: {{public: {{addresses: [192.168.100.200-192.168.100.250]}}}}}}
  delivery:
    git: {{url: "{url}", path: clusters/prod, secretRef: fleet-credentials}}
    layout: {{mode: direct}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {{name: root}}
spec: {{services: {{etcd: {{}}, ingress: {{}}, monitoring: {{}}}}}}
"""
TENANT = """---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {{name: {path}}}
spec: {{apps: {{Redis: {{cache: {{size: 1Gi}}}}}}}}
"""
PATHS = ("a", "a/b", "a/b/c", "d", "e")
DEEP = ("tenant-a-b-c", "redis-cache")
STEPS = (
    "direct",
    "artifacts",
    "staged, groups: 2",
    "staged, groups: 4",
    "sources, sources: 2, groups: 2",
)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    server = GitServer(tmp_path_factory.mktemp("git"))
    server.password = PASSWORD
    remote = bare(server.root / "fleet.git")
    git(remote, "config", "http.receivepack", "true")
    directory = tmp_path_factory.mktemp("spec")
    (directory / "cozygen.yaml").write_text(SITES)
    (directory / "spec").mkdir()
    text = PLATFORM.format(url=server.url("fleet.git")) + "".join(TENANT.format(path=path) for path in PATHS)
    (directory / "spec" / "platform.yaml").write_text(text)
    with management(tmp_path_factory.mktemp("cluster")) as found:
        made = Fleet(found, directory, {"COZYGEN_GIT_USERNAME": USER, "COZYGEN_GIT_PASSWORD": PASSWORD})
        made.push()
        made.bootstrap("clusters/prod", USER=USER, TOKEN=PASSWORD)
        found.until(lambda: DEEP in found.releases(), "the deepest tenant's application is there")
        found.settled()
        found.hurried = False
        restart_kustomize_controller(found.plane, found.flux, requeue="1h")
        yield made
    server.stop()


def test_each_step_deletes_nothing_and_edits_arrive_without_waiting(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    for number, (mode, following) in enumerate(pairwise(STEPS)):
        edit_deep(fleet, number)
        found.until(
            lambda n=number: found.releases()[DEEP]["spec"]["values"]["size"] == f"{n + 2}Gi",
            f"an edit is live in {mode}",
        )  # type: ignore[misc]
        assert found.identities() == before
        fleet.edit("spec/platform.yaml", (f"layout: {{mode: {mode}}}", f"layout: {{mode: {following}}}"))
        fleet.push()
        found.until(
            lambda: delivered(fleet) == rendered(fleet), f"everything is delivered as {following} says"
        )
        found.settled()
        assert found.identities() == before, f"from {mode} to {following}"


def edit_deep(fleet: Fleet, number: int) -> None:
    path = fleet.directory / "spec" / "platform.yaml"
    head, deep = path.read_text().split("name: a/b/c", 1)
    path.write_text(f"{head}name: a/b/c" + deep.replace(f"{number + 1}Gi", f"{number + 2}Gi", 1))
    fleet.push()


FLUX = (
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator"),
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
)
Delivery = dict[tuple[str, str], Any]


def delivered(fleet: Fleet) -> Delivery:
    """How everything gets where it is: Flux's objects in the API server."""
    api = fleet.management.api
    return _delivery(item for kind in FLUX for item in api.objects(*kind, "cozy-fluxcd"))


def rendered(fleet: Fleet) -> Delivery:
    """The same as the repository states it."""
    output = fleet.directory / "clusters" / "prod"
    files = [*output.glob("flux/**/*.yaml"), *output.glob("bootstrap/*.yaml")]
    return _delivery(item for path in files for item in yaml.safe_load_all(path.read_text()) if item)


def _delivery(items: Iterable[dict[str, Any]]) -> Delivery:
    """Of each object what tells layouts apart: where a Kustomization reads, what a generator cuts."""
    return {
        (item["kind"], item["metadata"]["name"]): (
            item["spec"].get("sourceRef"),
            sorted(output["name"] for output in item["spec"].get("artifacts", ())),
        )
        for item in items
        if (item["apiVersion"], item["kind"]) in FLUX
    }
