"""``cluster``: what all nodes know of the cluster, and what runs on its control planes (facts: talos 1.2)."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.document import present
from cozygen.emit.talos.machine import OIDC_CA, node_subnets
from cozygen.platform.machines.cluster import Cluster, Oidc, section
from cozygen.platform.machines.quantity import whole_bytes
from cozygen.platform.nodes import Node

_QUOTA = 8 * 1024**3
"""Bytes that etcd's database may take: LINSTOR keeps its state in many objects."""


def cluster_section(node: Node, cluster: Cluster) -> dict[str, Any]:
    """The section for one node."""
    shared: dict[str, Any] = {
        "clusterName": cluster.name,
        "controlPlane": {"endpoint": cluster.endpoint},
        "network": {
            "cni": {"name": "none"},
            "dnsDomain": cluster.domain,
            "podSubnets": list(cluster.pods),
            "serviceSubnets": list(cluster.services),
        },
        "discovery": {"enabled": cluster.kubespan},
    }
    if not node.control_plane:
        return shared
    return shared | {
        "allowSchedulingOnControlPlanes": node.schedulable,
        "apiServer": _api_server(cluster),
        "controllerManager": {"extraArgs": _controller_manager(cluster)},
        "scheduler": {"extraArgs": {"bind-address": "0.0.0.0"} | _args(cluster, "scheduler")},
        "proxy": {"disabled": True},
        "etcd": _etcd(node, cluster),
    }


def _args(cluster: Cluster, component: str) -> dict[str, str]:
    return dict(section(section(cluster.body, component), "extraArgs"))


def _api_server(cluster: Cluster) -> dict[str, Any]:
    oidc = cluster.oidc
    args = (_oidc_args(oidc) if oidc is not None else {}) | _args(cluster, "apiServer")
    volumes = []
    if oidc is not None and oidc.ca:
        volumes.append({"hostPath": OIDC_CA, "mountPath": OIDC_CA, "readonly": True})
    return present(certSANs=list(cluster.sans), extraArgs=args, extraVolumes=volumes)


def _oidc_args(oidc: Oidc) -> dict[str, str]:
    return present(
        **{
            "oidc-issuer-url": oidc.issuer,
            "oidc-client-id": oidc.client,
            "oidc-username-claim": oidc.username,
            "oidc-groups-claim": oidc.groups,
            "oidc-ca-file": OIDC_CA if oidc.ca else None,
        }
    )


def _controller_manager(cluster: Cluster) -> dict[str, str]:
    return {
        "bind-address": "0.0.0.0",
        "allocate-node-cidrs": "true",
        "cluster-cidr": ",".join(cluster.pods),
        **_args(cluster, "controllerManager"),
    }


def _etcd(node: Node, cluster: Cluster) -> dict[str, Any]:
    stated = section(cluster.body, "etcd")
    quota = whole_bytes(stated["quota"]) if "quota" in stated else None
    return present(
        advertisedSubnets=list(stated.get("advertisedSubnets") or node_subnets(node, cluster)),
        listenSubnets=list(stated.get("listenSubnets") or ()),
        extraArgs={"quota-backend-bytes": str(quota or _QUOTA), **section(stated, "extraArgs")},
    )
