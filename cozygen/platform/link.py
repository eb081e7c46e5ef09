"""Linking what concerns the whole platform: entries to a site in which every name is resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cozygen.catalog.load import CatalogRelease
from cozygen.catalog.model import Application
from cozygen.platform.access import link_access
from cozygen.platform.delivery import link_delivery
from cozygen.platform.link_apps import Kinds
from cozygen.platform.loadbalancer import link_load_balancer
from cozygen.platform.machines.derived import with_inventory
from cozygen.platform.model import Site
from cozygen.platform.nodes import link_hardware
from cozygen.platform.packages_plan import packages_of
from cozygen.platform.storage import link_storage
from cozygen.spec.model import Manifest, Spec
from cozygen.yamlio import Map


def link_site(spec: Spec, release: CatalogRelease, extra: Mapping[str, Application]) -> Site | None:
    """Everything about the platform but its tenants, or None without a Platform document."""
    entry = spec.platform
    if entry is None:
        return None
    body, place = entry.body, entry.place
    hardware = link_hardware(spec.hardware)
    applications = {**release.applications, **extra} if extra else release.applications
    return Site(
        name=entry.name,
        body=body,
        place=place,
        release=release,
        applications=applications,
        packages=packages_of(release, with_inventory(body, hardware)),
        storage=link_storage(body, place),
        hardware=hardware,
        load_balancer=link_load_balancer(body, place),
        access=link_access(body, place),
        delivery=link_delivery(body, place),
        scheduling_classes=body.get("schedulingClasses") or Map(),
        backup_classes=(body.get("backups") or Map()).get("classes") or Map(),
        manifests=_by_file(spec),
        policies=spec.policies,
        waivers=spec.waivers,
    )


def kinds_of(site: Site, services: Iterable[str]) -> Kinds:
    """The kinds that tenants of this platform can have, and the modules among them by the names of their flags."""
    modules = {name: app for name in services if (app := site.release.application_of(name)) is not None}
    return Kinds(site.applications, modules)


def _by_file(spec: Spec) -> dict[str, tuple[Manifest, ...]]:
    out: dict[str, tuple[Manifest, ...]] = dict.fromkeys(spec.attached, ())
    for manifest in spec.manifests:
        out[manifest.place.file] = (*out.get(manifest.place.file, ()), manifest)
    return out
