"""Tenants and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cozygen.catalog.model import Application
from cozygen.diagnostics import Place
from cozygen.platform.repository import Repository
from cozygen.record import Record, field
from cozygen.yamlio import Map, deep_place

POINTERS = ("etcd", "ingress", "monitoring", "seaweedfs")


class SecretUse(Record):
    """A value that comes from a Secret of the tenant's namespace instead of the spec."""

    path: tuple[str | int, ...]
    secret: str
    key: str
    place: Place


class App(Record):
    """An application of a tenant, a tenant cluster, or the tuning of a module.

    ``given`` are the chart's values as written, without ``_metadata``; ``secrets`` lists the references to
    Secrets among them. ``stated`` is False where the spec gives no values at all, which is not the same as an
    empty mapping. ``section`` is ``apps``, ``clusters`` or ``services``.
    """

    application: Application
    name: str
    namespace: str
    given: Map
    place: Place
    section: str = "apps"
    stated: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[SecretUse, ...] = ()

    @property
    def kind(self) -> str:
        """The application kind, such as Postgres."""
        return self.application.kind

    @property
    def release(self) -> str:
        """The name of its HelmRelease."""
        return self.application.prefix + self.name

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.kind} {self.name}"

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of a value (or its key), or of what exists nearest above it."""
        return deep_place(self.given, path, self.place, key=key)


class Service(Record):
    """A module that a tenant says something about: whether it runs, and the values it is tuned with."""

    name: str
    enabled: bool
    app: App
    place: Place


class Pointers(Record):
    """The namespaces whose modules a tenant uses, empty where there is none (facts: catalog 4.1)."""

    etcd: str = ""
    ingress: str = ""
    monitoring: str = ""
    seaweedfs: str = ""
    gateway: str = ""


class Member(NamedTuple):
    """A user or a group of the identity provider with a level of access to a tenant."""

    name: str
    level: str
    is_group: bool
    place: Place


class Plan(Record):
    """A backup plan: which application, by which class, when."""

    name: str
    kind: str
    app: str
    backup_class: str
    schedule: str
    place: Place
    body: Map


class Secret(Record):
    """A Secret that apps refer to: one that exists, or an encrypted manifest by its file."""

    name: str
    file: str | None
    place: Place


class Tenant(Record):
    """A tenant with everything resolved that the platform would resolve for it.

    ``namespace`` is where its apps are, ``release_namespace`` where its own release is (its parent's
    namespace). ``scheduling_class`` is the one that holds, ``pointers`` name the namespaces whose modules it
    uses. ``given`` are the tenant chart's values with the places of the spec.
    """

    path: str
    name: str
    parent: Tenant | None
    namespace: str
    release_namespace: str
    host: str
    pointers: Pointers
    scheduling_class: str
    given: Map
    body: Map
    place: Place
    services: Mapping[str, Service] = field(default_factory=dict)
    apps: tuple[App, ...] = ()
    members: tuple[Member, ...] = ()
    plans: tuple[Plan, ...] = ()
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    repository: Repository | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        """Whether this is the tenant that the platform makes itself."""
        return self.parent is None

    @property
    def stated(self) -> bool:
        """Whether its own release is rendered: always, but for a root whose values the spec leaves alone."""
        return not self.is_root or bool(self.given)

    @property
    def has_modules(self) -> bool:
        """Whether it runs any module itself."""
        return any(service.enabled for service in self.services.values())

    @property
    def laid_out(self) -> bool:
        """Whether anything at all is rendered for it."""
        return self.stated or self.has_modules or bool(self.apps or self.repository)

    @property
    def release(self) -> str:
        """The name of its HelmRelease."""
        return f"tenant-{self.name}"

    @property
    def depth(self) -> int:
        """How far it is below root: 0 for root, 1 for its children."""
        return 0 if self.parent is None else self.path.count("/") + 1

    @property
    def ancestors(self) -> Iterator[Tenant]:
        """Its parent, its parent's parent, and so on up to root."""
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def runs(self, service: str) -> bool:
        """Whether the tenant runs this module itself."""
        found = self.services.get(service)
        return found is not None and found.enabled

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the tenant's spec, or of what exists nearest above it."""
        return deep_place(self.body, path, self.place, key=key)

    def chart_namespace(self) -> dict[str, Any]:
        """The ``_namespace`` values that charts in this tenant see."""
        out: dict[str, Any] = {
            "etcd": self.pointers.etcd,
            "ingress": self.pointers.ingress,
            "gateway": self.pointers.gateway,
            "monitoring": self.pointers.monitoring,
            "seaweedfs": self.pointers.seaweedfs,
            "host": self.host,
        }
        if self.scheduling_class:
            out["schedulingClass"] = self.scheduling_class
        return out
