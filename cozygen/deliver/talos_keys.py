"""A cluster's keys, certificates and tokens: what ``talosctl gen secrets`` makes for contracts up to v1.13.

Algorithms, lengths and encodings are those of Talos' own library (facts: talos 4.1). Everything here is random
and depends on the clock, so it is made once, outside of any compile. Needs the package ``cryptography``.
"""

from __future__ import annotations

import secrets
import string
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cozygen.emit.talos.bundle import Bundle, KeyPair
from cozygen.record import Record

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage, Name

    SigningKey = EllipticCurvePrivateKey | Ed25519PrivateKey

CA_LIFE = timedelta(hours=87600)
"""Ten years."""
CLIENT_LIFE = timedelta(hours=8760)
"""One year: what a talosconfig is good for."""
_RSA_BITS = 4096
_TOKEN = string.digits + string.ascii_lowercase


class CryptographyMissingError(RuntimeError):
    """The package that makes keys is not installed."""

    def __init__(self) -> None:
        super().__init__("making keys needs the package cryptography; install cozygen[talos]")


class UnreadableKeyError(ValueError):
    """A certificate or key of the bundle cannot be read."""


class Clock(Record):
    """The time that certificates begin at."""

    now: datetime

    @classmethod
    def real(cls) -> Clock:
        """Now, to the second."""
        return cls(datetime.now(UTC).replace(microsecond=0))


def new_bundle(clock: Clock) -> Bundle:
    """All secrets of a new cluster."""
    _needed()
    return Bundle(
        cluster_id=urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        cluster_secret=_text(secrets.token_bytes(32)),
        bootstrap_token=_token(),
        secretbox=_text(secrets.token_bytes(32)),
        trustd_token=_token(),
        etcd=_authority(_elliptic(), "etcd", clock),
        kubernetes=_authority(_elliptic(), "kubernetes", clock),
        aggregator=_authority(_elliptic(), None, clock),
        service_account_key=_rsa(),
        talos=_authority(_edwards(), "talos", clock),
    )


def client_pair(authority: KeyPair, clock: Clock) -> KeyPair:
    """A certificate of the role os:admin for Talos' API, signed by the cluster's own authority."""
    _needed()
    from base64 import b64decode

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_der_private_key
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        issuer = x509.load_pem_x509_certificate(b64decode(authority.crt))
        text = b64decode(authority.key).decode()
        der = b64decode("".join(line for line in text.splitlines() if not line.startswith("-----")))
        signer = load_der_private_key(der, password=None)
    except ValueError as error:
        raise UnreadableKeyError(f"certs.os of the secrets cannot be read: {error}") from error
    if signer.public_key() != issuer.public_key():
        raise UnreadableKeyError("certs.os.key of the secrets is not the key of certs.os.crt")
    key = _edwards()
    builder = (
        _builder(_name("os:admin"), issuer.subject, clock.now, CLIENT_LIFE)
        .public_key(key.public_key())
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    )
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False
    )
    certificate = builder.sign(signer, None)  # type: ignore[arg-type]
    return KeyPair(_text(_pem(certificate)), _text(_key_text(key)))


def _needed() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise CryptographyMissingError from error


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _token() -> str:
    """Six and sixteen digits and letters, as kubeadm's tokens."""
    parts = ("".join(secrets.choice(_TOKEN) for _ in range(length)) for length in (6, 16))
    return ".".join(parts)


def _elliptic() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _edwards() -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def _rsa() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    return _text(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def _authority(key: SigningKey, organization: str | None, clock: Clock) -> KeyPair:
    """A certificate authority; Kubernetes' aggregator has one without any subject."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509.oid import ExtendedKeyUsageOID

    name = _name(organization)
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        _builder(name, name, clock.now, CA_LIFE)
        .public_key(key.public_key())
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier(secrets.token_bytes(20)), critical=False)
    )
    digest = hashes.SHA256() if isinstance(key, EllipticCurvePrivateKey) else None
    return KeyPair(_text(_pem(builder.sign(key, digest))), _text(_key_text(key)))


def _name(organization: str | None) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    if organization is None:
        return x509.Name([])
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)])


def _builder(subject: Name, issuer: Name, begin: datetime, life: timedelta) -> CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(secrets.randbits(127) + 1)
        .not_valid_before(begin)
        .not_valid_after(begin + life)
    )


def _usage(*, certificates: bool) -> KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_text(key: SigningKey) -> bytes:
    """Elliptic keys in their own form, Ed25519 keys as PKCS#8 under a label that Talos knows them by."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    if isinstance(key, EllipticCurvePrivateKey):
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return text.replace(b" PRIVATE KEY-----", b" ED25519 PRIVATE KEY-----")
