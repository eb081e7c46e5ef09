"""Kubernetes objects in files: what each is called, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cozygen.diagnostics import Diagnostic, Place
from cozygen.record import Record
from cozygen.yamlio import read_documents

Body = Mapping[str, Any]


class Ref(NamedTuple):
    """An object's identity. The API version is not part of it: a new version is the same object."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def label(self) -> str:
        """The object as messages name it."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Object(Record):
    """An object with the file it stands in and where it begins there."""

    ref: Ref
    body: Body
    place: Place


def read_objects(data: bytes, file: str) -> tuple[list[Object], list[Diagnostic]]:
    """The objects of a YAML or JSON file, lists taken apart, and what cannot be read.

    Documents that are no named object, such as a kustomization.yaml, are left out.
    """
    if data.lstrip()[:1] == b"{":
        try:
            bodies: Iterable[tuple[Any, Place]] = [(json.loads(data), Place(file, 1, 1))]
            problems: list[Diagnostic] = []
        except (ValueError, RecursionError):
            documents, problems = read_documents(data, file)
            bodies = [(document.body, document.place) for document in documents]
    else:
        documents, problems = read_documents(data, file)
        bodies = [(document.body, document.place) for document in documents]
    found = [item for body, place in bodies for item in unpacked(body, place)]
    return found, problems


def unpacked(body: Any, place: Place) -> Iterator[Object]:
    """The object, or the objects of a list."""
    if not isinstance(body, Mapping):
        return
    items = body.get("items")
    if isinstance(items, list) and str(body.get("kind", "")).endswith("List"):
        for item in items:
            yield from unpacked(item, place)
        return
    ref = ref_of(body)
    if ref is not None:
        yield Object(ref, body, place)


def ref_of(body: Body) -> Ref | None:
    """The identity of an object, None for what is none."""
    metadata = body.get("metadata")
    version, kind = body.get("apiVersion"), body.get("kind")
    if not (isinstance(metadata, Mapping) and isinstance(version, str) and isinstance(kind, str)):
        return None
    name = metadata.get("name")
    if not isinstance(name, str) or not name:
        return None
    namespace = metadata.get("namespace")
    group = version.rpartition("/")[0]
    return Ref(group, kind, namespace if isinstance(namespace, str) else "", name)


def labels_of(body: Body) -> Body:
    """An object's labels."""
    metadata = body.get("metadata")
    found = metadata.get("labels") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, Mapping) else {}
