"""``machine``: what runs below Kubernetes on every node (facts: talos 1.1)."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.document import DELETE, present
from cozygen.emit.talos.install import install
from cozygen.platform.machines.cluster import Cluster, Oidc, section
from cozygen.platform.nodes import Node

OIDC_CA = "/var/oidc-ca.crt"
"""Where a node keeps the certificate authority of an issuer that no public one vouches for."""
EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers"
"""The label that Talos gives control planes, and with which MetalLB announces nothing from them."""
MODULES: dict[str, tuple[str, ...]] = {
    "openvswitch": (),
    "drbd": ("usermode_helper=disabled",),
    "zfs": (),
    "spl": (),
    "vfio_pci": (),
    "vfio_iommu_type1": (),
}
"""Kernel modules by their parameters: networking, storage, and devices handed to virtual machines."""
SYSCTLS = {
    "net.core.netdev_budget": "600",
    "net.core.netdev_budget_usecs": "8000",
    "net.core.netdev_max_backlog": "5000",
    "net.ipv4.neigh.default.gc_thresh1": "4096",
    "net.ipv4.neigh.default.gc_thresh2": "8192",
    "net.ipv4.neigh.default.gc_thresh3": "16384",
    "net.ipv4.tcp_fin_timeout": "30",
    "net.ipv4.tcp_orphan_retries": "3",
    "vm.max_map_count": "262144",
}
"""Room for many neighbours, DRBD's bursts and reconnects, and OpenSearch's memory maps."""
_KEEPALIVE = {
    "net.ipv4.tcp_keepalive_time": "600",
    "net.ipv4.tcp_keepalive_intvl": "10",
    "net.ipv4.tcp_keepalive_probes": "6",
}
_CRI = """\
[plugins]
  [plugins."io.containerd.cri.v1.runtime"]
    device_ownership_from_security_context = true
"""
_LVM = """\
backup {
  backup = 0
  archive = 0
}
devices {
  global_filter = [ "r|^/dev/drbd.*|", "r|^/dev/dm-.*|", "r|^/dev/zd.*|", "r|^/dev/loop.*|" ]
}
"""


def machine(node: Node, cluster: Cluster) -> dict[str, Any]:
    """The section for one node."""
    return {
        "type": node.role,
        **present(
            certSANs=list(cluster.sans),
            kubelet=_kubelet(node, cluster),
            install=install(node, cluster),
            sysctls=_sysctls(node, cluster),
            kernel={"modules": _modules(cluster)},
            files=_files(cluster.oidc if node.control_plane else None),
            nodeLabels=_labels(node),
            nodeAnnotations=dict(node.body.get("annotations") or {}),
            nodeTaints=dict(node.body.get("taints") or {}),
        ),
    }


def node_subnets(node: Node, cluster: Cluster) -> list[str]:
    """The networks that a node's address is looked for in: as stated, else the node's own."""
    stated = cluster.body.get("nodeSubnets")
    if stated:
        return list(stated)
    return [str(node.address.network)] if node.address is not None else []


def _kubelet(node: Node, cluster: Cluster) -> dict[str, Any]:
    stated = section(cluster.body, "kubelet")
    config = {
        "maxPods": stated.get("maxPods", 512),
        "cpuManagerPolicy": "static",
        **section(stated, "extraConfig"),
    }
    return present(
        nodeIP=present(validSubnets=node_subnets(node, cluster)),
        extraConfig=config,
        extraArgs=dict(section(stated, "extraArgs")),
        registerWithFQDN=True if "." in node.name else None,
    )


def _sysctls(node: Node, cluster: Cluster) -> dict[str, str]:
    out = dict(SYSCTLS)
    if cluster.body.get("tcpKeepalive") is True:
        out |= _KEEPALIVE
    hugepages = node.body.get("hugepages", cluster.body.get("hugepages"))
    if hugepages:
        out["vm.nr_hugepages"] = str(hugepages)
    return out | dict(section(cluster.body, "sysctls")) | dict(section(node.body, "sysctls"))


def _modules(cluster: Cluster) -> list[dict[str, Any]]:
    found = {name: list(parameters) for name, parameters in MODULES.items()}
    for item in cluster.body.get("modules") or ():
        found[item["name"]] = list(item.get("parameters") or ())
    return [{"name": name, **present(parameters=parameters)} for name, parameters in found.items()]


def _files(oidc: Oidc | None) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = [
        {"path": "/etc/cri/conf.d/20-customization.part", "op": "create", "content": _CRI},
        {"path": "/etc/lvm/lvm.conf", "op": "overwrite", "permissions": 0o644, "content": _LVM},
    ]
    if oidc is not None and oidc.ca:
        out.append({"path": OIDC_CA, "op": "create", "permissions": 0o644, "content": oidc.ca})
    return out


def _labels(node: Node) -> dict[str, Any]:
    out: dict[str, Any] = {
        key: value for key, value in sorted(node.labels.items()) if key != "kubernetes.io/hostname"
    }
    if node.control_plane and EXCLUDE not in out:
        out[EXCLUDE] = dict(DELETE)
    return out
