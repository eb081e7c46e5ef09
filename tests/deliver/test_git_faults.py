"""Every way in which the world between cozygen and a branch fails: nothing lost, nothing half-done, said clearly."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from git_server import PASSWORD, USER, GitServer
from git_world import bare, by_hand, git, listing, send, sound, target, tree

from cozygen.deliver.failures import DeliveryError

CLOSED_PORT = "http://127.0.0.1:1/fleet.git"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = bare(tmp_path / "srv" / "fleet.git")
    git(path, "config", "http.receivepack", "true")
    git(path, "config", "uploadpack.allowFilter", "true")
    return path


@pytest.fixture
def server(remote: Path) -> Iterator[GitServer]:
    running = GitServer(remote.parent)
    yield running
    running.stop()


def failing(*arguments: object, **named: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(*arguments, **named)  # type: ignore[arg-type]
    assert caught.value.diagnostic.hint
    return caught.value


def test_the_whole_cycle_over_http_with_a_password(server: GitServer, remote: Path) -> None:
    server.password = PASSWORD
    to = target(server.url("fleet.git"), username=USER, password=PASSWORD)
    send(tree(acme=1), to)
    by_hand(remote, {"README.md": "ours"})
    send(tree(acme=2), to)
    assert send(tree(acme=2), to).commit is None
    assert git(remote, "log", "--format=%s", "main").splitlines() == [
        "acme: change Postgres main",
        "by hand",
        "prod: publish 1 tenant and the platform",
    ]
    sound(remote)


def test_wrong_credentials(server: GitServer, remote: Path) -> None:
    server.password = PASSWORD
    error = failing(tree(acme=1), target(server.url("fleet.git"), username=USER, password="wr/ong"))
    assert error.code == "CZ9203"
    assert "wr/ong" not in str(error)
    assert git(remote, "branch") == ""


def test_no_credentials_do_not_ask_anybody(server: GitServer) -> None:
    server.password = PASSWORD
    assert failing(tree(acme=1), target(server.url("fleet.git"))).code == "CZ9203"


def test_a_password_in_the_address_reaches_no_message_and_no_process_list(
    server: GitServer, remote: Path
) -> None:
    from urllib.parse import quote

    server.password = PASSWORD
    url = server.url("fleet.git").replace("://", f"://{USER}:{quote(PASSWORD, safe='')}@")
    seen: list[str] = []
    server.before_receive = lambda: seen.extend(
        subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout.splitlines()
    )
    send(tree(acme=1), target(url))
    assert any("git" in line for line in seen)
    assert not any(
        PASSWORD in line or quote(PASSWORD, safe="") in line for line in seen if "pytest" not in line
    )
    server.password = "another"
    error = failing(tree(acme=2), target(url))
    assert PASSWORD not in str(error)
    assert quote(PASSWORD, safe="") not in str(error)


def test_a_redirect_takes_no_password_along(server: GitServer, remote: Path) -> None:
    server.password = PASSWORD
    other = GitServer(remote.parent)
    other.redirect = server.url("").rstrip("/")
    error = failing(tree(acme=1), target(other.url("fleet.git"), username=USER, password=PASSWORD))
    other.stop()
    assert error.code == "CZ9203"
    assert f"it redirects to 127.0.0.1:{server.server_port}" in str(error)
    assert server.authorized == []


def test_an_answer_that_nobody_expects(server: GitServer) -> None:
    server.redirect = "gopher://h"
    assert failing(tree(acme=1), target(server.url("fleet.git"))).code == "CZ9212"


def test_a_branch_below_another_one_over_http(server: GitServer, remote: Path) -> None:
    by_hand(remote, {"README.md": "ours"})
    error = failing(tree(acme=1), target(server.url("fleet.git"), branch="main/sub"))
    assert error.code == "CZ9206"
    assert "'refs/heads/main' exists" in str(error)


def test_no_git(remote: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failing(tree(acme=1), target(remote)).code == "CZ9211"
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.30.2\n")
    (tmp_path / "git").chmod(0o755)
    error = failing(tree(acme=1), target(remote))
    assert error.code == "CZ9211"
    assert "2.30.2" in str(error)


@contextmanager
def little_room(most: int) -> Iterator[None]:
    """Files grow no further, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("first", [True, False])
def test_a_full_disk_here_is_not_the_remote_s_fault(remote: Path, tmp_path: Path, first: bool) -> None:
    many = {f"t{number}": number for number in range(1000)}
    if not first:
        send(tree(**many), target(remote))
    before = git(remote, "for-each-ref")
    with little_room(16_384):
        error = failing(tree(**many, more=1), target(remote), cache=tmp_path / "cache")
    assert error.code == "CZ9214", str(error)
    assert git(remote, "for-each-ref") == before
    assert send(tree(**many, more=1), target(remote), cache=tmp_path / "cache").commit
    sound(remote)


