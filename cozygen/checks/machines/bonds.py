"""Bonds: that they have interfaces, and settings that go with their mode."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.machines.links import Link
from cozygen.platform.nodes import Node
from cozygen.yamlio import forgone

LINK_INCOMPLETE = Code(
    "CZ6039",
    Severity.ERROR,
    "a link without what makes it one",
    why="A VLAN is its number, a bond its interfaces. Neither the node nor its group nor the defaults give it.",
    fix="Write id for the VLAN, nics for the bond.",
)
BOND_OF_ONE = Code(
    "CZ6042",
    Severity.WARNING,
    "a bond of one interface",
    why="A bond keeps a machine reachable when an interface or a switch fails. With one interface it is no "
    "better than the interface itself.",
    fix="Add the second interface, or put the addresses on the interface.",
)
BOND_OPTION = Code(
    "CZ6048",
    Severity.ERROR,
    "a setting that the bond cannot have",
    why="Some settings belong to certain modes of a bond, and delays are multiples of the interval at which "
    "links are looked at. The kernel refuses anything else, and the bond stays down.",
    fix="Take the setting out, or change the mode or the interval.",
)
_LACP_ONLY = ("lacpRate", "adSelect")


def bond(node: Node, link: Link) -> Iterator[Diagnostic]:
    """One bond of a node."""
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
