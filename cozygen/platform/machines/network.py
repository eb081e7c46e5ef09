"""From a node's entry to its links: every address and route on the link that carries it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cozygen.diagnostics import Place
from cozygen.platform.machines.address import (
    Address,
    Interface,
    parse_address,
    parse_interface,
    parse_network,
)
from cozygen.platform.machines.links import SECTIONS, Link, NodeNetwork, Route
from cozygen.record import replace
from cozygen.yamlio import Map, deep_place, key_place

FIRST = "uplink"
"""The name of a machine's first interface where the inventory describes none."""
_KERNEL_NAME = re.compile(r"(?:eth|en[opsx]?|wl|ww|ib|bond|br|dummy|veth|tun|tap|wg|lo)[0-9a-z]*").fullmatch


def link_network(body: Map, place: Place) -> NodeNetwork:
    """The links of a node. What cannot be told stays away: an unknown port, a link nobody can name."""
    links = {link.name: link for link in _links(body, place)}
    guessed = not links
    if guessed:
        links[FIRST] = Link(FIRST, "nic", f"{FIRST}0", Map(body.origin), place)
    links = {name: _with_parent(link, links) for name, link in links.items()}
    cluster = _named(body.get("link"), links) if "link" in body else only_link(links)
    public = _public_link(body, links, cluster)
    if cluster is not None:
        links[cluster.name] = cluster = _carrying_own(cluster, body, place)
    if public is not None:
        links[public.name] = public = _carrying_public(links[public.name], body, place)
        cluster = links[cluster.name] if cluster is not None else None
    return NodeNetwork(links, cluster, public, guessed)


def _links(body: Map, place: Place) -> Iterator[Link]:
    for section, kind in SECTIONS.items():
        found = body.get(section) or Map()
        for name, item in found.items():
            own = item if isinstance(item, Map) else Map()
            at = key_place(found, name) or deep_place(body, (section,), place)
            yield Link(
                name,
                kind,
                _device(name, own, kind, len(found)) if kind == "nic" else name,
                own,
                at,
                _ports(own, kind),
                tuple(_addresses(own)),
                tuple(_routes(own, at)),
            )


def _ports(body: Map, kind: str) -> tuple[str, ...]:
    if kind == "bond":
        return tuple(body.get("nics") or ())
    if kind == "bridge":
        return tuple(body.get("links") or ())
    if kind == "vlan" and "parent" in body:
        return (body["parent"],)
    return ()


def _device(name: str, body: Map, kind: str, count: int) -> str:
    """An alias of cozygen's for what is known by MAC or bus, told apart from the kernel's own names."""
    if "device" in body and "mac" not in body and "busPath" not in body:
        return str(body["device"])
    alias = f"nic-{name}" if _KERNEL_NAME(name) else name
    return alias if "mac" in body or "busPath" in body or count > 1 else f"{alias}0"


def _addresses(body: Map) -> Iterator[Interface]:
    for text in body.get("addresses") or ():
        found = parse_interface(text)
        if found is not None:
            yield found


def _routes(body: Map, place: Place) -> Iterator[Route]:
    gateway = parse_address(body["gateway"]) if "gateway" in body else None
    if gateway is not None:
        yield Route(None, gateway, deep_place(body, ("gateway",), place))
    for index, item in enumerate(body.get("routes") or ()):
        via = parse_address(item["via"]) if "via" in item else None
        to = parse_network(item["to"]) if "to" in item else None
        if ("to" in item and to is None) or ("via" in item and via is None) or not (to or via):
            continue
        source = parse_address(item["source"]) if "source" in item else None
        at = deep_place(body, ("routes", index), place)
        if to is not None and to.prefixlen == 0:
            to = None
        yield Route(to, via, at, item.get("metric"), item.get("mtu"), source)


def only_link(links: Mapping[str, Link]) -> Link | None:
    """The link that carries a node's address when none is named, if only one comes into question.

    Ports of bonds and bridges and VLANs do not; of what is left, links with addresses of their own do not
    either, as long as others are left.
    """
    ports = {port for link in links.values() if link.kind in ("bond", "bridge") for port in link.ports}
    free = [link for link in links.values() if link.name not in ports and link.kind != "vlan"]
    if len(free) > 1:
        free = [link for link in free if not (link.addresses or link.dhcp or link.dhcp6)]
    return free[0] if len(free) == 1 else None


def _with_parent(link: Link, links: Mapping[str, Link]) -> Link:
    if link.kind != "vlan" or link.ports:
        return link
    below = {name: other for name, other in links.items() if other.kind in ("nic", "bond")}
    bonded = {port for other in below.values() if other.kind == "bond" for port in other.ports}
    found = [name for name in below if name not in bonded]
    return replace(link, ports=(found[0],)) if len(found) == 1 else link


def _named(name: object, links: Mapping[str, Link]) -> Link | None:
    return links.get(str(name))


def _public_link(body: Map, links: Mapping[str, Link], cluster: Link | None) -> Link | None:
    public = body.get("public")
    if not isinstance(public, Map) or not ({"address", "gateway", "dhcp"} & set(public)):
        return None
    if "link" in public:
        return _named(public["link"], links)
    rest = {name: link for name, link in links.items() if cluster is None or name != cluster.name}
    return only_link(rest)


def _carrying_own(link: Link, body: Map, place: Place) -> Link:
    texts = [body.get("address"), *(body.get("addresses") or ())]
    own = [found for text in texts if text and (found := parse_interface(text)) is not None]
    gateway = parse_address(body["gateway"]) if "gateway" in body else None
    routes = list(_by_gateway(gateway, deep_place(body, ("gateway",), place)))
    return replace(link, addresses=(*own, *link.addresses), routes=(*routes, *link.routes))


def _carrying_public(link: Link, body: Map, place: Place) -> Link:
    public: Map = body["public"]
    own = parse_interface(public.get("address"))
    gateway = parse_address(public["gateway"]) if "gateway" in public else None
    routes = tuple(_by_gateway(gateway, deep_place(body, ("public", "gateway"), place)))
    addresses = (*((own,) if own is not None else ()), *link.addresses)
    out = replace(link, addresses=addresses, routes=(*routes, *link.routes))
    if public.get("dhcp") is True and not link.dhcp:
        dynamic = out.body.copy()
        dynamic["dhcp"] = True
        out = replace(out, body=dynamic)
    return out


def _by_gateway(gateway: Address | None, place: Place) -> Iterable[Route]:
    return () if gateway is None else (Route(None, gateway, place),)
