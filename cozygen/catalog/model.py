"""What a Cozystack release offers, as data: applications, packages, bundles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cozygen.catalog.closed import as_written, closed
from cozygen.record import Record, field
from cozygen.schema import Schema

MAX_RELEASE_NAME = 53  # what Helm takes as a release name
PACKAGE_PREFIX = "cozystack."  # of the names of all packages that Cozystack ships


class ChartRef(Record):
    """Where helm-controller finds the chart of an application."""

    kind: str
    name: str
    namespace: str


class Application(Record, dict=True):
    """An application kind, as its ApplicationDefinition describes it.

    ``definition`` is the definition's name, which cannot be derived from the kind. ``schema`` is the JSON
    Schema of its values as upstream states it: open, so unknown keys fit. ``labels`` are what its releases
    carry besides the three application labels; ``sharding.fluxcd.io/key`` is not among them, since it must
    never stand in Git. The timeouts are durations as Go writes them. ``package`` is the short name of the
    package that brings it; ``served`` is False for the charts (Gateway) that the tenant chart installs but
    that no API kind serves.
    """

    kind: str
    plural: str
    singular: str
    prefix: str
    chart: ChartRef
    schema: Mapping[str, Any]
    definition: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    module: bool = False
    install_timeout: str = "10m0s"
    upgrade_timeout: str = "10m0s"
    disable_wait: bool | None = None
    wait_strategy: str | None = None
    health_check_exprs: tuple[Mapping[str, str], ...] = ()
    package: str | None = None
    served: bool = True

    def __hash__(self) -> int:
        return hash((self.kind, self.definition))

    @property
    def max_name(self) -> int:
        """The longest name that the API takes: what the prefix leaves of a Helm release name."""
        return MAX_RELEASE_NAME - len(self.prefix)

    @cached_property
    def closed_schema(self) -> Mapping[str, Any]:
        """``schema`` that also refuses keys which the chart would silently ignore."""
        return closed(self.schema)

    @cached_property
    def values_schema(self) -> Schema:
        """The schema of values as people write them: closed, and without what defaults fill in."""
        return Schema(as_written(self.closed_schema))

    @cached_property
    def upstream_schema(self) -> Schema:
        """The schema that Helm holds values over the chart's defaults against: open."""
        return Schema(dict(self.schema))


class Install(Record):
    """How a component is installed: absent from components that are catalog-only charts.

    ``depends_on`` names components of the same variant; ``upgrade_crds`` is Skip, Create or CreateReplace.
    """

    namespace: str
    release: str
    privileged: bool = False
    depends_on: tuple[str, ...] = ()
    upgrade_crds: str | None = None
    wait_strategy: str | None = None
    health_check_exprs: tuple[Mapping[str, str], ...] = ()


class Component(Record):
    """A chart of a package variant; ``path`` is the chart's directory in the release's sources."""

    name: str
    path: str
    install: Install | None = None
    values_files: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


class Variant(Record):
    """A variant of a package: the packages that it needs (short names) and what it installs."""

    name: str
    depends_on: tuple[str, ...]
    components: tuple[Component, ...]
    libraries: Mapping[str, str] = field(default_factory=dict)

    def component(self, name: str) -> Component | None:
        """The component of that name."""
        return next((c for c in self.components if c.name == name), None)

    @property
    def installed(self) -> tuple[Component, ...]:
        """The components that become HelmReleases."""
        return tuple(c for c in self.components if c.install is not None)


class PackageSource(Record):
    """A package that the release can install, by its short name (without ``cozystack.``).

    ``cluster_values`` says whether its releases read the Secret ``cozystack-values``.
    """

    name: str
    variants: Mapping[str, Variant]
    cluster_values: bool = True

    @property
    def full_name(self) -> str:
        """The name that Package objects and dependencies use."""
        return full_name(self.name)


def short_name(name: str) -> str:
    """A package's name as people write it: without ``cozystack.``."""
    return name.removeprefix(PACKAGE_PREFIX)


def full_name(name: str) -> str:
    """A package's name as Cozystack writes it; a name with a dot of its own is one already."""
    return name if "." in name else PACKAGE_PREFIX + name


def artifact_name(package: str, variant: str, component: str) -> str:
    """The ExternalArtifact that holds a component's chart: what a definition's chartRef names."""
    return f"{full_name(package)}-{variant}-{component}".replace(".", "-")
