"""Disks and memory: that the system has a disk nobody else uses, and that sizes say what they count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.emit.talos.install import install_selector
from cozygen.platform.machines.disks import Disk
from cozygen.platform.machines.quantity import has_unit, whole_bytes
from cozygen.platform.nodes import Hardware, Node
from cozygen.yamlio import Map, forgone

NO_SYSTEM_DISK = Code(
    "CZ6060",
    Severity.ERROR,
    "a node without a disk for the system",
    why="Talos is installed on a disk. A machine without one starts again without knowing what it was.",
    fix="Describe the disk under disks.system, best by its serial number or wwid.",
)
SIZE_WITHOUT_UNIT = Code(
    "CZ6061",
    Severity.ERROR,
    "a size without a unit, or no size",
    why="A bare number counts bytes, so a disk of 1920 is smaller than this sentence in memory.",
    fix="Write the unit: 1920G for a disk, 256Gi for memory.",
)
SYSTEM_DISK_SHARED = Code(
    "CZ6062",
    Severity.ERROR,
    "a part of the system's disk for which nothing is left",
    why="Unless it is told how much to take, the system's partition for containers and logs grows to the end "
    "of the disk, as a pool's part does, and nothing is left for the others. This can only be said before the first "
    "installation.",
    fix="Write disks.ephemeral: how much the system gets, such as 100Gi, and size for all but one of the parts.",
)
SYSTEM_DISK_ALSO_DATA = Code(
    "CZ6063",
    Severity.ERROR,
    "the system could be installed on a data disk",
    why="What describes the system's disk describes one of the data disks as well, and Talos takes the first "
    "disk that fits and wipes it.",
    fix="Describe the system's disk by its serial number or wwid.",
)
DISK_ELSEWHERE = Code(
    "CZ6064",
    Severity.ERROR,
    "a disk that is in two machines",
    why="A World Wide ID names one disk. Given for two machines, one of them waits for a disk it does not have.",
    fix="Correct one of the two.",
)
SERIAL_ELSEWHERE = Code(
    "CZ6065",
    Severity.WARNING,
    "a serial number that two machines have",
    why="Makers give each disk a serial number of its own, so one that two machines have is most likely copied, and "
    "one of them finds no such disk. Disks of virtual machines may have the same number.",
    fix="Correct one of the two.",
)
_KINDS = {"nvme": ("nvme",), "ssd": ("nvme", "ata", "scsi", "virtio"), "hdd": ("ata", "scsi")}


def disks(hardware: Hardware, *, talos: bool) -> Iterator[Diagnostic]:
    """The disks of all nodes; on Talos each needs one for the system."""
    for node in hardware.nodes.values():
        yield from _sizes(node)
        if talos:
            yield from _system(node)
    yield from _elsewhere(hardware, "wwid", DISK_ELSEWHERE)
    yield from _elsewhere(hardware, "serial", SERIAL_ELSEWHERE)


def _elsewhere(hardware: Hardware, key: str, code: Code) -> Iterator[Diagnostic]:
    """The disks that two machines know by the same text."""
    owners: dict[str, tuple[Node, Disk]] = {}
    for node in hardware.nodes.values():
        for disk in (*([node.system] if node.system else []), *node.data):
            if key not in disk.body:
                continue
            text = str(disk.body[key])
            first = owners.setdefault(text, (node, disk))
            if first[0] is not node:
                yield code.at(
                    disk.place,
                    f"{node.name}: the disk {text} is that of {first[0].name} already",
                    hint="correct one of the two",
                    related=[Related(first[0].name, first[1].place)],
                    values={"node": node.name, key: text},
                )


def _sizes(node: Node) -> Iterator[Diagnostic]:
    found: list[tuple[object, Place, str, str]] = []
    if "memory" in node.body:
        found.append((node.body["memory"], node.at("memory"), "memory", "Gi"))
    stated = node.body.get("disks") or {}
    if "ephemeral" in stated:
        found.append((stated["ephemeral"], node.at("disks", "ephemeral"), "disks.ephemeral", "Gi"))
    if node.system is not None and "size" in node.system.body:
        found.append(
            (node.system.body["size"], node.at("disks", "system", "size"), "size of the system disk", "G")
        )
    for index, disk in enumerate(node.data):
        if "size" in disk.body:
            found.append((disk.body["size"], node.at("disks", "data", index, "size"), "size of a disk", "G"))
    for value, place, what, unit in found:
        number = str(value).lstrip("<>= ")
        if whole_bytes(number) is None:
            yield SIZE_WITHOUT_UNIT.at(
                place,
                f"{node.name}: the {what}, {value}, is no size",
                hint=f"write a number with a unit, such as 480{unit}",
                values={"node": node.name, "size": value},
            )
        elif not has_unit(number):
            yield SIZE_WITHOUT_UNIT.at(
                place,
                f"{node.name}: the {what} is {number} bytes",
                hint=f"write the unit, such as {number}{unit}",
                values={"node": node.name, "size": value},
            )


def _system(node: Node) -> Iterator[Diagnostic]:
    parts = [disk for disk in node.data if disk.on_system]
    shared = parts[0] if parts else None
    yield from _parts(node, parts)
    if _misread(node):
        return
    if node.system is None or not install_selector(node.system):
        yield NO_SYSTEM_DISK.at(
            node.system.place if node.system else node.place,
            f"{node.name}: nothing says on which disk the system is installed",
            hint="write disks.system: {serial: …}",
            values={"node": node.name},
        )
    elif shared is None:
        yield from _also_data(node, node.system)
    if shared is not None and "ephemeral" not in (node.body.get("disks") or {}):
        yield SYSTEM_DISK_SHARED.at(
            shared.place,
            f"{node.name}: the pool {shared.pool} is to have the rest of the system disk, but nothing is left",
            hint="write disks.ephemeral: 100Gi, or how much the system is to have",
            values={"node": node.name, "pool": shared.pool},
        )


def _parts(node: Node, parts: list[Disk]) -> Iterator[Diagnostic]:
    """Several parts of the system's disk: a pool each, and one of them at most may take what is left."""
    pools: set[str | None] = set()
    greedy: Disk | None = None
    for part in parts:
        fault = None
        if part.pool in pools:
            fault, hint = f"two parts of the system disk are for the pool {part.pool}", "take one of them out"
        elif "size" not in part.body and greedy is not None:
            fault = (
                f"the parts of the system disk for {greedy.pool} and {part.pool} both take all that is left"
            )
            hint = "write size for one of them"
        if fault is not None:
            yield SYSTEM_DISK_SHARED.at(
                part.place, f"{node.name}: {fault}", hint=hint, values={"node": node.name, "pool": part.pool}
            )
        pools.add(part.pool)
        greedy = part if "size" not in part.body and greedy is None else greedy


