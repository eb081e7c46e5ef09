"""Which packages a platform installs, and what is wrong with its platform values.

:func:`package_checks` judges a Platform's spec, :func:`platform_checks` platform values that were written
by hand in upstream's own shape. Values that have to agree with the root tenant are in
``cozygen.checks.packages_root``, which :func:`root_checks` runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.checks import packages_certificates as certificates
from cozygen.checks import packages_publishing as publishing
from cozygen.checks import packages_root as root
from cozygen.checks import packages_settings as settings
from cozygen.checks.packages_components import component_settings
from cozygen.checks.packages_keycloak import keycloak
from cozygen.checks.packages_lists import own_packages, platform_lists, wishes
from cozygen.checks.packages_render import internal_values, platform_variant, render_failures, value_shapes
from cozygen.checks.packages_stuck import never_ready
from cozygen.checks.packages_view import View
from cozygen.diagnostics import Diagnostic, Place, ordered
from cozygen.platform.packages import evaluate
from cozygen.platform.packages_plan import packages_of
from cozygen.platform.packages_set import Package, PackageSet
from cozygen.yamlio import Map, deep_place

VALUE_RULES: tuple[Callable[[View], Iterator[Diagnostic]], ...] = (
    platform_variant,
    render_failures,
    internal_values,
    never_ready,
    publishing.api_endpoint,
    publishing.exposed_services,
    publishing.ingress,
    certificates.dns01,
    certificates.gateway_issuer,
    certificates.unknown_issuer,
    certificates.wildcard,
    settings.spread,
    settings.ratios,
    settings.mirrors,
    settings.unused_sections,
    settings.gpu,
)
ROOT_RULES: tuple[Callable[[View, Set[str]], Iterator[Diagnostic]], ...] = (
    root.root_monitoring,
    root.root_gateway,
    root.root_ingress,
    root.root_backups,
)


def package_checks(body: Mapping[str, Any], packages: PackageSet, place: Place) -> list[Diagnostic]:
    """What is wrong with the packages and platform values of a Platform's spec.

    ``body`` is the spec, which has the shape that ``cozygen.catalog.shapes`` gives; ``packages`` is what it
    leads to (:func:`cozygen.platform.packages_plan.packages_of`), ``place`` where the Platform is named.
    """
    view = view_of(body, packages, place)
    found = [*wishes(view.release, body, view), *component_settings(body, view), *keycloak(body, view)]
    return ordered([*found, *_values(view)])


def root_checks(
    body: Mapping[str, Any], packages: PackageSet, place: Place, root_services: Set[str]
) -> list[Diagnostic]:
    """Where platform values disagree with the modules that the root tenant runs."""
    view = view_of(body, packages, place)
    return ordered(diagnostic for rule in ROOT_RULES for diagnostic in rule(view, root_services))


def platform_checks(
    release: CatalogRelease, variant: str, values: Map, own: Sequence[Package], place: Place
) -> list[Diagnostic]:
    """What is wrong with values of a platform Package as someone wrote them, and with Packages beside it."""
    view = View(values, evaluate(release, variant, values).beside(own), place)
    shapes = list(value_shapes(release, view))
    seen = {diagnostic.place for diagnostic in shapes}
    rest = [d for d in _values(view) if d.place not in seen]
    return ordered([*shapes, *platform_lists(view), *own_packages(view), *rest])


def view_of(body: Mapping[str, Any], packages: PackageSet, place: Place) -> View:
    """What the rules look at, for a Platform's spec."""
    given = packages.given if isinstance(packages.given, Map) else Map()
    return View(given, packages, deep_place(body, ("cozystack", "variant"), place))


def spec_checks(release: CatalogRelease, body: Mapping[str, Any], place: Place) -> list[Diagnostic]:
    """:func:`package_checks` for a spec alone."""
    return package_checks(body, packages_of(release, body), place)


def _values(view: View) -> list[Diagnostic]:
    return [diagnostic for rule in VALUE_RULES for diagnostic in rule(view)]
