"""The platform's own parts: packages, storage, addresses, access, and the gates between them.

A gate is a part that waits for releases of the platform itself: what depends on it is applied only once
they have been Ready (facts: platform 5.4). It applies one ConfigMap that says what it waits for. Gates that
can only open late in an installation depend on earlier ones, so that they hold no worker meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from cozygen.emit.access import accounts
from cozygen.emit.addresses import address_objects
from cozygen.emit.packages import package_objects
from cozygen.emit.scheduling import backup_classes, scheduling_classes
from cozygen.emit.storage import satellite_configurations, storage_classes
from cozygen.layout.part import HealthCheck, Object, Part
from cozygen.platform.delivery import NAMESPACE
from cozygen.platform.model import Platform, Site

PLATFORM = "platform"
READY_TENANTS = "ready-tenants"


def platform_parts(platform: Platform) -> list[Part]:
    """All parts that are no tenant's, each after those that it depends on."""
    site = platform.site
    parts = [
        Part(
            PLATFORM,
            "platform",
            tuple(package_objects(site.packages)),
            health_checks=(HealthCheck("cozy-system", "cozystack-platform"),),
            interval="10m0s",
        ),
        gate("tenants", [HealthCheck("tenant-root", "tenant-root")], (PLATFORM,)),
    ]
    parts.extend(_storage(site))
    parts.extend(_addresses(site))
    parts.extend(_late(platform))
    parts.extend(bundle_gates(platform))
    return parts


def gate(name: str, releases: Iterable[HealthCheck], depends_on: tuple[str, ...]) -> Part:
    """A part that is Ready once the releases are."""
    checks = tuple(sorted(releases, key=lambda c: (c.namespace, c.name)))
    waits = "\n".join(f"HelmRelease {c.namespace}/{c.name}" for c in checks)
    marker: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"cozygen-ready-{name}", "namespace": NAMESPACE},
        "data": {"waits-for": waits + "\n"},
    }
    return Part(f"ready-{name}", f"gates/{name}", (marker,), depends_on, checks)


def _releases(site: Site, *packages: str) -> list[HealthCheck]:
    """The releases that the packages install, as far as the platform has these packages."""
    return [
        HealthCheck(install.namespace, install.release)
        for name in packages
        for install in site.packages.installs(name)
    ]


def _storage(site: Site) -> list[Part]:
    parts = []
    classes = storage_classes(site.storage)
    if classes:
        parts.append(Part("storage-classes", "storage/classes", tuple(classes)))
    pools = satellite_configurations(site.storage, site.hardware, talos=site.packages.talos)
    if pools:
        parts.append(gate("linstor", _releases(site, "linstor"), (PLATFORM,)))
        parts.append(Part("storage-pools", "storage/pools", tuple(pools), ("ready-linstor",)))
    return parts


def _addresses(site: Site) -> list[Part]:
    objects = address_objects(site.load_balancer)
    if not objects:
        return []
    return [
        gate("metallb", _releases(site, "metallb"), (PLATFORM,)),
        Part("addresses", "addresses", tuple(objects), ("ready-metallb",)),
    ]


def _late(platform: Platform) -> list[Part]:
    """What needs packages that come after those which make the root tenant."""
    site = platform.site
    parts = []
    classes = scheduling_classes(site.scheduling_classes)
    if classes:
        parts.append(gate("scheduler", _releases(site, "cozystack-scheduler"), (READY_TENANTS,)))
        parts.append(Part("scheduling", "scheduling", tuple(classes), ("ready-scheduler",)))
    if needs_backups(platform):
        releases = _releases(site, "backup-controller", "backupstrategy-controller")
        parts.append(gate("backups", releases, (READY_TENANTS,)))
        backups = backup_classes(site.backup_classes)
        if backups:
            parts.append(Part("backups", "backups", tuple(backups), ("ready-backups",)))
    people = accounts(platform.facts.values(), site.access) if site.packages.oidc else []
    if people:
        releases = [*_releases(site, "keycloak-operator"), HealthCheck("cozy-keycloak", "keycloak-configure")]
        parts.append(gate("keycloak", releases, (READY_TENANTS,)))
        parts.append(Part("access", "access", tuple(people), ("ready-keycloak",)))
    return parts


def needs_backups(platform: Platform) -> bool:
    """Whether any BackupClass or Plan is to be made."""
    return bool(platform.site.backup_classes) or any(f.has_plans for f in platform.facts.values())


def bundle_gates(platform: Platform) -> list[Part]:
    """For each bundle whose applications the tenants use, a gate on the releases behind those applications."""
    site = platform.site
    packages: dict[str, set[str]] = {}
    for package in sorted({name for facts in platform.facts.values() for name in facts.packages}):
        bundle = bundle_of(site, package)
        if bundle is not None:
            packages.setdefault(bundle, set()).add(package)
    return [
        gate(bundle, {c for name in names for c in _needed_releases(site, name)}, (READY_TENANTS,))
        for bundle, names in sorted(packages.items())
    ]


def bundle_of(site: Site, package: str | None) -> str | None:
    """The bundle of an application's package, None for those that the root tenant's gate covers anyway."""
    if package is None or not site.packages.has(package):
        return None
    bundle = site.packages.bundle(package)
    return bundle if bundle in ("iaas", "paas", "naas") else "extra" if bundle == "extra" else None


def _needed_releases(site: Site, package: str) -> set[HealthCheck]:
    """The releases of a package and of everything it depends on that the root tenant does not need as well."""
    covered = site.packages.closure("cozystack-basics")
    return {check for name in site.packages.closure(package) - covered for check in _releases(site, name)}
