"""Modules that applications cannot do without (facts: catalog 5.1, 8.2).

A pointer that is not empty proves nothing: root's always name root, whatever it runs. So the check walks to
the tenant that the pointer names and asks whether it really runs the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Tenant

NO_SERVICE = Code(
    "CZ5001",
    Severity.ERROR,
    "a module that an application needs runs nowhere above it",
    why="The application's chart renders and its release becomes Ready, but what it makes waits for ever: a "
    "tenant cluster without etcd has no control plane, a bucket without SeaweedFS is never bound, and what "
    "publishes a host has no controller to publish it.",
    fix="Run the module in the tenant or in one above it, under services.",
)
OUT_OF_REACH = Code(
    "CZ5002",
    Severity.ERROR,
    "a module that an application needs is out of its reach",
    why="The network policy of a tenant lets its pods reach etcd, ingress and metrics of ancestors named in "
    "its parent's namespace. Root is not among them from the second level down, so a module that only root "
    "runs cannot be reached from there.",
    fix="Run the module in the top-level tenant on the path.",
)
NO_HOST = Code(
    "CZ5003",
    Severity.ERROR,
    "an application that publishes a host is in a tenant without one",
    why="The names that the application is published under are derived from the tenant's host. Without one "
    "they end in nothing and are refused, or reach nobody.",
    fix="Set publishing.host of the Platform, or host of the tenant.",
)


class Need(NamedTuple):
    """Modules of which one has to run, and what for."""

    modules: tuple[str, ...]
    purpose: str


_CONTROL_PLANE = Need(("etcd",), "its control plane keeps its state there")
_PUBLISHED = Need(("ingress", "gateway"), "it is published through one")
_OBJECTS = Need(("seaweedfs",), "its bucket is made there")

NEEDS: dict[str, tuple[Need, ...]] = {
    "Kubernetes": (_CONTROL_PLANE, Need(("ingress",), "its API server is published through it")),
    "KubernetesNodes": (_CONTROL_PLANE,),
    "Bucket": (_OBJECTS, _PUBLISHED),
    "Harbor": (_OBJECTS, _PUBLISHED),
    "SeaweedFS": (_PUBLISHED,),
    "Monitoring": (_PUBLISHED,),
    "BootBox": (_PUBLISHED,),
}
PUBLISHES = frozenset(
    ("Kubernetes", "Bucket", "Harbor", "SeaweedFS", "Monitoring", "BootBox", "VPN", "Gateway")
)
_WALLED = frozenset(("etcd", "ingress", "monitoring"))  # modules of root that deeper tenants cannot reach


def service_needs(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Every application and module of a tenant against the modules that really run for it."""
    for app in _running(tenant):
        for need in _needs(app):
            yield from _unmet(app, need, tenant)
        if app.kind in PUBLISHES and not tenant.host:
            yield NO_HOST.at(
                app.place,
                f"{app.label} publishes a host, but the tenant {tenant.path} has none",
                hint=f"set host of the tenant {tenant.path}, or publishing.host of the Platform",
                related=[Related("the tenant", tenant.place)],
                values={"app": app.label, "tenant": tenant.path},
            )


def _running(tenant: Tenant) -> Iterator[App]:
    yield from tenant.apps
    for service in tenant.services.values():
        if service.enabled:
            yield service.app


def _needs(app: App) -> Iterator[Need]:
    yield from NEEDS.get(app.kind, ())
    if app.kind == "Kubernetes":
        agents = app.given.get("addons")
        agents = agents.get("monitoringAgents") if isinstance(agents, dict) else None
        if isinstance(agents, dict) and agents.get("enabled") is True:
            yield Need(("monitoring",), "its monitoring agents push there")


def _unmet(app: App, need: Need, tenant: Tenant) -> Iterator[Diagnostic]:
    by_namespace = {owner.namespace: owner for owner in (tenant, *tenant.ancestors)}
    reachable = []
    walled: tuple[str, Tenant] | None = None
    for module in need.modules:
        owner = by_namespace.get(getattr(tenant.pointers, module))
        if owner is None or not owner.runs(module):
            continue
        if (
            owner.is_root
            and tenant.depth >= 2
            and module in _WALLED
            and app.kind in ("Kubernetes", "KubernetesNodes")
        ):
            walled = module, owner
        else:
            reachable.append(module)
    if reachable:
        return
    if walled is not None:
        yield _out_of_reach(app, tenant, *walled)
        return
    wanted = " or ".join(need.modules)
    top = next((t for t in (tenant, *tenant.ancestors) if t.depth <= 1), tenant)
    yield NO_SERVICE.at(
        app.place,
        f"{app.label} needs {wanted} ({need.purpose}), but neither the tenant {tenant.path} nor one above it runs "
        f"{'it' if len(need.modules) == 1 else 'one'}",
        hint=f"add services: {{{need.modules[0]}: {{}}}} to the tenant {top.path}"
        + (" or root" if not top.is_root and not _needs_near(app) else ""),
        related=_lookups(need, tenant, by_namespace),
        values={"app": app.label, "needs": list(need.modules), "tenant": tenant.path},
    )


def _needs_near(app: App) -> bool:
    return app.kind in ("Kubernetes", "KubernetesNodes")


def _lookups(need: Need, tenant: Tenant, by_namespace: dict[str, Tenant]) -> list[Related]:
    owner = by_namespace.get(getattr(tenant.pointers, need.modules[0]))
    if owner is None or owner is tenant:
        return []
    return [Related(f"the tenant looks for {need.modules[0]} here, in {owner.path}", owner.place)]


def _out_of_reach(app: App, tenant: Tenant, module: str, owner: Tenant) -> Diagnostic:
    top = next(t for t in tenant.ancestors if t.depth == 1)
    place: Place = owner.services[module].place
    return OUT_OF_REACH.at(
        app.place,
        f"{app.label} in {tenant.path} uses {module} of root, which pods two levels down cannot reach",
        hint=f"add services: {{{module}: {{}}}} to the tenant {top.path}",
        related=[Related(f"{module} runs here", place)],
        values={"app": app.label, "module": module, "tenant": tenant.path, "run in": top.path},
    )
