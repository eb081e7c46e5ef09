"""Names of packages, and what is asked of them: on, off, in a variant (facts: platform 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import full_name, short_name
from cozygen.checks.packages_view import View, listed, said
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.packages import GPU_OPERATOR, evaluate
from cozygen.platform.packages_plan import default_variant, optional_packages, read_wishes
from cozygen.schema import did_you_mean
from cozygen.yamlio import deep_place

UNKNOWN_PACKAGE = Code(
    "CZ3100",
    Severity.ERROR,
    "an unknown package",
    "The platform ignores names that it does not know, so nothing is installed or disabled, and a Package "
    "object of that name never becomes ready.",
    "Correct the name; cozygen catalog list shows the packages of a release.",
)
UNKNOWN_PACKAGE_VARIANT = Code(
    "CZ3101",
    Severity.ERROR,
    "an unknown variant of a package",
    "A Package with a variant that its source does not have never becomes ready.",
    "Take one of the variants that the message names.",
)
VARIANT_NEEDED = Code(
    "CZ3102",
    Severity.ERROR,
    "a package without a default variant",
    "The operator takes the variant default where none is named, and this package has none.",
    "Name the variant under packages.variants.",
)
ENABLED_AND_DISABLED = Code(
    "CZ3103",
    Severity.ERROR,
    "a package that is enabled and disabled",
    "Disabling wins, so the package is not installed.",
    "Remove one of the two.",
)
ENABLED_ANYWAY = Code(
    "CZ3104",
    Severity.WARNING,
    "a package to enable that is installed anyway",
    "The bundles install it already, so the entry says nothing; after a change of bundles it may.",
    "Remove the entry.",
)
DISABLED_ANYWAY = Code(
    "CZ3105",
    Severity.WARNING,
    "a package to disable that is not installed anyway",
    "Nothing would install it, so the entry says nothing. What is installed in the cluster already stays: "
    "taking a package out of the platform does not uninstall it.",
    "Remove the entry. To uninstall a package delete its Package object.",
)
GPU_VARIANT_TWICE = Code(
    "CZ3106",
    Severity.ERROR,
    "two variants for the GPU operator",
    "bundles.iaas.gpuOperatorVariant also decides what KubeVirt is told about the devices, so both have "
    "to agree.",
    "Keep one of the two.",
)
NOT_OFFERED = Code(
    "CZ3107",
    Severity.ERROR,
    "the platform's list does not install this package",
    "bundles.enabledPackages takes the optional packages of bundles that are on. Any other name in it is "
    "ignored.",
    "Write a Package object for it, or switch on the bundle that has it.",
)
SHORT_NAME = Code(
    "CZ3108",
    Severity.ERROR,
    "a package name that the platform's list does not know",
    "The lists in platform values hold full names; others are ignored.",
    "Write the name with cozystack. before it.",
)


def wishes(release: CatalogRelease, body: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """What ``cozystack.packages`` of a Platform's spec asks for."""
    section = body.get("cozystack") or {}
    packages = section.get("packages") or {}
    for key in ("enable", "disable"):
        for index, name in enumerate(packages.get(key) or []):
            place = deep_place(body, ("cozystack", "packages", key, index), view.place)
            yield from _unknown(release, name, place)
    found = read_wishes(release, section)
    for name in sorted({*found.enable, *found.variants} & {*found.disable}):
        place = deep_place(body, ("cozystack", "packages", "disable", found.disable[name]), view.place)
        other: tuple[str | int, ...] = (
            ("enable", found.enable[name]) if name in found.enable else ("variants", name)
        )
        related = Related("asked for here", deep_place(body, ("cozystack", "packages", *other), view.place))
        text = f"{name} is asked for and disabled"
        yield ENABLED_AND_DISABLED.at(place, text, hint="remove one of the two", related=[related])
    plain = _plain(view) if found.enable or found.disable else {}
    for name, index in found.enable.items():
        if name in plain and name not in found.variants and name not in found.disable:
            place = deep_place(body, ("cozystack", "packages", "enable", index), view.place)
            text = f"{name} is installed anyway, by the bundle {view.packages.bundle(name)}"
            yield ENABLED_ANYWAY.at(place, text, hint="remove it from packages.enable")
    for name, index in found.disable.items():
        if name not in plain and name not in found.enable and name not in found.variants:
            place = deep_place(body, ("cozystack", "packages", "disable", index), view.place)
            yield DISABLED_ANYWAY.at(
                place, f"{name} is not installed anyway", hint="remove it from packages.disable"
            )
    yield from _variants(release, body, view)


def _unknown(release: CatalogRelease, name: Any, place: Place) -> Iterator[Diagnostic]:
    if isinstance(name, str) and short_name(name) not in release.packages:
        hint = did_you_mean(short_name(name), release.packages) or "cozygen catalog list shows every package"
        text = f"{release.version} has no package {name}"
        yield UNKNOWN_PACKAGE.at(place, text, hint=hint, values={"found": name})


