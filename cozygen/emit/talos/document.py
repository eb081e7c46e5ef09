"""Documents of a machine configuration: plain data, told apart by kind and name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]
Key = tuple[str, str]
"""The kind and the name of a document; both empty for the one that holds ``machine`` and ``cluster``."""

MAIN: Key = ("", "")
DELETE = {"$patch": "delete"}
"""What Talos' strategic merge takes as the order to remove what is there."""


def typed(kind: str, name: str | None = None, **fields: Any) -> Document:
    """A document of its own kind; fields that are None are left out."""
    out: Document = {"apiVersion": "v1alpha1", "kind": kind}
    if name is not None:
        out["name"] = name
    return out | {key: value for key, value in fields.items() if value is not None}


def key_of(document: Document) -> Key:
    """What tells a document from the others of a configuration."""
    return str(document.get("kind") or ""), str(document.get("name") or "")


def in_order(documents: Iterable[Document]) -> list[Document]:
    """The main document first, then by kind and name."""
    return sorted(documents, key=key_of)


def present(**fields: Any) -> dict[str, Any]:
    """The fields that have a value: neither None nor empty."""
    return {key: value for key, value in fields.items() if value not in (None, {}, [], (), "")}
