"""Kafka, RabbitMQ and NATS."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.names import OBJECT, SECRET, DerivedFrom, kebab
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.tenant import NO_HOST
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get

KAFKA = Rules(
    derived=(DerivedFrom("topics.#.name", "{release}-{text}", OBJECT, kebab, written=Shape.QUOTED),),
    texts=(Text("kafka.storageClass"), Text("topics.#.name", Shape.QUOTED)),
    nulls={"tls": "", "kafka": "", "zookeeper": ""},
    resources=(Resources("kafka.resources"), Resources("zookeeper.resources")),
)

_VHOST_ROLES = ("vhosts.*.roles.admin.#", "vhosts.*.roles.readonly.#")
RABBITMQ = Rules(
    derived=(
        DerivedFrom("users.~", "{release}-{text}", OBJECT, kebab),
        DerivedFrom("users.~", "{release}-{text}-credentials", SECRET, kebab),
        DerivedFrom("vhosts.~", "{release}-{text}", OBJECT, kebab),
        *(DerivedFrom(path, "{release}-{key}-{text}", OBJECT, kebab) for path in _VHOST_ROLES),
    ),
    texts=(
        Text("storageClass"),
        Text("users.~", needs=Needs.TEXT),
        Text("users.*.password", needs=Needs.TEXT),
        Text("vhosts.~"),
        *(Text(path, Shape.QUOTED) for path in _VHOST_ROLES),
    ),
    nulls={"resourcesPreset": "", "version": ""},
    resources=(Resources(),),
    secrets=("users.*.password",),
)


def _nats(release: Release) -> Iterator[Fault]:
    values = release.values
    if not get(values, "external") or release.tenant("host"):
        return
    tls = get(values, "tls.enabled")
    if tls is None or tls:
        yield Fault(
            NO_HOST,
            ("external",),
            f"the tenant of {release.namespace} has no host, and external NATS with TLS needs one for its certificate",
            "give the tenant (or one above it) a host, or set tls.enabled to false",
            {"namespace": release.namespace},
        )


NATS = Rules(
    check=_nats,
    texts=(
        Text("storageClass"),
        Text("users.~", Shape.QUOTED),
        Text("users.*.password", Shape.QUOTED),
    ),
    nulls=dict.fromkeys(("resourcesPreset", "tls", "jetstream", "config"), ""),
    resources=(Resources(pods=True),),
    loops=("replicas",),
    secrets=("users.*.password",),
)
