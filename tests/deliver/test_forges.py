"""Each forge's API: the requests that open, find and update a pull or merge request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_server import Answer, ApiServer

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.forge import Draft, Forge, Proposal, kind_of, propose, repository_of, site_of
from cozygen.deliver.forges import forge_of
from cozygen.deliver.git_address import Address, parse_address

DRAFT = Draft("cozygen/prod", "main", "acme: change Postgres main", "What changes.")
OPEN = {
    "github": {"number": 7, "html_url": "https://forge/pr/7"},
    "gitlab": {"iid": 7, "web_url": "https://forge/pr/7"},
    "gitea": {
        "number": 7,
        "html_url": "https://forge/pr/7",
        "head": {"ref": "cozygen/prod"},
        "base": {"ref": "main"},
    },
}
OPEN["forgejo"] = OPEN["gitea"]
KINDS = ("github", "gitlab", "gitea", "forgejo")


@pytest.fixture
def server() -> Iterator[ApiServer]:
    running = ApiServer()
    yield running
    running.stop()


def address(url: str) -> Address:
    found = parse_address(url)
    assert isinstance(found, Address)
    return found


def forge(server: ApiServer, kind: str, repository: str = "platform/fleet") -> Forge:
    return forge_of(address(f"{server.url}/{repository}.git"), kind, server.url, "t0ken")


@pytest.mark.parametrize("kind", KINDS)
def test_opens_what_is_not_open(server: ApiServer, kind: str) -> None:
    server.answers = [Answer(200, []), Answer(201, OPEN[kind])]
    assert propose(forge(server, kind), DRAFT) == Proposal(7, "https://forge/pr/7", new=True)
    assert [item.method for item in server.recorded] == ["GET", "POST"]


@pytest.mark.parametrize("kind", KINDS)
def test_updates_what_is_open(server: ApiServer, kind: str) -> None:
    server.answers = [Answer(200, [OPEN[kind]]), Answer(200, OPEN[kind])]
    assert propose(forge(server, kind), DRAFT) == Proposal(7, "https://forge/pr/7")
    change = server.recorded[-1]
    assert change.method == ("PUT" if kind == "gitlab" else "PATCH")
    assert change.body["title"] == DRAFT.title


def test_github_s_requests(server: ApiServer) -> None:
    server.answers = [Answer(200, []), Answer(201, OPEN["github"])]
    propose(forge(server, "github"), DRAFT)
    look, create = server.recorded
    assert (
        look.path == "/api/v3/repos/platform/fleet/pulls?state=open&head=platform%3Acozygen%2Fprod&base=main"
    )
    assert look.headers["authorization"] == "Bearer t0ken"
    assert look.headers["accept"] == "application/vnd.github+json"
    assert look.headers["x-github-api-version"] == "2022-11-28"
    assert create.path == "/api/v3/repos/platform/fleet/pulls"
    assert create.body == {
        "title": DRAFT.title,
        "head": "cozygen/prod",
        "base": "main",
        "body": "What changes.",
    }


def test_gitlab_s_requests_with_a_project_in_groups(server: ApiServer) -> None:
    server.answers = [Answer(200, []), Answer(201, OPEN["gitlab"])]
    propose(forge(server, "gitlab", "a/b/fleet"), DRAFT)
    look, create = server.recorded
    query = "state=opened&source_branch=cozygen%2Fprod&target_branch=main"
    assert look.path == f"/api/v4/projects/a%2Fb%2Ffleet/merge_requests?{query}"
    assert look.headers["private-token"] == "t0ken"
    assert create.body == {
        "source_branch": "cozygen/prod",
        "target_branch": "main",
        "title": DRAFT.title,
        "description": "What changes.",
        "remove_source_branch": True,
    }


@pytest.mark.parametrize(("kind", "scheme"), [("gitea", "token"), ("forgejo", "Bearer")])
def test_gitea_s_and_forgejo_s_requests(server: ApiServer, kind: str, scheme: str) -> None:
    other = {**OPEN[kind], "number": 3, "head": {"ref": "feature"}}
    server.answers = [Answer(200, [other]), Answer(200, []), Answer(201, OPEN[kind])]
    propose(forge(server, kind), DRAFT)
    first, second, create = server.recorded
    assert first.path == "/api/v1/repos/platform/fleet/pulls?state=open&limit=50&page=1"
    assert second.path.endswith("page=2")
    assert first.headers["authorization"] == f"{scheme} t0ken"
    assert create.body == {
        "head": "cozygen/prod",
        "base": "main",
        "title": DRAFT.title,
        "body": "What changes.",
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "code"), [(401, "CZ9231"), (403, "CZ9231"), (422, "CZ9232"), (500, "CZ9232")]
)
def test_a_refusal_says_what_the_forge_said_and_not_the_token(
    server: ApiServer, kind: str, status: int, code: str
) -> None:
    server.answers = [Answer(status, {"message": "Validation Failed"})]
    with pytest.raises(DeliveryError) as caught:
        propose(forge(server, kind), DRAFT)
    assert caught.value.code == code
    assert "Validation Failed" in str(caught.value)
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [None, "<html>log in</html>", {"login": True}, [7], [{"number": "x"}], [[]]])
def test_an_answer_of_something_else_is_no_traceback(server: ApiServer, kind: str, said: object) -> None:
    server.answers = [Answer(200, said)]
    with pytest.raises(DeliveryError) as caught:
        propose(forge(server, kind), DRAFT)
    assert caught.value.code == "CZ9232"
    assert "not as the API of" in str(caught.value)


def test_a_forge_that_lists_for_ever_ends(server: ApiServer) -> None:
    other = {**OPEN["gitea"], "head": {"ref": "feature"}}
    server.answers = [Answer(200, [other])]
    assert forge(server, "gitea").find("cozygen/prod", "main") is None


def test_a_redirect_to_another_host_does_not_get_the_token(server: ApiServer) -> None:
    elsewhere = ApiServer()
    elsewhere.answers = [Answer(200, [])]
    server.answers = [Answer(302, headers={"Location": f"http://localhost:{elsewhere.server_port}/x"})]
    forge(server, "gitlab").find("a", "b")
    assert "private-token" not in elsewhere.recorded[0].headers
    elsewhere.stop()


@pytest.mark.parametrize("token", ["hunter2\nX-Evil: 1", "hunter2\u2026"])
def test_a_token_that_no_header_can_hold_is_not_quoted(server: ApiServer, token: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        forge_of(address(f"{server.url}/a/b.git"), "gitea", server.url, token).find("x", "y")
    assert caught.value.code == "CZ9230"
    assert "hunter2" not in str(caught.value)
    assert server.recorded == []


def test_a_forge_that_does_not_answer(server: ApiServer) -> None:
    server.stop()
    with pytest.raises(DeliveryError) as caught:
        propose(forge(server, "gitea"), DRAFT)
    assert caught.value.code == "CZ9230"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://github.com/a/b.git", "github"),
        ("git@gitlab.example.org:a/b.git", "gitlab"),
        ("ssh://git@codeberg.org/a/b.git", "forgejo"),
        ("https://gitea.example.org/a/b", "gitea"),
    ],
)
def test_the_forge_follows_from_the_address(url: str, kind: str) -> None:
    assert kind_of(address(url), None) == kind
    assert kind_of(address("https://git.example.org/a/b"), kind) == kind


def test_an_address_that_does_not_tell() -> None:
    with pytest.raises(DeliveryError) as caught:
        kind_of(address("https://git.example.org/a/b"), None)
    assert caught.value.code == "CZ9233"


@pytest.mark.parametrize(
    ("url", "site", "repository"),
    [
        ("https://git.example.org/a/b.git", "https://git.example.org", "a/b"),
        ("ssh://git@git.example.org:2222/a/b.git", "https://git.example.org", "a/b"),
        ("git@git.example.org:a/b/c.git", "https://git.example.org", "a/b/c"),
        ("http://u:p@git.example.org:8080/a/b", "http://git.example.org:8080", "a/b"),
    ],
)
def test_the_api_s_address_follows_from_the_repository_s(url: str, site: str, repository: str) -> None:
    found = address(url)
    assert site_of(found, None) == site
    assert repository_of(found, site) == repository


def test_a_forge_below_a_path() -> None:
    assert repository_of(address("https://x.org/git/a/b.git"), "https://x.org/git") == "a/b"
