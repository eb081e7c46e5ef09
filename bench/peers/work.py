"""The work: which tenants there are, and the five releases of each as they stand in a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generate import paths, size

KINDS = ("Tenant", "Bucket", "Kafka", "Postgres", "Redis")


class Row(NamedTuple):
    """What differs from one tenant to the next."""

    directory: str
    name: str
    namespace: str
    parent: str
    size: str


def rows(count: int) -> list[Row]:
    """The tenants that ``generate.py`` makes a spec of."""
    out = []
    for index, path in enumerate(paths(count)):
        above, _, name = path.rpartition("/")
        parent = "tenant-" + (above.replace("/", "-") or "root")
        out.append(Row(path.replace("/", "-"), name, "tenant-" + path.replace("/", "-"), parent, size(index)))
    return out


def write_rows(count: int, path: Path) -> None:
    """The tenants as data that all peers can read."""
    path.write_text(json.dumps({"tenants": [row._asdict() for row in rows(count)]}))


VALUES: dict[str, Any] = {
    "Tenant": {"resourceQuotas": {"cpu": 64, "memory": "256Gi", "storage": "4Ti"}},
    "Bucket": {"users": {"app": {"readonly": False}}},
    "Kafka": {
        "external": True,
        "topics": [{"name": "orders", "partitions": 3, "replicas": 3, "config": {}}],
    },
    "Postgres": {
        "replicas": 3,
        "resourcesPreset": "s1.large",
        "users": {"app": {}},
        "databases": {"app": {"roles": {"admin": ["app"]}}},
    },
    "Redis": {"size": "2Gi", "replicas": 3},
}
NAMES = {"Bucket": "media", "Kafka": "bus", "Postgres": "main", "Redis": "cache"}


def releases(row: Row) -> Iterator[dict[str, Any]]:
    """A tenant's releases: what every tool has to come to."""
    for kind in KINDS:
        values = VALUES[kind] | ({"size": row.size} if kind == "Postgres" else {})
        name = NAMES.get(kind, row.name)
        action = {
            "timeout": "15m0s" if kind == "Tenant" else "10m0s",
            "strategy": {"name": "RetryOnFailure", "retryInterval": "30s"},
        }
        group = "apps.cozystack.io"
        labels = {
            f"{group}/application.group": group,
            f"{group}/application.kind": kind,
            f"{group}/application.name": name,
        }
        chart = f"cozystack-{kind.lower()}-application-default-{kind.lower()}"
        yield {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {
                "name": f"{kind.lower()}-{name}",
                "namespace": row.parent if kind == "Tenant" else row.namespace,
                "labels": labels,
            },
            "spec": {
                "chartRef": {"kind": "ExternalArtifact", "name": chart, "namespace": "cozy-system"},
                "interval": "5m0s",
                "maxHistory": 5,
                "install": action,
                "upgrade": action,
                "valuesFrom": [{"kind": "Secret", "name": "cozystack-values"}],
                "values": values,
            },
        }
