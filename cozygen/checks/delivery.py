"""How the tree reaches Flux."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.grouping import (
    ARTIFACTS_MOST,
    DIRECT_MOST,
    GENERATOR_MOST,
    STAGED_MOST,
    grouped,
    most_outputs,
)
from cozygen.platform.model import Platform
from cozygen.platform.names import ROOT

NO_REPOSITORY = Code(
    "CZ2301",
    Severity.WARNING,
    "no repository",
    why="The Platform does not say where Flux finds the rendered tree, so the bootstrap manifests name an "
    "example.",
    fix="Set delivery.git.url of the Platform.",
)
CLUSTER_URL = Code(
    "CZ2302",
    Severity.ERROR,
    "a repository address inside the cluster",
    why="Flux runs on the nodes' network and resolves names as the nodes do, so it does not find a Service's "
    "name.",
    fix="Use a name or address that the nodes can reach.",
)
LAYOUT_SIZE = Code(
    "CZ2303",
    Severity.WARNING,
    "a layout that does not fit the number of tenants",
    why="How tenants map to Flux objects decides what a push costs. With this layout and so many tenants, "
    "every push keeps Flux busy for minutes, or lets a generator run into its own clean-up.",
    fix="Use the layout that the message names, or auto.",
)
LAYOUT_LIMIT = Code(
    "CZ2304",
    Severity.ERROR,
    "a generator with more artifacts than Flux takes",
    why="An ArtifactGenerator has at most 1,000 artifacts. The API server refuses one with more, and with it "
    "everything that the root Kustomization applies, so that no push arrives any more.",
    fix="Use the layout auto, or more groups.",
)

_INSIDE = (".svc", ".cluster.local", ".cozy.local")
_MOST = {"direct": DIRECT_MOST, "artifacts": ARTIFACTS_MOST, "staged": STAGED_MOST}


def delivery(platform: Platform) -> Iterator[Diagnostic]:
    """The Platform's delivery section."""
    site = platform.site
    item = site.delivery
    if not item.stated:
        yield NO_REPOSITORY.at(
            site.at("delivery", key=True),
            "delivery.git is not set; the bootstrap manifests name an example repository",
            hint="set delivery.git.url, or delivery.oci.url",
        )
    tenants = [path for path in platform.facts if path != ROOT]
    count = len(tenants)
    grouping = grouped(tenants, item)
    laid_out = [*tenants, ROOT] if platform.tenants[ROOT].laid_out else tenants
    outputs = most_outputs(grouping, laid_out)
    most = _MOST.get(item.mode)
    if outputs > GENERATOR_MOST:
        yield LAYOUT_LIMIT.at(
            site.at("delivery", "layout", "groups" if item.groups else "mode"),
            f"the layout {grouping.mode} of {count} tenants has an ArtifactGenerator with {outputs} artifacts, "
            f"and {GENERATOR_MOST} are possible",
            hint="use auto, without a number of groups",
            values={"mode": grouping.mode, "tenants": count, "artifacts": outputs, "limit": GENERATOR_MOST},
        )
    elif most is not None and count > most:
        yield LAYOUT_SIZE.at(
            site.at("delivery", "layout", "mode"),
            f"the layout {item.mode} is meant for at most {most} tenants, there are {count}",
            hint="use auto",
            values={"mode": item.mode, "tenants": count},
        )


def in_cluster(host: str) -> bool:
    """Whether a name is one that only pods resolve."""
    return host.endswith(_INSIDE)
