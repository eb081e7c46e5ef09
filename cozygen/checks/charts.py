"""What the charts refuse or break on: the faults that ``cozygen.charts`` finds, placed in the spec."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.catalog.instancetypes import INSTANCE_TYPES, PREFERENCES
from cozygen.charts import Fault, Lookup, Surroundings, faults, release_of
from cozygen.charts.codes import FIXED_NAME, NAME_INVALID, NAME_TOO_LONG, RELEASE_NAME, UNKNOWN_KEY
from cozygen.charts.modules import ISSUER_SETTINGS
from cozygen.checks.admission import name_refusal
from cozygen.diagnostics import Diagnostic
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Tenant
from cozygen.yamlio import deep_place

_TYPES = frozenset(INSTANCE_TYPES)
_PREFERENCES = frozenset(PREFERENCES)


def app_charts(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The applications and modules of a tenant."""
    around = surroundings(tenant, site)
    for app in tenant.apps:
        yield from _app_faults(app, around)
    for service in tenant.services.values():
        if service.enabled:
            yield from _app_faults(service.app, around)


def tenant_charts(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The tenant's own chart, which sees what its parent has."""
    application = site.applications["Tenant"]
    around = surroundings(tenant.parent or tenant, site)
    refused = name_refusal(application, tenant.name, tenant.release_namespace) is not None
    for fault in faults(release_of(application, tenant.name, tenant.given, around), application):
        if _said(fault, refused=refused):
            continue
        place = (
            deep_place(tenant.given, fault.path, tenant.place, key=fault.on_key)
            if fault.path
            else tenant.place
        )
        yield fault.code.at(
            place, f"tenant {tenant.path}: {fault.message}", hint=fault.hint, values=fault.values
        )


def surroundings(tenant: Tenant, site: Site) -> Surroundings:
    """What every release of the tenant's namespace sees."""
    lookup = Lookup(
        _TYPES,
        _PREFERENCES,
        frozenset(app.name for app in tenant.apps if app.kind == "VMDisk"),
        frozenset(site.packages.names),
        served_apis(site),
        _pools(tenant),
    )
    return Surroundings(
        tenant.namespace, tenant.chart_namespace(), site.packages.cluster_values, lookup, site.release.version
    )


def served_apis(site: Site) -> frozenset[str]:
    """The API groups that charts ask about, as far as the platform serves them."""
    served = {"cozystack.io/v1alpha1"}
    if site.packages.has("keycloak-operator"):
        served.add("v1.edp.epam.com/v1")
    return frozenset(served)


def _pools(tenant: Tenant) -> dict[str, str]:
    """The worker pools that tenant clusters make from their node groups, with the release that owns each."""
    out: dict[str, str] = {}
    for app in tenant.apps:
        if app.kind == "Kubernetes":
            groups = app.given.get("nodeGroups")
            names = groups if isinstance(groups, dict) and groups else ("md0",)
            out |= {f"{app.release}-{name}": app.release for name in names}
    return out


def _app_faults(app: App, around: Surroundings) -> Iterator[Diagnostic]:
    refused = name_refusal(app.application, app.name, app.namespace) is not None
    found = faults(release_of(app.application, app.name, app.given, around), app.application)
    told = {fault.path for fault in found if fault.code is not NAME_INVALID}
    for fault in found:
        if not _said(fault, refused=refused) and not (fault.code is NAME_INVALID and fault.path in told):
            yield _diagnostic(fault, app)


def _said(fault: Fault, *, refused: bool) -> bool:
    """Whether another check says the same: that the name is ``refused``, that a key is reserved, or once for
    all Gateways that the platform's certificate settings do not suit them.
    """
    if fault.code is ISSUER_SETTINGS:
        return True
    if refused and fault.code in (RELEASE_NAME, FIXED_NAME, NAME_TOO_LONG, NAME_INVALID):
        return True
    return fault.code is UNKNOWN_KEY and len(fault.path) == 1 and str(fault.path[0]).startswith("_")


def _diagnostic(fault: Fault, app: App) -> Diagnostic:
    place = app.at(*fault.path, key=fault.on_key) if fault.path else app.place
    where = ".".join(str(step) for step in fault.path)
    named = fault.on_key and str(fault.path[-1]) in fault.message  # the message says the key itself
    message = fault.message
    for head in (where.rpartition(".")[0] if named else where, app.label):
        if head and not message.startswith(head):
            message = f"{head}: {message}"
    return fault.code.at(place, message, hint=fault.hint, values={"path": where, **fault.values})
