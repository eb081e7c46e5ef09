"""What Cozystack's own API server refuses (facts: catalog 2.3, 3.1).

Releases in Git bypass the API, so what it would refuse has to be refused here. The rules are plain functions
of names and values; :func:`app_admission` and :func:`tenant_admission` hold a platform's entries against them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cozygen.catalog.model import Application
from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Tenant
from cozygen.spec.codes import WRONG_TYPE
from cozygen.yamlio import Map, key_place

MAX_NAMESPACE = 63
_WORKING_NAMESPACE = MAX_NAMESPACE - len("-cleanup")  # the tenant chart's Job carries the namespace's name
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?").fullmatch
_TENANT = re.compile(r"[a-z][a-z0-9]*").fullmatch
_NAME_PART = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]").fullmatch
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch
_PREFIX = "apps.cozystack.io-"

APP_NAME = Code(
    "CZ2101",
    Severity.ERROR,
    "not an application name",
    why="Cozystack takes names that are DNS labels: lower-case letters, digits and dashes, beginning with a "
    "letter and ending with a letter or digit. The API refuses any other, and objects named after it would "
    "be refused by Kubernetes.",
    fix="Rename the application.",
)
APP_NAME_LENGTH = Code(
    "CZ2102",
    Severity.ERROR,
    "application name too long",
    why="Helm takes release names of at most 53 characters, and the release is the kind's prefix and the "
    "application's name together.",
    fix="Shorten the name to what the message says.",
)
NAMESPACE_LENGTH = Code(
    "CZ2103",
    Severity.ERROR,
    "a tenant's namespace would be too long",
    why="A tenant's namespace is the names of all tenants above it and its own, joined by dashes. Kubernetes "
    "takes at most 63 characters.",
    fix="Shorten a name on the path, or nest less deeply.",
)
RESERVED_KEY = Code(
    "CZ2104",
    Severity.ERROR,
    "a reserved key in values",
    why="Keys that start with an underscore are how the platform hands its own values to charts. The API "
    "refuses them; written into a release they would replace what the platform says about the tenant.",
    fix="Remove the key. Labels and annotations of the application are written under _metadata.",
)
LABEL = Code(
    "CZ2106",
    Severity.ERROR,
    "not a label or annotation",
    why="The release carries an application's labels and annotations under the prefix apps.cozystack.io-, "
    "which takes 18 of the 63 characters that Kubernetes allows. What does not fit, or holds other "
    "characters, makes Kubernetes refuse the release.",
    fix="Use keys of at most 45 letters, digits, dashes, dots and underscores, and label values of at most "
    "63 of them.",
)


class Refusal(NamedTuple):
    """What is refused and what would be taken; ``key`` names the offending key of a mapping."""

    code: Code
    message: str
    hint: str
    values: dict[str, Any]
    key: str | None = None


def name_refusal(application: Application, name: str, namespace: str) -> Refusal | None:
    """Why the API refuses to create an application of this name, in the order of its own checks."""
    values: dict[str, Any] = {"kind": application.kind, "name": name}
    if len(name) > MAX_NAMESPACE or not _LABEL_1035(name):
        other, by = (r"[^a-z0-9]+", "") if application.kind == "Tenant" else (r"[^a-z0-9-]+", "-")
        better = re.sub(other, by, name.lower()).lstrip("0123456789-")[: application.max_name].rstrip("-")
        return Refusal(
            APP_NAME,
            f"{name!r} is no name for a {application.kind}: a DNS label that begins with a letter is needed",
            f"write {better}" if better else "choose a name of lower-case letters, digits and dashes",
            values,
        )
    if application.kind == "Tenant" and not _TENANT(name):
        return Refusal(
            APP_NAME,
            f"{name!r} is no tenant name: it may hold no dashes",
            f"write {name.replace('-', '')}",
            values,
        )
    if len(name) > application.max_name:
        limit = application.max_name
        return Refusal(
            APP_NAME_LENGTH,
            f"the name {name} has {len(name)} characters; a {application.kind} may have {limit}, since its release is "
            f"named {application.prefix}{name} and may have 53",
            f"use at most {limit} characters",
            values | {"length": len(name), "limit": limit},
        )
    if application.kind == "Tenant":
        return namespace_refusal(workload_namespace(namespace, name))
    return None


def workload_namespace(release_namespace: str, name: str) -> str:
    """The namespace of a tenant whose release stands in ``release_namespace``."""
    if release_namespace == "tenant-root":
        return "tenant-root" if name == "root" else f"tenant-{name}"
    return f"{release_namespace}-{name}"


def namespace_refusal(namespace: str) -> Refusal | None:
    """Why a tenant's namespace cannot be."""
    if len(namespace) <= MAX_NAMESPACE:
        return None
    over = len(namespace) - _WORKING_NAMESPACE
    return Refusal(
        NAMESPACE_LENGTH,
        f"the tenant's namespace {namespace} would have {len(namespace)} characters, Kubernetes takes {MAX_NAMESPACE}",
        f"shorten the names on the path by {over} characters: the tenant's chart works with up to "
        f"{_WORKING_NAMESPACE}",
        {"namespace": namespace, "length": len(namespace), "limit": MAX_NAMESPACE},
    )


