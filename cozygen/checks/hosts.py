"""Host names: that none is published twice, and that admission lets each be published (facts: catalog 3.1, 5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.model import Platform, Site
from cozygen.platform.published import Published, published
from cozygen.platform.tenant import Tenant

HOST_TWICE = Code(
    "CZ6001",
    Severity.ERROR,
    "a host name is published twice",
    why="Two applications, or an application and a tenant, publish the same name. Which of them answers "
    "depends on the order in which their routes were made.",
    fix="Give one of them another host or name.",
)
HOST_OUTSIDE = Code(
    "CZ6002",
    Severity.ERROR,
    "a host name that admission refuses",
    why="In a tenant the platform takes hosts at or below the tenant's own, and concrete names outside the "
    "platform's domain. Any other name below the platform's domain belongs to someone else.",
    fix="Use a name below the tenant's host, or one of a domain of your own.",
)
HOST_WILDCARD = Code(
    "CZ6003",
    Severity.ERROR,
    "a wildcard host outside of the tenant's own",
    why="The platform refuses wildcard hosts that are not below the tenant's own host.",
    fix="Name the hosts one by one, or use a wildcard below the tenant's host.",
)

_PLATFORM = ("api", "dashboard", "keycloak", "vm-exportproxy", "cdi-uploadproxy", "linstor-gui")


def host_clashes(platform: Platform) -> Iterator[Diagnostic]:
    """Host names that two parties publish; the platform's own and the tenants' themselves count."""
    site = platform.site
    taken: dict[str, Published] = {}
    if site.host:
        for name in _PLATFORM:
            taken[f"{name}.{site.host}"] = Published(
                f"{name}.{site.host}", f"the platform's own {name}", site.at("publishing", "host")
            )
    for facts in platform.facts.values():
        if facts.host is not None:
            yield from _claim(facts.host, taken)
    for facts in platform.facts.values():
        for item in facts.published:
            yield from _claim(item, taken)


def _claim(item: Published, taken: dict[str, Published]) -> Iterator[Diagnostic]:
    key = item.host.lower()
    other = taken.setdefault(key, item)
    if other is not item:
        yield HOST_TWICE.at(
            item.place,
            f"{item.owner} and {other.owner} both publish {item.host}",
            hint="give one of them another host or name",
            related=[Related(other.owner, other.place)],
            values={"host": item.host, "owners": [other.owner, item.owner]},
        )


def host_admission(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Hosts that are written out, against what admission lets a tenant publish."""
    root_host = site.host.lower()
    for item in published(tenant):
        host, own = item.host.lower(), tenant.host.lower()
        if own and (host == own or host.endswith("." + own)):
            continue
        if host.startswith("*."):
            yield HOST_WILDCARD.at(
                item.place,
                f"{item.owner} publishes {item.host}, a wildcard that is not below {tenant.host or 'any host'}",
                hint=f"use *.{tenant.host}, or name the hosts" if tenant.host else "name the hosts",
                values={"host": item.host, "tenant host": tenant.host},
            )
        elif root_host and (host == root_host or host.endswith("." + root_host)):
            yield HOST_OUTSIDE.at(
                item.place,
                f"{item.owner} publishes {item.host}: below {site.host}, but not below the tenant's {tenant.host}",
                hint=f"use a name below {tenant.host}, or one outside {site.host}",
                values={"host": item.host, "tenant host": tenant.host, "root host": site.host},
            )
