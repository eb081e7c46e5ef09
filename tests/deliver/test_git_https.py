"""A real git server over HTTPS: a certificate that is trusted because somebody said so, and ones that are not."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_server import PASSWORD, USER, GitServer
from git_world import bare, git, send, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_publish import Target

x509 = pytest.importorskip("cryptography.x509", reason="no cryptography: install the extra talos")


def certificate(path: Path, host: str) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = bare(tmp_path / "srv" / "fleet.git")
    git(path, "config", "http.receivepack", "true")
    return path


@pytest.fixture
def server(remote: Path, tmp_path: Path) -> Iterator[GitServer]:
    running = GitServer(remote.parent, certificate(tmp_path / "server.pem", "127.0.0.1"))
    running.password = PASSWORD
    yield running
    running.stop()


def to(server: GitServer) -> Target:
    return target(server.url("fleet.git"), username=USER, password=PASSWORD)


def test_the_cycle_with_an_authority_of_one_s_own(
    server: GitServer, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(tmp_path / "server.pem"))
    send(tree(acme=1), to(server))
    send(tree(acme=2), to(server))
    assert send(tree(acme=2), to(server)).commit is None
    assert git(remote, "rev-list", "--count", "main") == "2"


def test_a_certificate_that_nobody_vouches_for(server: GitServer, remote: Path) -> None:
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), to(server))
    assert caught.value.code == "CZ9210", str(caught.value)
    assert git(remote, "branch") == ""
    assert server.requests == []


def test_a_server_that_speaks_no_tls(remote: Path) -> None:
    plain = GitServer(remote.parent)
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(plain.url("fleet.git").replace("http:", "https:")))
    plain.stop()
    assert caught.value.code == "CZ9201", str(caught.value)
