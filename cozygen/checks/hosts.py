"""Host names: that none is published twice, and that admission lets each be published (facts: catalog 3.1, 5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import App, Tenant

HOST_TWICE = Code(
    "CZ6001",
    Severity.ERROR,
    "a host name is published twice",
    why="Two applications, or an application and a tenant, publish the same name. Which of them answers "
    "depends on the order in which their routes were made.",
    fix="Give one of them another host or name.",
)
HOST_OUTSIDE = Code(
    "CZ6002",
    Severity.ERROR,
    "a host name that admission refuses",
    why="In a tenant the platform takes hosts at or below the tenant's own, and concrete names outside the "
    "platform's domain. Any other name below the platform's domain belongs to someone else.",
    fix="Use a name below the tenant's host, or one of a domain of your own.",
)
HOST_WILDCARD = Code(
    "CZ6003",
    Severity.ERROR,
    "a wildcard host outside of the tenant's own",
    why="The platform refuses wildcard hosts that are not below the tenant's own host.",
    fix="Name the hosts one by one, or use a wildcard below the tenant's host.",
)

_PLATFORM = ("api", "dashboard", "keycloak", "vm-exportproxy", "cdi-uploadproxy", "linstor-gui")


class Published(NamedTuple):
    """A host name, who publishes it, and where the spec says so."""

    host: str
    owner: str
    place: Place


def published(tenant: Tenant) -> Iterator[Published]:
    """The host names that a tenant's applications and modules publish."""
    host = tenant.host
    for app in tenant.apps:
        yield from _app_hosts(app, host)
    for service in tenant.services.values():
        if service.enabled:
            yield from _module_hosts(service.app, host)


def _app_hosts(app: App, host: str) -> Iterator[Published]:
    if app.kind == "Bucket":
        if host:
            yield Published(f"{app.release}.{host}", app.label, app.place)
        return
    if app.kind not in ("Kubernetes", "Harbor"):
        return
    own = app.given.get("host")
    if isinstance(own, str) and own:
        yield Published(own, app.label, app.at("host"))
    elif host:
        yield Published(f"{app.release}.{host}", app.label, app.place)
    if app.kind == "Kubernetes":
        yield from _cluster_hosts(app)


def _cluster_hosts(app: App) -> Iterator[Published]:
    """Hosts that a tenant cluster's own ingress gets through the tenant's."""
    addons = app.given.get("addons")
    nginx = addons.get("ingressNginx") if isinstance(addons, dict) else None
    if (
        not isinstance(nginx, dict)
        or nginx.get("enabled") is not True
        or nginx.get("exposeMethod") == "LoadBalancer"
    ):
        return
    hosts = nginx.get("hosts")
    for index, name in enumerate(hosts if isinstance(hosts, list) else ()):
        if isinstance(name, str) and name:
            yield Published(name, f"{app.label}'s ingress", app.at("addons", "ingressNginx", "hosts", index))


def _module_hosts(app: App, host: str) -> Iterator[Published]:
    own = app.given.get("host")
    base = own if isinstance(own, str) and own else host
    if not base:
        return
    place = app.at("host")
    if app.kind == "Monitoring":
        yield Published(f"grafana.{base}", "Monitoring (Grafana)", place)
        yield Published(f"alerta.{base}", "Monitoring (Alerta)", place)
    elif app.kind == "SeaweedFS":
        yield Published(own if isinstance(own, str) and own else f"s3.{host}", "SeaweedFS (S3)", place)


def host_clashes(platform: Platform) -> Iterator[Diagnostic]:
    """Host names that two parties publish; the platform's own and the tenants' themselves count."""
    site = platform.site
    taken: dict[str, Published] = {}
    if site.host:
        for name in _PLATFORM:
            taken[f"{name}.{site.host}"] = Published(
                f"{name}.{site.host}", f"the platform's own {name}", site.at("publishing", "host")
            )
    for tenant in platform.tenants.values():
        if not tenant.is_root and tenant.host:
            place = tenant.at("host") if tenant.body.get("host") else tenant.place
            yield from _claim(Published(tenant.host, f"the tenant {tenant.path}", place), taken)
    for tenant in platform.tenants.values():
        for item in published(tenant):
            owner = item._replace(owner=f"{item.owner} in {tenant.path}")
            yield from _claim(owner, taken)


def _claim(item: Published, taken: dict[str, Published]) -> Iterator[Diagnostic]:
    key = item.host.lower()
    other = taken.setdefault(key, item)
    if other is not item:
        yield HOST_TWICE.at(
            item.place,
            f"{item.owner} and {other.owner} both publish {item.host}",
            hint="give one of them another host or name",
            related=[Related(other.owner, other.place)],
            values={"host": item.host, "owners": [other.owner, item.owner]},
        )


def host_admission(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Hosts that are written out, against what admission lets a tenant publish."""
    root_host = site.host.lower()
    for item in published(tenant):
        host, own = item.host.lower(), tenant.host.lower()
        if own and (host == own or host.endswith("." + own)):
            continue
        if host.startswith("*."):
            yield HOST_WILDCARD.at(
                item.place,
                f"{item.owner} publishes {item.host}, a wildcard that is not below {tenant.host or 'any host'}",
                hint=f"use *.{tenant.host}, or name the hosts" if tenant.host else "name the hosts",
                values={"host": item.host, "tenant host": tenant.host},
            )
        elif root_host and (host == root_host or host.endswith("." + root_host)):
            yield HOST_OUTSIDE.at(
                item.place,
                f"{item.owner} publishes {item.host}: below {site.host}, but not below the tenant's {tenant.host}",
                hint=f"use a name below {tenant.host}, or one outside {site.host}",
                values={"host": item.host, "tenant host": tenant.host, "root host": site.host},
            )
