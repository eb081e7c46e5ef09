"""All checks, in a tuple each, and running them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cozygen.checks import (
    access,
    addresses,
    admission,
    charts,
    delivery,
    hosts,
    packages_site,
    placement,
    references,
    repositories,
    secrets,
    services,
    storage,
    storage_uses,
    uniqueness,
)
from cozygen.diagnostics import Diagnostic
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import Tenant

TenantCheck = Callable[[Tenant, Site], Iterator[Diagnostic]]
PlatformCheck = Callable[[Platform], Iterator[Diagnostic]]


def _machines(platform: Platform) -> Iterator[Diagnostic]:
    """The inventory, and the rules of Talos: much to load, and of use only where there are machines."""
    if not platform.site.hardware.known:
        return
    from cozygen.checks.hardware import inventory
    from cozygen.checks.machines.inventory import machines

    yield from inventory(platform)
    yield from machines(platform)
    if platform.site.runs_talos:
        from cozygen.checks.talos.patches import talos

        yield from talos(platform)


TENANT_CHECKS: tuple[TenantCheck, ...] = (
    admission.tenant_admission,
    admission.app_admission,
    charts.tenant_charts,
    charts.app_charts,
    services.service_needs,
    references.kinds_installed,
    references.scheduling,
    references.backups,
    references.secrets,
    references.other_apps,
    repositories.tenant_repository,
    placement.spread,
    hosts.host_admission,
    uniqueness.release_names,
    secrets.plain_secrets,
    access.members,
)

PLATFORM_CHECKS: tuple[PlatformCheck, ...] = (
    packages_site.packages,
    storage.storage_classes,
    storage.pools,
    storage_uses.storage_uses,
    addresses.ranges,
    addresses.load_balancer,
    _machines,
    hosts.host_clashes,
    uniqueness.cluster_names,
    access.accounts,
    delivery.delivery,
    repositories.platform_source,
)


def check_tenant(tenant: Tenant, site: Site) -> list[Diagnostic]:
    """Every tenant check on one tenant."""
    return [found for check in TENANT_CHECKS for found in check(tenant, site)]


def check_platform(platform: Platform) -> list[Diagnostic]:
    """Every platform check."""
    return [found for check in PLATFORM_CHECKS for found in check(platform)]
