"""Replicas against nodes, for applications that never put two of them on one (facts: catalog 4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozygen.charts import merged
from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.model import Site
from cozygen.platform.tenant import App, Tenant

TOO_FEW_NODES = Code(
    "CZ5020",
    Severity.ERROR,
    "more replicas than nodes",
    why="The application puts every replica on a node of its own. With fewer nodes than replicas the rest of "
    "them wait for ever, and the release never becomes Ready.",
    fix="Lower the replicas to the number of nodes that take workloads, or add nodes.",
)

_SPREAD: dict[str, tuple[tuple[str, ...], ...]] = {
    "MariaDB": (("replicas",),),
    "ClickHouse": (("shards", "replicas"), ("clickhouseKeeper.replicas",)),
    "MongoDB": (("replicas",),),
    "HTTPCache": (("nginx.replicas",),),
}
"""By kind: products of replica counts of which each needs a node of its own."""


def spread(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Applications with hard anti-affinity, where the inventory is known."""
    if not site.hardware.known:
        return
    nodes = len(site.hardware.schedulable)
    for app in tenant.apps:
        for paths in _SPREAD.get(app.kind, ()):
            count = _product(app, paths)
            if count is not None and count > nodes:
                yield _diagnostic(app, paths, count, site)


def _product(app: App, paths: tuple[str, ...]) -> int | None:
    values = merged(app.application, app.given)
    total = 1
    for path in paths:
        value = _at(values, path)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        total *= value
    if app.kind == "MongoDB" and values.get("sharding") is True:
        return None
    return (
        0
        if app.kind == "ClickHouse" and "Keeper" in paths[0] and not _at(values, "clickhouseKeeper.enabled")
        else total
    )


def _at(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step) if isinstance(values, dict) else None
    return values


def _diagnostic(app: App, paths: tuple[str, ...], count: int, site: Site) -> Diagnostic:
    nodes = [node.name for node in site.hardware.schedulable]
    what = " times ".join(paths)
    first = next(iter(site.hardware.nodes.values())).place if site.hardware.nodes else site.place
    return TOO_FEW_NODES.at(
        app.at(*paths[-1].split(".")),
        f"{app.label} needs {count} nodes ({what}), but only {len(nodes)} "
        f"take{'s' * (len(nodes) == 1)} workloads",
        hint=f"write {what}: {len(nodes)}, or add nodes"
        if len(paths) == 1
        else f"lower {what} to {len(nodes)} at most, or add nodes",
        related=[Related("the inventory", first)],
        values={"needed": count, "nodes": nodes},
    )
