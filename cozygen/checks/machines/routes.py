"""Addresses and routes: that they are any, that routers can be reached, that there is one way out."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.addresses import NOT_AN_ADDRESS
from cozygen.checks.machines.gather import listed
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.machines.address import parse_address, parse_network
from cozygen.platform.machines.links import DEFAULT_METRIC, Link, Route
from cozygen.platform.nodes import Hardware, Node

TWO_DEFAULT_ROUTES = Code(
    "CZ6050",
    Severity.ERROR,
    "two default routes",
    why="A machine sends what is for elsewhere through its default gateway. Of two with the same metric it "
    "takes either, and answers may leave through the wrong one.",
    fix="Keep one gateway, or give the routes different metrics.",
)
NO_DEFAULT_ROUTE = Code(
    "CZ6051",
    Severity.WARNING,
    "no default route",
    why="The machine has a described network but no default gateway, so it reaches neither registries nor "
    "time servers outside of its own networks.",
    fix="Write gateway for the node or for the link that leads out.",
)
ROUTER_OFF_LINK = Code(
    "CZ6052",
    Severity.ERROR,
    "a router that the link does not reach",
    why="The kernel takes a route only if its router is in a subnet of the link that the route is on.",
    fix="Correct the router's address, or move the route to the link whose subnet has it.",
)
WRONG_FAMILY = Code(
    "CZ6053",
    Severity.ERROR,
    "node address and pod network are of different families",
    why="Kubernetes gives a node its pods' addresses in the family of the node's own address. Cozystack's pod "
    "network is of one family, so a node of the other one never becomes Ready.",
    fix="Use an address of the pod network's family as address; one of the other family can stand under "
    "addresses.",
)


def routes(node: Node, pods_version: int) -> Iterator[Diagnostic]:
    """The addresses and routes of one node; ``pods_version`` is 4 or 6, the pod network's family."""
    yield from _texts(node)
    for link in node.network.links.values():
        yield from _written_routes(node, link)
        for route in link.routes:
            yield from _router(node, link, route)
    yield from _defaults(node)
    address = node.address
    if address is not None and address.version != pods_version:
        yield WRONG_FAMILY.at(
            node.at("address"),
            f"{node.name}: the address {address.ip} is IPv{address.version}, the pod network is IPv{pods_version}",
            hint=f"use an IPv{pods_version} address, and keep {address} under addresses",
            values={"node": node.name, "address": str(address.ip)},
        )


def _texts(node: Node) -> Iterator[Diagnostic]:
    listed: list[tuple[object, Place, str]] = [
        (text, node.at("dns", index), "name server") for index, text in enumerate(node.body.get("dns") or ())
    ]
    public = node.body.get("public") or {}
    if "gateway" in public:
        listed.append((public["gateway"], node.at("public", "gateway"), "public gateway"))
    for link in node.network.links.values():
        if "gateway" in link.body:
            listed.append((link.body["gateway"], link.at("gateway"), f"gateway of {link.name}"))
    for text, place, what in listed:
        if parse_address(text) is None:
            yield NOT_AN_ADDRESS.at(
                place,
                f"{node.name}: the {what} {text!r} is no address",
                hint="write an IP address",
                values={"node": node.name, "text": text},
            )


def _written_routes(node: Node, link: Link) -> Iterator[Diagnostic]:
    for index, item in enumerate(link.body.get("routes") or ()):
        for key, parse in (("to", parse_network), ("via", parse_address), ("source", parse_address)):
            if key in item and parse(item[key]) is None:
                form = "10.20.0.0/16" if key == "to" else "192.0.2.1"
                yield NOT_AN_ADDRESS.at(
                    link.at("routes", index, key),
                    f"{node.name}: {key} {item[key]!r} of a route of {link.name} is no "
                    f"{'network' if key == 'to' else 'address'}",
                    hint=f"write it as {form}",
                    values={"node": node.name, "text": item[key]},
                )
        if "to" not in item and "via" not in item:
            yield ROUTER_OFF_LINK.at(
                link.at("routes", index),
                f"{node.name}: a route of {link.name} leads nowhere",
                hint="write to: and via:, or via: alone for a default route",
                values={"node": node.name, "link": link.name},
            )


def _router(node: Node, link: Link, route: Route) -> Iterator[Diagnostic]:
    via = route.via
    own = [address for address in link.addresses if via is not None and address.version == via.version]
    alone = any(address.network.num_addresses == 1 for address in own)
    if via is None or not own or alone or via.is_link_local or link.dhcp or link.dhcp6:
        return
    if route.place == node.at("gateway") or any(via in address.network for address in own):
        return  # the node's own gateway is looked at with its addresses
    networks = " or ".join(str(address.network) for address in own)
    yield ROUTER_OFF_LINK.at(
        route.place,
        f"{node.name}: the router {via} is not in {networks}, the subnet of {link.name}",
        hint=f"use a router of {networks}",
        values={"node": node.name, "router": str(via)},
    )


def _defaults(node: Node) -> Iterator[Diagnostic]:
    found: dict[tuple[int, int], tuple[Link, Route]] = {}
    for link in node.network.links.values():
        for route in link.routes:
            if not route.default or route.via is None:
                continue
            metric = DEFAULT_METRIC if route.metric is None else route.metric
            first = found.setdefault((route.via.version, metric), (link, route))
            if first[1] is not route:
                yield TWO_DEFAULT_ROUTES.at(
                    route.place,
                    f"{node.name} has two default gateways, {first[1].via} on {first[0].name} and {route.via} "
                    f"on {link.name}",
                    hint="keep one, or write a metric for one of them",
                    related=[Related(str(first[1].via), first[1].place)],
                    values={"node": node.name, "gateways": [str(first[1].via), str(route.via)]},
                )


def without_way_out(hardware: Hardware) -> Iterator[Diagnostic]:
    """The nodes with a described network that leads nowhere else; one diagnostic for all of them."""
    found = [node for node in hardware.nodes.values() if _closed(node)]
    if found:
        yield NO_DEFAULT_ROUTE.at(
            found[0].place,
            f"there is no default gateway for {listed([node.name for node in found])}",
            hint="write gateway, in the defaults where it is the same for all",
            values={"nodes": [node.name for node in found]},
        )


def _closed(node: Node) -> bool:
    network = node.network
    if node.address is None or network.guessed or network.cluster is None:
        return False  # where its own gateway leads out cannot be told, which is said elsewhere
    return not any(
        link.dhcp or link.dhcp6 or any(route.default for route in link.routes)
        for link in network.links.values()
    )
