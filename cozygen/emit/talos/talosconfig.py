"""``talosconfig``: with what, and at which machines, ``talosctl`` reaches Talos' API."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.bundle import KeyPair
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.nodes import Hardware


def talosconfig(cluster: Cluster, hardware: Hardware, authority: str, client: KeyPair) -> dict[str, Any]:
    """One context. Its endpoints are the control planes' own addresses, never one that they share."""
    endpoints = [str(node.reach.ip) for node in hardware.control_planes if node.reach is not None]
    context = {"endpoints": endpoints, "ca": authority, "crt": client.crt, "key": client.key}
    return {"context": cluster.name, "contexts": {cluster.name: context}}
