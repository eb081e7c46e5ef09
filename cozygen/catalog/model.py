"""What a Cozystack release offers, as data: applications, packages, bundles, instance types, presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cozygen.schema import Schema

MAX_RELEASE_NAME = 53  # what Helm takes as a release name


@dataclass(frozen=True, slots=True)
class ChartRef:
    """Where helm-controller finds the chart of an application."""

    kind: str
    name: str
    namespace: str


@dataclass(frozen=True)
class Application:
    """An application kind, as its ApplicationDefinition describes it.

    ``schema`` is the JSON Schema of its values, closed where the chart knows every key. ``served`` is False
    for the one chart (Gateway) that the tenant chart installs but that no API kind serves.
    """

    kind: str
    plural: str
    singular: str
    prefix: str
    chart: ChartRef
    schema: Mapping[str, Any]
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

    @property
    def max_name(self) -> int:
        """The longest name that the API takes: what the prefix leaves of a Helm release name."""
        return MAX_RELEASE_NAME - len(self.prefix)

    @cached_property
    def values_schema(self) -> Schema:
        """The schema of values as people write them."""
        return Schema(dict(self.schema))


@dataclass(frozen=True, slots=True)
class Install:
    """How a component is installed: absent from components that are catalog-only charts."""

    namespace: str
    release: str
    privileged: bool = False
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A chart of a package variant."""

    name: str
    path: str
    install: Install | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a package: what it needs and what it installs."""

    name: str
    depends_on: tuple[str, ...]
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A package that the release can install, by its short name (without ``cozystack.``)."""

    name: str
    variants: Mapping[str, Variant]
