"""Addresses of machines: that they are any, that each is given once, and that gateways are on their networks."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.addresses import NOT_AN_ADDRESS
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.machines.address import (
    Address,
    Interface,
    Network,
    parse_address,
    parse_interface,
    parse_network,
)
from cozygen.platform.machines.cluster import shared_addresses
from cozygen.platform.model import Site
from cozygen.platform.nodes import Hardware, Node

ADDRESS_TWICE = Code(
    "CZ6020",
    Severity.ERROR,
    "an address is given to two machines",
    why="Two machines with one address take each other's traffic away.",
    fix="Give every machine an address of its own.",
)
GATEWAY_OFF_SUBNET = Code(
    "CZ6022",
    Severity.ERROR,
    "a gateway that the node cannot use",
    why="A node reaches its gateway on its own network. Outside of it, or at its own address, there is no way out.",
    fix="Correct the gateway, or the prefix length of the node's address.",
)
NETWORKS_COVERED = Code(
    "CZ6019",
    Severity.WARNING,
    "a network of the machines covers one of the platform's",
    why="The machines take everything in their own networks for neighbours, but pods, services and nodes get "
    "addresses of this part of it. Whatever else has such an address on that network, pods and nodes never reach.",
    fix="Use a smaller network for the machines, or another one for the platform.",
)
_PLATFORM = (
    ("podCIDR", "10.244.0.0/16", "the pod network"),
    ("serviceCIDR", "10.96.0.0/16", "the service network"),
    ("joinCIDR", "100.64.0.0/16", "the join network"),
    (None, "100.66.0.0/16", "the network between locations"),
)


def addresses(hardware: Hardware) -> Iterator[Diagnostic]:
    """Every address of every machine, and its gateway."""
    yield from _addresses(hardware)
    for node in hardware.nodes.values():
        yield from _gateway(node)


def _addresses(hardware: Hardware) -> Iterator[Diagnostic]:
    owners: dict[str, tuple[str, Place]] = {
        str(shared.address): ("the virtual address", hardware.at(*shared.path))
        for shared in shared_addresses(hardware)
    }
    for node in hardware.nodes.values():
        for text, place in _written_addresses(node):
            interface = parse_interface(text)
            fault = "is no address with a prefix length" if interface is None else _unfit(interface)
            if interface is None or fault is not None:
                yield NOT_AN_ADDRESS.at(
                    place,
                    f"{node.name}: {text!r} {fault}",
                    hint=_better(text, interface),
                    values={"node": node.name, "text": text},
                )
                continue
            known = owners.setdefault(str(interface.ip), (f"the node {node.name}", place))
            if known[1] != place:
                yield ADDRESS_TWICE.at(
                    place,
                    f"the address {interface.ip} of {node.name} is that of {known[0]} already",
                    hint="give it another one",
                    related=[Related(known[0], known[1])],
                    values={"address": str(interface.ip)},
                )


def _unfit(interface: Interface) -> str | None:
    """Why no machine can have the address, or None."""
    network, address = interface.network, interface.ip
    if address.is_unspecified or address.is_loopback or address.is_multicast:
        return "is an address that no machine can have"
    if address.version == 4 and network.prefixlen < 31:
        if address == network.network_address:
            return "is a network, and no address in it"
        if address == network.broadcast_address:
            return "is the broadcast address of its network"
    return None


def _better(text: object, interface: Interface | None) -> str:
    if interface is not None and interface.network.num_addresses > 2:
        inside = interface.network[min(11, interface.network.num_addresses - 2)]
        return f"write an address inside of it, such as {inside}/{interface.network.prefixlen}"
    bare = parse_address(text)
    if bare is not None:
        return f"add the prefix length, such as {bare}/{24 if bare.version == 4 else 64}"
    return "write it as 192.0.2.11/24"


def _written_addresses(node: Node) -> Iterator[tuple[object, Place]]:
    """Every address that the spec gives the node or one of its links."""
    if "address" in node.body:
        yield node.body["address"], node.at("address")
    for index, text in enumerate(node.body.get("addresses") or ()):
        yield text, node.at("addresses", index)
    if "address" in (node.body.get("public") or {}):
        yield node.body["public"]["address"], node.at("public", "address")
    for link in node.network.links.values():
        for index, text in enumerate(link.body.get("addresses") or ()):
            yield text, link.at("addresses", index)


def _gateway(node: Node) -> Iterator[Diagnostic]:
    name = node.name
    if "gateway" in node.body:
        gateway = parse_address(node.body["gateway"])
        if gateway is None:
            yield NOT_AN_ADDRESS.at(
                node.at("gateway"),
                f"{name}: the gateway {node.body['gateway']!r} is no address",
                hint="write an IP address",
                values={"node": name},
            )
        elif any(gateway == own.ip for own in node.interfaces):
            yield GATEWAY_OFF_SUBNET.at(
                node.at("gateway"),
                f"{name}: the gateway {gateway} is the machine itself",
                hint="write the router's address",
                values={"node": name, "gateway": str(gateway)},
            )
        elif not _reaches(node, gateway):
            yield GATEWAY_OFF_SUBNET.at(
                node.at("gateway"),
                f"{name}: the gateway {gateway} is not in {' or '.join(str(i.network) for i in node.interfaces)}",
                hint=f"use an address of {' or '.join(str(i.network) for i in node.interfaces)}, or correct the "
                "node's prefix length",
                values={"node": name, "gateway": str(gateway)},
            )


def _reaches(node: Node, gateway: Address) -> bool:
    """Whether the gateway is on one of the node's networks, or the node has none and reaches it as a neighbour."""
    alone = any(i.network.num_addresses == 1 and i.version == gateway.version for i in node.interfaces)
    return alone or not node.interfaces or any(gateway in i.network for i in node.interfaces)


def covered(site: Site) -> Iterator[Diagnostic]:
    """The networks of the machines against the platform's; an address inside of one of those is an error elsewhere."""
    networks: list[tuple[str, Network]] = []
    for key, default, what in _PLATFORM:
        stated = site.section("networking", key) if key is not None else None
        found = parse_network(stated if stated is not None else default)
        if found is not None:
            networks.append((what, found))
    seen: set[tuple[Network, str]] = set()
    for node in site.hardware.nodes.values():
        for own in node.interfaces:
            for what, network in networks:
                wide = own.version == network.version and network.overlaps(own.network)
                if not wide or own.ip in network or (own.network, what) in seen:
                    continue
                seen.add((own.network, what))
                yield NETWORKS_COVERED.at(
                    node.at("address"),
                    f"{node.name}: the machine's network {own.network} covers {what}, {network}",
                    hint="use a longer prefix for the machines, or another network for the platform",
                    values={"node": node.name, "network": str(own.network), "platform": str(network)},
                )
