"""A real SSH server: the key, the known host, and a host whose key has changed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from git_world import bare, git, send, target, tree

from cozygen.deliver.failures import DeliveryError

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


@dataclass(frozen=True)
class Server:
    port: int
    key: Path
    known_hosts: Path
    repository: Path

    @property
    def url(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{self.repository}"


def key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text().strip()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    host, user = key(tmp_path / "host"), key(tmp_path / "user")
    (tmp_path / "authorized").write_text(user + "\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    settings = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {tmp_path / 'host'}",
        f"AuthorizedKeysFile {tmp_path / 'authorized'}",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "UsePAM no",
        "PidFile none",
    ]
    (tmp_path / "sshd_config").write_text("\n".join(settings) + "\n")
    process = subprocess.Popen(
        [str(SSHD), "-D", "-e", "-f", str(tmp_path / "sshd_config")],
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "log").open("w"),
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield Server(port, tmp_path / "user", tmp_path / "known_hosts", bare(tmp_path / "fleet.git"))
    process.terminate()
    process.wait()


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
