"""OpenBAO, Harbor and Bucket: charts that hand most of their work to a second release."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.names import JOB, OBJECT, SERVICE, Derived, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.tenant import no_ingress_faults
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get
from cozygen.diagnostics import Code, Severity

SECOND_RELEASE = Code(
    "CZ4115",
    Severity.ERROR,
    "a value that the second release refuses",
    "Some charts install another Helm release with values of their own making. Its schema is stricter, so "
    "the first release becomes ready while the second one fails and the application never starts.",
    "Write the value in the form that the message gives.",
)


def _openbao(release: Release) -> Iterator[Fault]:
    size = get(release.values, "size")
    if isinstance(size, (int, float)) and not isinstance(size, bool):
        yield Fault(
            SECOND_RELEASE,
            ("size",),
            f"size is the number {size}; the release that runs OpenBAO takes text only",
            f'write it with a unit, such as "{max(1, int(size) // 2**30)}Gi"',
            {"found": size},
        )


OPENBAO = Rules(
    check=_openbao,
    texts=(Text("storageClass", needs=Needs.TEXT), Text("size", needs=Needs.LABEL)),
    loops=("replicas",),
    nulls={"resourcesPreset": ""},
    resources=(Resources(pods=True),),
)


def needs_ingress(release: Release) -> Iterator[Fault]:
    """An Ingress, unless the tenant is published through a gateway."""
    if not release.tenant("gateway"):
        yield from no_ingress_faults(release)


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
        "core": "",
        "core.resourcesPreset": "",
        "registry": "",
        "registry.resourcesPreset": "",
        "jobservice": "",
        "jobservice.resourcesPreset": "",
        "trivy": "",
        "trivy.resourcesPreset": "trivy.enabled",
        "database": "",
        "redis": "",
    },
    resources=(
        *(Resources(f"{part}.resources", pods=True) for part in ("core", "registry", "jobservice")),
        Resources("trivy.resources", "trivy.enabled", pods=True),
    ),
)
BUCKET = Rules(
    check=needs_ingress,
    names=(Derived("{release}-cleanup-acme", JOB, since="v1.6.0"),),
    derived=(DerivedFrom("users.~", "{release}-{text}", OBJECT),),
    texts=(
        Text("storagePool", before="tenant-", when="!locking"),
        Text("storagePool", before="tenant-", after="-lock", when="locking"),
        Text("users.~", Shape.ITEM, before="bucket-", after="-credentials"),
    ),
)