def _plain(view: View) -> Mapping[str, Any]:
    """The packages that the platform installs without its two lists."""
    bundles = view.given.get("bundles")
    given = dict(view.given)
    if isinstance(bundles, Mapping):
        given["bundles"] = {k: v for k, v in bundles.items() if not k.endswith("Packages")}
    return evaluate(view.release, view.packages.variant, given).emitted


def _variants(release: CatalogRelease, body: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    path = ("cozystack", "packages", "variants")
    section = body.get("cozystack") or {}
    named = (section.get("packages") or {}).get("variants") or {}
    for name, variant in named.items():
        source = release.packages.get(short_name(name))
        if source is None:
            yield from _unknown(release, name, deep_place(body, (*path, name), view.place, key=True))
        elif variant not in source.variants:
            yield UNKNOWN_PACKAGE_VARIANT.at(
                deep_place(body, (*path, name), view.place),
                f"{source.name} has no variant {variant}",
                hint=did_you_mean(str(variant), source.variants),
                values={"found": variant, "known": sorted(source.variants)},
            )
    yield from _gpu_twice(named, body, view)
    for name, index in read_wishes(release, section).enable.items():
        source = release.packages[name]
        chosen = {short_name(n) for n in named}
        if name in view.packages.own and name not in chosen and default_variant(source) is None:
            place = deep_place(body, ("cozystack", "packages", "enable", index), view.place)
            text = f"{name} has no variant default; it has {listed(sorted(source.variants))}"
            yield VARIANT_NEEDED.at(place, text, hint=f"choose one under packages.variants.{name}")


def _gpu_twice(named: Mapping[str, Any], body: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    asked = named.get(GPU_OPERATOR) or named.get(full_name(GPU_OPERATOR))
    path = ("bundles", "iaas", "gpuOperatorVariant")
    choices = view.release.platform["bundles"]["iaas"]["choices"][".".join(path)]
    written = view.value(".".join(path))
    if asked in choices and view.written(*path) and written != asked:
        key = GPU_OPERATOR if GPU_OPERATOR in named else full_name(GPU_OPERATOR)
        place = deep_place(body, ("cozystack", "packages", "variants", key), view.place)
        related = [Related("the other one", view.at(*path))]
        yield GPU_VARIANT_TWICE.at(
            place,
            f"gpu-operator is to be {asked} in packages.variants and {written} in {said(path)}",
            hint=f"keep one of the two; {asked} and {written} exclude each other",
            related=related,
            values={"variants": [str(asked), str(written)]},
        )


def platform_lists(view: View) -> Iterator[Diagnostic]:
    """The two lists in platform values that someone wrote by hand."""
    optional = optional_packages(view.release)
    plain = _plain(view)
    disabled = view.items("bundles.disabledPackages")
    for index, name in enumerate(view.items("bundles.enabledPackages")):
        if not view.written("bundles", "enabledPackages") or not isinstance(name, str):
            continue
        place, short = view.at("bundles", "enabledPackages", index), short_name(name)
        yield from _name(view, name, place)
        if name != full_name(short) or short not in view.release.packages:
            continue
        if name in disabled:
            other = view.at("bundles", "disabledPackages", disabled.index(name))
            related = [Related("disabled here", other)]
            text = f"{short} is enabled and disabled"
            yield ENABLED_AND_DISABLED.at(place, text, hint="remove one of the two", related=related)
        elif short in plain:
            yield ENABLED_ANYWAY.at(place, f"{short} is installed anyway", hint="remove the entry")
        elif short not in view.packages.emitted:
            hint = (
                view.packages.how_to_enable(short) if short in optional else "write a Package object for it"
            )
            yield NOT_OFFERED.at(
                place, f"enabledPackages does not install {short}", hint=hint, values={"found": name}
            )
    for index, name in enumerate(disabled):
        if not view.written("bundles", "disabledPackages") or not isinstance(name, str):
            continue
        place, short = view.at("bundles", "disabledPackages", index), short_name(name)
        yield from _name(view, name, place)
        known = name == full_name(short) and short in view.release.packages
        asked_for = short in view.packages.own or name in view.items("bundles.enabledPackages")
        if known and short not in plain and not asked_for:
            yield DISABLED_ANYWAY.at(place, f"{short} is not installed anyway", hint="remove the entry")


def _name(view: View, name: str, place: Place) -> Iterator[Diagnostic]:
    if short_name(name) not in view.release.packages:
        yield from _unknown(view.release, name, place)
    elif name != full_name(short_name(name)):
        text = f"the platform's list does not know {name}"
        yield SHORT_NAME.at(place, text, hint=f"write {full_name(name)}", values={"found": name})


def own_packages(view: View) -> Iterator[Diagnostic]:
    """Names and variants of Package objects that someone adds beside the platform."""
    for package in view.packages.own.values():
        place = package.place or view.place
        source = view.release.packages.get(package.name)
        if source is None:
            yield from _unknown(view.release, package.name, place)
        elif package.variant not in source.variants:
            hint = did_you_mean(package.variant, source.variants)
            text = f"{package.name} has no variant {package.variant}"
            yield UNKNOWN_PACKAGE_VARIANT.at(place, text, hint=hint, values={"found": package.variant})
