"""The machines of the management cluster, as far as the platform depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cozygen.diagnostics import Place
from cozygen.platform.machines.address import Address, Interface, parse_address, parse_interface
from cozygen.platform.machines.disks import Disk
from cozygen.platform.machines.layers import Group, Layered, Patch, groups_of, layered_nodes, patches_of
from cozygen.platform.machines.links import NodeNetwork
from cozygen.platform.machines.network import link_network
from cozygen.record import Record, field, replace
from cozygen.spec.layers import merge, settle
from cozygen.spec.model import Entry
from cozygen.yamlio import Map, deep_place

__all__ = ["Disk", "Hardware", "Node", "link_hardware"]
_ZONE = "topology.kubernetes.io/zone"
_REGION = "topology.kubernetes.io/region"


class Node(Record):
    """A machine. ``body`` is its entry with what its group and the defaults add to it."""

    name: str
    role: str
    interfaces: tuple[Interface, ...]
    body: Map
    place: Place
    system: Disk | None = None
    data: tuple[Disk, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    network: NodeNetwork = field(default_factory=NodeNetwork)
    group: str | None = None
    patches: tuple[Patch, ...] = ()

    @property
    def schedulable(self) -> bool:
        """Whether workloads may run here: every worker, and control planes unless told otherwise."""
        return self.role == "worker" or self.body.get("schedulable") is not False

    @property
    def control_plane(self) -> bool:
        """Whether the control plane runs here."""
        return self.role == "controlplane"

    @property
    def address(self) -> Interface | None:
        """The address under which the cluster knows the node."""
        return parse_interface(self.body.get("address"))

    @property
    def reach(self) -> Interface | None:
        """The address under which people reach the machine: the public one where it is known, else its own."""
        public = self.body.get("public") or {}
        return parse_interface(public.get("address")) or self.address

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the node's entry."""
        return deep_place(self.body, path, self.place, key=key)


class Hardware(Record):
    """The inventory of all Hardware documents. ``known`` is False where there is none.

    ``endpoint`` and ``talos`` are what all documents together say of the whole cluster.
    """

    known: bool
    nodes: Mapping[str, Node]
    vip: Address | None = None
    vip_place: Place | None = None
    entries: tuple[Entry, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    endpoint: Map = field(default_factory=Map)
    talos: Map = field(default_factory=Map)
    patches: tuple[Patch, ...] = ()

    @property
    def schedulable(self) -> tuple[Node, ...]:
        """The nodes that take workloads."""
        return tuple(node for node in self.nodes.values() if node.schedulable)

    @property
    def control_planes(self) -> tuple[Node, ...]:
        """The nodes that run the control plane."""
        return tuple(node for node in self.nodes.values() if node.control_plane)

    @property
    def place(self) -> Place:
        """Where the inventory begins."""
        return self.entries[0].place if self.entries else Place("", 1, 1)

    def with_pool(self, pool: str) -> tuple[Node, ...]:
        """The nodes that have a disk for this storage pool."""
        return tuple(n for n in self.nodes.values() if any(disk.pool == pool for disk in n.data))

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in ``endpoint`` or ``talos``: the first step says in which."""
        root = self.endpoint if path and path[0] == "endpoint" else self.talos
        return deep_place(root, path[1:], self._section(str(path[0])) if path else self.place, key=key)

    def _section(self, name: str) -> Place:
        for entry in self.entries:
            if name in entry.body:
                return deep_place(entry.body, (name,), entry.place, key=True)
        return self.place


def link_hardware(entries: Iterable[Entry]) -> Hardware:
    """The inventory; nodes of several documents come together, of a name given twice the first is kept."""
    found = tuple(entries)
    endpoint, talos = _section(found, "endpoint"), _section(found, "talos")
    vip = parse_address(endpoint["vip"]) if "vip" in endpoint else None
    groups = groups_of(found)
    layered = layered_nodes(found, groups, talos.get("provider"))
    hardware = Hardware(
        bool(found),
        {name: _node(item) for name, item in layered.items()},
        vip,
        None,
        found,
        groups,
        endpoint,
        talos,
        tuple(patches_of(talos, "the cluster", found[0].place)) if found else (),
    )
    if "vip" not in endpoint:
        return hardware
    return replace(hardware, vip_place=hardware.at("endpoint", "vip"))


def _section(entries: Iterable[Entry], name: str) -> Map:
    """What all documents say of the cluster; of two that differ the first is kept, and a check tells."""
    out = Map()
    for entry in reversed(tuple(entries)):
        section = entry.body.get(name)
        if isinstance(section, Map):
            out = merge(out, section)
    return settle(out) if out else out


def _node(item: Layered) -> Node:
    body, place = item.body, item.place
    network = link_network(body, place)
    own = (body.get("address"), *(body.get("addresses") or ()))
    addresses = [found for text in own if (found := parse_interface(text)) is not None]
    addresses += [a for link in network.links.values() for a in link.addresses if a not in addresses]
    disks = body.get("disks") or Map()
    system = disks.get("system")
    data = disks.get("data") or ()
    labels = dict(body.get("labels") or {})
    for key, label in (("zone", _ZONE), ("region", _REGION)):
        if key in body:
            labels.setdefault(label, body[key])
    labels.setdefault("kubernetes.io/hostname", item.name)
    return Node(
        item.name,
        body.get("role", "worker"),
        tuple(addresses),
        body,
        place,
        Disk(system, deep_place(body, ("disks", "system"), place)) if isinstance(system, Map) else None,
        tuple(
            Disk(d, deep_place(body, ("disks", "data", i), place), d.get("pool")) for i, d in enumerate(data)
        ),
        labels,
        network,
        item.group,
        item.patches,
    )
