"""From ``cozygen init`` to objects in the API server, and then the changes that a platform's life brings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cluster.management import Management, management
from fleet import PASSWORD, USER, Fleet

from tests.deliver.git_server import GitServer
from tests.deliver.git_world import bare, by_hand, git

pytestmark = pytest.mark.truth

OUTPUT = "clusters/prod"
ACME_CACHE = ("HelmRelease", "tenant-acme", "redis-cache")
TENANTS = """apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: root}
spec: {services: {etcd: {}, ingress: {}, monitoring: {}, seaweedfs: {}}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: acme}
spec:
  quota: {cpu: 8, memory: 32Gi}
  apps:
    Postgres: {main: {size: 10Gi}}
    Redis: {cache: {size: 1Gi}}
  tenants: {web: {tenants: {dev: {apps: {Redis: {deep: {size: 2Gi}}}}}}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: beta}
spec: {apps: {Redis: {cache: {size: 3Gi}}}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: late}
spec: {apps: {Redis: {cache: {size: 4Gi}}}}
"""
GAMMA = """---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: gamma}
spec: {apps: {Redis: {cache: {size: 5Gi}}}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    found = GitServer(tmp_path_factory.mktemp("git"))
    found.password = PASSWORD
    yield found
    found.stop()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, server: GitServer) -> Iterator[Fleet]:
    """A platform that ``init`` began, pushed over HTTP with a password; the tenant ``late`` is late."""
    bare(server.root / "fleet.git", "--shared=group")
    git(server.root / "fleet.git", "config", "http.receivepack", "true")
    with management(tmp_path_factory.mktemp("cluster")) as found:
        directory = tmp_path_factory.mktemp("spec") / "fleet"
        environment = {"COZYGEN_GIT_USERNAME": USER, "COZYGEN_GIT_PASSWORD": PASSWORD}
        made = Fleet(found, directory, environment)
        directory.mkdir()
        made.cozygen(
            *("init", "--yes", "--git-url", server.url("fleet.git"), "--git-secret", "fleet-credentials"),
            *("--tenant", "acme"),
        )
        found.helm.held.add(("tenant-root", "tenant-late"))
        yield made


def test_init_as_it_is_reaches_the_branch(fleet: Fleet, server: GitServer) -> None:
    assert "pushed" in fleet.push()
    assert f"{OUTPUT}/bootstrap/fleet.yaml" in git(
        server.root / "fleet.git", "ls-tree", "-r", "--name-only", "main"
    )


def test_the_runbook_brings_everything_up_but_what_waits(fleet: Fleet) -> None:
    found = fleet.management
    fleet.bootstrap(OUTPUT, USER=USER, TOKEN=PASSWORD)
    found.settled()
    (fleet.directory / "spec" / "tenants.yaml").write_text(TENANTS)
    fleet.push()
    found.until(
        lambda: (
            set(found.waiting()) == {"tenant-late", "tenant-late.apps"}
            and ("tenant-acme-web-dev", "redis-deep") in found.releases()
        ),
        "all but the tenant whose namespace is late is Ready",
    )
    found.helm.let_go("tenant-root", "tenant-late")
    found.settled()
    assert size(found, "tenant-late", "redis-cache") == "4Gi"


