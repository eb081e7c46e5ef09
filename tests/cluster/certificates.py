"""A certificate authority for one cluster, and what its servers and its front proxy show."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """Signs certificates, and writes them beside their keys."""

    directory: Path
    certificate: x509.Certificate
    key: Key

    @property
    def path(self) -> Path:
        return self.directory / "ca.crt"

    def issue(self, name: str, hosts: Sequence[str] = ("localhost",)) -> tuple[Path, Path]:
        """A certificate for the name and the hosts, good for both ends: the files of it and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        others = [x509.DNSName(host) for host in hosts]
        names = x509.SubjectAlternativeName([*others, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = _builder(name, self.certificate.subject, key).add_extension(names, critical=False)
        certificate = self.directory / f"{name}.crt"
        certificate.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(_PEM))
        return certificate, _written(self.directory / f"{name}.key", key)


def new_authority(directory: Path) -> Authority:
    """An authority whose certificate is ``ca.crt`` in the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cozygen-tests")])
    builder = _builder("cozygen-tests", name, key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    (directory / "ca.crt").write_bytes(certificate.public_bytes(_PEM))
    return Authority(directory, certificate, key)


def account_key(path: Path) -> Path:
    """The key that tokens of ServiceAccounts are signed with."""
    return _written(path, rsa.generate_private_key(public_exponent=65537, key_size=2048))


_PEM = serialization.Encoding.PEM


def _builder(name: str, issuer: x509.Name, key: Key) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )


def _written(path: Path, key: Key | rsa.RSAPrivateKey) -> Path:
    path.write_bytes(
        key.private_bytes(_PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    path.chmod(0o600)
    return path
