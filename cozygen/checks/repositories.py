"""Repositories and artifacts that Flux reads: the platform's, and those of tenants."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.delivery import CLUSTER_URL, in_cluster
from cozygen.checks.references import UNKNOWN_SECRET
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.delivery import GIT
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import Tenant
from cozygen.schema import did_you_mean

SSH_NEEDS_SECRET = Code(
    "CZ9270",
    Severity.WARNING,
    "a repository over SSH without credentials",
    why="Flux does not fetch over SSH without a Secret that holds a private key and the known hosts, so "
    "nothing is applied until the source names one.",
    fix="Name the Secret in secretRef, or use an https:// address.",
)
URL_PASSWORD = Code(
    "CZ9271",
    Severity.ERROR,
    "a password in an address",
    why="The address stands in the spec and in the rendered objects, so everyone who reads those has the "
    "password. Flux refuses it as well.",
    fix="Take it out of the address, put it into a Secret and name that in secretRef.",
)
ROOT_REPOSITORY = Code(
    "CZ9272",
    Severity.ERROR,
    "a repository of the root tenant",
    why="The root tenant's account may do everything in every tenant, so its repository would not be confined "
    "to anything.",
    fix="Give the repository to a tenant below root, or write what it holds into the spec.",
)
PLATFORM_REPOSITORY = Code(
    "CZ9273",
    Severity.ERROR,
    "a tenant that reads the platform's repository",
    why="Whoever may push to the tenant's repository could push to the platform's, from which Flux applies "
    "everything as an administrator.",
    fix="Give the tenant a repository of its own.",
)
TWO_DELIVERIES = Code(
    "CZ9280",
    Severity.ERROR,
    "two places to deliver to",
    why="Flux starts from one source. With a repository and an artifact both stated, it is not clear from which.",
    fix="Keep delivery.git or delivery.oci.",
)


def tenant_repository(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """A tenant's repository."""
    item = tenant.repository
    if item is None:
        return
    if tenant.is_root:
        message = "the root tenant cannot have a repository of its own: its account may do everything"
        yield ROOT_REPOSITORY.at(item.place, message, hint="give it to a tenant below root")
        return
    place = tenant.at("repository", "url")
    yield from _address(item.url, item.secret, place)
    if item.secret is not None and item.secret not in tenant.secrets:
        yield UNKNOWN_SECRET.at(
            tenant.at("repository", "secretRef"),
            f"{tenant.path} has no Secret {item.secret} for its repository",
            hint=did_you_mean(item.secret, tenant.secrets)
            or f"declare it under secrets: {item.secret}: {{external: true}}",
            values={"secret": item.secret},
        )
    delivery = site.delivery
    if delivery.kind == GIT and delivery.stated and same_repository(item.url, delivery.url):
        yield PLATFORM_REPOSITORY.at(
            place,
            f"{tenant.path} would be delivered from {item.url}, the platform's own repository",
            hint="give the tenant a repository of its own",
            related=[Related("the platform's", site.at("delivery", "git", "url"))],
        )


def platform_source(platform: Platform) -> Iterator[Diagnostic]:
    """The platform's own source."""
    site = platform.site
    delivery = site.delivery
    section = site.section("delivery") or {}
    if "git" in section and "oci" in section:
        message = "delivery has both git and oci"
        yield TWO_DELIVERIES.at(site.at("delivery", "oci", key=True), message, hint="keep one of them")
    if delivery.stated:
        key = "git" if delivery.kind == GIT else "oci"
        yield from _address(delivery.url, delivery.secret, site.at("delivery", key, "url"))


def same_repository(one: str, other: str) -> bool:
    """Whether two addresses lead to the same repository, whichever way they go there."""
    return _bare(one) == _bare(other)


def _bare(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "", parts.path.strip("/").removesuffix(".git").lower())


def _address(url: str, secret: str | None, place: Place) -> Iterator[Diagnostic]:
    parts = urlsplit(url)
    userinfo = parts.netloc.rpartition("@")[0]
    if parts.scheme == "ssh" and secret is None:
        message = f"Flux does not fetch {parts.hostname} over SSH without a Secret"
        yield SSH_NEEDS_SECRET.at(place, message, hint="set secretRef, or use https://")
    if ":" in userinfo or (userinfo and parts.scheme != "ssh"):
        message = f"the address at {parts.hostname} holds a user name or password"
        hint = "take it out and set secretRef"
        yield URL_PASSWORD.at(place, message, hint=hint, values={"host": parts.hostname})
    if in_cluster(parts.hostname or ""):
        message = f"{parts.hostname} is a name inside the cluster, which Flux on the nodes' network does not resolve"
        yield CLUSTER_URL.at(
            place, message, hint="use a name that the nodes resolve", values={"host": parts.hostname}
        )
