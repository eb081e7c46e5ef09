"""``cozygen push`` as people and CI run it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cozygen.cli.main import cli
from tests.deliver.api_server import Answer, ApiServer
from tests.deliver.git_world import bare, by_hand, git, listing
from tests.deliver.registry_server import REGISTRY, start
from tests.review.spec_world import ACME, FILES, PLATFORM, write


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write(tmp_path / "spec")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet.git")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "COZYGEN_GIT_TOKEN", "COZYGEN_FORGE_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def push(spec: Path, remote: Path | str, *words: str) -> Result:
    return run("push", spec, "--to", remote, *words)


def test_the_commit_and_its_trailers(spec: Path, remote: Path) -> None:
    done = push(spec, remote, "--author", "Ann <ann@x>", "--date", "2026-01-02T03:04:05Z")
    assert done.exit_code == 0, done.output
    assert f"to main of {remote}: prod: publish 4 tenants and the platform" in done.stderr
    lines = git(remote, "log", "-1", "--format=%(trailers)", "main").splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "Cozygen-Spec",
        "Cozygen-Version",
        "Cozystack-Version",
        "Cozygen-Output",
    ]
    assert lines[0].startswith("Cozygen-Spec: sha256:")
    assert lines[2] == "Cozystack-Version: v1.6.2"
    assert (
        git(remote, "log", "-1", "--format=%an %ae %aI %cn", "main")
        == "Ann ann@x 2026-01-02T03:04:05+00:00 Ann"
    )


def test_the_branch_is_exactly_what_render_writes(spec: Path, remote: Path, tmp_path: Path) -> None:
    push(spec, remote)
    run("render", spec, "--output", tmp_path / "out")
    written = {
        str(p.relative_to(tmp_path / "out")): p.read_text()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert {name.removeprefix("clusters/prod/"): text for name, text in listing(remote).items()} == written


def test_the_spec_s_commit_is_named_if_it_holds_what_was_compiled(spec: Path, remote: Path) -> None:
    git(spec, "init", "--quiet", "--initial-branch=main")
    git(spec, "add", "--all")
    git(spec, "commit", "--quiet", "--message", "spec")
    head = git(spec, "rev-parse", "HEAD")
    push(spec, remote)
    assert git(remote, "log", "-1", "--format=%(trailers:key=Cozygen-Spec,valueonly)", "main") == head
    (spec / "acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    push(spec, remote)
    assert (
        git(remote, "log", "-1", "--format=%(trailers:key=Cozygen-Spec,valueonly)", "main") == f"{head}-dirty"
    )


def test_json_says_everything(spec: Path, remote: Path) -> None:
    push(spec, remote)
    (spec / "acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    done = json.loads(push(spec, remote, "--format", "json").stdout)
    (site,) = done["sites"]
    assert (site["status"], site["branch"], site["path"]) == ("pushed", "main", "clusters/prod")
    assert site["commit"] == git(remote, "rev-parse", "main") == site["head"]
    assert [(o["title"], o["tenant"], o["fields"]) for o in site["changes"]["objects"]] == [
        ("Postgres main", "acme", [{"path": "spec.values.replicas", "old": "3", "new": "5"}])
    ]
    assert done["summary"]["errors"] == 0
    again = json.loads(push(spec, remote, "--format", "json").stdout)
    assert again["sites"][0]["status"] == "unchanged"


def test_a_dry_run_shows_the_message(spec: Path, remote: Path) -> None:
    push(spec, remote)
    (spec / "acme.yaml").write_text(ACME.replace("cache: {size: 2Gi}", "cache: {size: 2Gi}\n      more: {}"))
    done = push(spec, remote, "--dry-run")
    assert "acme: add Redis more" in done.stdout
    assert git(remote, "rev-list", "--count", "main") == "1"


def test_an_edit_by_hand_is_shown_and_the_exit_code_is_one(spec: Path, remote: Path) -> None:
    push(spec, remote)
    path = "clusters/prod/tenants/globex/apps/releases.yaml"
    by_hand(remote, {path: listing(remote)[path].replace("2Gi", "9Gi")})
    done = push(spec, remote)
    assert done.exit_code == 1
    assert "CZ9220" in done.stderr
    assert "-    size: 2Gi\n+    size: 9Gi" in done.stderr
    assert push(spec, remote, "--overwrite", ".").exit_code == 0


def test_a_spec_with_errors_is_not_published(spec: Path, remote: Path) -> None:
    (spec / "acme.yaml").write_text(ACME.replace("Postgres", "Postgress"))
    done = push(spec, remote)
    assert done.exit_code == 1
    assert git(remote, "branch") == ""


def test_exit_codes_for_wrong_use_and_the_world_outside(spec: Path, tmp_path: Path) -> None:
    done = push(spec, "ftp://u:hunter2@x/y")
    assert done.exit_code == 2
    assert "hunter2" not in done.output
    assert push(spec, tmp_path / "fleet.git", "--date", "yesterday-ish").exit_code == 2
    assert push(spec, tmp_path / "fleet.git", "--author", "nobody").exit_code == 2
    assert push(spec, tmp_path / "fleet.git", "--sign", "/nowhere/key").exit_code == 2
    assert push(spec, tmp_path / "fleet.git", "--path", "../up").exit_code == 2
    bare(tmp_path / "other.git")
    assert push(spec, tmp_path / "other.git", "--branch", "refs/heads/main").exit_code == 2
    assert push(spec, tmp_path / "other.git", "--propose").exit_code == 2
    assert push(spec, "oci://x/Y").exit_code == 2
    assert push(spec, tmp_path / "fleet.git", "--forge", "sourceforge").exit_code == 2
    done = push(spec, "http://u:hunter2@127.0.0.1:1/x.git", "--format", "json")
    assert done.exit_code == 3
    assert "hunter2" not in done.output
    assert json.loads(done.stdout)["sites"][0]["diagnostics"][0]["code"] == "CZ9201"


def test_the_sites_of_cozygen_yaml(spec: Path, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(spec.parent)
    sites = "sites:\n  one: {layers: [spec], output: o1}\n  two: {layers: [spec, two], output: o2}\n"
    (spec.parent / "cozygen.yaml").write_text(sites)
    two = "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: prod}\n"
    two += "spec: {delivery: {git: {branch: two}}}\n"
    write(spec.parent / "two", {"two.yaml": two})
    done = run("push", "--to", remote)
    assert done.exit_code == 0, done.output
    assert git(remote, "branch", "--format=%(refname:short)").split() == ["main", "two"]


@pytest.fixture
def forge() -> Iterator[ApiServer]:
    running = ApiServer()
    yield running
    running.stop()


def test_a_proposal(spec: Path, remote: Path, forge: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    push(spec, remote)
    (spec / "acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    monkeypatch.setenv("COZYGEN_FORGE_TOKEN", "t0ken")
    item = {"number": 4, "html_url": "http://forge/4"}
    forge.answers = [Answer(200, []), Answer(201, item)]
    where = ("--propose", "--forge", f"gitea={forge.url}")
    done = push(spec, remote, *where)
    assert done.exit_code == 0, done.output
    assert "opened request 4 for main: http://forge/4" in done.stderr
    body: dict[str, Any] = forge.recorded[-1].body
    assert (body["title"], body["head"], body["base"]) == (
        "acme: change Postgres main",
        "cozygen/prod",
        "main",
    )
    assert "- changed `Postgres main`\n  - `replicas`: `3` → `5`" in body["body"]
    assert git(remote, "log", "-1", "--format=%s", "cozygen/prod") == "acme: change Postgres main"
    forge.answers = [
        Answer(200, [{**item, "head": {"ref": "cozygen/prod"}, "base": {"ref": "main"}}]),
        Answer(200, item),
    ]
    again = push(spec, remote, *where)
    assert "updated request 4" in again.stderr
    assert git(remote, "rev-list", "--count", "cozygen/prod") == "2"


def test_a_proposal_without_a_token_pushes_nothing(spec: Path, remote: Path) -> None:
    push(spec, remote)
    (spec / "acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    done = push(spec, remote, "--propose", "--forge", "gitea=http://127.0.0.1:1")
    assert done.exit_code == 3
    assert "cozygen/prod" not in git(remote, "branch")


def test_drift_of_a_branch(spec: Path, remote: Path) -> None:
    push(spec, remote)
    assert run("drift", spec, "--to", remote).exit_code == 0
    path = "clusters/prod/tenants/acme/apps/releases.yaml"
    edit = by_hand(remote, {path: listing(remote)[path].replace("replicas: 3", "replicas: 9")}, "hotfix")
    own = {"clusters/prod/talos/secrets.sops.yaml": "a: 1\n", "clusters/prod/README.md": "ours\n"}
    by_hand(remote, {"clusters/prod/tenants/acme/stray.yaml": "a: 1\n", **own})
    done = run("drift", spec, "--to", remote, "--format", "json")
    assert done.exit_code == 1
    (site,) = json.loads(done.stdout)["sites"]
    (item,) = site["drift"]
    assert (item["title"], item["tenant"], item["back"]) == (
        "Postgres main",
        "acme",
        "cozygen push --overwrite tenants/acme/apps/releases.yaml",
    )
    assert edit[:12] in item["author"]
    assert item["adopt"] == "write in the tenant acme: apps.Postgres.main.replicas: 9"
    assert site["strangers"] == ["tenants/acme/stray.yaml"]
    assert [found["code"] for found in site["diagnostics"]] == ["CZ9250", "CZ9256"]


def test_a_branch_that_is_only_behind_is_no_failure(spec: Path, remote: Path) -> None:
    push(spec, remote)
    (spec / "acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    done = run("drift", spec, "--to", remote)
    assert done.exit_code == 0
    assert "CZ9254" in done.stderr
    assert "is behind the spec in 1 file (acme: change Postgres main)" in done.stderr


def test_a_proposal_that_came_true_by_itself(
    spec: Path, remote: Path, forge: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(spec, remote)
    monkeypatch.setenv("COZYGEN_FORGE_TOKEN", "t0ken")
    open_ = {
        "number": 4,
        "html_url": "http://forge/4",
        "head": {"ref": "cozygen/prod"},
        "base": {"ref": "main"},
    }
    forge.answers = [Answer(200, [open_])]
    done = push(spec, remote, "--propose", "--forge", f"gitea={forge.url}")
    assert done.exit_code == 0, done.output
    assert "CZ9236" in done.stderr
    assert "request 4 is still open and changes nothing any more: http://forge/4" in done.stderr


def test_drift_of_a_dump(spec: Path, tmp_path: Path) -> None:
    run("render", spec, "--output", tmp_path / "out")
    documents = [d for path in (tmp_path / "out").rglob("*.yaml") for d in path.read_text().split("---\n")]
    text = "---\n".join(document for document in documents if "kind: HelmRelease\nmetadata" in document)
    (tmp_path / "dump.yaml").write_text(text.replace("replicas: 3", "replicas: 9"))
    done = run("drift", spec, "--dump", tmp_path / "dump.yaml")
    assert done.exit_code == 1
    assert "apps.Postgres.main.replicas is 9 instead of 3" in done.stderr
    (tmp_path / "dump.yaml").write_text(text)
    assert run("drift", spec, "--dump", tmp_path / "dump.yaml").exit_code == 0
    (tmp_path / "dump.yaml").write_text("a: [")
    assert "CZ9255" in run("drift", spec, "--dump", tmp_path / "dump.yaml").stderr


def test_a_change_that_stays_in_its_subtree_is_let_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "spec", {f"teams/{name}": text for name, text in FILES.items()})
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "spec")
    git(tmp_path, "commit", "--quiet", "--message", "spec")
    git(tmp_path, "checkout", "--quiet", "-b", "change")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec/teams/acme.yaml").write_text(ACME.replace("replicas: 3", "replicas: 5"))
    only = ("check", "spec", "--only", "acme/**", "--base")
    assert run(*only, "main").exit_code == 0
    (tmp_path / "spec/teams/platform.yaml").write_text(PLATFORM.replace("{replicas: 3}", "{replicas: 2}"))
    done = run(*only, "main")
    assert done.exit_code == 1
    assert "CZ9260" in done.stderr
    assert "platform.yaml:10:" in done.stderr
    git(tmp_path, "commit", "--quiet", "--all", "--message", "change")
    git(tmp_path, "worktree", "add", "--quiet", str(tmp_path / "base"), "main")
    assert run(*only, "base").exit_code == 1
    assert run(*only, "nowhere").exit_code == 3
    (tmp_path / "base/spec/teams/acme.yaml").write_text(ACME.replace("Postgres", "Postgress"))
    done = run(*only, "base")
    assert done.exit_code == 1
    assert "CZ9262" in done.stderr
    assert run("check", "spec", "--only", "acme").exit_code == 2


def test_a_site_that_a_change_takes_away_is_no_tenant_s_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "now/spec")
    write(tmp_path / "base/spec")
    two = "sites:\n  one: {layers: [spec], output: o1}\n  two: {layers: [spec], output: o2}\n"
    (tmp_path / "base/cozygen.yaml").write_text(two)
    (tmp_path / "now/cozygen.yaml").write_text(two.replace("  two: {layers: [spec], output: o2}\n", ""))
    monkeypatch.chdir(tmp_path / "now")
    done = run("check", "--only", "acme/**", "--base", "../base")
    assert done.exit_code == 1
    assert "removes the site two" in done.stderr
    assert run("check", "--only", "acme/**", "--base", "../base", "--site", "one").exit_code == 0
    assert run("check", "--only", "/**", "--base", "../base").exit_code == 2


def test_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "spec", {"platform.yaml": PLATFORM, "teams/acme/a.yaml": ACME})
    git(tmp_path, "init", "--quiet")
    monkeypatch.chdir(tmp_path / "spec")
    (tmp_path / "accounts").write_text("alice@acme.example @acme/platform\n")
    done = run("owners", ".", "--accounts", tmp_path / "accounts", "--output", tmp_path / "CODEOWNERS")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "CODEOWNERS").read_text().splitlines()[1:] == [
        "/spec/platform.yaml",
        "/spec/teams/ @acme/platform",
    ]


def test_help_fits_a_screen() -> None:
    for name in ("push", "drift", "owners", "check"):
        assert len(run(name, "--help").output.splitlines()) < 50


@pytest.mark.skipif(REGISTRY is None, reason="no registry: install docker-registry")
def test_an_artifact(spec: Path, tmp_path: Path) -> None:
    process, running = start(tmp_path)
    try:
        done = push(spec, f"oci://{running.host}/fleet/prod")
        assert done.exit_code == 0, done.output
        assert "latest (sha256:" in done.stderr
        again = push(spec, f"oci://{running.host}/fleet/prod", "--format", "json")
        assert json.loads(again.stdout)["sites"][0]["status"] == "unchanged"
    finally:
        process.terminate()
        process.wait()
