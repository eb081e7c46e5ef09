"""Links: that each can be told from the others, exists where it is used, and is used once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.machines.links import IDENTITIES, SECTIONS, Link
from cozygen.platform.machines.profiles import EXPECTED
from cozygen.platform.nodes import Node
from cozygen.schema import did_you_mean
from cozygen.yamlio import Map, forgone, key_place

LINK_INCOMPLETE = Code(
    "CZ6039",
    Severity.ERROR,
    "a link without what makes it one",
    why="A VLAN is its number, a bond its interfaces. Neither the node nor its group nor the defaults give it.",
    fix="Write id for the VLAN, nics for the bond.",
)
LINK_TWICE = Code(
    "CZ6040",
    Severity.ERROR,
    "two links of one name",
    why="Interfaces, bonds, VLANs and bridges of a machine share their names. Of two with one name the "
    "machine would set up one, and everything that names it would mean either.",
    fix="Rename one of the two.",
)
UNKNOWN_LINK = Code(
    "CZ6041",
    Severity.ERROR,
    "a link that is not declared",
    why="A bond, a VLAN, a bridge or an address is put on a link that the machine does not have, so it never "
    "comes up.",
    fix="Correct the name, or declare the link under nics, bonds, vlans or bridges.",
)
BOND_OF_ONE = Code(
    "CZ6042",
    Severity.WARNING,
    "a bond of one interface",
    why="A bond keeps a machine reachable when an interface or a switch fails. With one interface it is no "
    "better than the interface itself.",
    fix="Add the second interface, or put the addresses on the interface.",
)
LINK_SHARED = Code(
    "CZ6043",
    Severity.ERROR,
    "an interface that is used twice",
    why="An interface can be a part of one bond or bridge. It then carries neither addresses nor VLANs of "
    "its own: those belong to the bond or bridge.",
    fix="Take the interface out of one of the two, or move its addresses and VLANs to the bond.",
)
LINK_AMBIGUOUS = Code(
    "CZ6044",
    Severity.ERROR,
    "it is not said which link is meant",
    why="The machine has several links that the address or the VLAN could be on, and nothing says which.",
    fix="Name the link: link for the node's address, parent for a VLAN.",
)
NIC_UNIDENTIFIED = Code(
    "CZ6045",
    Severity.ERROR,
    "an interface that cannot be found",
    why="Nothing tells this interface from the machine's others: names that the kernel gives may change when "
    "a card is added.",
    fix="Write the interface's mac or busPath, or device for a name that stays the same.",
)
LINK_NAME = Code(
    "CZ6046",
    Severity.ERROR,
    "not a name of a link",
    why="Linux takes names of at most 15 characters for network devices, without spaces, slashes and colons.",
    fix="Rename the link.",
)
VLAN_TWICE = Code(
    "CZ6047",
    Severity.ERROR,
    "a VLAN is there twice",
    why="A link can carry a VLAN of a number only once. The second one never comes up.",
    fix="Correct one of the numbers, or merge the two.",
)
BOND_OPTION = Code(
    "CZ6048",
    Severity.ERROR,
    "a setting that the bond cannot have",
    why="Some settings belong to certain modes of a bond, and delays are multiples of the interval at which "
    "links are looked at. The kernel refuses anything else, and the bond stays down.",
    fix="Take the setting out, or change the mode or the interval.",
)
MTU_MISMATCH = Code(
    "CZ6049",
    Severity.ERROR,
    "an MTU that the link below does not carry",
    why="A VLAN, bond or bridge hands its packets to the link below. Larger packets than that one takes are "
    "dropped, and connections hang as soon as much is sent.",
    fix="Lower the MTU, or raise that of the link below.",
)
_NAME = re.compile(r"[A-Za-z0-9_.%-]{1,15}").fullmatch
_WORDS = {"bond": "bond", "bridge": "bridge", "vlan": "VLAN"}
_LACP_ONLY = ("lacpRate", "adSelect")


def links(node: Node, provider: str | None = None) -> Iterator[Diagnostic]:
    """The links of one node; ``provider`` is whose profile says something of them."""
    yield from _names(node)
    for link in node.network.links.values():
        yield from _ports(node, link)
        if link.kind == "bond":
            yield from _bond(node, link)
        if link.kind == "nic":
            yield from _identity(node, link)
        yield from _mtu(node, link)
    yield from _shared(node)
    yield from _vlans(node)
    yield from _named(node, provider)


def _names(node: Node) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for section in SECTIONS:
        for name in node.body.get(section) or ():
            place = node.at(section, name, key=True)
            if name in seen:
                yield LINK_TWICE.at(
                    place,
                    f"{node.name}: {name} is under {seen[name]} and under {section}",
                    hint="rename one of the two",
                    related=[Related("the other", node.at(seen[name], name, key=True))],
                    values={"node": node.name, "link": name},
                )
            seen.setdefault(name, section)
            if not _NAME(name):
                yield LINK_NAME.at(
                    place,
                    f"{node.name}: {name!r} is no name of a link",
                    hint="use at most 15 letters, digits, dashes, dots and underscores",
                    values={"node": node.name, "link": name},
                )


def _ports(node: Node, link: Link) -> Iterator[Diagnostic]:
    known = node.network.links
    key = {"bond": "nics", "bridge": "links", "vlan": "parent"}.get(link.kind, "")
    for index, port in enumerate(link.ports):
        place = link.at(key) if link.kind == "vlan" else link.at(key, index)
        nics = [name for name, other in known.items() if other.kind == "nic"]
        if port not in known or port == link.name:
            others = [name for name in known if name != link.name]
            yield _unknown(node, port, others, place, f"{_WORDS[link.kind]} {link.name}")
        elif link.kind == "bond" and known[port].kind != "nic":
            yield UNKNOWN_LINK.at(
                place,
                f"{node.name}: the bond {link.name} names {port}, which is a {known[port].kind} and no interface",
                hint=f"the interfaces are {', '.join(nics) or 'not described'}",
                values={"node": node.name, "link": port},
            )
    if link.kind == "vlan" and "id" not in link.body and "id" not in forgone(link.body):
        yield LINK_INCOMPLETE.at(
            link.place,
            f"{node.name}: the VLAN {link.name} has no number",
            hint="write id, from 1 to 4094",
            values={"node": node.name, "link": link.name},
        )
    if link.kind == "vlan" and not link.ports and "parent" not in forgone(link.body):
        yield LINK_AMBIGUOUS.at(
            link.place,
            f"{node.name}: nothing says on which link the VLAN {link.name} is",
            hint=f"write parent: {' or '.join(n for n in known if n != link.name) or '…, and declare the interface'}",
            values={"node": node.name, "link": link.name},
        )


def _unknown(
    node: Node, name: str, known: list[str], place: Place, user: str, *, provider: str | None = None
) -> Diagnostic:
    """A name of no link; with ``provider`` it is the profile's, and not what anyone wrote."""
    hint = did_you_mean(name, known) or f"declare {name}, or use one of {', '.join(known)}"
    if provider is not None:
        hint = f"{EXPECTED[provider]}, or write which link it is"
        user = f"profile {provider} for the {user}"
    return UNKNOWN_LINK.at(
        place,
        f"{node.name}: the {user} names the link {name}, which is not declared",
        hint=hint,
        values={"node": node.name, "link": name},
    )


