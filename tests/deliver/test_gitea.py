"""Publishing to and proposing at a real Gitea: what the recorded requests of ``test_forges`` come to there."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from gitea import OWNER, Gitea, start

from cozygen.cli.main import cli
from cozygen.review.owners import Files, codeowners
from tests.review.spec_world import ACME, PLATFORM, platform_of, write

pytestmark = pytest.mark.truth
ADMINS = PLATFORM.replace("  storage:", "  authentication: {oidc: {enabled: true}}\n  storage:").replace(
    "  delivery:", "  access: {admins: [ops@example.org]}\n  delivery:"
)
RELEASES = "clusters/prod/tenants/acme/apps/releases.yaml"
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    server = start(tmp_path_factory.mktemp("gitea"))
    yield server
    server.stop()


class Site:
    """A spec that has been published to a repository of its own."""

    def __init__(self, gitea: Gitea, spec: Path) -> None:
        self.gitea, self.spec = gitea, write(spec)
        self.name = f"fleet{next(_NUMBERS)}"
        self.url = gitea.repository(self.name)
        self.push()
        gitea.until(f"/repos/{OWNER}/{self.name}", "empty", False)

    def push(self, *words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(cli, ["push", str(self.spec), "--to", self.url, *words])
        assert done.exit_code == code, done.output
        assert self.gitea.token not in done.output
        return done

    def propose(self, kind: str = "gitea", code: int = 0, *words: str) -> dict[str, Any]:
        done = self.push("--propose", "--forge", kind, "--format", "json", *words, code=code)
        (site,) = json.loads(done.stdout)["sites"]
        return dict(site)

    def change(self, replicas: int) -> None:
        (self.spec / "acme.yaml").write_text(ACME.replace("replicas: 3", f"replicas: {replicas}"))

    def mergeable(self, number: int) -> Any:
        return self.gitea.until(f"/repos/{OWNER}/{self.name}/pulls/{number}", "mergeable", True)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.gitea.api(method, f"/repos/{OWNER}/{self.name}{path}", body)


@pytest.fixture
def site(gitea: Gitea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COZYGEN_GIT_TOKEN", gitea.token)
    for name in ("COZYGEN_GIT_USERNAME", "COZYGEN_GIT_PASSWORD", "COZYGEN_FORGE_TOKEN", "GITEA_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Site(gitea, tmp_path / "spec")


@pytest.mark.parametrize("kind", ["gitea", "forgejo"])
def test_a_request_is_opened_kept_up_to_date_and_can_be_merged(site: Site, kind: str) -> None:
    site.change(5)
    first = site.propose(kind)["proposal"]
    assert (first["number"], first["new"]) == (1, True)
    shown = site.mergeable(1)
    assert shown["title"] == "acme: change Postgres main"
    assert "- changed `Postgres main`\n  - `replicas`: `3` → `5`" in shown["body"]
    assert [item["filename"] for item in site.api("GET", "/pulls/1/files")] == [
        "clusters/prod/.cozygen/manifest.json",
        RELEASES,
    ]
    site.change(7)
    assert site.propose(kind)["proposal"] == {**first, "new": False}
    assert "`3` → `7`" in site.mergeable(1)["body"]
    site.api("POST", "/pulls/1/merge", {"Do": "squash"})
    assert "up to date" in site.push().stderr
    assert site.propose(kind)["status"] == "unchanged"
    site.change(9)
    assert site.propose(kind)["proposal"]["number"] == 2
    assert site.mergeable(2)["base"]["ref"] == "main"


def test_a_protected_branch_takes_a_request_only(site: Site) -> None:
    site.api("POST", "/branch_protections", {"rule_name": "main", "enable_push": False})
    before = site.api("GET", "/branches/main")["commit"]["id"]
    site.change(5)
    done = site.push(code=3)
    assert "CZ9206" in done.stderr
    assert "Not allowed to push to protected branch main" in done.stderr
    assert site.api("GET", "/branches/main")["commit"]["id"] == before
    assert site.propose()["status"] == "proposed"


def test_a_reviewer_s_commit_on_the_request_is_kept(site: Site) -> None:
    site.change(5)
    site.propose()
    site.gitea.edit(site.name, RELEASES, "replicas: 5", "replicas: 6", "cozygen/prod")
    site.change(7)
    found = site.propose("gitea", 1)
    assert [item["code"] for item in found["diagnostics"]] == ["CZ9234"]
    assert site.api("GET", "/branches/cozygen%2Fprod")["commit"]["message"] == "by hand\n"


def test_the_button_that_updates_a_request_is_nobody_s_work(site: Site) -> None:
    site.change(5)
    site.propose()
    body = {"content": base64.b64encode(b"ours").decode(), "message": "by hand", "branch": "main"}
    site.api("POST", "/contents/README.md", body)
    site.mergeable(1)
    site.api("POST", "/pulls/1/update?style=merge")
    site.change(7)
    assert site.propose()["proposal"]["new"] is False
    assert "`3` → `7`" in site.mergeable(1)["body"]


def test_an_edit_in_the_browser_is_found_and_refused(site: Site) -> None:
    site.gitea.edit(site.name, RELEASES, "replicas: 3", "replicas: 4")
    done = site.push(code=1)
    assert "CZ9220" in done.stderr
    assert "“by hand” by platform" in done.stderr
    assert "-    replicas: 3\n+    replicas: 4" in done.stderr


@pytest.mark.parametrize(
    ("variable", "code"), [("COZYGEN_GIT_TOKEN", "CZ9203"), ("COZYGEN_FORGE_TOKEN", "CZ9231")]
)
def test_a_wrong_token(site: Site, monkeypatch: pytest.MonkeyPatch, variable: str, code: str) -> None:
    site.change(5)
    monkeypatch.setenv(variable, "wr0ng")
    done = site.push("--propose", "--forge", "gitea", code=3)
    assert code in done.stderr
    assert "wr0ng" not in done.output


@pytest.mark.parametrize("path", ["spec/platform.yaml", "spec/teams/acme (1).yaml"])
def test_the_owners_of_what_a_request_changes_are_asked(site: Site, tmp_path: Path, path: str) -> None:
    """Each of two people owns some files; the request changes one, and one of them is asked."""
    spec = write(tmp_path / "two", {"platform.yaml": ADMINS, "teams/acme (1).yaml": ACME})
    files = Files({"spec/teams/acme (1).yaml": ("acme",)}, frozenset({"spec/platform.yaml"}))
    accounts = {"alice@acme.example": "@alice", "ops@example.org": "@olga"}
    text = codeowners(platform_of(spec), files, accounts, "gitea").text
    for name in ("alice", "olga"):
        site.gitea.person(name)
        site.api("PUT", f"/collaborators/{name}", {"permission": "write"})
    for file, content in (("CODEOWNERS", text), (path, "a: 1\n")):
        branch = {"new_branch": "change"} if file == path else {}
        body = {
            "content": base64.b64encode(content.encode()).decode(),
            "message": "by hand",
            "branch": "main",
        }
        site.api("POST", f"/contents/{quote(file)}", body | branch)
    opened = site.api("POST", "/pulls", {"head": "change", "base": "main", "title": "a change"})
    asked = site.api("GET", f"/pulls/{opened['number']}/reviews")
    assert [item["user"]["login"] for item in asked] == ["olga" if "platform" in path else "alice"]
