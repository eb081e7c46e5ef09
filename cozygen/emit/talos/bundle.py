"""The cluster's secrets as Talos' own tools write them: one YAML mapping of base64 texts (facts: talos 4.1)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"[a-z0-9]{6}\.[a-z0-9]{16}").fullmatch
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\n[A-Za-z0-9+/=\n]+\n-----END \1-----").fullmatch
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """A certificate and its key, each PEM in base64."""

    crt: str
    key: str

    def as_data(self) -> dict[str, str]:
        """Both, as they stand in a configuration."""
        return {"crt": self.crt, "key": self.key}


@dataclass(frozen=True, slots=True, repr=False)
class Bundle:
    """The fourteen values. It has no textual form on purpose: nothing should print it.

    ``aescbc`` is what clusters of old have in place of ``secretbox``; of the two one is empty.
    """

    cluster_id: str
    cluster_secret: str
    bootstrap_token: str
    secretbox: str
    trustd_token: str
    etcd: KeyPair
    kubernetes: KeyPair
    aggregator: KeyPair
    service_account_key: str
    talos: KeyPair
    aescbc: str = ""

    def as_data(self) -> dict[str, Any]:
        """The bundle as ``talosctl gen secrets`` writes it."""
        return {
            "cluster": {"id": self.cluster_id, "secret": self.cluster_secret},
            "secrets": {"bootstraptoken": self.bootstrap_token, **self._encryption()},
            "trustdinfo": {"token": self.trustd_token},
            "certs": {
                "etcd": self.etcd.as_data(),
                "k8s": self.kubernetes.as_data(),
                "k8saggregator": self.aggregator.as_data(),
                "k8sserviceaccount": {"key": self.service_account_key},
                "os": self.talos.as_data(),
            },
        }

    def _encryption(self) -> dict[str, str]:
        if self.aescbc:
            return {"aescbcencryptionsecret": self.aescbc}
        return {"secretboxencryptionsecret": self.secretbox}


_AESCBC = ("secrets", "aescbcencryptionsecret")
_SECRETBOX = ("secrets", "secretboxencryptionsecret")
FIELDS: tuple[tuple[str, ...], ...] = (
    ("cluster", "id"),
    ("cluster", "secret"),
    ("secrets", "bootstraptoken"),
    _SECRETBOX,
    ("trustdinfo", "token"),
    ("certs", "etcd", "crt"),
    ("certs", "etcd", "key"),
    ("certs", "k8s", "crt"),
    ("certs", "k8s", "key"),
    ("certs", "k8saggregator", "crt"),
    ("certs", "k8saggregator", "key"),
    ("certs", "k8sserviceaccount", "key"),
    ("certs", "os", "crt"),
    ("certs", "os", "key"),
)
"""The paths of all values in the bundle's file."""


def missing_fields(data: Any) -> list[str]:
    """The paths that a bundle should have and does not."""
    lacking = [path for path in FIELDS if not isinstance(_at(data, path), str) or not _at(data, path)]
    if isinstance(_at(data, _AESCBC), str) and _SECRETBOX in lacking:
        lacking.remove(_SECRETBOX)
    return [".".join(path) for path in lacking]


def malformed_fields(data: Any) -> list[str]:
    """The paths of a complete bundle (:func:`missing_fields`) whose values are not of their form."""
    return [".".join(path) for path in FIELDS if not _formed(path, str(_at(data, path) or ""))]


def _formed(path: tuple[str, ...], text: str) -> bool:
    if path == _SECRETBOX and not text:
        return True  # the cluster has the old one
    if path[0] != "certs":
        token = path[-1] in ("bootstraptoken", "token")
        return bool(_TOKEN(text)) if token else len(_decoded(text) or b"") == _KEY_BYTES
    pem = (_decoded(text) or b"").decode("ascii", "replace").strip()
    label = "CERTIFICATE" if path[-1] == "crt" else "PRIVATE KEY"
    return bool(_PEM(pem)) and label in pem.splitlines()[0]


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:
        return None


def bundle_of(data: Any) -> Bundle:
    """The bundle of a file's data, which has to be complete (:func:`missing_fields`)."""
    values = {path: str(_at(data, path) or "") for path in FIELDS}

    def pair(name: str) -> KeyPair:
        return KeyPair(values["certs", name, "crt"], values["certs", name, "key"])

    return Bundle(
        values["cluster", "id"],
        values["cluster", "secret"],
        values["secrets", "bootstraptoken"],
        values["secrets", "secretboxencryptionsecret"],
        values["trustdinfo", "token"],
        pair("etcd"),
        pair("k8s"),
        pair("k8saggregator"),
        values["certs", "k8sserviceaccount", "key"],
        pair("os"),
        "" if values[_SECRETBOX] else str(_at(data, _AESCBC) or ""),
    )


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


_NOTHING = "bm8gc2VjcmV0"  # "no secret"
_PAIR = KeyPair(_NOTHING, _NOTHING)
PLACEHOLDER = Bundle(
    _NOTHING, _NOTHING, "aaaaaa.aaaaaaaaaaaaaaaa", _NOTHING, "aaaaaa.aaaaaaaaaaaaaaaa",
    _PAIR, _PAIR, _PAIR, _NOTHING, _PAIR,
)  # fmt: skip
"""What stands for the secrets where only the form of a configuration is looked at."""
STAND_INS: dict[str, dict[str, str]] = {
    "HCloudVIPConfig": {"apiToken": _NOTHING},
    "WireguardConfig": {"privateKey": "A" * 43 + "="},
}
"""The same for documents that are nothing without a secret: it comes with an encrypted patch."""
