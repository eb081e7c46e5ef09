"""The tenant tree as data, for people and programs that want to see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.platform.model import Platform
from cozygen.platform.tenant import Tenant


def outline(platform: Platform) -> dict[str, Any]:
    """A platform with its tenants nested: names, namespaces, hosts, services and where they come from, apps."""
    children = platform.children()
    site = platform.site
    return {
        "name": site.name,
        "cozystack": site.release.version,
        "variant": site.packages.variant,
        "host": site.host,
        "root": _tenant(platform.root, children),
    }


def _tenant(tenant: Tenant, children: Mapping[str, tuple[Tenant, ...]]) -> dict[str, Any]:
    pointers = tenant.pointers
    return {
        "path": tenant.path,
        "name": tenant.name,
        "namespace": tenant.namespace,
        "host": tenant.host,
        "services": [name for name in tenant.services if tenant.runs(name)],
        "uses": {
            "etcd": pointers.etcd,
            "ingress": pointers.ingress,
            "gateway": pointers.gateway,
            "monitoring": pointers.monitoring,
            "seaweedfs": pointers.seaweedfs,
        },
        "schedulingClass": tenant.scheduling_class,
        "quota": dict(tenant.body.get("quota") or {}),
        "apps": [{"kind": app.kind, "name": app.name, "release": app.release} for app in tenant.apps],
        "children": [_tenant(child, children) for child in children[tenant.path]],
    }
