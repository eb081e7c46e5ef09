"""What reading takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map

API_VERSION = "cozygen.io/v1alpha1"


class Entry(Record):
    """A document after layering (or an inline tenant): its name, metadata and spec, and where it is named."""

    kind: str
    name: str
    body: Map
    metadata: Map
    place: Place


class Spec(Record):
    """All entries that concern the whole platform; ``blueprints`` are by name.

    ``attached`` are the files that the spec points at and that could be read, ``manifests`` what they and the
    spec's own files hold of Kubernetes documents.
    """

    platform: Entry | None
    blueprints: Mapping[str, Entry]
    hardware: tuple[Entry, ...] = ()
    policies: tuple[Entry, ...] = ()
    waivers: tuple[Entry, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    attached: tuple[str, ...] = ()
    digest: str = ""


class Manifest(Record):
    """A Kubernetes document found among the spec's files: an ApplicationDefinition, or a SOPS-encrypted Secret.

    ``text`` is the document exactly as it stands, since an encrypted one must not change by a byte.
    """

    api_version: str
    kind: str
    body: Map
    text: str
    place: Place

    def metadata(self, key: str) -> object:
        """What its metadata says of a key, None where it says nothing."""
        metadata = self.body.get("metadata")
        return metadata.get(key) if isinstance(metadata, Map) else None


def empty_map(parent: Any = None) -> Map:
    """A mapping made by code; it has the origin of ``parent`` so that places stay near."""
    return Map(parent.origin) if isinstance(parent, Map) else Map()
