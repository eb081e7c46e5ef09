"""What overrides leave of the agreement with the Platform: held against the configuration as it is in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozygen.checks.talos.agreement import DISAGREEMENT
from cozygen.checks.talos.finding import Configuration, Finding, at
from cozygen.emit.talos.document import MAIN, Document
from cozygen.platform.machines.cluster import Cluster


def effective(documents: list[Document], cluster: Cluster) -> Iterator[Finding]:
    """Networks, domain, endpoint, certificates and sign-in of one node's complete configuration."""
    config = Configuration(documents)
    wanted: list[tuple[tuple[str, ...], Any, str]] = [
        (("cluster", "network", "dnsDomain"), cluster.domain, "dnsDomain"),
        (("cluster", "network", "podSubnets"), list(cluster.pods), "podSubnets"),
        (("cluster", "network", "serviceSubnets"), list(cluster.services), "serviceSubnets"),
        (("cluster", "clusterName"), cluster.name, "clusterName"),
        (("cluster", "controlPlane", "endpoint"), cluster.endpoint, "endpoint.url"),
    ]
    if config.control_plane and cluster.oidc is not None:
        args = ("cluster", "apiServer", "extraArgs")
        wanted.append(((*args, "oidc-issuer-url"), cluster.oidc.issuer, "oidc.issuer"))
        wanted.append(((*args, "oidc-client-id"), cluster.oidc.client, "oidc.clientID"))
    for path, expected, setting in wanted:
        found = at(config.main, *path)
        if (found is not None and found != expected) or (found is None and path[1] != "controlPlane"):
            message = f"{'.'.join(path)} is {_shown(found)}, the rest of the spec says {_shown(expected)}"
            yield Finding(
                DISAGREEMENT, MAIN, path, message, f"set {setting} in the inventory instead, for all nodes"
            )
    if config.control_plane:
        names = at(config.main, "cluster", "apiServer", "certSANs")
        for name in cluster.sans:
            if name not in (names or ()):
                path = ("cluster", "apiServer", "certSANs")
                message = f"the API server's certificate lacks {name}"
                yield Finding(
                    DISAGREEMENT, MAIN, path, message, f"keep {name}, or take it out of the endpoint"
                )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "nothing" if value is None else str(value)
