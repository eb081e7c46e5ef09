"""``cozygen init``: what it writes checks clean, renders, and overwrites nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cozygen.cli.main import cli

NODES = (
    "--node",
    "srv1=192.168.100.11/24",
    "--node",
    "srv2=192.168.100.12/24",
    "--node",
    "srv3=192.168.100.13/24",
    "--node",
    "srv4=192.168.100.14/24",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="cozygen")


def files(top: Path) -> set[str]:
    return {p.relative_to(top).as_posix() for p in top.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "options",
    [
        (), ("--variant", "isp-full"), ("--variant", "isp-full-generic"), ("--variant", "isp-hosted"), NODES[:2], (*NODES, "--vip", "192.168.100.10"),
        (*NODES, "--vip", "192.168.100.10", "--gateway", "192.168.100.1", "--variant", "isp-full-generic"), ("--name", "staging", "--host", "cloud.example.net", "--tenant", "first", "--addresses", "10.0.0.10-10.0.0.20"),
        ("--git-url", "ssh://git@git.example.net/fleet.git", "--git-branch", "trunk", "--git-secret", "fleet"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_it_writes_checks_clean_and_renders(
    here: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init", "--yes", "new", *options).exit_code == 0
    monkeypatch.chdir(here / "new")
    checked = json.loads(run("check", "--format", "json").stdout)
    assert checked["diagnostics"] == []
    assert run("render").exit_code == 0
    assert run("check", "--against", ".").exit_code == 0
    site = options[options.index("--name") + 1] if "--name" in options else "prod"
    assert f"clusters/{site}/bootstrap/runbook.md" in files(here / "new")


def test_it_writes_what_it_says(here: Path) -> None:
    result = run("init", "--yes", "new", "--format", "json")
    assert set(json.loads(result.stdout)["files"]) == files(here / "new")
    assert "cozygen.yaml" in files(here / "new")


def test_it_never_overwrites(here: Path) -> None:
    run("init", "--yes", "new")
    (here / "new" / "spec" / "platform.yaml").write_text("mine")
    before = {name: (here / "new" / name).read_bytes() for name in files(here / "new")}
    result = run("init", "--yes", "new", "--name", "other")
    assert result.exit_code == 1
    assert "spec/platform.yaml" in result.stderr
    assert {name: (here / "new" / name).read_bytes() for name in files(here / "new")} == before


def test_it_writes_nothing_beside_what_is_there_already(here: Path) -> None:
    (here / "README.md").write_text("mine")
    assert run("init", "--yes").exit_code == 1
    assert files(here) == {"README.md"}


def test_it_goes_beside_other_files(here: Path) -> None:
    (here / "LICENSE").write_text("mine")
    assert run("init", "--yes").exit_code == 0
    assert (here / "LICENSE").read_text() == "mine"


@pytest.mark.parametrize(
    "options",
    [
        ("--variant", "isp-nope"), ("--node", "srv1"), ("--node", "srv1=192.168.100.11"), ("--node", "srv1=x/24"), ("--node", "Srv_1=192.168.100.11/24"), ("--node", "=192.168.100.11/24"),
        ("--name", "../x"), ("--name", "a b"), ("--name", "a: b"), ("--name", "{x}"), ("--host", "Cloud.example"), ("--host", "a b"), ("--host", "x\ny: z"), ("--tenant", "my-team"),
        ("--tenant", "Root"), ("--tenant", "root"), ("--addresses", "10.0.0.20-10.0.0.10"), ("--addresses", "x"), ("--git-url", "git@host:x"), ("--git-url", "x"), ("--git-branch", "a b"),
        ("--git-secret", "A_b"), ("--vip", "x", *NODES), ("--gateway", "x", *NODES), ("--node", "a=10.0.0.1/24", "--node", "a=10.0.0.2/24"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_options_that_make_no_spec_are_wrong_use(here: Path, options: tuple[str, ...]) -> None:
    result = run("init", "--yes", *options)
    assert result.exit_code == 2, result.output
    assert files(here) == set()


def test_a_directory_that_cannot_be_made(here: Path) -> None:
    (here / "file").write_text("")
    result = run("init", "--yes", "file/below")
    assert result.exit_code == 3
    assert "Traceback" not in result.output
