"""Defaults below groups below nodes: what a node is in the end, and the patches that come with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cozygen.diagnostics import Place
from cozygen.platform.machines.profiles import layer
from cozygen.record import Record
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry
from cozygen.yamlio import Map, Seq, deep_place, forgone, key_place, value_place

_APART = ("group", "patches")


class Patch(Record):
    """A raw part of machine configuration; ``origin`` says who gives it: cluster, defaults, a group or a node."""

    origin: str
    body: Map
    override: bool
    place: Place


class Group(Record):
    """What the nodes of a group have in common."""

    name: str
    body: Map
    place: Place


class Layered(Record):
    """A node after layering: its body without group and patches, and its patches in the order they apply."""

    name: str
    body: Map
    place: Place
    group: str | None
    patches: tuple[Patch, ...]


def groups_of(entries: Iterable[Entry]) -> dict[str, Group]:
    """All groups by name; of a name given twice the first is kept."""
    found: dict[str, Group] = {}
    for entry in entries:
        groups = entry.body.get("groups") or Map()
        for name, body in groups.items():
            found.setdefault(name, Group(name, body, key_place(groups, name) or entry.place))
    return found


def layered_nodes(
    entries: Iterable[Entry], groups: Mapping[str, Group], provider: str | None
) -> dict[str, Layered]:
    """All nodes by name; of a name given twice the first is kept."""
    found: dict[str, Layered] = {}
    for entry in entries:
        nodes = entry.body.get("nodes") or Map()
        for name, body in nodes.items():
            if name not in found:
                place = key_place(nodes, name) or entry.place
                found[name] = _layered(name, body, place, (entry, groups, provider))
    return dict(sorted(found.items()))


def _layered(
    name: str, body: Map, place: Place, context: tuple[Entry, Mapping[str, Group], str | None]
) -> Layered:
    entry, groups, provider = context
    defaults = entry.body.get("defaults") or Map()
    chosen = body.get("group", defaults.get("group"))
    group = groups.get(str(chosen)) if chosen is not None else None
    levels = [("the defaults", defaults, entry.place)]
    if group is not None:
        levels.append((f"the group {group.name}", group.body, group.place))
    levels.append((f"the node {name}", body, place))
    merged = Map(body.origin)
    patches: list[Patch] = []
    for origin, level, at in levels:
        merged = merge(merged, _without(level))
        patches.extend(patches_of(level, origin, at))
    settled = settle(merged)
    under = layer(provider, settled)
    if under is not None:
        settled = settle(merge(under, settled))
    return Layered(name, _without_nothing(settled), place, chosen, tuple(patches))


def _without_nothing(body: Map) -> Map:
    """Without what was taken away where nothing was."""
    out = Map(body.origin)
    for key, value in body.items():
        if value is not None:
            out.put(key, _without_nothing(value) if isinstance(value, Map) else value, body, key)
    for key in forgone(body):
        out.forgo(key, body)
    return out


def _without(level: Map) -> Map:
    if not any(key in level for key in _APART):
        return level
    out = level.copy()
    for key in _APART:
        out.drop(key)
    return out


def is_json_patch(item: Map) -> bool:
    """Whether an entry of ``patches`` is an operation of JSON Patch, and no part of a configuration."""
    return "op" in item and "path" in item


def patches_of(body: Map, origin: str, fallback: Place) -> Iterator[Patch]:
    """The raw patches of a level, without their mark."""
    listed = body.get("patches")
    if not isinstance(listed, Seq):
        return
    for index, item in enumerate(listed):
        if not isinstance(item, Map) or is_json_patch(item):
            continue
        place = value_place(listed, index) or deep_place(body, ("patches",), fallback)
        inner = item.copy()
        override = inner.get("override") is True or "override" in forgone(item)
        inner.drop("override")
        yield Patch(origin, inner, override, place)