def test_a_changed_quota(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    fleet.edit("spec/tenants.yaml", ("cpu: 8", "cpu: 16"))
    fleet.push()
    found.until(
        lambda: (
            found.releases()["tenant-root", "tenant-acme"]["spec"]["values"]["resourceQuotas"]["cpu"]
            in ("16", 16)
        ),
        "the quota is 16",
    )
    found.settled()
    assert found.identities() == before


def test_a_new_tenant(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    (fleet.directory / "spec" / "tenants.yaml").write_text(
        (fleet.directory / "spec" / "tenants.yaml").read_text() + GAMMA
    )
    fleet.push()
    found.until(
        lambda: ("tenant-gamma", "redis-cache") in found.releases(), "the new tenant's application is there"
    )
    found.settled()
    after = found.identities()
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {
        ("Namespace", "", "tenant-gamma"),
        ("HelmRelease", "tenant-root", "tenant-gamma"),
        ("HelmRelease", "tenant-gamma", "info"),
        ("HelmRelease", "tenant-gamma", "redis-cache"),
    }


def test_a_removed_application(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    fleet.edit("spec/tenants.yaml", ("    Redis: {cache: {size: 1Gi}}\n", ""))
    fleet.push()
    found.until(lambda: ("tenant-acme", "redis-cache") not in found.releases(), "the application is gone")
    found.settled()
    assert found.identities() == {key: uid for key, uid in before.items() if key != ACME_CACHE}


def test_a_removed_tenant(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    fleet.edit("spec/tenants.yaml", (GAMMA, ""))
    fleet.push()
    found.until(
        lambda: (
            found.api.find("v1", "Namespace", "tenant-gamma") is None
            and not [k for k in found.kustomizations() if "gamma" in k]
        ),
        "the tenant is gone with its namespace and its Kustomizations",
    )
    found.settled()
    assert found.identities() == {key: uid for key, uid in before.items() if "gamma" not in f"{key}"}


def test_a_broken_object_stops_its_tenant_alone(fleet: Fleet, server: GitServer) -> None:
    found, before = fleet.management, fleet.management.identities()
    remote = server.root / "fleet.git"
    broken = changed(remote, f"{OUTPUT}/tenants/acme/apps/releases.yaml", "interval: 5m0s", "interval: soon")
    sibling = changed(remote, f"{OUTPUT}/tenants/beta/apps/releases.yaml", "size: 3Gi", "size: 30Gi")
    by_hand(remote, broken | sibling)
    found.fetch_now()
    found.until(
        lambda: size(found, "tenant-beta", "redis-cache") == "30Gi", "the sibling's change is applied"
    )
    found.until(
        lambda: "spec.interval" in found.waiting().get("tenant-acme.apps", ""), "the broken part says so"
    )
    assert found.identities() == before

    refused = fleet.cozygen("push", status=1)
    assert "CZ9" in refused
    fleet.push("--overwrite", ".")
    found.settled()
    assert size(found, "tenant-beta", "redis-cache") == "3Gi"
    assert found.identities() == before


def test_a_tenant_that_fails_holds_back_nobody_else(fleet: Fleet) -> None:
    found = fleet.management
    found.helm.fail("tenant-root", "tenant-acme", "UpgradeFailed")
    fleet.edit(
        "spec/tenants.yaml", ("cpu: 16", "cpu: 24"), ("size: 3Gi", "size: 6Gi"), ("size: 2Gi", "size: 7Gi")
    )
    fleet.push()
    found.until(lambda: size(found, "tenant-beta", "redis-cache") == "6Gi", "a sibling's change is applied")
    found.until(lambda: size(found, "tenant-acme-web-dev", "redis-deep") == "7Gi", "and one further down")
    found.until(lambda: "tenant-acme" in found.waiting(), "the failing tenant's part says so")
    found.helm.let_go("tenant-root", "tenant-acme")
    found.fetch_now()
    found.until(
        lambda: found.releases()["tenant-root", "tenant-acme"]["status"]["conditions"][0]["status"] == "True",
        "it recovers",
    )


def test_back_to_an_older_state(fleet: Fleet) -> None:
    found, before = fleet.management, fleet.management.identities()
    (fleet.directory / "spec" / "tenants.yaml").write_text(TENANTS)
    fleet.push()
    found.until(lambda: size(found, "tenant-acme", "redis-cache") == "1Gi", "the removed application is back")
    found.until(lambda: size(found, "tenant-beta", "redis-cache") == "3Gi", "values are what they were")
    after = found.identities()
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {ACME_CACHE}


def test_a_branch_that_was_moved_back_by_force(fleet: Fleet, server: GitServer) -> None:
    """Whoever runs the server may do that; Flux follows, and nothing that both states have is made anew."""
    found, before = fleet.management, fleet.management.identities()
    remote = server.root / "fleet.git"
    git(remote, "update-ref", "refs/heads/main", "main~1")
    found.fetch_now()
    found.until(lambda: ("tenant-acme", "redis-cache") not in found.releases(), "the older state is applied")
    assert found.identities() == {key: uid for key, uid in before.items() if key != ACME_CACHE}


def size(found: Management, namespace: str, name: str) -> str | None:
    release = found.releases().get((namespace, name))
    value: str | None = release["spec"]["values"]["size"] if release else None
    return value


def changed(remote: Path, path: str, old: str, new: str) -> dict[str, str | None]:
    text = git(remote, "show", f"main:{path}") + "\n"
    assert old in text
    assert list(yaml.safe_load_all(text))
    return {path: text.replace(old, new, 1)}
