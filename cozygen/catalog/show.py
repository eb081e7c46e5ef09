"""A release's parts described as data, and as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cozygen.catalog.diff import memberships
from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application, PackageSource, Variant, short_name
from cozygen.schema import did_you_mean
from cozygen.schema.explain import shown

_WIDE = 46


def listing(release: CatalogRelease) -> dict[str, Any]:
    """All kinds and packages of a release, a few words each."""
    members = memberships(release)
    return {
        "version": 1,
        "release": release.version,
        "variants": list(release.platform["variants"]),
        "applications": [
            {
                "kind": a.kind,
                "plural": a.plural,
                "prefix": a.prefix,
                "category": a.category,
                "package": a.package,
            }
            for a in release.applications.values()
        ],
        "packages": [
            {"name": p.name, "variants": sorted(p.variants), "bundles": members.get(p.name, [])}
            for p in release.packages.values()
        ],
    }


def listing_text(data: Mapping[str, Any]) -> str:
    """A listing as two tables."""
    rows = [(a["kind"], a["category"], a["plural"], a["package"] or "") for a in data["applications"]]
    lines = [f"Cozystack {data['release']}", "", *_table(("KIND", "CATEGORY", "PLURAL", "PACKAGE"), rows), ""]
    packages = [
        (p["name"], ", ".join(p["variants"]), "; ".join(p["bundles"]) or "only as a Package of its own")
        for p in data["packages"]
    ]
    return "\n".join([*lines, *_table(("PACKAGE", "VARIANTS", "INSTALLED BY"), packages)]) + "\n"


def described(release: CatalogRelease, name: str) -> dict[str, Any] | None:
    """An application, a package or a variant of the platform by any of its names; None if there is none."""
    application = release.application_of(name)
    if application is not None:
        return {"version": 1, "release": release.version, "application": _application(application)}
    package = release.packages.get(short_name(name))
    if package is not None:
        members = memberships(release).get(package.name, [])
        return {"version": 1, "release": release.version, "package": _package(package, members)}
    values = release.platform["variants"].get(name)
    if values is None:
        return None
    return {"version": 1, "release": release.version, "variant": {"name": name, "values": values}}


def suggestion(release: CatalogRelease, name: str) -> str | None:
    """What someone may have meant instead."""
    return did_you_mean(name, [*release.applications, *release.packages, *release.platform["variants"]])


def described_text(data: Mapping[str, Any]) -> str:
    """What :func:`described` found, in lines."""
    if "application" in data:
        lines = _application_lines(data["application"])
    elif "package" in data:
        lines = _package_lines(data["package"])
    else:
        lines = _variant_lines(data["variant"])
    return "\n".join([f"Cozystack {data['release']}", *lines]) + "\n"


def _application(application: Application) -> dict[str, Any]:
    return {
        "kind": application.kind,
        "plural": application.plural,
        "definition": application.definition,
        "served": application.served,
        "module": application.module,
        "category": application.category,
        "package": application.package,
        "releasePrefix": application.prefix,
        "longestName": application.max_name,
        "chart": application.chart.name,
        "installTimeout": application.install_timeout,
        "upgradeTimeout": application.upgrade_timeout,
        "values": dict(application.schema),
    }


def _application_lines(about: Mapping[str, Any]) -> Iterator[str]:
    yield f"kind {about['kind']} ({about['plural']}), {'a module' if about['module'] else 'an application'}"
    yield f"package {about['package']}, chart {about['chart']}"
    yield f"releases are named {about['releasePrefix']}<name>, names have at most {about['longestName']} characters"
    yield f"installs within {about['installTimeout']}, upgrades within {about['upgradeTimeout']}"
    yield ""
    yield from _table(("VALUE", "TYPE", "DEFAULT"), list(_values(about["values"])))


def _values(schema: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str, str]]:
    for key, item in schema.get("properties", {}).items():
        path = f"{above}.{key}" if above else key
        inner = item.get("items") or item.get("additionalProperties")
        default = "" if item.get("properties") or "default" not in item else shown(item["default"])
        yield path, _type(item), default
        yield from _values(item, path)
        if isinstance(inner, Mapping):
            yield from _values(inner, path + ("[]" if "items" in item else ".*"))


def _type(schema: Mapping[str, Any]) -> str:
    if schema.get("enum"):
        choices = [str(choice) or '""' for choice in schema["enum"]]
        return ", ".join(choices[:4]) + (", …" if len(choices) > 4 else "")
    if schema.get("x-kubernetes-int-or-string"):
        return "quantity" if "pattern" in schema else "whole number or text"
    named = schema.get("type", "any")
    return named if isinstance(named, str) else " or ".join(named)


def _package(package: PackageSource, members: list[str]) -> dict[str, Any]:
    variants = {name: _variant(variant) for name, variant in package.variants.items()}
    return {"name": package.name, "fullName": package.full_name, "bundles": members, "variants": variants}


def _variant(variant: Variant) -> dict[str, Any]:
    components: dict[str, Any] = {}
    for component in variant.components:
        install = component.install
        components[component.name] = {"path": component.path}
        if install is not None:
            components[component.name] |= {
                "release": f"{install.namespace}/{install.release}",
                "privileged": install.privileged,
            }
    return {"dependsOn": list(variant.depends_on), "components": components}


def _package_lines(about: Mapping[str, Any]) -> Iterator[str]:
    yield f"package {about['fullName']}"
    yield f"installed by {'; '.join(about['bundles']) or 'no bundle: only as a Package of its own'}"
    for name, variant in about["variants"].items():
        yield ""
        yield f"variant {name}"
        yield f"  depends on {', '.join(variant['dependsOn']) or 'nothing'}"
        rows = [
            (
                component,
                item.get("release", "not installed"),
                item["path"] + (" privileged" * item.get("privileged", False)),
            )
            for component, item in variant["components"].items()
        ]
        yield from (f"  {line}" for line in _table(("COMPONENT", "RELEASE", "CHART"), rows))


def _variant_lines(about: Mapping[str, Any]) -> Iterator[str]:
    yield f"variant {about['name']} of the platform"
    for name, bundle in about["values"].get("bundles", {}).items():
        if isinstance(bundle, Mapping):
            yield f"  bundle {name}: {'on' if bundle.get('enabled') else 'off'}"
    stuck = about.get("neverReady", [])
    yield f"  {len(about.get('packages', []))} packages, {len(stuck)} of them never ready as it is"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [min(_WIDE, max(len(row[i]) for row in (head, *rows))) for i in range(len(head) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in (head, *rows)
    ]
