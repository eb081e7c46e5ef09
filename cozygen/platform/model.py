"""The platform as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application
from cozygen.diagnostics import Place
from cozygen.platform.access import Access
from cozygen.platform.delivery import Delivery
from cozygen.platform.facts import TenantFacts
from cozygen.platform.loadbalancer import LoadBalancer
from cozygen.platform.nodes import Hardware
from cozygen.platform.packages_set import PackageSet
from cozygen.platform.storage import Storage
from cozygen.platform.tenant import Tenant
from cozygen.record import Record, field
from cozygen.spec.model import Entry, Manifest
from cozygen.yamlio import Map, deep_place


class Site(Record, dict=True):
    """Everything about a platform but its tenants: what any tenant's checks may look at besides its ancestors."""

    name: str
    body: Map
    place: Place
    release: CatalogRelease
    applications: Mapping[str, Application]
    packages: PackageSet
    storage: Storage
    hardware: Hardware
    load_balancer: LoadBalancer
    access: Access
    delivery: Delivery
    scheduling_classes: Mapping[str, Map] = field(default_factory=dict)
    backup_classes: Mapping[str, Map] = field(default_factory=dict)
    manifests: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    policies: tuple[Entry, ...] = ()
    waivers: tuple[Entry, ...] = ()

    @property
    def host(self) -> str:
        """The host under which the whole platform publishes."""
        publishing = self.body.get("publishing") or {}
        return str(publishing.get("host") or "")

    @property
    def runs_talos(self) -> bool:
        """Whether the machines are described, and run Talos."""
        return self.hardware.known and self.packages.talos

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the Platform's spec, or of what exists nearest above it."""
        return deep_place(self.body, path, self.place, key=key)

    def section(self, *path: str) -> Any:
        """A value of the Platform's spec, or None."""
        at: Any = self.body
        for step in path:
            at = at.get(step) if isinstance(at, Mapping) else None
        return at


class Platform(Record, dict=True):
    """A site with its tenants by path, parents before children.

    ``facts`` are there for all of them. Where whoever compiles does not keep the tenants themselves, root is
    the only one in ``tenants``.
    """

    site: Site
    tenants: Mapping[str, Tenant]
    facts: Mapping[str, TenantFacts]
    spec_digest: str = ""

    @property
    def root(self) -> Tenant:
        """The tenant at the top."""
        return self.tenants["root"]

    def children(self) -> Mapping[str, tuple[Tenant, ...]]:
        """The children of every tenant, by the parent's path."""
        out: dict[str, list[Tenant]] = {path: [] for path in self.tenants}
        for tenant in self.tenants.values():
            if tenant.parent is not None:
                out[tenant.parent.path].append(tenant)
        return {path: tuple(items) for path, items in out.items()}
