"""The API server's endpoint and the addresses that the control planes share."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.addresses import NOT_AN_ADDRESS
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import SharedAddress, shared_addresses
from cozygen.platform.nodes import Hardware, Node
from cozygen.schema import did_you_mean

VIP_LINK = Code(
    "CZ6055",
    Severity.ERROR,
    "a control plane cannot carry the virtual address",
    why="Each control plane has to be able to take the virtual address over, on a link whose subnet holds it. "
    "One that cannot leaves the cluster without its API server when the address is with it.",
    fix="Name the link that carries the address on every control plane, and use a free address of its subnet.",
)
ENDPOINT_HOST = Code(
    "CZ6056",
    Severity.ERROR,
    "the endpoint is not the virtual address",
    why="Nodes join the cluster under the endpoint, and the control planes answer under the virtual address. "
    "With an endpoint that is another address nothing answers when its machine is away.",
    fix="Use the virtual address, or a DNS name that points to it, in the endpoint's URL.",
)
NO_SHARED_ENDPOINT = Code(
    "CZ6057",
    Severity.WARNING,
    "several control planes without a shared endpoint",
    why="Without a virtual address or a DNS name the endpoint is the first control plane's own address. When "
    "that machine is away, no node can join and nobody reaches the API server.",
    fix="Write endpoint.vip, or endpoint.url with a name that points to all control planes.",
)


def endpoint(hardware: Hardware) -> Iterator[Diagnostic]:
    """Everything under ``endpoint``."""
    yield from _texts(hardware)
    yield from _host(hardware)
    for shared in shared_addresses(hardware):
        for node in hardware.control_planes:
            yield from _carried(shared, node, hardware)


def _texts(hardware: Hardware) -> Iterator[Diagnostic]:
    stated = hardware.endpoint.get("vip")
    if stated is not None and hardware.vip is None:
        yield NOT_AN_ADDRESS.at(
            hardware.at("endpoint", "vip"),
            f"the virtual address {stated!r} is no address",
            hint="write an IP address",
            values={"text": stated},
        )
    for index, item in enumerate(hardware.endpoint.get("vips") or ()):
        if parse_address(item.get("address")) is None:
            yield NOT_AN_ADDRESS.at(
                hardware.at("endpoint", "vips", index, "address"),
                f"the virtual address {item.get('address')!r} is no address",
                hint="write an IP address",
                values={"text": item.get("address")},
            )


def _host(hardware: Hardware) -> Iterator[Diagnostic]:
    stated = hardware.endpoint.get("url")
    planes = hardware.control_planes
    if stated is None:
        if len(planes) > 1 and hardware.vip is None and not hardware.endpoint.get("dnsNames"):
            yield NO_SHARED_ENDPOINT.at(
                planes[0].place,
                f"the endpoint of {len(planes)} control planes is the address of {planes[0].name} alone",
                hint="write endpoint.vip",
                values={"control planes": [node.name for node in planes]},
            )
        return
    host = urlsplit(str(stated)).hostname or ""
    address = parse_address(host)
    names = hardware.endpoint.get("dnsNames") or ()
    if address is not None and hardware.vip is not None and address != hardware.vip:
        yield ENDPOINT_HOST.at(
            hardware.at("endpoint", "url"),
            f"the endpoint {stated} is at {address}, the virtual address is {hardware.vip}",
            hint=f"write url: https://{hardware.vip}:6443, or take url out",
            values={"url": stated, "vip": str(hardware.vip)},
        )
    elif address is None and host not in names:
        yield ENDPOINT_HOST.at(
            hardware.at("endpoint", "url"),
            f"the endpoint's host {host} is not among the DNS names that the certificate holds",
            hint=did_you_mean(host, names) or f"add {host} to endpoint.dnsNames",
            values={"url": stated, "host": host},
        )


def _carried(shared: SharedAddress, node: Node, hardware: Hardware) -> Iterator[Diagnostic]:
    network, place = node.network, hardware.at(*shared.path)
    if shared.link is not None:
        link = network.links.get(shared.link)
        if link is None:
            yield VIP_LINK.at(
                hardware.at(*shared.path[:-1], "link"),
                f"{node.name}: the link {shared.link} for the virtual address {shared.address} is not declared",
                hint=did_you_mean(shared.link, network.links) or f"declare {shared.link} for {node.name}",
                values={"node": node.name, "link": shared.link},
            )
        elif link.addresses and not any(shared.address in own.network for own in link.addresses):
            networks = " or ".join(str(own.network) for own in link.addresses)
            yield VIP_LINK.at(
                place,
                f"{node.name}: the virtual address {shared.address} is not in {networks}, the subnet of {link.name}",
                hint=f"use a free address of {networks}, or name another link",
                values={"node": node.name, "vip": str(shared.address)},
            )
    elif not _in_sight(node, shared):
        if shared.path == ("endpoint", "vip") and not any(
            _in_sight(plane, shared) for plane in hardware.control_planes
        ):
            return  # that none of the machines can carry it is said once for all
        yield VIP_LINK.at(
            place,
            f"{node.name}: the virtual address {shared.address} is in no subnet of the machine",
            hint="use an address of a subnet that all control planes share, or in place of the virtual address "
            "write the url of a load balancer",
            values={"node": node.name, "vip": str(shared.address)},
        )


def _in_sight(node: Node, shared: SharedAddress) -> bool:
    """Whether a subnet of the machine holds the address."""
    return any(shared.address in own.network for own in node.interfaces)
