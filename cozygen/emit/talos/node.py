"""A node's patch and its complete configuration."""

from __future__ import annotations

from cozygen.emit.talos.base import Target
from cozygen.emit.talos.bundle import PLACEHOLDER, STAND_INS, Bundle
from cozygen.emit.talos.contract import CONTRACTS
from cozygen.emit.talos.document import Document
from cozygen.emit.talos.merge import merged
from cozygen.emit.talos.patches import Collision, patched
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.nodes import Hardware, Node
from cozygen.record import Record


class NodePatch(Record):
    """What is written for a node: documents without secrets; ``collisions`` are what raw patches ran into."""

    node: Node
    documents: tuple[Document, ...]
    collisions: tuple[Collision, ...] = ()


def node_patch(node: Node, cluster: Cluster, hardware: Hardware) -> NodePatch:
    """The patch of one node: the inventory's documents with the cluster's and the node's raw patches.

    A contract that cozygen does not write gives no documents; a check refuses it by name.
    """
    contract = CONTRACTS.get(cluster.contract)
    if contract is None:
        return NodePatch(node, ())
    raw = (*hardware.patches, *node.patches)
    base = contract.base(_target(node, cluster), PLACEHOLDER)
    documents, collisions = patched(contract.documents(node, cluster), raw, base)
    return NodePatch(node, tuple(documents), tuple(collisions))


def configuration(patch: NodePatch, cluster: Cluster, bundle: Bundle) -> list[Document]:
    """The complete machine configuration: what Talos generates from the bundle, with the patch merged in."""
    base = CONTRACTS[cluster.contract].base
    return merged(base(_target(patch.node, cluster), bundle), patch.documents)


def rehearsed(patch: NodePatch, cluster: Cluster) -> list[Document]:
    """The configuration with throw-away secrets: of the form of the complete one, to be held against rules."""
    documents = configuration(patch, cluster, PLACEHOLDER)
    return [{**STAND_INS.get(str(document.get("kind")), {}), **document} for document in documents]


def _target(node: Node, cluster: Cluster) -> Target:
    return Target(node.role, cluster.name, cluster.endpoint, cluster.kubernetes)
