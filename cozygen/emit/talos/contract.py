"""The forms of machine configuration that cozygen can write, by Talos' name for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cozygen.emit.talos import v1_13
from cozygen.emit.talos.document import Document
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.nodes import Node

Emitter = Callable[[Node, Cluster], list[Document]]
EMITTERS: Mapping[str, Emitter] = MappingProxyType({"v1.13": v1_13.node_documents})
"""Emitters by contract. Another contract is another module beside ``v1_13``."""


def emitter_of(contract: str) -> Emitter | None:
    """The emitter of a contract, None where there is none."""
    return EMITTERS.get(contract)
