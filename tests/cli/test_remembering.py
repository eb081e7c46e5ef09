"""What is kept between runs saves time and changes nothing else."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from world import as_yaml, platform, tenant

from cozygen.cli import compiling, remembering
from cozygen.cli.main import cli

SERVICES = {name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")}


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec of three families in files, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COZYGEN_CACHE_DIR", str(tmp_path / "cache"))
    directory = tmp_path / "spec"
    directory.mkdir()
    (directory / "platform.yaml").write_text(as_yaml(platform(), tenant("root", services=SERVICES)))
    for name in ("acme", "bank", "shop"):
        (directory / f"{name}.yaml").write_text(
            as_yaml(tenant(name, apps={"Redis": {"cache": {"size": "1Gi"}}}))
        )
    return directory


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def render() -> dict[str, int]:
    done = run("render", "spec", "--output", "out", "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, int] = json.loads(done.stdout)["sites"][0]
    return found


def everything(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def forbid_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiling, "_compiled", forbidden)
    monkeypatch.setattr(compiling, "compile_site", forbidden)


def settle(directory: Path) -> None:
    """Lets files become old enough to be trusted."""
    time.sleep(0.06)
    assert directory.exists()


def test_an_unchanged_spec_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render()
    forbid_compiling(monkeypatch)
    assert render() == first | {"written": 0, "unchanged": first["written"]}


def test_nor_checked_again(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    (spec / "acme.yaml").write_text(as_yaml(tenant("acme", apps={"Redis": {"cache": {"size": "much"}}})))
    first = run("check", "spec")
    assert first.exit_code == 1
    forbid_compiling(monkeypatch)
    again = run("check", "spec")
    assert (again.exit_code, again.output) == (1, first.output)
    assert "size" in again.output


@pytest.mark.parametrize("old", ["1Gi", "cache"])
def test_a_change_gives_what_a_first_render_gives(spec: Path, tmp_path: Path, old: str) -> None:
    render()
    file = spec / "bank.yaml"
    file.write_text(file.read_text().replace(old, "2Gi" if old == "1Gi" else "store"))
    assert render()["written"]
    os.environ["COZYGEN_CACHE_DIR"] = "none"
    assert run("render", "spec", "--output", "other").exit_code == 0
    assert everything(tmp_path / "out") == everything(tmp_path / "other")


def test_an_attached_file_counts(spec: Path, tmp_path: Path) -> None:
    (spec / "acme.yaml").write_text(as_yaml(tenant("acme", secrets={"s": {"file": "../s.sops.yaml"}})))
    (tmp_path / "cozygen.yaml").write_text("sites: {}\n")
    missing = run("check", "spec")
    assert "CZ1106" in missing.output
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "stringData": {"a": "ENC[x]"},
        "sops": {"version": "3"},
    }
    (tmp_path / "s.sops.yaml").write_text(as_yaml(secret))
    assert run("check", "spec").output == "nothing wrong\n"
    (tmp_path / "s.sops.yaml").unlink()
    assert run("check", "spec").output == missing.output


def test_output_that_went_away_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render()
    before = everything(tmp_path / "out")
    (tmp_path / "out" / "tenants" / "acme" / "apps" / "releases.yaml").unlink()
    (tmp_path / "out" / "flux" / "platform.yaml").unlink()
    assert render()["written"] == 2
    assert everything(tmp_path / "out") == before


def test_an_edit_of_the_output_is_seen_at_once_and_later(tmp_path: Path) -> None:
    file = tmp_path / "out" / "tenants" / "acme" / "apps" / "releases.yaml"
    for _ in range(3):
        render()
        settle(file)
        render()
        before = file.read_bytes()
        file.write_bytes(before.replace(b"1Gi", b"3Gi"))  # of the same size
        refused = run("render", "spec", "--output", "out")
        assert refused.exit_code == 1, refused.output
        assert str(file.relative_to(tmp_path)) in refused.output
        file.write_bytes(before)


def test_a_directory_that_became_a_link_is_not_taken_for_itself(tmp_path: Path) -> None:
    render()
    directory = tmp_path / "out" / "tenants" / "acme"
    settle(directory)
    render()
    directory.rename(tmp_path / "elsewhere")
    directory.symlink_to(tmp_path / "elsewhere")
    assert run("render", "spec", "--output", "out").exit_code == 1


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "compiled").iterdir())


@pytest.mark.parametrize("damage", [b"", b"x", b"cozygen memory 1\n", None])
def test_a_damaged_memory_is_not_used(tmp_path: Path, damage: bytes | None) -> None:
    render()
    before = everything(tmp_path / "out")
    for file in kept(tmp_path):
        data = file.read_bytes()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert render()["written"] == 0
    assert everything(tmp_path / "out") == before


def test_a_memory_that_others_may_write_is_not_used(tmp_path: Path) -> None:
    render()
    for file in kept(tmp_path):
        file.chmod(0o666)
        assert remembering.load(file) is None


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    render()
    assert {file.stat().st_mode & 0o777 for file in kept(tmp_path)} == {0o600}


def test_a_cache_that_cannot_be_written_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COZYGEN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert render()["written"]
    assert render()["written"] == 0


def test_old_memories_are_removed(tmp_path: Path) -> None:
    render()
    stale = tmp_path / "cache" / "compiled" / "stale"
    stale.write_bytes(b"")
    os.utime(stale, (1, 1))
    (tmp_path / "spec" / "bank.yaml").unlink()
    render()
    assert not stale.exists()


def test_a_compiler_that_changed_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    render()
    monkeypatch.setattr(remembering, "fingerprint", lambda: b"another")
    called = []
    honest = compiling._compiled
    monkeypatch.setattr(compiling, "_compiled", lambda *a, **k: called.append(1) or honest(*a, **k))
    render()
    assert called


def test_the_sites_of_a_repository_are_remembered_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "cozygen.yaml").write_text("sites: {a: {layers: [spec], output: one}}\n")
    assert run("render").exit_code == 0
    assert run("render").exit_code == 0
    (tmp_path / "cozygen.yaml").write_text("sites: {a: {layers: [spec], output: two}}\n")
    assert run("render").exit_code == 0
    assert (tmp_path / "two" / "flux").is_dir()
    (tmp_path / "cozygen.yaml").write_text("sites: {a: {layers: [spec]}}\n")
    assert run("render").exit_code == 1
