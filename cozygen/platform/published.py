"""The host names under which a tenant's applications and modules can be reached (facts: catalog 5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cozygen.diagnostics import Place
from cozygen.platform.tenant import App, Tenant


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
