"""Advice about what works, but could stop working: shown by ``cozygen talos validate``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.checks.machines.gather import listed
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.machines.disks import Disk
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
    """What to say about an inventory that is correct, once for all machines that it holds for."""
    guessed = [node for node in hardware.nodes.values() if node.network.guessed]
    if guessed:
        names = [node.name for node in guessed]
        yield GUESSED_NIC.at(
            guessed[0].place,
            f"{listed(names)}: no interface is named, so the address goes to the one with the lowest MAC address",
            hint="write nics: {uplink: {mac: …}}",
            values={"nodes": names},
        )
    numbered = [(node, disk) for node in hardware.nodes.values() for disk in _numbered(node)]
    if numbered:
        paths = sorted({str(disk.body["path"]) for _, disk in numbered})
        names = list(dict.fromkeys(node.name for node, _ in numbered))
        yield UNSTABLE_DISK.at(
            numbered[0][1].place,
            f"{listed(names)}: {listed(paths)} may be other disks after a restart",
            hint="write the disks' serial numbers",
            values={"nodes": names, "paths": paths},
        )


def _numbered(node: Node) -> list[Disk]:
    """The disks of a node by a name that the kernel counts out."""
    disks = (*([node.system] if node.system else []), *node.data)
    return [disk for disk in disks if _NUMBERED(str(disk.body.get("path", "")))]
