"""The links of a node: interfaces, bonds, VLANs and bridges, with what they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cozygen.diagnostics import Place
from cozygen.platform.machines.address import Address, Interface, Network
from cozygen.record import Record, field
from cozygen.yamlio import Map, deep_place

Kind = Literal["nic", "bond", "vlan", "bridge"]
SECTIONS: dict[str, Kind] = {"nics": "nic", "bonds": "bond", "vlans": "vlan", "bridges": "bridge"}
"""The sections of a node's entry by the kind of link that they hold."""
DEFAULT_METRIC = 1024
"""The metric that Talos gives a route which states none."""
IDENTITIES = ("mac", "busPath", "device")
"""What an interface may be known by, the surest first."""


class Route(Record):
    """A route; without ``to`` a default route, without ``via`` straight on the link."""

    to: Network | None
    via: Address | None
    place: Place
    metric: int | None = None
    mtu: int | None = None
    source: Address | None = None

    @property
    def default(self) -> bool:
        """Whether it is a way to everywhere."""
        return self.to is None


class Link(Record):
    """A link. ``name`` is its name in the spec, ``device`` the one under which the machine knows it.

    ``ports`` are the links below it: a bond's or bridge's members, a VLAN's parent.
    """

    name: str
    kind: Kind
    device: str
    body: Map
    place: Place
    ports: tuple[str, ...] = ()
    addresses: tuple[Interface, ...] = ()
    routes: tuple[Route, ...] = ()

    @property
    def mtu(self) -> int | None:
        """The MTU that is stated, in bytes."""
        return self.body.get("mtu")

    @property
    def dhcp(self) -> bool:
        """Whether DHCP gives an IPv4 address."""
        return self.body.get("dhcp") is True

    @property
    def dhcp6(self) -> bool:
        """Whether DHCP gives an IPv6 address."""
        return self.body.get("dhcp6") is True

    @property
    def identity(self) -> str | None:
        """What a physical interface is known by: mac, busPath, device; None where nothing is said."""
        return next((key for key in IDENTITIES if key in self.body), None)

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the link's entry."""
        return deep_place(self.body, path, self.place, key=key)


class NodeNetwork(Record):
    """All links of a node by name; ``cluster`` carries its address, ``public`` its public one, if any."""

    links: Mapping[str, Link] = field(default_factory=dict)
    cluster: Link | None = None
    public: Link | None = None
    guessed: bool = False
    """Whether the inventory names no interface, so that the first one of the machine is taken."""

    def members(self) -> Mapping[str, tuple[Link, ...]]:
        """By link: the bonds and bridges that it is a port of."""
        out: dict[str, tuple[Link, ...]] = {}
        for link in self.links.values():
            if link.kind in ("bond", "bridge"):
                for port in dict.fromkeys(link.ports):
                    out[port] = (*out.get(port, ()), link)
        return out

    def carrying(self, address: Address) -> Link | None:
        """The link in whose subnet the address is."""
        found = (link for link in self.links.values() for own in link.addresses if address in own.network)
        return next(found, None)
