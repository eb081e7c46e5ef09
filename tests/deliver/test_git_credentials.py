"""Credentials from the environment, from a file, from git's own helpers; addresses without passwords."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from git_server import PASSWORD, USER, GitServer
from git_world import bare, git, send, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import Address, parse_address, without_userinfo
from cozygen.deliver.git_credentials import find_pair, read_token

HOST = parse_address("https://git.example.org/a/b.git")
assert isinstance(HOST, Address)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    git(bare(tmp_path / "srv" / "fleet.git"), "config", "http.receivepack", "true")
    running = GitServer(tmp_path / "srv")
    running.password = PASSWORD
    yield running
    running.stop()


def test_the_environment() -> None:
    assert find_pair(HOST, {"COZYGEN_GIT_TOKEN": "t"}, None) == ("x-access-token", "t")
    assert find_pair(HOST, {"COZYGEN_GIT_USERNAME": "u", "COZYGEN_GIT_PASSWORD": "p"}, None) == ("u", "p")
    assert find_pair(HOST, {}, None) == (None, None)
    assert find_pair(HOST, {"COZYGEN_GIT_TOKEN": "t\n"}, None) == ("x-access-token", "t")
    with pytest.raises(DeliveryError) as caught:
        find_pair(HOST, {"COZYGEN_GIT_TOKEN": "hunter2\nhost=evil"}, None)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tok3n\n", ("x-access-token", "tok3n")),
        ("# a comment\nuser:pa:ss\n", ("user", "pa:ss")),
        (
            "https://other.example.org:u:p\nhttps://u:p%2F1@other.example.org\nhttps://a:b%2Fc@git.example.org\n",
            ("a", "b/c"),
        ),
    ],
)
def test_a_file(tmp_path: Path, text: str, expected: tuple[str, str]) -> None:
    path = tmp_path / "credentials"
    path.write_text(text)
    assert find_pair(HOST, {"COZYGEN_GIT_TOKEN": "not this"}, str(path)) == expected


@pytest.mark.parametrize("text", ["https://u:p@other.example.org\n", "", "a\x00b\n"])
def test_a_file_without_credentials_for_the_host(tmp_path: Path, text: str) -> None:
    path = tmp_path / "credentials"
    path.write_text(text)
    with pytest.raises(DeliveryError):
        find_pair(HOST, {}, str(path))


def test_a_token_for_an_api(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert read_token({}, ("A",), str(tmp_path / "token")) == "abc"
    assert read_token({"A": " ", "B": "x\n"}, ("A", "B"), None) == "x"
    assert read_token({}, ("A",), None) is None


def test_git_s_own_helper(server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    host = server.url("").removeprefix("http://").rstrip("/")
    store.write_text(f"http://{USER}:{quote(PASSWORD, safe='')}@{host}\n")
    (tmp_path / ".gitconfig").write_text(f"[credential]\n\thelper = store --file {store}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    with pytest.raises(DeliveryError):
        send(tree(acme=1), target(server.url("fleet.git")))
    assert send(tree(acme=1), target(server.url("fleet.git"), own_config=True)).commit


def test_credentials_are_for_their_host_alone(server: GitServer) -> None:
    to = target(server.url("fleet.git"), username=USER, password=PASSWORD)
    from cozygen.deliver.git_access import environment

    variables = environment(to.login, {})
    scoped = [
        value
        for key, value in variables.items()
        if key.startswith("GIT_CONFIG_KEY_") and "credential" in value
    ]
    assert scoped
    assert all(value == "credential.helper" or f"127.0.0.1:{server.server_port}" in value for value in scoped)


@pytest.mark.parametrize(
    ("text", "url", "scheme"),
    [
        ("https://git.example.org/a/b.git", "https://git.example.org/a/b.git", "https"),
        ("https://u:p@git.example.org:8443/a", "https://git.example.org:8443/a", "https"),
        ("http://[::1]:80/a", "http://[::1]:80/a", "http"),
        ("ssh://git@git.example.org:2222/a/b.git", "ssh://git@git.example.org:2222/a/b.git", "ssh"),
        ("git@git.example.org:a/b.git", "git@git.example.org:a/b.git", "ssh"),
        ("/srv/fleet 1.git", "file:///srv/fleet%201.git", "file"),
        ("file:///srv/fleet%201.git", "file:///srv/fleet%201.git", "file"),
    ],
)
def test_addresses(text: str, url: str, scheme: str) -> None:
    found = parse_address(text)
    assert isinstance(found, Address)
    assert (found.url, found.scheme) == (url, scheme)


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c evil",
        "git://host/x",
        "ftp://host/x",
        "https:///x",
        "ssh://-oProxyCommand=x/y",
        "ssh://u:p@h/x",
        "",
        "https://h:99999/x",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert isinstance(parse_address(text), str)


def test_passwords_do_not_survive_in_messages() -> None:
    assert (
        without_userinfo("fatal: 'https://u:p%40@h/x' and ssh://git@h")
        == "fatal: 'https://***@h/x' and ssh://***@h"
    )
    assert "hunter2" not in repr(parse_address("https://u:hunter2@h/x"))