def _bond(node: Node, link: Link) -> Iterator[Diagnostic]:
    body = link.body
    if not link.ports and "nics" not in forgone(body):
        yield LINK_INCOMPLETE.at(
            link.at("nics"),
            f"{node.name}: the bond {link.name} has no interfaces",
            hint="write nics with the names of two interfaces",
            values={"node": node.name, "link": link.name},
        )
    elif len(set(link.ports)) == 1:
        yield BOND_OF_ONE.at(
            link.at("nics"),
            f"{node.name}: the bond {link.name} is made of {link.ports[0]} alone",
            hint="name a second interface",
            values={"node": node.name, "link": link.name},
        )
    mode = body.get("mode", "802.3ad")
    for key in _LACP_ONLY:
        if key in body and mode != "802.3ad":
            yield BOND_OPTION.at(
                link.at(key, key=True),
                f"{node.name}: {key} of the bond {link.name} needs the mode 802.3ad, it is {mode}",
                hint=f"take {key} out, or write mode: 802.3ad",
                values={"node": node.name, "link": link.name, "key": key},
            )
    interval = body.get("miimon", 100)
    for key in ("updelay", "downdelay"):
        if key in body and body[key] % interval:
            yield BOND_OPTION.at(
                link.at(key),
                f"{node.name}: {key} {body[key]} of the bond {link.name} is no multiple of miimon {interval}",
                hint=f"write {body[key] // interval * interval or interval}",
                values={"node": node.name, "link": link.name, key: body[key]},
            )


def _identity(node: Node, link: Link) -> Iterator[Diagnostic]:
    others = [other for other in node.network.links.values() if other.kind == "nic" and other is not link]
    said = set(forgone(link.body)) & set(IDENTITIES)
    if link.identity is None and others and not said:
        yield NIC_UNIDENTIFIED.at(
            link.place,
            f"{node.name}: nothing says which of the machine's interfaces {link.name} is",
            hint="write its mac",
            values={"node": node.name, "link": link.name},
        )


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


def _named(node: Node, provider: str | None) -> Iterator[Diagnostic]:
    network, known = node.network, list(node.network.links)
    public = node.body.get("public")
    wanted = [(node.body, network.cluster, "link", node.at("link"), "node's address")]
    if isinstance(public, Map) and network.public is None and set(public) - {"link"}:
        wanted.append((public, network.public, "public.link", node.at("public", "link"), "public address"))
    for body, found, key, place, user in wanted:
        name = body.get("link")
        if name is not None and name not in known:
            given = provider if key_place(body, "link") is None else None
            yield _unknown(node, str(name), known, place, user, provider=given)
        elif name is None and found is None and "link" not in forgone(body):
            yield LINK_AMBIGUOUS.at(
                node.at("address") if key == "link" else place,
                f"{node.name}: nothing says which link carries the {user}",
                hint=f"write {key}: {' or '.join(known)}",
                values={"node": node.name, "links": known},
            )
    for index, name in enumerate((node.body.get("boot") or {}).get("nics") or ()):
        if name not in known:
            yield _unknown(node, str(name), known, node.at("boot", "nics", index), "network boot")
