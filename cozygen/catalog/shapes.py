"""The shape of what a Platform's spec says about Cozystack itself, built from a release's data.

Sections of platform values keep upstream's names and are closed: the platform chart takes any key and
ignores those it does not know. Package names are suggested and not enforced, since a check says more about
a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease, versions
from cozygen.catalog.model import PackageSource
from cozygen.schema.build import Document, choice, flag, free, list_of, map_of, obj, one_of, text

LISTS = (
    "enabledPackages",
    "disabledPackages",
)  # of bundles; the spec has packages.enable and .disable instead


def platform_sections(release: CatalogRelease) -> dict[str, Document]:
    """The sections of platform values that stand at the top of a Platform's spec, by name."""
    values = release.platform["values"]["properties"]
    return {name: item for name, item in values.items() if name != "bundles" and not item.get("x-internal")}


def cozystack_section(release: CatalogRelease) -> Document:
    """The section ``cozystack``: which release in which variant, which packages, how they are configured."""
    return obj(
        {
            "version": one_of([choice(versions()), text()], "Release of Cozystack."),
            "variant": choice(list(release.platform["variants"]), _variants(release)),
            "bundles": _bundles(release),
            "packages": _packages(release),
            "components": _components(release),
        },
        "Which Cozystack is installed, and what of it.",
        required=["version", "variant"],
    )


def system_variants(release: CatalogRelease) -> list[str]:
    """What ``bundles.system.variant`` can mean something as."""
    rows = release.platform["bundles"]["system"]["emits"]
    return list(dict.fromkeys(name for row in rows for name in row.get("in", ())))


def _variants(release: CatalogRelease) -> str:
    bundles = release.platform["variants"]
    on = {
        name: [
            b
            for b, item in values.get("bundles", {}).items()
            if isinstance(item, Mapping) and item.get("enabled")
        ]
        for name, values in bundles.items()
    }
    parts = [f"{name} ({', '.join(found) or 'nothing by itself'})" for name, found in on.items()]
    return "What is installed by default: " + "; ".join(parts) + "."


def _bundles(release: CatalogRelease) -> Document:
    bundles = release.platform["values"]["properties"]["bundles"]
    properties = {name: item for name, item in bundles["properties"].items() if name not in LISTS}
    system = properties["system"]
    variant = {**system["properties"]["variant"], "enum": system_variants(release)}
    properties["system"] = {**system, "properties": {**system["properties"], "variant": variant}}
    return {**bundles, "properties": properties}


def _packages(release: CatalogRelease) -> Document:
    variants = {
        name: one_of([choice(sorted(source.variants)), text()])
        for name, source in release.packages.items()
        if len(source.variants) > 1
    }
    return obj(
        {
            "enable": list_of(_name(release), "Packages to install beyond those of the variant."),
            "disable": list_of(_name(release), "Packages of the variant not to install."),
            "variants": {
                "type": "object",
                "properties": variants,
                "additionalProperties": text(),
                "description": "Packages to install in another variant than by default.",
            },
        },
        "Single packages to install or not, by name.",
    )


def _name(release: CatalogRelease) -> Document:
    return one_of([choice(list(release.packages)), text()])


def _components(release: CatalogRelease) -> Document:
    component = obj(
        {
            "enabled": flag("Whether the component is installed; it is by default."),
            "values": free("Values for the component's chart."),
        }
    )
    packages = {name: _component_names(source, component) for name, source in release.packages.items()}
    return {
        "type": "object",
        "properties": packages,
        "additionalProperties": map_of(component),
        "description": "Settings of single components, by package and component.",
    }


def _component_names(source: PackageSource, component: Document) -> Document:
    names = dict.fromkeys(c.name for variant in source.variants.values() for c in variant.installed)
    out: dict[str, Any] = {"type": "object", "properties": dict.fromkeys(names, component)}
    return {**out, "additionalProperties": component}