def values_refusals(values: Any) -> Iterator[Refusal]:
    """Why the API refuses these values; nothing, and no values at all, are taken."""
    if values is None:
        return
    if not isinstance(values, Mapping):
        yield Refusal(WRONG_TYPE, "the values have to be a mapping", "write key: value below the name", {})
        return
    for key in values:
        if key.startswith("_"):
            yield Refusal(
                RESERVED_KEY,
                f"the key {key} is reserved: keys that start with _ are the platform's own",
                "remove it; labels and annotations go under _metadata"
                if key != "_metadata"
                else "remove it; the release of a module is the tenant chart's own and takes none",
                {"key": key},
                key,
            )


def metadata_refusals(labels: Mapping[str, Any], annotations: Mapping[str, Any]) -> Iterator[Refusal]:
    """Why Kubernetes refuses a release with these labels and annotations of the application."""
    for key, value in labels.items():
        named = {"key": key, "value": value}
        wrong = key_fault(_PREFIX + key)
        if wrong:
            yield Refusal(LABEL, f"the label {key}: {value} {wrong}", _room(key), named, key)
        elif wrong := label_value_fault(str(value)):
            better = "use at most 63 letters, digits, dashes, dots and underscores, or an annotation"
            yield Refusal(LABEL, f"the label {key}: {value} {wrong}", better, named, key)
    for key in annotations:
        wrong = key_fault((_PREFIX + key).lower())
        if wrong:
            yield Refusal(LABEL, f"the annotation {key} {wrong}", _room(key), {"key": key}, key)


def _room(key: str) -> str:
    return (
        "use a key of at most 45 letters, digits, dashes, dots and underscores"
        if "/" not in key
        else (
            "use a DNS name of at most 235 characters before the slash and at most 63 letters, digits, dashes, dots "
            "and underscores behind it"
        )
    )


def key_fault(key: str) -> str | None:
    """What is wrong with a label or annotation key as Kubernetes sees it."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not prefix or "/" in prefix or len(prefix) > 253 or not _SUBDOMAIN(prefix)):
        return "has no DNS name of at most 253 characters before the slash"
    if len(name) > 63:
        return f"becomes {key}, whose name has {len(name)} characters, more than 63"
    if not _NAME_PART(name):
        return (
            "holds characters other than letters, digits, dashes, dots and underscores, or has one at an end"
        )
    return None


def label_value_fault(value: str) -> str | None:
    """What is wrong with a label's value."""
    if value == "":
        return None
    if len(value) > 63:
        return f"has a value of {len(value)} characters, more than 63"
    if not _NAME_PART(value):
        return "has a value with characters other than letters, digits, dashes, dots and underscores, or at an end"
    return None


def app_admission(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """The applications of a tenant."""
    for app in tenant.apps:
        refusal = name_refusal(app.application, app.name, app.namespace)
        if refusal:
            yield _diagnostic(refusal, app)
        yield from _values_and_metadata(app)
    for service in tenant.services.values():
        yield from _values_and_metadata(service.app)


def _values_and_metadata(app: App) -> Iterator[Diagnostic]:
    for refusal in values_refusals(app.given):
        yield _diagnostic(refusal, app)
    if app.labels or app.annotations:
        yield from _metadata(app.labels, app.annotations, app.place)


def _diagnostic(refusal: Refusal, app: App) -> Diagnostic:
    place = app.at(refusal.key, key=True) if refusal.key is not None else app.place
    return refusal.code.at(place, refusal.message, hint=refusal.hint, values=refusal.values)


def tenant_admission(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """A tenant itself: its name's length and its namespace's, its labels and annotations."""
    if not tenant.is_root:
        refusal = name_refusal(site.applications["Tenant"], tenant.name, tenant.release_namespace)
        if refusal and refusal.code is not APP_NAME:  # how a tenant may be named, linking has said
            yield refusal.code.at(tenant.place, refusal.message, hint=refusal.hint, values=refusal.values)
    yield from _metadata(tenant.labels, tenant.annotations, tenant.place)


def _metadata(
    labels: Mapping[str, Any], annotations: Mapping[str, Any], fallback: Place
) -> Iterator[Diagnostic]:
    for found, refusals in (
        (labels, metadata_refusals(labels, {})),
        (annotations, metadata_refusals({}, annotations)),
    ):
        for refusal in refusals:
            place = key_place(found, refusal.key) if isinstance(found, Map) and refusal.key else None
            yield refusal.code.at(
                place or fallback, refusal.message, hint=refusal.hint, values=refusal.values
            )
