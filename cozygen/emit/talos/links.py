"""The network of a node: aliases, interfaces, bonds, VLANs, bridges, shared addresses (facts: talos 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozygen.emit.talos.document import Document, present, typed
from cozygen.platform.machines.address import canonical_mac
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.machines.links import DEFAULT_METRIC, Link, NodeNetwork, Route
from cozygen.platform.nodes import Node

_DELAY = 200
MIIMON = 100
_DHCP_METRIC = 2 * DEFAULT_METRIC
_HASHED = ("802.3ad", "balance-xor")


def link_documents(node: Node, cluster: Cluster) -> Iterator[Document]:
    """Every link of a node. As soon as one is described, Talos asks no DHCP by itself: so all are."""
    network = node.network
    enslaved = network.members()
    for link in network.links.values():
        if link.kind == "nic":
            yield from _alias(link)
            if link.name not in enslaved and _in_use(link, network):
                yield typed("LinkConfig", link.device, up=True, **_common(link))
        elif link.kind == "bond":
            yield typed("BondConfig", link.device, **_bond(link, network), **_common(link))
        elif link.kind == "vlan":
            yield typed("VLANConfig", link.device, **_vlan(link, network), **_common(link))
        else:
            yield typed("BridgeConfig", link.device, **_bridge(link, network), **_common(link))
        if link.dhcp:
            yield typed("DHCPv4Config", link.device, routeMetric=_behind(4, network))
        if link.dhcp6:
            yield typed("DHCPv6Config", link.device, routeMetric=_behind(6, network))
    if node.control_plane:
        yield from _shared(network, cluster)


def _behind(version: int, network: NodeNetwork) -> int | None:
    """The metric of a default route that DHCP may bring, where the inventory states one that has to win."""
    stated = (route for link in network.links.values() for route in link.routes if route.default)
    return (
        _DHCP_METRIC
        if any(route.via is not None and route.via.version == version for route in stated)
        else None
    )


def _alias(link: Link) -> Iterator[Document]:
    """A name of one's own for an interface. Without MAC or bus path it is the machine's first one."""
    identity = link.identity
    if identity == "mac":
        match = f'mac(link.permanent_addr) == "{canonical_mac(link.body["mac"])}"'
    elif identity == "busPath":
        match = f'link.bus_path == "{link.body["busPath"]}"'
    elif identity is None and link.device.endswith("0"):
        yield typed("LinkAliasConfig", f"{link.device[:-1]}%d", selector={"match": 'link.kind == ""'})
        return
    else:
        return
    yield typed("LinkAliasConfig", link.device, selector={"match": match})


def _in_use(link: Link, network: NodeNetwork) -> bool:
    parent = any(link.name in other.ports for other in network.links.values() if other.kind == "vlan")
    return bool(parent or link.addresses or link.routes or link.dhcp or link.dhcp6 or link.mtu)


def _devices(names: tuple[str, ...], network: NodeNetwork) -> list[str]:
    return [network.links[name].device if name in network.links else name for name in names]


def _bond(link: Link, network: NodeNetwork) -> dict[str, Any]:
    body = link.body
    mode = body.get("mode", "802.3ad")
    return {
        "links": _devices(link.ports, network),
        "bondMode": mode,
        "miimon": body.get("miimon", MIIMON),
        "updelay": body.get("updelay", _DELAY),
        "downdelay": body.get("downdelay", _DELAY),
        "xmitHashPolicy": body.get("hashPolicy", "layer3+4" if mode in _HASHED else None),
        "lacpRate": body.get("lacpRate"),
        "adSelect": body.get("adSelect"),
        "minLinks": body.get("minLinks"),
        "up": True,
    }


def _vlan(link: Link, network: NodeNetwork) -> dict[str, Any]:
    parents = _devices(link.ports, network)
    return {
        "vlanID": link.body.get("id"),
        "vlanMode": link.body.get("mode"),
        "parent": parents[0] if parents else None,
        "up": True,
    }


def _bridge(link: Link, network: NodeNetwork) -> dict[str, Any]:
    body = link.body
    return {
        "links": _devices(link.ports, network),
        "stp": {"enabled": body["stp"]} if "stp" in body else None,
        "vlan": {"filtering": body["vlanFiltering"]} if "vlanFiltering" in body else None,
        "up": True,
    }


def _common(link: Link) -> dict[str, Any]:
    return present(
        mtu=link.mtu,
        addresses=[{"address": str(address)} for address in link.addresses],
        routes=[item for route in link.routes for item in _route(route, link)],
    )


def _route(route: Route, link: Link) -> Iterator[dict[str, Any]]:
    """A default route has no destination; a gateway outside of all subnets first gets a route to itself."""
    via = route.via
    known = via is None or via.is_link_local or any(via in own.network for own in link.addresses)
    if not known and (link.addresses and not link.dhcp):
        yield {"destination": f"{via}/{via.max_prefixlen}"} if via is not None else {}
    yield present(
        destination=None if route.to is None else str(route.to),
        gateway=None if via is None else str(via),
        metric=route.metric,
        mtu=route.mtu,
        source=None if route.source is None else str(route.source),
    )


def _shared(network: NodeNetwork, cluster: Cluster) -> Iterator[Document]:
    for shared in cluster.shared:
        link = vip_link(network, shared.link) or network.carrying(shared.address) or network.cluster
        if link is not None:
            yield typed("Layer2VIPConfig", str(shared.address), link=link.device)


def vip_link(network: NodeNetwork, name: str | None) -> Link | None:
    """The link that is named for a shared address, or None."""
    return network.links.get(name) if name is not None else None
