"""Addresses for Services of type LoadBalancer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network

from cozygen.diagnostics import Place
from cozygen.platform.machines.address import Address
from cozygen.record import Record
from cozygen.yamlio import Map, Seq, deep_place, key_place, value_place


class AddressRange(Record):
    """Addresses from ``first`` to ``last``, both included; ``text`` is how they are written."""

    first: Address
    last: Address
    text: str
    place: Place

    @property
    def size(self) -> int:
        """How many addresses."""
        return int(self.last) - int(self.first) + 1

    def overlaps(self, other: AddressRange) -> bool:
        """Whether both hold an address in common."""
        return (
            self.first.version == other.first.version
            and int(self.first) <= int(other.last)
            and int(other.first) <= int(self.last)
        )


class AddressPool(Record):
    """A pool of addresses and how they are announced: l2, bgp or none."""

    name: str
    announce: str
    ranges: tuple[AddressRange, ...]
    body: Map
    place: Place

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the pool's entry."""
        return deep_place(self.body, path, self.place, key=key)


class LoadBalancer(Record):
    """All pools and BGP peers."""

    pools: Mapping[str, AddressPool]
    peers: Mapping[str, Map]
    peer_places: Mapping[str, Place]


def link_load_balancer(site: Map, fallback: Place) -> LoadBalancer:
    """The Platform's loadBalancer section; ranges that are none are left to the checks."""
    section = site.get("loadBalancer") or Map()
    pools_map: Map = section.get("pools") or Map()
    pools = {}
    for name, body in pools_map.items():
        place = key_place(pools_map, name) or fallback
        ranges = tuple(ranges_of(body.get("addresses"), place))
        pools[name] = AddressPool(name, body.get("announce", "l2"), ranges, body, place)
    peers: Map = (section.get("bgp") or Map()).get("peers") or Map()
    places = {name: key_place(peers, name) or fallback for name in peers}
    return LoadBalancer(dict(sorted(pools.items())), dict(sorted(peers.items())), places)


def ranges_of(addresses: object, fallback: Place) -> Iterable[AddressRange]:
    """The ranges of a list of CIDRs and A-B texts, as far as they are any."""
    if not isinstance(addresses, Seq):
        return
    for index, text in enumerate(addresses):
        found = parse_range(str(text), value_place(addresses, index) or fallback)
        if found is not None:
            yield found


def parse_range(text: str, place: Place) -> AddressRange | None:
    """``A-B``, a CIDR, or None."""
    try:
        if "-" in text:
            low, high = (ip_address(part.strip()) for part in text.split("-", 1))
            if low.version != high.version or int(low) > int(high):
                return None
            return AddressRange(low, high, text, place)
        network = ip_network(text if "/" in text else "", strict=False)
        return AddressRange(network[0], network[-1], text, place)
    except ValueError:
        return None
