"""A real SSH server: the key, the known host, and a host whose key has changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_world import bare, git, send, target, tree
from programs import ssh_server
from programs.ssh_server import new_key as key

from cozygen.deliver.failures import DeliveryError


@dataclass(frozen=True)
class Server:
    ssh: ssh_server.SshServer
    repository: Path

    @property
    def port(self) -> int:
        return self.ssh.port

    @property
    def key(self) -> Path:
        return self.ssh.key

    @property
    def known_hosts(self) -> Path:
        return self.ssh.known_hosts

    @property
    def url(self) -> str:
        return self.ssh.url(self.repository)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = ssh_server.start(tmp_path)
    yield Server(running, bare(tmp_path / "fleet.git"))
    running.program.stop()


def test_the_cycle_over_ssh(server: Server, tmp_path: Path) -> None:
    to = target(server.url, ssh_key=str(server.key), known_hosts=str(server.known_hosts))
    send(tree(acme=1), to, cache=tmp_path / "cache")
    send(tree(acme=2), to, cache=tmp_path / "cache")
    assert send(tree(acme=2), to).commit is None
    assert git(server.repository, "rev-list", "--count", "main") == "2"


def refused(server: Server, **access: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(server.url, **access))
    assert git(server.repository, "branch") == ""
    return caught.value


def test_a_changed_host_key(server: Server, tmp_path: Path) -> None:
    other = key(tmp_path / "other")
    server.known_hosts.write_text(f"[127.0.0.1]:{server.port} {other}\n")
    error = refused(server, ssh_key=str(server.key), known_hosts=str(server.known_hosts))
    assert error.code == "CZ9204", str(error)
    assert "has the fingerprint SHA256:" in str(error)


def test_an_unknown_host_key_is_never_taken_on_trust(server: Server) -> None:
    server.known_hosts.write_text("")
    error = refused(server, ssh_key=str(server.key), known_hosts=str(server.known_hosts))
    assert error.code == "CZ9204"
    assert f"host key is known for [127.0.0.1]:{server.port}" in str(error)
    assert server.known_hosts.read_text() == ""


def test_a_key_that_may_not_log_in(server: Server, tmp_path: Path) -> None:
    key(tmp_path / "stranger")
    error = refused(server, ssh_key=str(tmp_path / "stranger"), known_hosts=str(server.known_hosts))
    assert error.code == "CZ9203", str(error)
    assert "Permission denied" in str(error)
    assert "--ssh-key" in (error.diagnostic.hint or "")


def test_no_such_repository_over_ssh(server: Server) -> None:
    shutil.rmtree(server.repository)
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(server.url, ssh_key=str(server.key), known_hosts=str(server.known_hosts)))
    assert caught.value.code == "CZ9205"
