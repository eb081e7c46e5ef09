"""Layers of documents to one entry a kind and name; tenants to one entry a path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from cozygen.diagnostics import Diagnostic, Related
from cozygen.schema import did_you_mean
from cozygen.spec import codes
from cozygen.spec.documents import REMOVED
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry, empty_map
from cozygen.spec.shapes.tenant import ROOT
from cozygen.yamlio import Map, key_place

Key = tuple[str, str]


def flatten(entry: Entry) -> Iterator[Entry]:
    """A tenant and its inline children, each an entry of its own with its path as name."""
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
            yield Entry("Tenant", path, REMOVED, empty_map(children), place)
        elif isinstance(child, Map):
            yield from flatten(Entry("Tenant", path, child, empty_map(children), place))
        else:  # kept, so that the shape check refuses it where it stands
            kept = empty_map(children)
            kept.put("tenants", child, children, name)
            yield Entry("Tenant", path, kept, empty_map(children), place)


def combine(
    layers: Iterable[Iterable[Entry]], known: Collection[str] = ()
) -> tuple[dict[Key, Entry], list[Diagnostic]]:
    """One entry for each kind and name of all layers, in order of appearance.

    What a layer removes are entries of the layers below it, so the order of files and documents inside of a
    layer does not matter. ``known`` are names that exist besides, for suggestions.
    """
    merged: dict[Key, Entry] = {}
    problems: list[Diagnostic] = []
    for number, entries in enumerate(layers):
        layer: dict[Key, Entry] = {}
        for item in _items(entries):
            first = layer.setdefault((item.kind, item.name), item)
            if first is not item:
                problems.append(_twice(item, first))
        if number:
            layer = _without_removals(layer, merged, problems, known)
        for key, item in layer.items():
            below = merged.get(key)
            merged[key] = item if below is None else _merged(below, item)
    return {key: _settled(entry) for key, entry in merged.items()}, problems


def _items(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.kind == "Tenant":
            yield from flatten(entry)
        else:
            yield entry


def _without_removals(
    layer: Mapping[Key, Entry], merged: dict[Key, Entry], problems: list[Diagnostic], others: Collection[str]
) -> dict[Key, Entry]:
    """The layer's other entries, once what it removes is out of those below; a tenant goes with its subtree."""
    known = set(merged)
    for key, item in layer.items():
        if item.body is not REMOVED:
            continue
        if key not in known:
            problems.append(
                codes.NOTHING_TO_REMOVE.at(
                    item.place,
                    f"there is no {item.kind} {item.name} in the layers below that this could remove",
                    hint=did_you_mean(
                        item.name,
                        [
                            *(name for kind, name in known if kind == item.kind),
                            *(name for name in others if name != item.name),
                        ],
                        limit=0,
                    )
                    or "to add it instead, write {} where nothing stands now",
                    values={"kind": item.kind, "name": item.name},
                )
            )
        for other in known:
            if other == key or (key[0] == other[0] == "Tenant" and other[1].startswith(f"{key[1]}/")):
                merged.pop(other, None)
    return {key: item for key, item in layer.items() if item.body is not REMOVED}


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