def _misread(node: Node) -> bool:
    """Whether the description of the system's disk is there, but has no shape, which is reported there."""
    stated = node.body.get("disks")
    if "disks" in forgone(node.body) or (isinstance(stated, Map) and "system" in forgone(stated)):
        return True
    return node.system is not None and bool(forgone(node.system.body))


def _also_data(node: Node, system: Disk) -> Iterator[Diagnostic]:
    if {"path", "serial", "wwid", "busPath"} & set(system.body):
        return  # the same identity twice is looked at with all disks of the node
    for disk in node.data:
        if _fits(system.body, disk.body):
            yield SYSTEM_DISK_ALSO_DATA.at(
                system.place,
                f"{node.name}: what describes the system disk also fits the disk for the pool {disk.pool}",
                hint="write the serial number of the system disk",
                related=[Related(f"the disk for {disk.pool}", disk.place)],
                values={"node": node.name, "pool": disk.pool},
            )


def _fits(system: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether nothing in the description of the system disk rules the data disk out."""
    if "model" in system and "model" in data and not fnmatchcase(str(data["model"]), str(system["model"])):
        return False
    if "size" in system and "size" in data and not _size_fits(str(system["size"]), str(data["size"])):
        return False
    kinds = _KINDS.get(str(system.get("type")))
    return kinds is None or "bus" not in data or data["bus"] in kinds


def _size_fits(wanted: str, size: str) -> bool:
    number = wanted.lstrip("<>= ")
    operator = wanted[: len(wanted) - len(number)].strip() or "=="
    left, right = whole_bytes(size), whole_bytes(number)
    if left is None or right is None:
        return True
    return {
        "==": left == right,
        "<=": left <= right,
        ">=": left >= right,
        "<": left < right,
        ">": left > right,
    }.get(operator, True)
