"""Address ranges: that they are ranges, lie apart from each other, and hold what they have to."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.loadbalancer import AddressRange, LoadBalancer, parse_range
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import shared_addresses
from cozygen.platform.model import Platform, Site
from cozygen.schema import did_you_mean
from cozygen.yamlio import Seq, value_place

Network = IPv4Network | IPv6Network

NOT_AN_ADDRESS = Code(
    "CZ6010",
    Severity.ERROR,
    "not an address",
    why="What stands here is no IP address, network or range, so nothing could use it.",
    fix="Write an address (192.0.2.10), a network (192.0.2.0/24) or a range (192.0.2.10-192.0.2.20).",
)
OVERLAP = Code(
    "CZ6011",
    Severity.ERROR,
    "address ranges overlap",
    why="Pods, services, the join network, nodes, virtual addresses and load balancers each need addresses of "
    "their own. Where two overlap, traffic for one ends at the other, or nowhere.",
    fix="Move one of the two ranges.",
)
GATEWAY_OUTSIDE = Code(
    "CZ6012",
    Severity.ERROR,
    "pod gateway outside of the pod network",
    why="Kube-OVN gives the gateway's address to the pods' router, which has to be in the pod network.",
    fix="Use the first address of networking.podCIDR.",
)
HOST_BITS = Code(
    "CZ6013",
    Severity.ERROR,
    "a network with host bits set",
    why="The network is written as an address inside of it, which the platform's components read "
    "differently or refuse.",
    fix="Write the network's first address, as the message says.",
)
POOL_OFF_SUBNET = Code(
    "CZ6014",
    Severity.WARNING,
    "a layer 2 pool outside of the nodes' subnets",
    why="With l2 the nodes answer for the pool's addresses on their own network. Outside of it nobody asks "
    "them, unless a router sends those addresses there.",
    fix="Use addresses of the nodes' subnet, announce the pool by BGP, or route it to the nodes.",
)
UNKNOWN_PEER = Code(
    "CZ6015",
    Severity.ERROR,
    "unknown BGP peer",
    why="A pool is to be announced to a router that is not described, so it is announced to nobody.",
    fix="Correct the name, or add the router under loadBalancer.bgp.peers.",
)
NO_PEERS = Code(
    "CZ6016",
    Severity.ERROR,
    "BGP without routers",
    why="A pool is to be announced by BGP, but no router is described, so it is announced to nobody.",
    fix="Add the routers under loadBalancer.bgp.peers, or announce the pool by l2.",
)
NO_METALLB = Code(
    "CZ6017",
    Severity.ERROR,
    "address pools without MetalLB",
    why="Pools and routers are MetalLB's, which this platform does not install.",
    fix="Enable metallb, or take the pools out and give addresses by the cloud's own load balancer.",
)
POOL_FIELDS = Code(
    "CZ6018",
    Severity.ERROR,
    "a setting of another announcement",
    why="The setting belongs to another way of announcing than the pool uses, so it is without effect.",
    fix="Change announce, or take the setting out.",
)

_SECTIONS = (
    ("podCIDR", "10.244.0.0/16", "the pod network"),
    ("serviceCIDR", "10.96.0.0/16", "the service network"),
    ("joinCIDR", "100.64.0.0/16", "the join network"),
)
_BGP_ONLY = ("aggregationLength", "localPref", "communities", "peers")


def ranges(platform: Platform) -> Iterator[Diagnostic]:
    """All ranges of the site against each other."""
    site = platform.site
    found: list[tuple[str, AddressRange]] = []
    for key, default, what in _SECTIONS:
        text = site.section("networking", key)
        place = site.at("networking", key)
        network, problem = _network(str(text if text is not None else default), what, place)
        if problem is not None:
            yield problem
        if network is not None:
            found.append((what, AddressRange(network[0], network[-1], str(network), place)))
            if key == "podCIDR":
                yield from _gateway(site, network)
    pools = list(_pools(site))
    yield from _bad_ranges(site)
    nodes = list(_nodes(site))
    for items in (
        _pairs(found),
        _across(found, pools),
        _across(found, nodes),
        _pairs(pools),
        _across(pools, nodes),
    ):
        for (what, one), (other_what, other) in items:
            if one.overlaps(other):
                yield _overlap(what, one, other_what, other)


def _network(text: str, what: str, place: Place) -> tuple[Network | None, Diagnostic | None]:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None, NOT_AN_ADDRESS.at(
            place, f"{what}: {text!r} is no network", hint="write it as 10.244.0.0/16", values={"text": text}
        )
    if "/" in text and str(network) != text and network.version == 4:
        return network, HOST_BITS.at(
            place,
            f"{what}: {text} has host bits set",
            hint=f"write {network}",
            values={"text": text, "network": str(network)},
        )
    return network, None


def _gateway(site: Site, pods: Network) -> Iterator[Diagnostic]:
    text = site.section("networking", "podGateway")
    stated = text is not None or site.section("networking", "podCIDR") is not None
    text = str(text if text is not None else "10.244.0.1")
    place = site.at("networking", "podGateway")
    gateway = parse_address(text)
    if gateway is None:
        yield NOT_AN_ADDRESS.at(
            place, f"the pod gateway {text!r} is no address", hint=f"write {pods[1]}", values={"text": text}
        )
    elif stated and gateway not in pods:
        yield GATEWAY_OUTSIDE.at(
            place,
            f"the pod gateway {text} is not in the pod network {pods}",
            hint=f"write podGateway: {pods[1]}",
            values={"gateway": text, "network": str(pods)},
        )


def _pools(site: Site) -> Iterator[tuple[str, AddressRange]]:
    for pool in site.load_balancer.pools.values():
        for item in pool.ranges:
            yield f"the pool {pool.name}", item


def _bad_ranges(site: Site) -> Iterator[Diagnostic]:
    for pool in site.load_balancer.pools.values():
        addresses = pool.body.get("addresses")
        if not isinstance(addresses, Seq):
            continue
        for index, text in enumerate(addresses):
            place = value_place(addresses, index) or pool.place
            if parse_range(str(text), place) is None:
                yield NOT_AN_ADDRESS.at(
                    place,
                    f"the pool {pool.name}: {text!r} is neither a range nor a network",
                    hint="write 192.0.2.10-192.0.2.20, the lower address first, or 192.0.2.0/28",
                    values={"text": str(text)},
                )
    listed = site.section("publishing", "externalIPs")
    if not isinstance(listed, Seq):
        return
    for index, text in enumerate(listed):
        if parse_address(text) is None:
            yield NOT_AN_ADDRESS.at(
                value_place(listed, index) or site.place,
                f"the external address {text!r} is none",
                hint="write an IP address",
                values={"text": str(text)},
            )


def _nodes(site: Site) -> Iterator[tuple[str, AddressRange]]:
    hardware = site.hardware
    for node in hardware.nodes.values():
        for interface in node.interfaces:
            place = node.at("address")
            yield f"the node {node.name}", AddressRange(interface.ip, interface.ip, str(interface.ip), place)
    for shared in shared_addresses(hardware):
        address, place = shared.address, hardware.at(*shared.path)
        yield f"the virtual address {address}", AddressRange(address, address, str(address), place)


Owned = tuple[str, AddressRange]


def _pairs(items: list[Owned]) -> Iterator[tuple[Owned, Owned]]:
    for index, one in enumerate(items):
        for other in items[:index]:
            yield one, other


def _across(ones: list[Owned], others: list[Owned]) -> Iterator[tuple[Owned, Owned]]:
    for one in others:
        for other in ones:
            yield one, other


def _overlap(what: str, one: AddressRange, other_what: str, other: AddressRange) -> Diagnostic:
    return OVERLAP.at(
        one.place,
        f"{what} ({one.text}) and {other_what} ({other.text}) overlap in {_common(one, other)}",
        hint="move one of the two",
        related=[Related(other_what, other.place)],
        values={"first": one.text, "second": other.text},
    )


def _common(one: AddressRange, other: AddressRange) -> str:
    first = max(one.first, other.first, key=int)
    last = min(one.last, other.last, key=int)
    return str(first) if first == last else f"{first}-{last}"


def load_balancer(platform: Platform) -> Iterator[Diagnostic]:
    """Pools against nodes and routers."""
    site = platform.site
    balancer = site.load_balancer
    if (balancer.pools or balancer.peers) and not site.packages.has("metallb"):
        yield NO_METALLB.at(
            site.at("loadBalancer", key=True),
            f"this platform does not install metallb, which {_named(balancer)} cannot do without",
            hint=site.packages.how_to_enable("metallb"),
            values={"pools": list(balancer.pools), "routers": list(balancer.peers)},
        )
    subnets = {interface.network for node in site.hardware.nodes.values() for interface in node.interfaces}
    for pool in balancer.pools.values():
        for key in _BGP_ONLY if pool.announce != "bgp" else ("interfaces",):
            if key in pool.body:
                wanted = "bgp" if key in _BGP_ONLY else "l2"
                yield POOL_FIELDS.at(
                    pool.at(key, key=True),
                    f"{key} of the pool {pool.name} needs announce: {wanted}, it is {pool.announce}",
                    hint=f"write announce: {wanted}, or take {key} out",
                    values={"pool": pool.name, "key": key},
                )
        if pool.announce == "bgp" and not balancer.peers:
            yield NO_PEERS.at(
                pool.at("announce"),
                f"the pool {pool.name} is announced by BGP, but there is no router",
                hint="add loadBalancer.bgp.peers",
                values={"pool": pool.name},
            )
        for index, peer in enumerate(pool.body.get("peers") or ()):
            if peer not in balancer.peers:
                yield UNKNOWN_PEER.at(
                    pool.at("peers", index),
                    f"the pool {pool.name} names the router {peer}, which is not described",
                    hint=did_you_mean(peer, balancer.peers) or "describe it under loadBalancer.bgp.peers",
                    values={"peer": peer},
                )
        if pool.announce == "l2" and subnets:
            yield from _off_subnet(pool.name, pool.ranges, subnets)
    for name, body in balancer.peers.items():
        if parse_address(body.get("peerAddress")) is None:
            yield NOT_AN_ADDRESS.at(
                balancer.peer_places[name],
                f"the router {name}: {body.get('peerAddress')!r} is no address",
                hint="write its IP address",
                values={"text": body.get("peerAddress")},
            )


def _named(balancer: LoadBalancer) -> str:
    if balancer.pools:
        return f"the address pool{'s' * (len(balancer.pools) > 1)} {', '.join(balancer.pools)}"
    return f"the router{'s' * (len(balancer.peers) > 1)} {', '.join(balancer.peers)}"


def _off_subnet(name: str, found: tuple[AddressRange, ...], subnets: set[Network]) -> Iterator[Diagnostic]:
    for item in found:
        if not any(item.first in subnet and item.last in subnet for subnet in subnets):
            yield POOL_OFF_SUBNET.at(
                item.place,
                f"the pool {name} ({item.text}) is not in a subnet of the nodes",
                hint=f"use addresses of {', '.join(sorted(map(str, subnets)))}, or write announce: bgp",
                values={"range": item.text},
            )
