"""From what the spec says about packages to what goes into the repository.

People say what they want: a package on or off, in a variant, with values for a component. What Cozystack
offers for that differs: a list in the platform's values, a Package object of one's own, or an overlay on a
Package that the platform emits. This module chooses. It never judges: unknown names are passed over here, and
named by ``cozygen.checks.packages``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import PackageSource, full_name, short_name
from cozygen.diagnostics import Place
from cozygen.platform.packages import GPU_OPERATOR, evaluate
from cozygen.platform.packages_set import Package, PackageSet
from cozygen.platform.packages_values import layered
from cozygen.record import Record, field
from cozygen.yamlio import Map, Seq, key_place, value_place

_GPU_VARIANT = "bundles.iaas.gpuOperatorVariant"
Components = Mapping[str, Mapping[str, Any]]


class PackagePlan(Record):
    """What a Platform's spec comes to.

    ``values`` go into the platform Package, in upstream's shape; its entries remember where in the spec they
    stand. ``own`` are further Packages, ``overlays`` component overrides of Packages that the platform emits.
    """

    variant: str
    values: Map
    own: tuple[Package, ...] = ()
    overlays: Mapping[str, Components] = field(default_factory=dict)


class Wishes(Record):
    """What ``cozystack.packages`` and ``cozystack.components`` say of packages of the release, by short name.

    ``enable`` and ``disable`` give the index of each name in its list.
    """

    enable: Mapping[str, int]
    disable: Mapping[str, int]
    variants: Mapping[str, str]
    components: Mapping[str, Components]


def packages_of(release: CatalogRelease, body: Mapping[str, Any]) -> PackageSet:
    """All Packages that a Platform's spec leads to."""
    plan, offered = _planned(release, body)
    if plan.values is offered.given:
        return offered.beside(plan.own, plan.overlays)
    return evaluate(release, plan.variant, plan.values).beside(plan.own, plan.overlays)


def plan_packages(release: CatalogRelease, body: Mapping[str, Any]) -> PackagePlan:
    """The plan for a Platform's spec: its sections of platform values, and ``cozystack``."""
    return _planned(release, body)[0]


def _planned(release: CatalogRelease, body: Mapping[str, Any]) -> tuple[PackagePlan, PackageSet]:
    """The plan, and what the platform offers with all options that the spec asks for.

    A package to enable goes into the platform's list if the platform has it as an option, and becomes a
    Package of its own if not. A variant other than the platform's takes the package out of the platform's
    hands: it is disabled there and written as a Package of its own, with the values that the platform would
    have set.
    """
    section = body.get("cozystack") or {}
    variant = str(section.get("variant") or "default")
    wishes = read_wishes(release, section)
    plain = _values(release, body, wishes)
    packages = section.get("packages") or {}
    asked: dict[str, int | None] = {**dict.fromkeys(wishes.variants), **wishes.enable}
    options = {name: index for name, index in asked.items() if name in optional_packages(release)}
    everything = _with_list(plain, "enabledPackages", options, packages.get("enable"))
    offered = evaluate(release, variant, everything)
    own = tuple(_own(release, wishes, offered, packages))
    owned = {package.name for package in own}
    taken: dict[str, int | None] = {**dict.fromkeys(owned & offered.emitted.keys()), **wishes.disable}
    by_list = {
        name: index for name, index in options.items() if name in offered.emitted and name not in owned
    }
    values = everything
    if by_list != options:
        values = _with_list(plain, "enabledPackages", by_list, packages.get("enable"))
    values = _with_list(values, "disabledPackages", taken, packages.get("disable"))
    overlays = {
        name: components
        for name, components in sorted(wishes.components.items())
        if name in offered.emitted and name not in taken
    }
    return PackagePlan(variant, values, own, overlays), offered


def read_wishes(release: CatalogRelease, section: Mapping[str, Any]) -> Wishes:
    """The parts of ``cozystack`` that speak of packages the release has."""
    packages = section.get("packages") or {}
    known = release.packages
    return Wishes(
        _names(packages, "enable", known),
        _names(packages, "disable", known),
        {
            short_name(n): str(v)
            for n, v in (packages.get("variants") or {}).items()
            if short_name(n) in known
        },
        {
            short_name(n): c
            for n, c in (section.get("components") or {}).items()
            if short_name(n) in known and c
        },
    )


