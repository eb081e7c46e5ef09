"""What a platform Package leads to: all Packages, what they install, what they wait for.

Names of packages are short ones, without ``cozystack.``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Install
from cozygen.diagnostics import Place
from cozygen.platform.packages_closure import missing, needed_by, never_ready
from cozygen.platform.packages_origin import Absence, absence
from cozygen.platform.packages_values import Path, empty, layered
from cozygen.record import Record, field, replace

ON_REQUEST = "extra"  # what PackageSet.bundle says of packages that no bundle installs by itself


class Package(Record):
    """A Package object: one that the platform emits, or one that stands in Git beside it.

    ``components`` are its overrides by component: ``values`` and ``enabled``. ``place`` is where the spec
    asks for it.
    """

    name: str
    variant: str = "default"
    components: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None


class Failure(Record):
    """Why the chart does not render: the value at ``path`` of the platform values.

    ``kind`` is ``fail`` where the chart says so itself, ``template`` where a template breaks.
    """

    kind: Literal["fail", "template"]
    path: Path
    text: str


class PackageSet(Record, dict=True):
    """What a platform Package leads to.

    ``variant`` and ``given`` are what the platform Package states, ``values`` all values that the chart sees.
    ``emitted`` are the platform's own Packages, ``own`` those beside it, which win over emitted ones of the
    same name, ``overlays`` the component overrides laid over emitted ones. With ``failures`` nothing of it
    reaches the cluster; the rest is then what would, as far as it can be told.
    """

    release: CatalogRelease
    variant: str
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    emitted: Mapping[str, Package]
    own: Mapping[str, Package] = field(default_factory=dict)
    overlays: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    bundles: Mapping[str, str] = field(default_factory=dict)
    cluster_values: Mapping[str, Any] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    def beside(
        self, own: Iterable[Package], overlays: Mapping[str, Mapping[str, Any]] | None = None
    ) -> PackageSet:
        """The same with Packages that stand beside the platform's, and overrides laid over emitted ones."""
        by_name = {package.name: package for package in sorted(own, key=lambda p: p.name)}
        return replace(self, own=by_name, overlays=overlays or {})

    @cached_property
    def packages(self) -> Mapping[str, Package]:
        """All Packages by name, sorted."""
        return dict(sorted({**self.emitted, **self.own}.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all Packages, sorted."""
        return tuple(self.packages)

    def has(self, name: str) -> bool:
        """Whether the package gets installed."""
        return name in self.packages

    def bundle(self, name: str) -> str | None:
        """The bundle that brings a package by itself, ``extra`` if it was asked for, None if not there."""
        if name not in self.packages:
            return None
        return ON_REQUEST if name in self.own else self.bundles.get(name, ON_REQUEST)

    def absence(self, name: str) -> Absence:
        """Why a package that is not installed is not."""
        return absence(self.release.platform, self.values, name)

    def how_to_enable(self, name: str) -> str:
        """What to write in the spec to have a package installed that is not."""
        return self.absence(name).remedy(name)

    @cached_property
    def depends_on(self) -> Mapping[str, tuple[str, ...]]:
        """What each Package depends on; nothing where its name or variant is unknown."""
        return {name: self._needs(package) for name, package in self.packages.items()}

    @cached_property
    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """By Package: its dependencies that nothing creates."""
        return missing(self.depends_on)

    @cached_property
    def never_ready(self) -> tuple[str, ...]:
        """The Packages that wait for ever."""
        return never_ready(self.depends_on)

    def closure(self, name: str) -> frozenset[str]:
        """A package and all that it needs, as far as they get installed."""
        return needed_by(self.depends_on, name)

    def components(self, name: str) -> Mapping[str, Any]:
        """The overrides of a package's components, with what is laid over them."""
        package = self.packages.get(name)
        return layered(package.components, self.overlays.get(name, {})) if package else {}

    def installs(self, name: str) -> tuple[Install, ...]:
        """The releases that a package makes: of every component that is installed and not switched off."""
        package = self.packages.get(name)
        source = self.release.packages.get(name)
        variant = source.variants.get(package.variant) if package and source else None
        if variant is None:
            return ()
        overrides = self.components(name)
        on = [c for c in variant.installed if (overrides.get(c.name) or {}).get("enabled") is not False]
        return tuple(c.install for c in on if c.install is not None)

    @property
    def oidc(self) -> bool:
        """Whether the platform brings Keycloak."""
        return not empty(self._value("authentication", "oidc", "enabled"))

    @property
    def talos(self) -> bool:
        """Whether the nodes run Talos: what the system variant isp-full is made for."""
        return bool(self._value("bundles", "system", "variant") == "isp-full")

    def _value(self, *path: str) -> Any:
        here: Any = self.values
        for step in path:
            here = here.get(step) if isinstance(here, Mapping) else None
        return here

    def _needs(self, package: Package) -> tuple[str, ...]:
        source = self.release.packages.get(package.name)
        variant = source.variants.get(package.variant) if source else None
        return variant.depends_on if variant else ()
