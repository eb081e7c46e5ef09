"""Names that the platform derives from a tenant's path (facts: catalog 4.1)."""

from __future__ import annotations

ROOT = "root"
ROOT_NAMESPACE = "tenant-root"


def parent_path(path: str) -> str | None:
    """The path of the parent; None for root."""
    if path == ROOT:
        return None
    return path.rpartition("/")[0] or ROOT


def namespace_of(path: str) -> str:
    """The namespace in which a tenant's apps run."""
    return "tenant-" + path.replace("/", "-")


def path_of(namespace: str) -> str:
    """The tenant whose namespace this is; tenant names hold no dashes, so the way back is unambiguous."""
    return namespace.removeprefix("tenant-").replace("-", "/")


def host_of(own: str, name: str, parent_host: str) -> str:
    """The host of a tenant: its own, or NAME.PARENT-HOST, or nothing if the parent has none."""
    return own or (f"{name}.{parent_host}" if parent_host else "")
