"""Settings of single components, ``cozystack.components`` (facts: platform 1.2, 3.2, 3.4 X8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.catalog.model import Variant, short_name
from cozygen.checks.packages_lists import UNKNOWN_PACKAGE
from cozygen.checks.packages_view import View
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.packages_injected import injected_paths
from cozygen.schema import did_you_mean
from cozygen.yamlio import deep_place

UNKNOWN_COMPONENT = Code(
    "CZ3110",
    Severity.ERROR,
    "an unknown component of a package",
    "Keys that the package's variant does not have are ignored, so the settings reach nothing. Keys are "
    "names of components; a release may have another name.",
    "Correct the name; cozygen catalog show PACKAGE lists the components.",
)
PLATFORM_COMPONENT = Code(
    "CZ3111",
    Severity.ERROR,
    "settings of a component under the platform itself",
    "The platform's Package has the one component platform and ignores all others, although documentation "
    "shows some there.",
    "Write platform values at the top of the Platform's spec (networking, publishing and so on), and "
    "settings of a component under components, below the package that has it.",
)
PLATFORM_SETS_IT = Code(
    "CZ3112",
    Severity.ERROR,
    "a component value that the platform sets itself",
    "The platform writes the same key into the same Package from a platform value. Two writers of one key "
    "take it from each other for ever, and which value holds is a matter of timing.",
    "Use the platform value that the message names.",
)
NO_RELEASE = Code(
    "CZ3113",
    Severity.ERROR,
    "settings of a component that is not installed by its package",
    "The component is only a chart in the catalog, which others install. The package makes no release of it, "
    "and ignores its settings.",
    "Set the values where the chart is used, such as in a tenant's application or module.",
)
NOT_INSTALLED = Code(
    "CZ3114",
    Severity.ERROR,
    "settings of a package that is not installed",
    "Nothing installs the package, so its settings reach nothing.",
    "Enable the package, or remove its settings.",
)
_PLATFORM = ("platform", "cozystack-platform")
_PATH = ("cozystack", "components")


def component_settings(body: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """All of ``cozystack.components``."""
    for name, components in ((body.get("cozystack") or {}).get("components") or {}).items():
        short = short_name(name)
        place = deep_place(body, (*_PATH, name), view.place, key=True)
        package = view.packages.packages.get(short)
        if short in _PLATFORM:
            text = f"components of the platform's own Package are ignored: {', '.join(components or ())}"
            yield PLATFORM_COMPONENT.at(place, text, hint=_platform_hint(components, view))
        elif short not in view.release.packages:
            hint = did_you_mean(short, view.release.packages) or "cozygen catalog list shows every package"
            yield UNKNOWN_PACKAGE.at(place, f"{view.release.version} has no package {name}", hint=hint)
        elif package is None:
            text = f"{short} is not installed, so its settings reach nothing"
            yield NOT_INSTALLED.at(place, text, hint=view.packages.how_to_enable(short))
        elif package.variant in view.release.packages[short].variants:
            variant = view.release.packages[short].variants[package.variant]
            yield from _components(body, name, variant, view)


def _platform_hint(components: Any, view: View) -> str:
    found = [name for name in components or () if name in view.release.packages]
    if found:
        return f"write components.{found[0]} beside it"
    return "write platform values at the top of the spec"


def _components(body: Mapping[str, Any], name: str, variant: Variant, view: View) -> Iterator[Diagnostic]:
    short = short_name(name)
    components = body["cozystack"]["components"][name] or {}
    names = [c.name for c in variant.components]
    releases = {c.install.release: c.name for c in variant.components if c.install is not None}
    for key, settings in components.items():
        place = deep_place(body, (*_PATH, name, key), view.place, key=True)
        component = variant.component(key)
        if component is None:
            hint = f"did you mean {releases[key]}?" if key in releases else did_you_mean(key, names)
            text = f"{short}[{variant.name}] has no component {key}"
            yield UNKNOWN_COMPONENT.at(place, text, hint=hint, values={"found": key, "known": sorted(names)})
        elif component.install is None:
            text = f"{short} makes no release of {key}, so its settings reach nothing"
            hint = "set them where the chart is used: in the application, or under services of the tenant"
            yield NO_RELEASE.at(place, text, hint=hint, values={"component": key})
        elif short in view.packages.emitted and short not in view.packages.own:
            yield from _contested(body, (name, key), settings, view)


def _contested(
    body: Mapping[str, Any], where: tuple[str, str], settings: Any, view: View
) -> Iterator[Diagnostic]:
    """Keys that the platform writes too, each with the platform value to use."""
    values = settings.get("values") if isinstance(settings, Mapping) else None
    if not isinstance(values, Mapping):
        return
    package, component = short_name(where[0]), where[1]
    for path, source in _injected(package, component, view).items():
        reached = _reached(values, path)
        if reached is None:
            continue
        key = ".".join(path)
        by = f"from {source}" if source else "to a fixed value"
        yield PLATFORM_SETS_IT.at(
            deep_place(body, (*_PATH, *where, "values", *reached), view.place, key=True),
            f"{key} of {package} is set by the platform {by}",
            hint=f"set {source} instead" if source else "remove it",
            values={"key": key, "platformValue": source},
        )


def _injected(package: str, component: str, view: View) -> dict[tuple[str, ...], str | None]:
    system, variant = view.value("bundles.system.variant"), view.packages.packages[package].variant
    out: dict[tuple[str, ...], str | None] = {}
    for rule in view.release.platform["componentValues"]:
        if (rule["package"], rule["component"]) != (package, component):
            continue
        if rule.get("variant", variant) == variant and ("in" not in rule or system in rule["in"]):
            out |= injected_paths(rule["values"])
    return out


def _reached(values: Mapping[str, Any], path: tuple[str, ...]) -> tuple[str, ...] | None:
    """How far along ``path`` the values go, if they set what is there or replace something above it."""
    here: Any = values
    for depth, step in enumerate(path):
        if not isinstance(here, Mapping):
            return path[:depth]
        if step not in here:
            return None
        here = here[step]
    return path
