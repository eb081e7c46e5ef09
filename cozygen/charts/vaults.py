"""OpenBAO, Harbor and Bucket: charts that hand most of their work to a second release."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.names import JOB, OBJECT, SERVICE, Derived, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Rules
from cozygen.charts.tenant import NO_INGRESS
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get
from cozygen.diagnostics import Code, Severity

SECOND_RELEASE = Code(
    "CZ4115", Severity.ERROR, "a value that the second release refuses",
    "Some charts install another Helm release with values of their own making. Its schema is stricter, so "
    "the first release becomes ready while the second one fails and the application never starts.",
    "Write the value in the form that the message gives.",
)  # fmt: skip


def _openbao(release: Release) -> Iterator[Fault]:
    size = get(release.values, "size")
    if isinstance(size, (int, float)) and not isinstance(size, bool):
        yield Fault(
            SECOND_RELEASE, ("size",), f"size is the number {size}; the release that runs OpenBAO takes text only",
            f'write it with a unit, such as "{max(1, int(size) // 2**30)}Gi"', {"found": size},
        )  # fmt: skip


OPENBAO = Rules(
    check=_openbao,
    texts=(Text("storageClass", needs=Needs.TEXT), Text("size", needs=Needs.LABEL)),
    nulls={"resourcesPreset": ""},
    flat={"resources": ""},
    pods=True,
)


def needs_ingress(release: Release) -> Iterator[Fault]:
    """An Ingress with a certificate by HTTP-01 names its class in an annotation, which cannot be empty."""
    if (
        not release.tenant("ingress")
        and not release.tenant("gateway")
        and not release.cluster("wildcard-secret-name")
        and release.cluster("solver", "http01") == "http01"
    ):
        yield Fault(
            NO_INGRESS, (),
            f"{release.kind} {release.name} makes an Ingress, and the tenant of {release.namespace} has no ingress "
            "of its own or from above",
            "switch the ingress module on in this tenant or in one above it", {"namespace": release.namespace},
        )  # fmt: skip


HARBOR = Rules(
    check=needs_ingress,
    names=(Derived("{release}-jobservice", SERVICE),),
    texts=(
        Text("storageClass", needs=Needs.TEXT),
        Text("storageClass", Shape.QUOTED, when="trivy.enabled"),
        Text("host", before="https://"),
        Text("host", Shape.QUOTED),
        Text("host", Shape.BLOCK, before='HOST="', after='"'),
    ),
    nulls={
        "core": "", "core.resourcesPreset": "", "registry": "", "registry.resourcesPreset": "", "jobservice": "",
        "jobservice.resourcesPreset": "", "trivy": "", "trivy.resourcesPreset": "trivy.enabled", "database": "",
        "redis": "",
    },
    flat={
        "core.resources": "", "registry.resources": "", "jobservice.resources": "",
        "trivy.resources": "trivy.enabled",
    },
    pods=True,
)  # fmt: skip
BUCKET = Rules(
    names=(Derived("{release}-cleanup-acme", JOB),),
    derived=(DerivedFrom("users.~", "{release}-{text}", OBJECT),),
    texts=(
        Text("storagePool", before="tenant-", when="!locking"),
        Text("storagePool", before="tenant-", after="-lock", when="locking"),
        Text("users.~", Shape.ITEM, before="bucket-", after="-credentials"),
    ),
)
