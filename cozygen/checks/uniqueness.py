"""Names that may exist only once, and that nobody on the platform checks (facts: catalog 3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.facts import TenantFacts
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import App, Tenant

RELEASE_TWICE = Code(
    "CZ2201",
    Severity.ERROR,
    "two releases of one name",
    why="Release names join a kind's prefix and a name, and charts and the tenant itself make further "
    "releases beside them. Two of one name in one namespace are one object: the second one replaces the "
    "first, with all data of it.",
    fix="Rename one of the two.",
)
CLUSTER_NAME_TWICE = Code(
    "CZ2202",
    Severity.WARNING,
    "two tenant clusters of one name",
    why="The chart of a tenant cluster makes a ClusterRoleBinding that carries the cluster's name but not its "
    "tenant's. Of two clusters of one name, anywhere on the platform, only the one released last has the "
    "right that its storage driver needs to look at persistent volumes.",
    fix="Give every tenant cluster of the platform a name of its own, for example with the tenant's before it.",
)

_CHILDREN: dict[str, tuple[str, ...]] = {
    "Bucket": ("system",),
    "ExternalDNS": ("system",),
    "Harbor": ("system",),
    "NATS": ("system",),
    "OpenBAO": ("system",),
    "Qdrant": ("system",),
    "Kubernetes": (
        "cert-manager",
        "cert-manager-crds",
        "cilium",
        "coredns",
        "cozy-victoria-metrics-operator",
        "csi",
        "fluxcd",
        "fluxcd-operator",
        "gateway-api-crds",
        "gpu-operator",
        "hami",
        "ingress-nginx",
        "metrics-server",
        "monitoring-agents",
        "ouroboros",
        "prometheus-operator-crds",
        "velero",
        "vertical-pod-autoscaler",
        "vertical-pod-autoscaler-crds",
        "vsnap-crd",
    ),
}
_RESERVED = (
    "bootbox",
    "computeplane",
    "computeplane-cluster",
    "etcd",
    "gateway",
    "info",
    "ingress",
    "ingress-nginx-system",
    "monitoring",
    "monitoring-system",
    "seaweedfs",
    "seaweedfs-db",
    "seaweedfs-system",
)


def release_names(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Releases in a tenant's namespace: its apps', what their charts add, and the platform's own."""
    taken: dict[str, tuple[str, Place | None]] = {
        name: (f"the platform's own release {name}", None) for name in _RESERVED
    }
    for app in sorted(tenant.apps, key=lambda a: a.place):
        for name, what in _names(app):
            known = taken.get(name)
            if known is None:
                taken[name] = what, app.place
            elif not (
                known[1] is None
                and app.application.prefix == ""
                and name == app.release == app.application.singular
            ):
                yield _clash(app, name, what, known)
                break


def _names(app: App) -> Iterator[tuple[str, str]]:
    yield app.release, app.label
    for suffix in _CHILDREN.get(app.kind, ()):
        yield f"{app.release}-{suffix}", f"{app.label} (its chart makes it)"


def _clash(app: App, name: str, what: str, known: tuple[str, Place | None]) -> Diagnostic:
    return RELEASE_TWICE.at(
        app.place,
        f"{what} and {known[0]} both are the release {name} in {app.namespace}",
        hint=f"rename {app.label}",
        related=[Related("the other one", known[1])] if known[1] is not None else [],
        values={"release": name, "namespace": app.namespace},
    )


def cluster_names(platform: Platform) -> Iterator[Diagnostic]:
    """Tenant clusters of one name anywhere on the platform: one diagnostic a name."""
    by_name: dict[str, list[tuple[TenantFacts, Place]]] = {}
    for facts in platform.facts.values():
        for name, place in facts.clusters:
            by_name.setdefault(name, []).append((facts, place))
    for name, found in sorted(by_name.items()):
        if len(found) < 2:
            continue
        (first_tenant, first), *others = found
        tenants = ", ".join(t.path for t, _ in found[:4]) + (
            f" and {len(found) - 4} more" if len(found) > 4 else ""
        )
        yield CLUSTER_NAME_TWICE.at(
            others[0][1],
            f"{len(found)} tenant clusters are named {name}: in {tenants}",
            hint=f"name it {others[0][0].name}-{name}, say",
            related=[
                Related(f"in {first_tenant.path}", first),
                *(Related(f"in {t.path}", place) for t, place in others[1:4]),
            ],
            values={"name": name, "tenants": [t.path for t, _ in found]},
        )
