"""A tenant's parts, by what has to wait for what.

``tenant`` is the tenant's own release, in its parent's namespace. Once that is Ready its namespace exists,
and ``modules`` (values of the modules it runs, Ready when those are) and ``apps`` follow. ``late`` holds the
kinds whose chart fails while another application is missing. Which part an application is in follows from
its kind alone, so that nothing ever moves between parts.
"""

from __future__ import annotations

from collections.abc import Iterable

from cozygen.emit.access import bindings
from cozygen.emit.release import app_release, tenant_release, values_overlay
from cozygen.emit.repository import repository_objects
from cozygen.emit.scheduling import plans
from cozygen.layout.part import HealthCheck, Object, Part
from cozygen.layout.platform_parts import READY_TENANTS, bundle_of, gate
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Tenant

LATE = {"VMInstance": ("VMDisk",), "KubernetesNodes": ("Kubernetes",)}
"""Kinds whose chart looks other applications up and fails without them, and the kinds it looks up."""

NEEDS = {
    "Kubernetes": ("etcd", "ingress"),
    "KubernetesNodes": ("etcd", "ingress"),
    "Bucket": ("seaweedfs",),
    "Harbor": ("seaweedfs",),
}
"""Modules that an application cannot become Ready without, its own tenant's or an ancestor's."""

_GATED = ("etcd", "gateway", "ingress", "seaweedfs")


def directory_name(path: str) -> str:
    """A tenant's directory: flat, since artifacts are cut out by directory and may not contain one another."""
    return path.replace("/", "-")


def part_name(tenant: Tenant, part: str = "") -> str:
    """The name of a tenant's Kustomization.

    Of all names that are derived from namespaces only these hold a dot, so they are no other tenant's; together
    with the longest namespace they keep within the 63 characters of a label.
    """
    return f"{tenant.namespace}.{part}" if part else tenant.namespace


def tenant_parts(tenant: Tenant, site: Site, prefix: str = "tenants") -> list[Part]:
    """All parts of a tenant; ``prefix`` is the directory that tenants are in."""
    base = f"{prefix}/{directory_name(tenant.path)}"
    parts = []
    if tenant.stated:
        parts.append(_own(tenant, site, base))
    after_own = ready_after(tenant)
    if tenant.has_modules:
        parts.append(_services(tenant, base, after_own))
    parts.extend(_apps(tenant, site, base, after_own))
    if tenant.repository is not None:
        objects = tuple(repository_objects(tenant, tenant.repository))
        name = part_name(tenant, "repository")
        parts.append(Part(name, f"{base}/repository", objects, (after_own,), (), tenant.path))
    return parts


def ready_after(tenant: Tenant) -> str:
    """The part after which the tenant's namespace is there."""
    return part_name(tenant) if tenant.stated else READY_TENANTS


def _own(tenant: Tenant, site: Site, base: str) -> Part:
    check = HealthCheck(tenant.release_namespace, tenant.release)
    if tenant.parent is None:
        release = values_overlay(tenant.release, tenant.namespace, tenant.given)
        depends: tuple[str, ...] = (READY_TENANTS, *_root_needs(site))
    else:
        release = tenant_release(tenant, site.applications["Tenant"])
        depends = (ready_after(tenant.parent),)
        if tenant.parent.is_root and not tenant.parent.stated:
            depends = (READY_TENANTS, *_root_needs(site))
    if tenant.given.get("schedulingClass") in site.scheduling_classes:
        depends = (*depends, "scheduling")
    return Part(
        part_name(tenant),
        f"{base}/tenant",
        (release,),
        depends,
        (check,),
        tenant.path,
        file_name="release.yaml",
    )


def _root_needs(site: Site) -> tuple[str, ...]:
    """What any tenant's modules need: classes and pools for their volumes, addresses for their services."""
    needs = []
    if any(item.source != "external" for item in site.storage.classes.values()):
        needs.append("storage-classes")
    if site.storage.pools:
        needs.append("storage-pools")
    if site.load_balancer.pools:
        needs.append("addresses")
    return tuple(needs)


def _services(tenant: Tenant, base: str, after: str) -> Part:
    overlays = [
        values_overlay(service.name, tenant.namespace, service.app.given)
        for service in tenant.services.values()
        if service.enabled and service.app.stated and service.app.given
    ]
    checks = [HealthCheck(tenant.namespace, name) for name in _GATED if tenant.runs(name)]
    marker = gate(tenant.namespace, checks, ()).objects[0]
    name = part_name(tenant, "modules")
    return Part(name, f"{base}/modules", (marker, *overlays), (after,), tuple(checks), tenant.path)


def _apps(tenant: Tenant, site: Site, base: str, after: str) -> list[Part]:
    now = [app for app in tenant.apps if app.kind not in LATE]
    late = [app for app in tenant.apps if app.kind in LATE]
    secrets = _secret_files(tenant, site)
    objects: list[Object] = [
        *bindings(tenant, oidc=site.packages.oidc),
        *(app_release(app) for app in now),
        *plans(tenant),
    ]
    parts = []
    if objects or secrets:
        depends = {after, *_app_gates(now, tenant, site)}
        if tenant.plans:
            depends.add("ready-backups")
            depends.update(
                ["backups"] if any(p.backup_class in site.backup_classes for p in tenant.plans) else []
            )
        checks = _looked_up(now, late)
        name = part_name(tenant, "apps")
        parts.append(
            Part(
                name,
                f"{base}/apps",
                tuple(objects),
                tuple(sorted(depends)),
                checks,
                tenant.path,
                secrets,
                file_name="releases.yaml",
                namespace=tenant.namespace if secrets else None,
            )
        )
    if late:
        first = {part_name(tenant, "apps")} if parts else {after}
        depends = first | set(_app_gates(late, tenant, site))
        releases = tuple(app_release(app) for app in late)
        name = part_name(tenant, "late")
        parts.append(
            Part(
                name,
                f"{base}/late",
                releases,
                tuple(sorted(depends)),
                (),
                tenant.path,
                file_name="releases.yaml",
            )
        )
    return parts


def _looked_up(now: Iterable[App], late: Iterable[App]) -> tuple[HealthCheck, ...]:
    kinds = {kind for app in late for kind in LATE[app.kind]}
    return tuple(HealthCheck(app.namespace, app.release) for app in now if app.kind in kinds)


def _app_gates(apps: Iterable[App], tenant: Tenant, site: Site) -> set[str]:
    """The parts after which the applications can become Ready: their packages, and modules they use."""
    out = set()
    by_namespace = {owner.namespace: owner for owner in (tenant, *tenant.ancestors)}
    for app in apps:
        bundle = bundle_of(site, app.application.package)
        if bundle is not None:
            out.add(f"ready-{bundle}")
        for service in NEEDS.get(app.kind, ()):
            owner = by_namespace.get(getattr(tenant.pointers, service))
            if owner is not None and owner.has_modules:
                out.add(part_name(owner, "modules"))
    return out


def _secret_files(tenant: Tenant, site: Site) -> dict[str, bytes]:
    out = {}
    for secret in tenant.secrets.values():
        for manifest in site.manifests.get(secret.file or "", ()):
            if (
                manifest.kind == "Secret"
                and manifest.metadata("name") == secret.name
                and manifest.metadata("namespace") in (None, tenant.namespace)
            ):
                out[f"secret-{secret.name}.yaml"] = manifest.text.encode()
    return out
