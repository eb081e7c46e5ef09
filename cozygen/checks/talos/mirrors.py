"""Mirrors of the machines against those of the platform, which tenant clusters take their images from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.checks.machines.gather import listed
from cozygen.checks.talos.agreement import DISAGREEMENT
from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.machines.cluster import section
from cozygen.platform.model import Platform, Site

MACHINES_ALONE = Code(
    "CZ9119",
    Severity.WARNING,
    "mirrors that tenant clusters do not use",
    why="Mirrors in the inventory are for the machines. Machines of tenant clusters take their images by what the "
    "Platform says, so without the same there they ask the registries themselves, which a closed network forbids.",
    fix="Write the mirrors under registries of the Platform: machines take them from there as well.",
)


def mirrors(platform: Platform) -> Iterator[Diagnostic]:
    """What both name has to be the same; what only the inventory names, tenant clusters lack."""
    site = platform.site
    stated = section(site.hardware.talos, "mirrors")
    known = section(site.section("registries") or {}, "mirrors")
    for registry in sorted(set(stated) & set(known)):
        yield from _compared(site, registry, stated[registry], known[registry])
    alone = sorted(set(stated) - set(known))
    clusters = [cluster.name for facts in platform.facts.values() for cluster in facts.clusters]
    if alone and clusters:
        yield MACHINES_ALONE.at(
            site.hardware.at("talos", "mirrors", key=True),
            f"the mirrors of {listed(alone)} are not those of the tenant clusters {listed(clusters)}",
            hint="move them to registries.mirrors of the Platform",
            values={"registries": alone, "clusters": clusters},
        )


def _compared(
    site: Site, registry: str, here: Mapping[str, object], there: Mapping[str, object]
) -> Iterator[Diagnostic]:
    own, other = _urls(here), _urls(there)
    if own != other:
        yield DISAGREEMENT.at(
            site.hardware.at("talos", "mirrors", registry),
            f"the mirrors of {registry} are {', '.join(own)}, on the Platform they are {', '.join(other)}",
            hint="take them out of the inventory, or write the same",
            related=[Related("the Platform", site.at("registries", "mirrors", registry))],
            values={"registry": registry, "here": own, "there": other},
        )


def _urls(body: Mapping[str, object]) -> list[str]:
    endpoints = body.get("endpoints")
    return [
        str(item.get("url") if isinstance(item, Mapping) else item)
        for item in (endpoints if isinstance(endpoints, list) else ())
    ]
