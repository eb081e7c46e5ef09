"""Members of tenants: Keycloak accounts and groups, or bindings where another identity provider names them.

With OIDC on, a user becomes a KeycloakRealmUser that is in the groups which the tenant chart makes
(``<namespace>-<level>``); those groups hold in the tenant and everything below it (facts: catalog 7). Without
it, and for groups of an external identity provider, RoleBindings to the same ClusterRoles say so directly, in
the tenant and each of its descendants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cozygen.platform.access import Access
from cozygen.platform.facts import TenantFacts
from cozygen.platform.tenant import Tenant

Object = dict[str, Any]
KEYCLOAK_NAMESPACE = "cozy-keycloak"
ADMIN_GROUP = "cozystack-cluster-admin"
_REALM = {"kind": "ClusterKeycloakRealm", "name": "keycloakrealm-cozy"}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch
_MADE = re.compile(r"-[0-9a-f]{8}$").search


def accounts(tenants: Iterable[TenantFacts], access: Access) -> list[Object]:
    """A KeycloakRealmUser for every user named anywhere, with all groups that the spec gives them."""
    groups: dict[str, set[str]] = {name: set() for name in access.users}
    for name, _ in access.admins:
        groups.setdefault(name, set()).add(ADMIN_GROUP)
    for tenant in tenants:
        for member in tenant.members:
            if not member.is_group:
                groups.setdefault(member.name, set()).add(f"{tenant.namespace}-{member.level}")
    return [
        _account(name, sorted(items), access.users.get(name) or {}) for name, items in sorted(groups.items())
    ]


def _account(name: str, groups: list[str], details: Mapping[str, Any]) -> Object:
    spec: dict[str, Any] = {
        "realmRef": dict(_REALM),
        "username": name,
        "enabled": details.get("enabled", True),
        "keepResource": True,
    }
    email = details.get("email", name if "@" in name else None)
    if email:
        spec |= {"email": email, "emailVerified": True}
    for key in ("firstName", "lastName"):
        if key in details:
            spec[key] = details[key]
    if groups:
        spec["groups"] = groups
    if "passwordSecret" in details:
        spec["passwordSecret"] = dict(details["passwordSecret"])
    if details.get("requiredActions"):
        spec["requiredUserActions"] = list(details["requiredActions"])
    return {
        "apiVersion": "v1.edp.epam.com/v1",
        "kind": "KeycloakRealmUser",
        "metadata": {"name": object_name(name), "namespace": KEYCLOAK_NAMESPACE},
        "spec": spec,
    }


def bindings(tenant: Tenant, *, oidc: bool) -> list[Object]:
    """The RoleBindings of a tenant's namespace: for its own members and those of its ancestors."""
    subjects: dict[str, dict[tuple[str, str], None]] = {}
    for owner in (tenant, *tenant.ancestors):
        for member in owner.members:
            if member.is_group or not oidc:
                subjects.setdefault(member.level, {})["Group" if member.is_group else "User", member.name] = (
                    None
                )
    return [_binding(tenant, level, sorted(items)) for level, items in sorted(subjects.items())]


def _binding(tenant: Tenant, level: str, subjects: list[tuple[str, str]]) -> Object:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": f"cozygen-{level}", "namespace": tenant.namespace},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": f"cozy:tenant:{level}",
        },
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name} for kind, name in subjects
        ],
    }


_PLAIN_MOST = 200  # characters of a name that are kept, which leaves room for what makes it unique


def object_name(user: str) -> str:
    """A Kubernetes name for a user name: readable, and never the same for two users."""
    if len(user) <= _PLAIN_MOST and _NAME(user) and not _MADE(user):
        return user
    words = re.sub(r"[^a-z0-9.]+", "-", user.lower().replace("@", "-at-"))
    base = re.sub(r"-*\.[-.]*", ".", words)[:_PLAIN_MOST].strip("-.")
    return f"{base or 'user'}-{sha256(user.encode()).hexdigest()[:8]}"
