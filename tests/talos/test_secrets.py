"""Secrets: of the right form, made once, encrypted on the way, never in plain text where Git sees them."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from base64 import b64decode, b64encode, urlsafe_b64decode
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from cozygen.deliver.private import NotPrivateError, private_directory, write_once, write_private
from cozygen.emit.talos.base import Target, base_documents
from cozygen.emit.talos.bundle import (
    FIELDS,
    PLACEHOLDER,
    Bundle,
    KeyPair,
    bundle_of,
    malformed_fields,
    missing_fields,
)

pytest.importorskip("cryptography", reason="making keys needs cozygen[talos]")

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key

from cozygen.deliver.talos_keys import (
    CA_LIFE,
    CLIENT_LIFE,
    Clock,
    UnreadableKeyError,
    client_pair,
    new_bundle,
)

CLOCK = Clock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@cache
def bundle(number: int = 1) -> Bundle:
    """A bundle that some tests share: making one takes a while."""
    return new_bundle(CLOCK)


def at(data: Any, path: tuple[str, ...]) -> str:
    for step in path:
        data = data[step]
    return str(data)


def described(data: dict[str, Any]) -> dict[str, Any]:
    """The form of a bundle: everything about it that is not random."""
    out: dict[str, Any] = {}
    for path in FIELDS:
        text = at(data, path)
        name = ".".join(path)
        if path[0] != "certs":
            token = re.fullmatch(r"[0-9a-z]{6}\.[0-9a-z]{16}", text)
            out[name] = (
                "token"
                if token
                else len(urlsafe_b64decode(text) if name == "cluster.id" else b64decode(text))
            )
        elif path[-1] == "key":
            pem = b64decode(text).decode()
            body = b64decode("".join(line for line in pem.splitlines() if "---" not in line))
            key = load_der_private_key(body, password=None)
            out[name] = (pem.splitlines()[0], type(key).__name__, getattr(key, "key_size", None))
        else:
            certificate = x509.load_pem_x509_certificate(b64decode(text))
            out[name] = (
                certificate.subject.rfc4514_string(),
                certificate.issuer == certificate.subject,
                certificate.signature_algorithm_oid.dotted_string,
                certificate.not_valid_after_utc - certificate.not_valid_before_utc,
                certificate.serial_number.bit_length() <= 128,
                [(item.oid.dotted_string, item.critical, _value(item)) for item in certificate.extensions],
            )
    return out


def _value(item: Any) -> Any:
    return len(item.value.digest) if isinstance(item.value, x509.SubjectKeyIdentifier) else item.value


def test_every_field_is_there() -> None:
    data = deepcopy(bundle().as_data())
    assert missing_fields(data) == []
    assert bundle_of(data).as_data() == data
    del data["certs"]["os"]["key"]
    assert missing_fields(data) == ["certs.os.key"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("cluster", "id"), "c2hvcnQ="),
        (("secrets", "bootstraptoken"), "abcdef"),
        (("trustdinfo", "token"), "ABCDEF.0123456789ABCDEF"),
        (("secrets", "secretboxencryptionsecret"), "no base64"),
        (("certs", "os", "crt"), b64encode(b"hello").decode()),
        (
            ("certs", "k8s", "key"),
            b64encode(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n").decode(),
        ),
    ],
)
def test_values_of_another_form_are_named(path: tuple[str, ...], value: str) -> None:
    data = deepcopy(bundle().as_data())
    assert malformed_fields(data) == []
    *steps, last = path
    here = data
    for step in steps:
        here = here[step]
    here[last] = value
    assert malformed_fields(data) == [".".join(path)]


def test_a_bundle_of_old_has_another_key_for_etcd() -> None:
    data = deepcopy(bundle().as_data())
    data["secrets"]["aescbcencryptionsecret"] = data["secrets"].pop("secretboxencryptionsecret")
    assert missing_fields(data) == malformed_fields(data) == []
    assert bundle_of(data).as_data() == data
    target = Target("controlplane", "x", "https://192.0.2.1:6443", "v1.34.3")
    cluster = base_documents(target, bundle_of(data))[0]["cluster"]
    assert cluster["aescbcEncryptionSecret"] == data["secrets"]["aescbcencryptionsecret"]
    assert "secretboxEncryptionSecret" not in cluster


def test_a_key_that_is_not_the_certificates_signs_nothing() -> None:
    with pytest.raises(UnreadableKeyError, match=r"not the key of certs\.os\.crt"):
        client_pair(KeyPair(bundle().talos.crt, bundle().etcd.key), CLOCK)
    with pytest.raises(UnreadableKeyError, match="cannot be read"):
        client_pair(KeyPair(bundle().talos.crt, b64encode(b"hello").decode()), CLOCK)


def test_algorithms_lengths_and_lifetimes() -> None:
    form = described(bundle().as_data())
    assert form["cluster.id"] == form["cluster.secret"] == form["secrets.secretboxencryptionsecret"] == 32
    assert form["secrets.bootstraptoken"] == form["trustdinfo.token"] == "token"
    assert form["certs.k8sserviceaccount.key"] == ("-----BEGIN RSA PRIVATE KEY-----", "RSAPrivateKey", 4096)
    assert form["certs.os.key"][:2] == ("-----BEGIN ED25519 PRIVATE KEY-----", "Ed25519PrivateKey")
    for name, subject in (
        ("etcd", "O=etcd"),
        ("k8s", "O=kubernetes"),
        ("k8saggregator", ""),
        ("os", "O=talos"),
    ):
        assert form[f"certs.{name}.crt"][0] == subject
        assert form[f"certs.{name}.crt"][3] == CA_LIFE
        if name != "os":
            assert form[f"certs.{name}.key"][0] == "-----BEGIN EC PRIVATE KEY-----"
            assert form[f"certs.{name}.key"][2] == 256


def test_no_two_bundles_share_a_value() -> None:
    one, other = bundle(1).as_data(), bundle(2).as_data()
    assert [path for path in FIELDS if at(one, path) == at(other, path)] == []


def test_a_bundle_does_not_show_its_values() -> None:
    assert bundle().cluster_secret not in repr(bundle())
    assert bundle().talos.key not in repr(bundle().talos)


def test_a_talosconfig_is_signed_by_the_cluster_for_a_year() -> None:
    pair = client_pair(bundle().talos, CLOCK)
    certificate = x509.load_pem_x509_certificate(b64decode(pair.crt))
    authority = x509.load_pem_x509_certificate(b64decode(bundle().talos.crt))
    certificate.verify_directly_issued_by(authority)
    assert certificate.subject.rfc4514_string() == "O=os:admin"
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == CLIENT_LIFE


def test_the_placeholder_is_no_secret() -> None:
    assert b64decode(PLACEHOLDER.cluster_secret) == b"no secret"


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets.sops.yaml"
    assert write_once(path, b"first")
    assert not write_once(path, b"second")
    assert path.read_bytes() == b"first"


def test_plain_text_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    directory = private_directory(tmp_path / "configs")
    write_private(directory / "a.yaml", "x")
    write_private(directory / "a.yaml", "y")
    assert stat.S_IMODE(os.stat(directory).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(directory / "a.yaml").st_mode) == 0o600
    assert sorted(os.listdir(directory)) == [".gitignore", "a.yaml"]
    assert (directory / ".gitignore").read_text().endswith("*\n")


def test_plain_text_goes_through_no_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "configs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPrivateError, match="symbolic link"):
        private_directory(tmp_path / "configs")


@pytest.mark.skipif(which("git") is None, reason="Git is not on PATH")
def test_git_never_takes_what_is_private(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    git("init", "-q")
    directory = private_directory(tmp_path / "configs")
    write_private(directory / "a.yaml", "x")
    git("add", "-A")
    assert git("ls-files") == ""
    git("add", "--force", "configs/a.yaml")
    with pytest.raises(NotPrivateError, match=r"Git follows .*a\.yaml"):
        private_directory(tmp_path / "configs")
