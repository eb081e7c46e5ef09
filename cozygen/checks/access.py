"""Members and accounts."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import Tenant

NEEDS_OIDC = Code(
    "CZ8020",
    Severity.ERROR,
    "accounts without an identity provider",
    why="Accounts and platform administrators are kept in Keycloak, which the platform installs only with "
    "OIDC switched on.",
    fix="Set authentication.oidc.enabled to true, or take the accounts out. Members of tenants work without "
    "it: they become bindings to the names that your own identity provider gives.",
)
MEMBER_TWICE = Code(
    "CZ8021",
    Severity.WARNING,
    "a member with two levels",
    why="The levels include one another, so the lower one says nothing.",
    fix="Keep the higher level.",
)
NO_EMAIL = Code(
    "CZ8022",
    Severity.WARNING,
    "an account without an e-mail address",
    why="Keycloak lets a user log in only with a verified address. A user name that is no address gives none.",
    fix="Add the address under access.users.NAME.email of the Platform.",
)


def accounts(platform: Platform) -> Iterator[Diagnostic]:
    """Accounts of the Platform, and members that need one."""
    site = platform.site
    if not site.packages.oidc:
        for name, place in site.access.admins[:1]:
            yield NEEDS_OIDC.at(
                place,
                f"{name} is to administer the platform, but authentication.oidc.enabled is not true",
                hint="set authentication.oidc.enabled: true",
                values={"user": name},
            )
        for name, place in list(site.access.places.items())[:1]:
            yield NEEDS_OIDC.at(
                place,
                f"the account {name} is kept in Keycloak, but authentication.oidc.enabled is not true",
                hint="set authentication.oidc.enabled: true",
                values={"user": name},
            )
        return
    seen: set[str] = set()
    named = [
        *site.access.admins,
        *((m.name, m.place) for t in platform.facts.values() for m in t.members if not m.is_group),
    ]
    for name, place in named:
        if name in seen or "@" in name or _email(site, name):
            continue
        seen.add(name)
        yield NO_EMAIL.at(
            place,
            f"the account {name} has no e-mail address, so {name} cannot log in",
            hint=f"add access: {{users: {{{name}: {{email: …}}}}}} to the Platform",
            values={"user": name},
        )


def members(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Members who are named at several levels of one tenant."""
    first: dict[tuple[str, bool], tuple[str, Related]] = {}
    for member in tenant.members:
        key = member.name, member.is_group
        known = first.get(key)
        if known is None:
            first[key] = member.level, Related(f"as {member.level}", member.place)
            continue
        yield MEMBER_TWICE.at(
            member.place,
            f"{member.name} is named as {known[0]} and as {member.level} of {tenant.path}",
            hint=f"keep {member.level}" if known[0] != member.level else "name them once",
            related=[known[1]],
            values={"member": member.name, "levels": [known[0], member.level]},
        )


def _email(site: Site, name: str) -> object:
    details = site.access.users.get(name)
    return details.get("email") if details is not None else None
