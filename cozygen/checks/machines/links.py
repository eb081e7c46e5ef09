"""Links: that each can be told from the others, and is there where it is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.checks.machines.bonds import LINK_INCOMPLETE, bond
from cozygen.checks.machines.stack import stack
from cozygen.diagnostics import Code, Diagnostic, Place, Related, Severity
from cozygen.platform.machines.address import canonical_mac
from cozygen.platform.machines.links import IDENTITIES, SECTIONS, Link
from cozygen.platform.machines.profiles import EXPECTED
from cozygen.platform.nodes import Node
from cozygen.schema import did_you_mean
from cozygen.yamlio import Map, forgone, key_place

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
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,15}").fullmatch
_GROUP = 1  # the bit of a MAC address's first byte that says it is for many
_WORDS = {"bond": "bond", "bridge": "bridge", "vlan": "VLAN"}


def links(node: Node, provider: str | None = None) -> Iterator[Diagnostic]:
    """The links of one node; ``provider`` is whose profile says something of them."""
    yield from _names(node)
    for link in node.network.links.values():
        yield from _ports(node, link)
        if link.kind == "bond":
            yield from bond(node, link)
        if link.kind == "nic":
            yield from _identity(node, link)
    yield from stack(node)
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


def _identity(node: Node, link: Link) -> Iterator[Diagnostic]:
    others = [other for other in node.network.links.values() if other.kind == "nic" and other is not link]
    digits = canonical_mac(link.body.get("mac", "52:54:00:00:00:01")).replace(":", "")
    if int(digits[:2], 16) & _GROUP or not int(digits, 16):
        yield NIC_UNIDENTIFIED.at(
            link.at("mac"),
            f"{node.name}: {link.body['mac']} is the MAC address of no interface",
            hint="write the permanent address of the interface",
            values={"node": node.name, "link": link.name},
        )
    said = set(forgone(link.body)) & set(IDENTITIES)
    if link.identity is None and others and not said:
        yield NIC_UNIDENTIFIED.at(
            link.place,
            f"{node.name}: nothing says which of the machine's interfaces {link.name} is",
            hint="write its mac",
            values={"node": node.name, "link": link.name},
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
