"""Nodes and groups: that everything a node needs is said, and nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.nodes import Hardware, Node
from cozygen.schema import did_you_mean
from cozygen.yamlio import Map, deep_place, forgone, key_place

NODE_INCOMPLETE = Code(
    "CZ6031",
    Severity.ERROR,
    "a node without role or address",
    why="Neither the node nor its group nor the defaults say what the node runs, or under which address the "
    "cluster knows it. Without either it cannot become a part of the cluster.",
    fix="Write role and address for the node; the role can also stand in its group or in the defaults.",
)
UNKNOWN_GROUP = Code(
    "CZ6032",
    Severity.ERROR,
    "unknown group of nodes",
    why="The node takes its settings from a group that no Hardware document describes, so it has none of them.",
    fix="Correct the name, or describe the group under groups.",
)
GROUP_TWICE = Code(
    "CZ6033",
    Severity.ERROR,
    "a group of nodes is described twice",
    why="Groups are known in all Hardware documents. Of two with one name, what one says would be lost.",
    fix="Rename one of the two, or merge them.",
)
SETTING_TWICE = Code(
    "CZ6034",
    Severity.ERROR,
    "a setting of the cluster is given twice",
    why="Two Hardware documents say different things about the same setting of the whole cluster, so what "
    "holds would depend on the order of files.",
    fix="Keep the setting in one of the documents.",
)


def nodes(hardware: Hardware) -> Iterator[Diagnostic]:
    """Every node's presence, every group's, and the settings of the whole cluster."""
    yield from _groups(hardware)
    yield from _settings(hardware)
    for node in hardware.nodes.values():
        yield from _complete(node)
        if node.group is not None and node.group not in hardware.groups:
            yield UNKNOWN_GROUP.at(
                _group_place(node, hardware),
                f"{node.name}: the group {node.group} is not described",
                hint=did_you_mean(node.group, hardware.groups) or f"add groups.{node.group}",
                values={"node": node.name, "group": node.group},
            )


def _complete(node: Node) -> Iterator[Diagnostic]:
    for key, example in (("role", "worker"), ("address", "192.0.2.11/24")):
        if key not in node.body and key not in forgone(node.body):
            yield NODE_INCOMPLETE.at(
                node.place,
                f"{node.name} has no {key}",
                hint=f"write {key}: {example}",
                values={"node": node.name, "missing": key},
            )


def _group_place(node: Node, hardware: Hardware) -> Place:
    for entry in hardware.entries:
        for section in ("nodes", "defaults"):
            body = entry.body.get(section) or Map()
            holder = body.get(node.name) if section == "nodes" else body
            if isinstance(holder, Map) and holder.get("group") == node.group:
                return deep_place(holder, ("group",), node.place)
    return node.place


def _groups(hardware: Hardware) -> Iterator[Diagnostic]:
    seen: dict[str, Place] = {}
    for entry in hardware.entries:
        groups: Map = entry.body.get("groups") or Map()
        for name in groups:
            place = key_place(groups, name) or entry.place
            first = seen.setdefault(name, place)
            if first != place:
                yield GROUP_TWICE.at(
                    place,
                    f"the group {name} is described twice",
                    hint="rename one of the two, or merge them",
                    related=[Related("first here", first)],
                    values={"group": name},
                )


def _settings(hardware: Hardware) -> Iterator[Diagnostic]:
    for section in ("endpoint", "talos"):
        stated = [entry for entry in hardware.entries if isinstance(entry.body.get(section), Map)]
        for index, entry in enumerate(stated):
            for other in stated[:index]:
                pairs = _differing(entry.body[section], other.body[section], ())
                for path, here, there in pairs:
                    yield SETTING_TWICE.at(
                        deep_place(entry.body, (section, *path), entry.place),
                        f"{section}.{'.'.join(path)} is {_short(here)} here and {_short(there)} in another document",
                        hint="keep one of the two",
                        related=[Related("the other", deep_place(other.body, (section, *path), other.place))],
                        values={"setting": f"{section}.{'.'.join(path)}"},
                    )


def _differing(
    here: Mapping[str, object], there: Mapping[str, object], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], object, object]]:
    for key, value in here.items():
        if key not in there:
            continue
        other = there[key]
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            yield from _differing(value, other, (*path, key))
        elif value != other:
            yield (*path, key), value, other


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
