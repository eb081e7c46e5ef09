"""Layers of documents to one entry a kind and name; tenants to one entry a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cozygen.diagnostics import Diagnostic, Related
from cozygen.spec import codes
from cozygen.spec.documents import REMOVED
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry, empty_map
from cozygen.spec.shapes.tenant import ROOT
from cozygen.yamlio import Map, key_place

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Removal:
    """A tenant that a layer removes, with everything below it."""

    path: str


def flatten(entry: Entry) -> Iterator[Entry | Removal]:
    """A tenant and its inline children, each an entry of its own with its path as name."""
    if entry.body is REMOVED:
        yield Removal(entry.name)
        return
    body = entry.body
    children = body.get("tenants")
    if isinstance(children, Map):
        body = body.copy()
        body.drop("tenants")
    metadata = body.get("_metadata")
    if isinstance(metadata, Map):
        body = body.copy()
        body.drop("_metadata")
        metadata = merge(entry.metadata, metadata)
    yield Entry(
        "Tenant", entry.name, body, metadata if isinstance(metadata, Map) else entry.metadata, entry.place
    )
    if not isinstance(children, Map):
        return
    for name, child in children.items():
        place = key_place(children, name) or entry.place
        path = name if entry.name == ROOT else f"{entry.name}/{name}"
        if child is None:
            yield Entry("Tenant", path, _EMPTY_CHILD, empty_map(children), place)
        elif isinstance(child, Map):
            yield from flatten(Entry("Tenant", path, child, empty_map(children), place))
        else:  # kept, so that the shape check refuses it where it stands
            kept = empty_map(children)
            kept.put("tenants", child, children, name)
            yield Entry("Tenant", path, kept, empty_map(children), place)


# A child written as `name:` with nothing below: a tenant of defaults, or in an upper layer a removal.
_EMPTY_CHILD = Map()


def combine(layers: Iterable[Iterable[Entry]]) -> tuple[dict[Key, Entry], list[Diagnostic]]:
    """One entry for each kind and name of all layers, in order of appearance."""
    merged: dict[Key, Entry] = {}
    problems: list[Diagnostic] = []
    for entries in layers:
        layer: dict[Key, Entry] = {}
        for item in _items(entries):
            if isinstance(item, Removal):
                _remove(merged, item.path)
                continue
            key = (item.kind, item.name)
            if key in layer:
                problems.append(_twice(item, layer[key]))
                continue
            layer[key] = item
            if key not in merged:
                merged[key] = item
            elif item.body is _EMPTY_CHILD:
                _remove(merged, item.name)
            elif item.body is REMOVED:
                del merged[key]
            else:
                merged[key] = _merged(merged[key], item)
    return {key: _settled(entry) for key, entry in merged.items() if entry.body is not REMOVED}, problems


def _items(entries: Iterable[Entry]) -> Iterator[Entry | Removal]:
    for entry in entries:
        if entry.kind == "Tenant":
            yield from flatten(entry)
        else:
            yield entry


def _remove(merged: dict[Key, Entry], path: str) -> None:
    for kind, name in list(merged):
        if kind == "Tenant" and (name == path or name.startswith(path + "/")):
            del merged[kind, name]


def _merged(lower: Entry, upper: Entry) -> Entry:
    return Entry(
        upper.kind,
        upper.name,
        merge(lower.body, upper.body),
        merge(lower.metadata, upper.metadata),
        lower.place,
    )


def _settled(entry: Entry) -> Entry:
    body, metadata = settle(entry.body), settle(entry.metadata)
    if body is entry.body and metadata is entry.metadata:
        return entry
    return Entry(entry.kind, entry.name, body, metadata, entry.place)


def _twice(second: Entry, first: Entry) -> Diagnostic:
    return codes.DEFINED_TWICE.at(
        second.place,
        f"the {second.kind} {second.name} is defined twice in one layer",
        hint="merge the two, or rename one",
        related=[Related("first defined here", first.place)],
        values={"kind": second.kind, "name": second.name},
    )
