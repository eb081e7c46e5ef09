"""What the platform as a whole has to know about a tenant: the little that can clash, be missing or add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cozygen.diagnostics import Place
from cozygen.platform.published import Published, published
from cozygen.platform.storage import Storage
from cozygen.platform.tenant import Member, Tenant
from cozygen.platform.volumes import class_uses


class ClassUse(NamedTuple):
    """A StorageClass that a volume is to be of (empty: the default one), by whom, and where that is said."""

    storage_class: str
    user: str
    place: Place


class ClusterName(NamedTuple):
    """A tenant cluster's name, and where it stands."""

    name: str
    place: Place


class TenantFacts(NamedTuple):
    """A tenant's facts. ``host`` is what the tenant itself claims, None for root or without a host.

    ``missing_classes`` are the uses of StorageClasses that the Platform does not describe. ``packages`` are
    those that bring the kinds of its applications, ``awaited`` the Secrets that somebody has to make by hand.
    """

    path: str
    name: str
    namespace: str
    host: Published | None
    published: tuple[Published, ...]
    missing_classes: tuple[ClassUse, ...]
    clusters: tuple[ClusterName, ...]
    members: tuple[Member, ...]
    packages: tuple[str, ...]
    services: tuple[str, ...]
    has_plans: bool
    awaited: tuple[str, ...]


def facts_of(tenant: Tenant, storage: Storage) -> TenantFacts:
    """The facts of a tenant."""
    return TenantFacts(
        tenant.path,
        tenant.name,
        tenant.namespace,
        _claim(tenant),
        tuple(item._replace(owner=f"{item.owner} in {tenant.path}") for item in published(tenant)),
        tuple(_missing(tenant, storage)),
        tuple(ClusterName(app.name, app.place) for app in tenant.apps if app.kind == "Kubernetes"),
        tenant.members,
        tuple(sorted({app.application.package for app in tenant.apps if app.application.package})),
        tuple(name for name in tenant.services if tenant.runs(name)),
        bool(tenant.plans),
        tuple(secret.name for secret in tenant.secrets.values() if secret.file is None),
    )


def _claim(tenant: Tenant) -> Published | None:
    if tenant.is_root or not tenant.host:
        return None
    place = tenant.at("host") if tenant.body.get("host") else tenant.place
    return Published(tenant.host, f"the tenant {tenant.path}", place)


def _missing(tenant: Tenant, storage: Storage) -> Iterator[ClassUse]:
    for app in (*tenant.apps, *(s.app for s in tenant.services.values() if s.enabled)):
        for name, place in class_uses(app):
            if name not in storage.classes and (name or not storage.defaults):
                yield ClassUse(name, f"{app.label} in {tenant.path}", place)
