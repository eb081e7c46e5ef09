"""Whose an object is: a tenant's, the platform's, or only the plumbing that brings objects to the cluster."""

from __future__ import annotations

from typing import NamedTuple

from cozygen.platform.delivery import NAMESPACE
from cozygen.platform.names import ROOT, path_of
from cozygen.review.objects import Body, Ref, labels_of

GROUP = "apps.cozystack.io"
_KIND = f"{GROUP}/application.kind"
_NAME = f"{GROUP}/application.name"
_PREFIX = "tenant-"

PLATFORM = "platform"
PLUMBING = "flux"


class Owner(NamedTuple):
    """``tenant`` is a path, empty for what is no tenant's; ``part`` tells the platform from the plumbing."""

    part: str
    tenant: str = ""

    @property
    def label(self) -> str:
        """How messages name the owner."""
        return self.tenant or self.part


def owner_of(ref: Ref, body: Body, path: str = "") -> Owner:
    """The owner of an object; ``path`` is the file of a rendered tree that it stands in, if it does.

    A tenant's own release counts as that tenant's, although it stands in the parent's namespace.
    """
    top = path.partition("/")[0]
    if top == "tenants":
        return owner_of_path(path)
    if top in ("flux", "gates", "bootstrap") or ref.namespace == NAMESPACE:
        return Owner(PLUMBING)
    child = tenant_of_release(ref, body)
    if child is not None:
        return Owner("tenant", child)
    if ref.namespace.startswith(_PREFIX):
        return Owner("tenant", path_of(ref.namespace))
    return Owner(PLATFORM)


def owner_of_path(path: str) -> Owner:
    """The owner of whatever a file of a rendered tree holds, by its path alone."""
    parts = path.split("/")
    if parts[0] == "tenants" and len(parts) > 2:
        name = parts[2] if set(parts[1]) <= {"0", "1"} and len(parts) > 3 else parts[1]
        return Owner("tenant", path_of(name))
    if parts[0] in ("flux", "gates", "bootstrap", ".cozygen"):
        return Owner(PLUMBING)
    return Owner(PLATFORM)


def kustomization_of(path: str) -> str | None:
    """The Kustomization that applies a tenant's file of a rendered tree, None for any other file."""
    parts = path.split("/")[:-1]
    if parts[:1] != ["tenants"] or len(parts) < 3:
        return None
    *_, directory, part = parts
    return f"{_PREFIX}{directory}" if part == "tenant" else f"{_PREFIX}{directory}.{part}"


def tenant_of_release(ref: Ref, body: Body) -> str | None:
    """The path of the tenant whose own release this is, None for any other object."""
    if not _release(ref) or not ref.namespace.startswith(_PREFIX) or not ref.name.startswith(_PREFIX):
        return None
    if labels_of(body).get(_KIND, "Tenant") != "Tenant":
        return None
    parent, name = path_of(ref.namespace), ref.name.removeprefix(_PREFIX)
    if parent == ROOT:
        return name
    return f"{parent}/{name}"


def title_of(ref: Ref, body: Body) -> str:
    """An object as people call it: applications by kind and name, the rest by its Kubernetes kind."""
    if tenant_of_release(ref, body) is not None:
        return "tenant"
    labels = labels_of(body)
    kind, name = labels.get(_KIND), labels.get(_NAME)
    if _release(ref) and isinstance(kind, str) and isinstance(name, str):
        return f"{kind} {name}"
    return f"{ref.kind} {ref.name}"


def _release(ref: Ref) -> bool:
    return ref.kind == "HelmRelease" and ref.group == "helm.toolkit.fluxcd.io"
