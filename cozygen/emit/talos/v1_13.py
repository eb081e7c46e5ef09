"""The v1.13 contract: one main document for machine and cluster, typed documents for all that left it since 1.10.

Never ``machine.network``, ``registries``, ``time``, ``disks``, ``env`` or ``systemDiskEncryption``: Talos still
decodes them, but its schema of 1.13 no longer has them.
"""

from __future__ import annotations

from cozygen.emit.talos.control_plane import cluster_section
from cozygen.emit.talos.document import Document, in_order
from cozygen.emit.talos.links import link_documents
from cozygen.emit.talos.machine import machine
from cozygen.emit.talos.registries import registry_documents
from cozygen.emit.talos.system import system_documents
from cozygen.emit.talos.volumes import volume_documents
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.nodes import Node


def node_documents(node: Node, cluster: Cluster) -> list[Document]:
    """What the inventory says of a node as a patch without secrets, before any raw patch."""
    main = {
        "version": "v1alpha1",
        "machine": machine(node, cluster),
        "cluster": cluster_section(node, cluster),
    }
    return in_order(
        [
            main,
            *link_documents(node, cluster),
            *system_documents(node, cluster),
            *registry_documents(cluster),
            *volume_documents(node, cluster),
        ]
    )
