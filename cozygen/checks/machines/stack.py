"""What stands on what: links that are used twice, or carry each other, or more than the one below."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.machines.links import Link
from cozygen.platform.nodes import Node

LINK_CYCLE = Code(
    "CZ6038",
    Severity.ERROR,
    "links that stand on each other",
    why="A VLAN, bond or bridge is made once the links below it are there. Where the way down leads back to where it "
    "began, none of them ever is.",
    fix="Put the VLAN on an interface or a bond, or take it out of the bridge.",
)
LINK_SHARED = Code(
    "CZ6043",
    Severity.ERROR,
    "an interface that is used twice",
    why="An interface can be a part of one bond or bridge. It then carries neither addresses nor VLANs of "
    "its own: those belong to the bond or bridge.",
    fix="Take the interface out of one of the two, or move its addresses and VLANs to the bond.",
)
VLAN_TWICE = Code(
    "CZ6047",
    Severity.ERROR,
    "a VLAN is there twice",
    why="A link can carry a VLAN of a number only once. The second one never comes up.",
    fix="Correct one of the numbers, or merge the two.",
)
MTU_MISMATCH = Code(
    "CZ6049",
    Severity.ERROR,
    "an MTU that the link below does not carry",
    why="A VLAN, bond or bridge hands its packets to the link below. Larger packets than that one takes are "
    "dropped, and connections hang as soon as much is sent.",
    fix="Lower the MTU, or raise that of the link below.",
)


def stack(node: Node) -> Iterator[Diagnostic]:
    """The links of one node, each against those below it."""
    for link in node.network.links.values():
        yield from _mtu(node, link)
    yield from _cycles(node)
    yield from _shared(node)
    yield from _vlans(node)


def _cycles(node: Node) -> Iterator[Diagnostic]:
    known = node.network.links
    reported: set[str] = set()
    for link in known.values():
        at = [port for port in link.ports if port != link.name]
        seen: set[str] = set()
        while at and link.name not in reported:
            port = at.pop()
            if port == link.name:
                reported.update(seen | {link.name})
                yield LINK_CYCLE.at(
                    link.place,
                    f"{node.name}: {link.name} stands on {' and '.join(sorted(seen))}, which stands on {link.name}",
                    hint=f"take {link.name} out of what it stands on, or put it on an interface",
                    values={"node": node.name, "links": sorted(seen | {link.name})},
                )
            elif port in known and port not in seen:
                seen.add(port)
                at.extend(known[port].ports)


def _shared(node: Node) -> Iterator[Diagnostic]:
    network = node.network
    for port, owners in network.members().items():
        link = network.links.get(port)
        if len(owners) > 1:
            yield LINK_SHARED.at(
                owners[1].at("nics" if owners[1].kind == "bond" else "links"),
                f"{node.name}: {port} is a part of {owners[0].name} and of {owners[1].name}",
                hint="take it out of one of the two",
                related=[Related(owners[0].name, owners[0].place)],
                values={"node": node.name, "link": port},
            )
        if link is not None and (link.addresses or link.routes or link.dhcp or link.dhcp6):
            yield LINK_SHARED.at(
                link.place,
                f"{node.name}: {port} is a part of {owners[0].name} and has addresses of its own",
                hint=f"move them to {owners[0].name}",
                related=[Related(owners[0].name, owners[0].place)],
                values={"node": node.name, "link": port},
            )
        for vlan in network.links.values():
            if vlan.kind == "vlan" and port in vlan.ports and owners[0].kind == "bond":
                yield LINK_SHARED.at(
                    vlan.at("parent"),
                    f"{node.name}: the VLAN {vlan.name} is on {port}, which is a part of {owners[0].name}",
                    hint=f"write parent: {owners[0].name}",
                    related=[Related(owners[0].name, owners[0].place)],
                    values={"node": node.name, "link": port},
                )


def _vlans(node: Node) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, object], Link] = {}
    for link in node.network.links.values():
        if link.kind != "vlan" or not link.ports:
            continue
        first = seen.setdefault((link.ports[0], link.body.get("id")), link)
        if first is not link:
            yield VLAN_TWICE.at(
                link.at("id"),
                f"{node.name}: {first.name} and {link.name} are both VLAN {link.body.get('id')} on {link.ports[0]}",
                hint="correct one of the numbers",
                related=[Related(first.name, first.at("id"))],
                values={"node": node.name, "id": link.body.get("id")},
            )


def _mtu(node: Node, link: Link) -> Iterator[Diagnostic]:
    for port in link.ports:
        below = node.network.links.get(port)
        if below is None or link.mtu is None:
            continue
        carried = below.mtu if below.mtu is not None or link.kind != "vlan" else 1500
        if carried is not None and link.mtu > carried:
            yield MTU_MISMATCH.at(
                link.at("mtu"),
                f"{node.name}: the MTU {link.mtu} of {link.name} is above that of {port} below it, {carried}",
                hint=f"write at most {carried}, or mtu: {link.mtu} for {port}",
                related=[Related(port, below.place)],
                values={"node": node.name, "mtu": link.mtu},
            )
