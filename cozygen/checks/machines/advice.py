"""Advice about what works, but could stop working: shown by ``cozygen talos validate``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.checks.machines.gather import gathered
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.nodes import Hardware, Node

GUESSED_NIC = Code(
    "CZ6080",
    Severity.INFO,
    "no network interface is described",
    why="The inventory names none of the machine's interfaces, so the node's address goes to the one with the "
    "lowest MAC address. With a second interface that may be the wrong one.",
    fix="Write the interface with its mac under nics.",
)
UNSTABLE_DISK = Code(
    "CZ6081",
    Severity.INFO,
    "a disk by a name that may change",
    why="The kernel numbers disks in the order in which it finds them. After a restart, or with a disk more, "
    "the same name can be another disk, and Talos could be installed over a pool's.",
    fix="Describe the disk by its serial number, its wwid or a path below /dev/disk/by-id.",
)
_NUMBERED = re.compile(r"/dev/(sd[a-z]+|vd[a-z]+|hd[a-z]+|nvme[0-9]+n[0-9]+)(p?[0-9]+)?").fullmatch


def advice(hardware: Hardware) -> Iterator[Diagnostic]:
    """What to say about an inventory that is correct."""
    yield from gathered(item for node in hardware.nodes.values() for item in _node(node))


def _node(node: Node) -> Iterator[Diagnostic]:
    if node.network.guessed:
        yield GUESSED_NIC.at(
            node.place,
            f"{node.name} names no interface, so its address goes to the one with the lowest MAC address",
            hint="write nics: {uplink: {mac: …}}",
            values={"node": node.name},
        )
    for disk in (*([node.system] if node.system else []), *node.data):
        path = str(disk.body.get("path", ""))
        if _NUMBERED(path):
            yield UNSTABLE_DISK.at(
                disk.place,
                f"{node.name}: {path} may be another disk after a restart",
                hint="write the disk's serial number",
                values={"node": node.name, "path": path},
            )