def test_a_cache_that_cannot_be_used(remote: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = failing(tree(acme=1), target(remote), cache=tmp_path / "file")
    assert error.code == "CZ9214"
    assert str(tmp_path / "file") in str(error)


def test_unreachable() -> None:
    assert failing(tree(acme=1), target(CLOSED_PORT)).code == "CZ9201"


def test_an_unknown_host() -> None:
    assert failing(tree(acme=1), target("https://no-such-host.invalid/x.git")).code == "CZ9201"


def test_no_such_repository(server: GitServer, tmp_path: Path) -> None:
    assert failing(tree(acme=1), target(server.url("other.git"))).code == "CZ9205"
    assert failing(tree(acme=1), target(tmp_path / "nothing.git")).code == "CZ9205"


def test_slow(server: GitServer, remote: Path) -> None:
    server.slow = True
    begun = time.monotonic()
    error = failing(tree(acme=1), target(server.url("fleet.git"), timeout=0.5))
    assert error.code == "CZ9202"
    assert time.monotonic() - begun < 10
    assert git(remote, "branch") == ""


def hook(remote: Path, name: str, text: str) -> None:
    path = remote / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_branch_protection(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    hook(remote, "pre-receive", 'echo "GH006: Protected branch update failed" >&2; exit 1')
    before = git(remote, "rev-parse", "main")
    error = failing(tree(acme=2), target(server.url("fleet.git")))
    assert error.code == "CZ9206"
    assert "Protected branch update failed" in str(error)
    assert "--propose" in (error.diagnostic.hint or "")
    assert git(remote, "rev-parse", "main") == before


def test_a_full_remote(server: GitServer, remote: Path) -> None:
    server.most_bytes = 512
    big = tree(**{f"t{number}": number for number in range(200)})
    error = failing(big, target(server.url("fleet.git")))
    assert error.code == "CZ9207", str(error)
    assert git(remote, "branch") == ""
    server.most_bytes = None
    send(big, target(server.url("fleet.git")))
    sound(remote)


def test_a_corrupt_remote(remote: Path, tmp_path: Path) -> None:
    send(tree(acme=1), target(remote))
    head = git(remote, "rev-parse", "main^{tree}")
    path = remote / "objects" / head[:2] / head[2:]
    path.chmod(0o644)
    path.write_bytes(b"rubbish")
    error = failing(tree(acme=2), target(remote), cache=tmp_path / "cache")
    assert error.code == "CZ9208", str(error)


def test_a_corrupt_remote_over_http(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    (remote / "objects").rename(remote / "gone")
    (remote / "objects").mkdir()
    assert failing(tree(acme=2), target(server.url("fleet.git"))).code in ("CZ9208", "CZ9205", "CZ9209")


def test_closing_in_the_middle_of_a_push(
    server: GitServer, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cozygen.deliver.git_publish.PAUSE", 0)
    send(tree(acme=1), target(server.url("fleet.git")))
    before = git(remote, "rev-parse", "main")
    server.close_after_bytes = 10
    error = failing(tree(acme=2), target(server.url("fleet.git")))
    assert error.code == "CZ9209", str(error)
    assert "main had not moved when asked afterwards" in str(error)
    assert git(remote, "rev-parse", "main") == before
    server.close_after_bytes = None
    send(tree(acme=2), target(server.url("fleet.git")))


def test_closing_once_is_tried_again(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    server.close_after_bytes = 10
    server.closings = 1
    done = send(tree(acme=2), target(server.url("fleet.git")))
    assert done.commit == git(remote, "rev-parse", "main")


def test_closing_in_the_middle_of_an_answer(
    server: GitServer, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cozygen.deliver.git_publish.PAUSE", 0)
    send(tree(acme=1), target(server.url("fleet.git")))
    server.cut_answers = 1
    assert send(tree(acme=2), target(server.url("fleet.git"))).commit == git(remote, "rev-parse", "main")
    server.cut_answers = 100
    error = failing(tree(acme=3), target(server.url("fleet.git")))
    assert error.code in ("CZ9208", "CZ9209"), str(error)


def test_closing_after_the_commit_arrived_is_success(server: GitServer, remote: Path) -> None:
    server.close_before_answer = True
    done = send(tree(acme=1), target(server.url("fleet.git")))
    assert done.commit == git(remote, "rev-parse", "main")
    assert git(remote, "rev-list", "--count", "main") == "1"


def test_a_lost_race_is_run_again_on_the_new_head(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    rivals = iter(["one", "two"])

    def rival() -> None:
        name = next(rivals, None)
        if name is not None:
            by_hand(remote, {name: name})

    server.before_receive = rival
    done = send(tree(acme=2), target(server.url("fleet.git")))
    assert done.attempts == 3
    assert {"one", "two"} <= listing(remote).keys()
    assert git(remote, "log", "--format=%s", "main").splitlines()[:3] == [
        "acme: change Postgres main",
        "by hand",
        "by hand",
    ]


def test_losing_again_and_again_ends(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    count = iter(range(100))
    server.before_receive = lambda: by_hand(remote, {"rival": str(next(count))})
    error = failing(tree(acme=2), target(server.url("fleet.git")), attempts=3)
    assert error.code == "CZ9213"
    assert git(remote, "log", "-1", "--format=%s", "main") == "by hand"


def test_a_race_that_edits_our_files_is_refused_not_overwritten(server: GitServer, remote: Path) -> None:
    send(tree(acme=1), target(server.url("fleet.git")))
    path = "clusters/prod/tenants/acme/apps/releases.yaml"
    server.before_receive = lambda: by_hand(remote, {path: "edited\n"})
    done = send(tree(acme=2), target(server.url("fleet.git")))
    assert [item.code for item in done.diagnostics] == ["CZ9220"]
    assert listing(remote)[path] == "edited\n"