def optional_packages(release: CatalogRelease) -> Mapping[str, str]:
    """The packages that the platform installs when its list names them, with the bundle of each."""
    return {
        row["listed"]: bundle
        for bundle, rows in release.platform["bundles"].items()
        for row in rows["emits"]
        if "listed" in row
    }


def default_variant(source: PackageSource) -> str | None:
    """The variant that a package gets when no one names one; None if there is a choice to make."""
    if "default" in source.variants:
        return "default"
    return next(iter(source.variants)) if len(source.variants) == 1 else None


def _names(packages: Mapping[str, Any], key: str, known: Mapping[str, Any]) -> dict[str, int]:
    named = [(index, short_name(n)) for index, n in enumerate(packages.get(key) or []) if isinstance(n, str)]
    return {name: index for index, name in reversed(named) if name in known}


def _values(release: CatalogRelease, body: Mapping[str, Any], wishes: Wishes) -> Map:
    """The platform values in the spec: under upstream's own names, and bundles under ``cozystack``."""
    values = Map(body.origin) if isinstance(body, Map) else Map()
    for key, schema in release.platform["values"]["properties"].items():
        if key in body and key != "bundles" and not schema.get("x-internal"):
            _put(values, key, body[key], body)
    section = body.get("cozystack") or {}
    if section.get("bundles"):
        _put(values, "bundles", section["bundles"], section)
    wanted = wishes.variants.get(GPU_OPERATOR)
    if wanted in release.platform["bundles"]["iaas"]["choices"][_GPU_VARIANT]:
        bundles = _opened(values, "bundles")
        iaas = _opened(bundles, "iaas")
        iaas.setdefault(_GPU_VARIANT.rpartition(".")[2], wanted)
        bundles["iaas"] = iaas
        values["bundles"] = bundles
    return values


def _with_list(values: Map, key: str, names: Mapping[str, int | None], written: Any) -> Map:
    """``values`` with a list of packages by their full names; what is ``written`` keeps its place."""
    if not names:
        return values
    out = values.copy()
    bundles = _opened(values, "bundles")
    listed = Seq(written.origin) if isinstance(written, Seq) else Seq()
    for name, index in sorted(names.items(), key=lambda item: (item[1] is None, item[1] or 0, item[0])):
        listed.append(full_name(name))
        if index is not None and isinstance(written, Seq):
            listed.marks.append(written.marks[index])
    bundles[key] = listed
    out["bundles"] = bundles
    return out


def _opened(values: Map, key: str) -> Map:
    """A copy of the mapping under ``key`` that can be changed; empty if there is none."""
    found = values.get(key)
    if isinstance(found, Map):
        return found.copy()
    out = Map()
    out.update(found if isinstance(found, Mapping) else {})
    return out


def _own(
    release: CatalogRelease, wishes: Wishes, offered: PackageSet, packages: Mapping[str, Any]
) -> Iterator[Package]:
    """Packages that the platform cannot express: not offered at all, or not in that variant."""
    for name in sorted({*wishes.enable, *wishes.variants} - {*wishes.disable}):
        emitted = offered.emitted.get(name)
        source = release.packages[name]
        asked = wishes.variants.get(name) or (emitted.variant if emitted else default_variant(source))
        variant = asked or next(iter(source.variants))
        if emitted is None or emitted.variant != variant:
            components = _own_components(source, variant, emitted, wishes.components.get(name, {}))
            yield Package(name, variant, components, _asked_at(packages, name, wishes))


def _asked_at(packages: Mapping[str, Any], name: str, wishes: Wishes) -> Place | None:
    """Where the spec asks for a package: in the list to enable, else among the variants."""
    listed, named = packages.get("enable"), packages.get("variants")
    if name in wishes.enable and isinstance(listed, Seq):
        return value_place(listed, wishes.enable[name])
    if isinstance(named, Map):
        return key_place(named, name) or key_place(named, full_name(name))
    return None


def _own_components(
    source: PackageSource, variant: str, emitted: Package | None, given: Components
) -> dict[str, Any]:
    """What the platform would have set for components that this variant has too, and what the spec says."""
    known = {c.name for c in source.variants[variant].components} if variant in source.variants else set()
    kept = {name: item for name, item in (emitted.components if emitted else {}).items() if name in known}
    return layered(kept, given)


def _put(target: Map, key: str, value: Any, source: Mapping[str, Any]) -> None:
    if isinstance(source, Map):
        target.put(key, value, source, key)
    else:
        target[key] = value
