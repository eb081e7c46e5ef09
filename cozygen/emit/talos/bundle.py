"""The cluster's secrets as Talos' own tools write them: one YAML mapping of base64 texts (facts: talos 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    """The fourteen values. It has no textual form on purpose: nothing should print it."""

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

    def as_data(self) -> dict[str, Any]:
        """The bundle as ``talosctl gen secrets`` writes it."""
        return {
            "cluster": {"id": self.cluster_id, "secret": self.cluster_secret},
            "secrets": {
                "bootstraptoken": self.bootstrap_token,
                "secretboxencryptionsecret": self.secretbox,
            },
            "trustdinfo": {"token": self.trustd_token},
            "certs": {
                "etcd": self.etcd.as_data(),
                "k8s": self.kubernetes.as_data(),
                "k8saggregator": self.aggregator.as_data(),
                "k8sserviceaccount": {"key": self.service_account_key},
                "os": self.talos.as_data(),
            },
        }


FIELDS: tuple[tuple[str, ...], ...] = (
    ("cluster", "id"),
    ("cluster", "secret"),
    ("secrets", "bootstraptoken"),
    ("secrets", "secretboxencryptionsecret"),
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
    return [".".join(path) for path in FIELDS if not isinstance(_at(data, path), str) or not _at(data, path)]


def bundle_of(data: Any) -> Bundle:
    """The bundle of a file's data, which has to be complete (:func:`missing_fields`)."""
    values = {path: str(_at(data, path)) for path in FIELDS}

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
