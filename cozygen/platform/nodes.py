"""The machines of the management cluster, as far as the platform depends on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface

from cozygen.diagnostics import Place
from cozygen.spec.model import Entry
from cozygen.yamlio import Map, deep_place, key_place

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk, by whatever the inventory says that stays the same when the machine starts again."""

    body: Map
    place: Place
    pool: str | None = None

    def device(self, node: str) -> str | None:
        """A device path that holds across restarts, or None where the inventory does not give one.

        A serial number alone gives none on any system but Talos: there cozygen has the disk partitioned as a
        raw volume, and its partition label is the path.
        """
        body = self.body
        if "path" in body:
            return str(body["path"])
        if "wwid" in body:
            return _by_wwid(str(body["wwid"]))
        if "serial" in body and body.get("bus") == "virtio":
            return f"/dev/disk/by-id/virtio-{str(body['serial'])[:20]}"
        if "serial" in body and "model" in body and body.get("bus") in ("nvme", "ata", "scsi"):
            model = re.sub(r"\s+", "_", str(body["model"]).strip())
            return f"/dev/disk/by-id/{body['bus']}-{model}_{body['serial']}"
        return None


def _by_wwid(wwid: str) -> str:
    kind, _, rest = wwid.partition(".")
    if kind == "naa":
        return f"/dev/disk/by-id/wwn-0x{rest}"
    return f"/dev/disk/by-id/nvme-{wwid}"


@dataclass(frozen=True, slots=True)
class Node:
    """A machine."""

    name: str
    role: str
    interfaces: tuple[Interface, ...]
    body: Map
    place: Place
    system: Disk | None = None
    data: tuple[Disk, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def schedulable(self) -> bool:
        """Whether workloads may run here: every worker, and control planes unless told otherwise."""
        return self.role == "worker" or self.body.get("schedulable") is not False

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the node's entry."""
        return deep_place(self.body, path, self.place, key=key)


@dataclass(frozen=True, slots=True)
class Hardware:
    """The inventory of all Hardware documents. ``known`` is False where there is none."""

    known: bool
    nodes: Mapping[str, Node]
    vip: Address | None = None
    vip_place: Place | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def schedulable(self) -> tuple[Node, ...]:
        """The nodes that take workloads."""
        return tuple(node for node in self.nodes.values() if node.schedulable)

    def with_pool(self, pool: str) -> tuple[Node, ...]:
        """The nodes that have a disk for this storage pool."""
        return tuple(n for n in self.nodes.values() if any(disk.pool == pool for disk in n.data))


def link_hardware(entries: Iterable[Entry]) -> Hardware:
    """The inventory; nodes of several documents come together, of a name given twice the first is kept."""
    found = tuple(entries)
    nodes: dict[str, Node] = {}
    vip: Address | None = None
    vip_place: Place | None = None
    for entry in found:
        endpoint = entry.body.get("endpoint")
        if isinstance(endpoint, Map) and "vip" in endpoint and vip is None:
            vip = parse_address(endpoint["vip"])
            vip_place = deep_place(entry.body, ("endpoint", "vip"), entry.place)
        machines = entry.body.get("nodes") or Map()
        for name, body in machines.items():
            nodes.setdefault(name, _node(name, body, key_place(machines, name) or entry.place))
    return Hardware(bool(found), dict(sorted(nodes.items())), vip, vip_place, found)


def _node(name: str, body: Map, place: Place) -> Node:
    texts = [body.get("address"), *(body.get("addresses") or ())]
    interfaces = tuple(i for i in (parse_interface(text) for text in texts if text) if i is not None)
    disks = body.get("disks") or Map()
    system = disks.get("system")
    data = disks.get("data") or ()
    labels = dict(body.get("labels") or {})
    if "zone" in body:
        labels.setdefault("topology.kubernetes.io/zone", body["zone"])
    labels.setdefault("kubernetes.io/hostname", name)
    return Node(
        name,
        body["role"],
        interfaces,
        body,
        place,
        Disk(system, deep_place(body, ("disks", "system"), place)) if isinstance(system, Map) else None,
        tuple(
            Disk(d, deep_place(body, ("disks", "data", i), place), d.get("pool")) for i, d in enumerate(data)
        ),
        labels,
    )


def parse_address(text: object) -> Address | None:
    """An IP address, or None."""
    try:
        return ip_address(str(text))
    except ValueError:
        return None


def parse_interface(text: object) -> Interface | None:
    """An IP address with its prefix length, or None; one without a length is None too."""
    try:
        return ip_interface(str(text)) if "/" in str(text) else None
    except ValueError:
        return None
