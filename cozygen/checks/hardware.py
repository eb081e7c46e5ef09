"""The inventory: what machines must not have in common, their names, and the control planes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.checks.machines.addresses import addresses
from cozygen.checks.machines.gather import gathered, listed
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.machines.address import canonical_mac
from cozygen.platform.model import Platform
from cozygen.platform.nodes import Hardware, Node
from cozygen.spec.shapes.common import DNS_SUBDOMAIN
from cozygen.yamlio import Map, forgone, key_place

MAC_TWICE = Code(
    "CZ6021",
    Severity.ERROR,
    "a MAC address is given twice",
    why="A MAC address names one network interface. Given twice, the configuration of one machine would be "
    "applied to the other. Spellings with colons, dashes or capitals are all the same address.",
    fix="Correct one of the two.",
)
VIP_OFF_SUBNET = Code(
    "CZ6023",
    Severity.ERROR,
    "the virtual address is outside of the control planes' subnets",
    why="The control planes answer for the virtual address on their own network. Outside of it nobody asks them.",
    fix="Use a free address of the control planes' subnet.",
)
EVEN_CONTROL_PLANES = Code(
    "CZ6024",
    Severity.WARNING,
    "an even number of control planes",
    why="etcd needs more than half of its members. With an even number one more machine has to work than with "
    "the odd number below, for nothing.",
    fix="Use one, three or five control planes.",
)
NO_CONTROL_PLANE = Code(
    "CZ6025",
    Severity.ERROR,
    "no control plane",
    why="A cluster needs at least one control plane.",
    fix="Give a node the role controlplane.",
)
NODE_NAME = Code(
    "CZ6026",
    Severity.ERROR,
    "not a host name",
    why="A node's name becomes its host name and its name in Kubernetes, which takes lower-case letters, "
    "digits, dashes and dots.",
    fix="Rename the node.",
)
NODE_TWICE = Code(
    "CZ6027",
    Severity.ERROR,
    "a node is described twice",
    why="Two Hardware documents describe a node of one name, so what one of them says would be lost.",
    fix="Rename one of the nodes, or merge the two.",
)
DISK_TWICE = Code(
    "CZ6028",
    Severity.ERROR,
    "a disk is used twice",
    why="A disk that is both the system's and a pool's, or in two pools, would lose what the other one wrote.",
    fix="Name another disk.",
)
_HOST = re.compile(DNS_SUBDOMAIN).fullmatch
_NAME_MOST = 63  # as the value of the label kubernetes.io/hostname


def inventory(platform: Platform) -> Iterator[Diagnostic]:
    """Names, addresses, MAC addresses, disks and control planes: what machines must not have in common."""
    yield from gathered(_inventory(platform))


def _inventory(platform: Platform) -> Iterator[Diagnostic]:
    hardware = platform.site.hardware
    yield from _twice(hardware)
    yield from addresses(hardware)
    yield from _macs(hardware)
    for node in hardware.nodes.values():
        yield from _node(node)
    yield from _control_planes(hardware, platform.site.place)


def _twice(hardware: Hardware) -> Iterator[Diagnostic]:
    seen: dict[str, Place] = {}
    for entry in hardware.entries:
        nodes: Map = entry.body.get("nodes") or Map()
        for name in nodes:
            place = key_place(nodes, name) or entry.place
            first = seen.setdefault(name, place)
            if first != place:
                yield NODE_TWICE.at(
                    place,
                    f"the node {name} is described twice",
                    hint="rename one",
                    related=[Related("first here", first)],
                    values={"node": name},
                )


def _macs(hardware: Hardware) -> Iterator[Diagnostic]:
    owners: dict[str, tuple[str, Place]] = {}
    for node in hardware.nodes.values():
        for name, nic in (node.body.get("nics") or {}).items():
            if not isinstance(nic, Map) or "mac" not in nic:
                continue
            place = node.at("nics", name, "mac")
            mac = canonical_mac(nic["mac"])
            known = owners.setdefault(mac, (f"{name} of {node.name}", place))
            if known[1] != place:
                yield MAC_TWICE.at(
                    place,
                    f"the MAC address {mac} of {name} of {node.name} is that of {known[0]} already",
                    hint="correct one of the two",
                    related=[Related(known[0], known[1])],
                    values={"mac": mac},
                )


def _node(node: Node) -> Iterator[Diagnostic]:
    name = node.name
    if not _HOST(name) or len(name) > _NAME_MOST or name == "localhost":
        parts = (re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in name.lower().split("."))
        better = ".".join(part for part in parts if part)[:_NAME_MOST].strip("-.")
        better = "" if better == "localhost" else better
        yield NODE_NAME.at(
            node.place,
            f"{name!r} is no host name",
            hint=f"write {better}" if better else "use lower-case letters, digits and dashes",
            values={"node": name},
        )
    yield from _disks(node)


def _disks(node: Node) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Place] = {}
    for disk in (*([node.system] if node.system else []), *node.data):
        for key in ("path", "wwid", "serial"):
            if key not in disk.body:
                continue
            first = seen.setdefault((key, str(disk.body[key])), disk.place)
            if first != disk.place:
                yield DISK_TWICE.at(
                    disk.place,
                    f"{node.name} uses the disk with {key} {disk.body[key]} twice",
                    hint="name another disk",
                    related=[Related("first here", first)],
                    values={"node": node.name, key: disk.body[key]},
                )


def _control_planes(hardware: Hardware, fallback: Place) -> Iterator[Diagnostic]:
    planes = [node for node in hardware.nodes.values() if node.role == "controlplane"]
    place = hardware.entries[0].place if hardware.entries else fallback
    if any("role" in forgone(node.body) for node in hardware.nodes.values()) or any(
        "nodes" in forgone(entry.body) or forgone(entry.body.get("nodes") or Map())
        for entry in hardware.entries
    ):
        return  # who they are is wrong where it is written
    if not hardware.nodes:
        yield NO_CONTROL_PLANE.at(
            place,
            "no document of kind Hardware describes a machine",
            hint="describe machines under nodes, or take the documents out",
            values={"nodes": []},
        )
        return
    if not planes:
        yield NO_CONTROL_PLANE.at(
            place,
            f"none of the nodes has the role controlplane: {listed(list(hardware.nodes))}",
            hint="write role: controlplane for one, three or five nodes",
            values={"nodes": list(hardware.nodes)},
        )
        return
    if len(planes) % 2 == 0:
        yield EVEN_CONTROL_PLANES.at(
            planes[-1].place,
            f"there are {len(planes)} control planes: {', '.join(n.name for n in planes)}",
            hint=f"use {len(planes) - 1} or {len(planes) + 1}",
            values={"control planes": [n.name for n in planes]},
        )
    vip = hardware.vip
    if vip is not None and not any(vip in i.network for node in planes for i in node.interfaces):
        subnets = sorted({str(i.network) for node in planes for i in node.interfaces})
        if subnets:
            yield VIP_OFF_SUBNET.at(
                hardware.vip_place or place,
                f"the virtual address {vip} is not in the control planes' subnet {', '.join(subnets)}",
                hint=f"use a free address of {' or '.join(subnets)}",
                values={"vip": str(vip), "subnets": subnets},
            )
