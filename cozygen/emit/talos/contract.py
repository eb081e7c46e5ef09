"""The forms of machine configuration that cozygen can write, by Talos' name for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cozygen.emit.talos import v1_13
from cozygen.emit.talos.base import Target, base_documents
from cozygen.emit.talos.bundle import Bundle
from cozygen.emit.talos.document import Document
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.nodes import Node
from cozygen.record import Record


class Contract(Record):
    """One form: what the inventory says as documents, and what Talos generates below them from the secrets."""

    documents: Callable[[Node, Cluster], list[Document]]
    base: Callable[[Target, Bundle], list[Document]]


CONTRACTS: Mapping[str, Contract] = MappingProxyType(
    {"v1.13": Contract(v1_13.node_documents, base_documents)},
)
"""Contracts by name. Another one is another module beside ``v1_13``, and a base beside ``base``."""
