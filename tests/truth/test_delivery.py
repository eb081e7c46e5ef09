"""Examples as they stand, delivered over SSH and by a registry, until Flux says that everything is Ready."""

from __future__ import annotations

import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cluster.management import Management, management
from example_sites import EXAMPLES
from fleet import Fleet
from gating import applied
from programs import ssh_server
from programs.registry import registry
from spec_directory import compile_directory

from tests.deliver.git_world import bare

pytestmark = pytest.mark.truth


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Management]:
    with management(tmp_path / "cluster") as found:
        yield found


def copy_of(spec: Path, directory: Path, delivery: str) -> Path:
    """An example's spec, with a layer over it that says where it goes."""
    ignored = shutil.ignore_patterns("clusters", "out", "README.md", "cozygen.yaml")
    shutil.copytree(spec, directory / "spec", ignore=ignored)
    (directory / "here").mkdir()
    name = next(
        item["metadata"]["name"]
        for item in yaml.safe_load_all((directory / "spec" / "platform.yaml").read_text())
        if item["kind"] == "Platform"
    )
    (directory / "here" / "platform.yaml").write_text(
        f"apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {{name: {name}}}\nspec: {{delivery: {delivery}}}\n"
    )
    (directory / "cozygen.yaml").write_text("sites: {here: {layers: [spec, here], output: clusters/here}}\n")
    return directory


def missing(fleet: Fleet) -> list[str]:
    """Rendered objects that the API server does not have."""
    state = compile_directory(fleet.directory, "spec", "here").state
    assert state.tree is not None
    assert state.platform is not None
    api = fleet.management.api
    wanted = [o for part in applied(state.tree, state.platform.site.delivery.path) for o in part.objects]
    assert wanted
    return [
        api.path_of(item)
        for item in wanted
        if api.find(
            item["apiVersion"], item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")
        )
        is None
    ]


def test_the_provider_over_ssh_with_encrypted_secrets(cluster: Management, tmp_path: Path) -> None:
    key = ssh_server.new_key(tmp_path / "team")
    server = ssh_server.start(tmp_path / "ssh")
    remote = bare(tmp_path / "fleet.git")
    delivery = f"{{git: {{url: '{server.url(remote)}', path: clusters/here}}}}"
    directory = copy_of(EXAMPLES / "provider" / "spec", tmp_path / "fleet", delivery)
    encrypt(directory / "spec" / "tenants" / "secrets", directory)
    access = ("--ssh-key", str(server.key), "--known-hosts", str(server.known_hosts))
    fleet = Fleet(cluster, directory, arguments=access)
    fleet.push()
    (tmp_path / "ssh" / "authorized").write_text(server.key.with_suffix(".pub").read_text() + key + "\n")
    runbook = directory / "clusters" / "here" / "bootstrap" / "runbook.md"
    # What the runbook does by hand: the key that it makes gets read access to the repository.
    runbook.write_text(
        runbook.read_text().replace(
            "# give identity.pub", f"cat identity.pub >> {tmp_path / 'ssh' / 'authorized'} #"
        )
    )
    fleet.bootstrap("clusters/here")
    cluster.settled(patience=300)
    assert missing(fleet) == []
    secret = cluster.api.find("v1", "Secret", "core-users", "tenant-bank-core")
    assert secret is not None
    assert b64decode(secret["data"]["ledger"]) == b"of bank-core-users"
    server.program.stop()


def encrypt(secrets: Path, directory: Path) -> None:
    """Encrypt the example's Secrets for a new key, which the runbook wants beside it as ``age.agekey``."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    (directory / "age.agekey").write_text(f"{identity}\n")
    for path in sorted(secrets.glob("*.yaml")):
        item = yaml.safe_load(path.read_text())
        del item["sops"]
        item["stringData"] = dict.fromkeys(item["stringData"], f"of {path.stem}")
        path.write_text(yaml.safe_dump(item))
        sops = Path(sys.executable).with_name("sops")
        words = ["encrypt", "--in-place", "--encrypted-regex", "^(data|stringData)$", "--age"]
        subprocess.run([sops, *words, str(identity.to_public()), path], check=True, capture_output=True)


def test_an_example_by_a_registry(cluster: Management, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as host:
        delivery = f"{{git: null, oci: {{url: 'oci://{host}/fleet/hosted', insecure: true}}}}"
        directory = copy_of(EXAMPLES / "hosted", tmp_path / "fleet", delivery)
        fleet = Fleet(cluster, directory)
        fleet.push()
        (directory / "clusters" / "here" / "age.agekey").write_text("AGE-SECRET-KEY-1\n")
        fleet.bootstrap("clusters/here", within="clusters/here")
        cluster.settled()
        assert missing(fleet) == []
        before = cluster.identities()
        fleet.edit("spec/tenants.yaml", ("replicas: 2", "replicas: 4"))
        fleet.push()
        shop = "tenant-shop", "redis-sessions"
        cluster.until(lambda: cluster.releases()[shop]["spec"]["values"]["replicas"] == 4, "the edit is live")
        assert cluster.identities() == before
