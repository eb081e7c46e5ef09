"""OpenSearch: node roles, users as Secrets, the dashboards' Service."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.names import SECRET, SERVICE, Derived, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Text
from cozygen.charts.values import mapping
from cozygen.diagnostics import Code, Severity

NO_NODE_ROLE = Code(
    "CZ4114",
    Severity.ERROR,
    "search nodes without any role",
    "Every node of the pool has the same roles, and a pool without any could hold no data and elect no "
    "master, so the chart refuses it.",
    "Switch at least one of master, data, ingest and ml on; data and master are what most pools need.",
)


def _check(release: Release) -> Iterator[Fault]:
    roles = mapping(release.values, "nodeRoles")
    if roles and not any(roles.get(role) for role in ("master", "data", "ingest", "ml")):
        yield Fault(
            NO_NODE_ROLE,
            ("nodeRoles",),
            "none of the node roles master, data, ingest and ml is switched on",
            "switch master and data on",
        )


RULES = Rules(
    check=_check,
    names=(Derived("{release}-dashboards-external", SERVICE, when="external & dashboards.enabled"),),
    derived=(DerivedFrom("users.~", "{release}-user-{text}", SECRET),),
    texts=(Text("storageClass"), Text("images.opensearch")),
    nulls=dict.fromkeys(("resourcesPreset", "images", "nodeRoles", "dashboards"), ""),
    resources=(Resources(), Resources("dashboards.resources", "dashboards.enabled")),
    secrets=("users.*.password",),
)
