"""Platform values that have to agree with what the root tenant runs (facts: platform 3.4 X10, 4.1, 4.3).

``root_services`` are the modules that the root tenant runs: etcd, ingress, gateway, monitoring, seaweedfs.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from cozygen.checks.packages_view import View, listed
from cozygen.diagnostics import Code, Diagnostic, Severity

MONITORING_DISAGREES = Code(
    "CZ3170",
    Severity.ERROR,
    "the platform's idea of root's monitoring is wrong",
    "The platform sends metrics and logs of the whole cluster to the root tenant where rootEnabled says "
    "so. If root runs no monitoring they are dropped without an error; if it does and rootEnabled is "
    "false, nothing sends them.",
    "Set monitoring.rootEnabled to what the root tenant's services say.",
)
NO_ROOT_GATEWAY = Code(
    "CZ3171",
    Severity.ERROR,
    "Gateway API without a Gateway in root",
    "With gateway.enabled the platform's services attach their routes to the Gateway of the tenant that "
    "publishes them. Without one they are published nowhere, and certificates cannot be issued.",
    "Give the root tenant the service gateway, or switch gateway.enabled off.",
)
NO_ROOT_INGRESS = Code(
    "CZ3172",
    Severity.WARNING,
    "services are exposed and root runs no ingress",
    "The platform's services are published through the ingress of the tenant that ingressName names. Without "
    "one the dashboard and the API have no address.",
    "Give the root tenant the service ingress, or name another tenant in publishing.ingressName.",
)
NO_BACKUP_BUCKET = Code(
    "CZ3173",
    Severity.ERROR,
    "backups go to a bucket that cannot be made",
    "With provisionBucket, which is the default, the platform asks for a bucket on the root tenant's "
    "SeaweedFS. Without SeaweedFS it is never made, and every backup fails.",
    "Give the root tenant the service seaweedfs, or set provisionBucket: false and name a bucket of your "
    "own.",
)
_ROOT = "tenant-root"


def root_monitoring(view: View, root_services: Set[str]) -> Iterator[Diagnostic]:
    """``monitoring.rootEnabled`` and the root tenant's monitoring; older releases have no such value."""
    stated = view.value("monitoring.rootEnabled")
    if not isinstance(stated, bool) or not view.packages.has("cozystack-basics"):
        return
    runs = "monitoring" in root_services
    if stated != runs:
        stated_as, found = str(stated).lower(), "monitoring" if runs else "no monitoring"
        text = f"monitoring.rootEnabled is {stated_as}, and root runs {found}"
        place = view.at("monitoring", "rootEnabled")
        hint = f"set monitoring.rootEnabled: {str(runs).lower()}"
        yield MONITORING_DISAGREES.at(place, text, hint=hint, values={"rootEnabled": stated, "runs": runs})


def root_gateway(view: View, root_services: Set[str]) -> Iterator[Diagnostic]:
    """``gateway.enabled`` needs a Gateway where the platform publishes."""
    if (
        view.on("gateway.enabled")
        and view.text("publishing.ingressName") == _ROOT
        and "gateway" not in root_services
    ):
        text = "gateway.enabled is on, and the root tenant has no gateway"
        hint = "add gateway to the root tenant's services"
        yield NO_ROOT_GATEWAY.at(view.exactly("gateway", "enabled"), text, hint=hint)


def root_ingress(view: View, root_services: Set[str]) -> Iterator[Diagnostic]:
    """Exposed services need an ingress where the platform publishes."""
    through_root = view.text("publishing.ingressName") == _ROOT and not view.on("gateway.enabled")
    if not through_root or "ingress" in root_services or not view.packages.has("ingress-application"):
        return
    exposed = view.items("publishing.exposedServices")
    if exposed:
        text = f"{listed(map(str, exposed))} are exposed, and the root tenant runs no ingress"
        place = view.at("publishing", "exposedServices")
        yield NO_ROOT_INGRESS.at(place, text, hint="add ingress to the root tenant's services")


def root_backups(view: View, root_services: Set[str]) -> Iterator[Diagnostic]:
    """``backupStorage`` that has the root tenant make the bucket."""
    storage = view.given.get("backupStorage")
    if not storage or "seaweedfs" in root_services:
        return
    storage = view.mapping("backupStorage")
    if storage.get("provisionBucket", True) is True and storage.get("namespace", _ROOT) == _ROOT:
        text = "backupStorage asks for a bucket in the root tenant, which runs no seaweedfs"
        place = view.at("backupStorage", "provisionBucket")
        hint = "add seaweedfs to the root tenant's services, or set provisionBucket: false"
        yield NO_BACKUP_BUCKET.at(place, text, hint=hint)
