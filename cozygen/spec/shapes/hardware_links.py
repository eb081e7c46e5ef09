"""The shape of a node's network: interfaces, bonds, VLANs and bridges, with their addresses and routes."""

from __future__ import annotations

from cozygen.schema.build import Document, choice, flag, list_of, map_of, obj, text, whole

BOND_MODES = (
    "802.3ad",
    "active-backup",
    "balance-rr",
    "balance-xor",
    "broadcast",
    "balance-tlb",
    "balance-alb",
)
HASH_POLICIES = ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4")
MTU_LOW, MTU_HIGH = 576, 9216


def links() -> dict[str, Document]:
    """The keys of a node that describe its links."""
    return {
        "link": text("The link that carries address and gateway; by default the only one there is."),
        "nics": map_of(removable(nic()), "Network interfaces by a name of your choice."),
        "bonds": map_of(removable(bond()), "Bonds by the name of their device."),
        "vlans": map_of(removable(vlan()), "VLANs by the name of their device."),
        "bridges": map_of(removable(bridge()), "Bridges by the name of their device."),
    }


def nic() -> Document:
    """A physical interface, by something that stays the same when the machine starts again."""
    return obj(
        {
            "mac": mac(),
            "busPath": text("The interface's place on the bus, such as 0000:01:00.0."),
            "device": text("The name that the kernel gives it, where it is known to stay the same."),
            **common(),
        },
        hint='write how it is known: {mac: "52:54:00:12:34:01"}',
    )


def bond() -> Document:
    """Several interfaces as one."""
    return obj(
        {
            "nics": list_of(text(), "The interfaces in the bond."),
            "mode": choice(BOND_MODES, "How the interfaces share the traffic; by default 802.3ad (LACP)."),
            "hashPolicy": choice(HASH_POLICIES, "What decides which interface a packet takes."),
            "lacpRate": choice(("slow", "fast"), "How often LACP partners talk (802.3ad)."),
            "adSelect": choice(("stable", "bandwidth", "count"), "Which group of ports is used (802.3ad)."),
            "miimon": whole("How often the links are looked at, in milliseconds; by default 100.", low=1),
            "updelay": whole("How long a link is up before it is used, in ms; by default 200.", low=0),
            "downdelay": whole("How long a link is down before it is left, in ms; by default 200.", low=0),
            "minLinks": whole("How many links have to be up for the bond to be up.", low=0),
            **common(),
        },
        hint="write its interfaces below nics: {nics: [a, b]}",
    )


def vlan() -> Document:
    """A VLAN on an interface or a bond."""
    return obj(
        {
            "id": whole("The VLAN's number, from 1 to 4094.", low=1, high=4094),
            "parent": text("The interface or bond that it is on; by default the only one there is."),
            "mode": choice(("802.1q", "802.1ad"), "How frames are tagged; by default 802.1q."),
            **common(),
        },
        hint="write its number: {id: 20}",
    )


def bridge() -> Document:
    """A Linux bridge, such as one that VMs of the provider are attached to."""
    return obj(
        {
            "links": list_of(text(), "The links that are ports of the bridge."),
            "stp": flag("Whether the spanning tree protocol runs."),
            "vlanFiltering": flag("Whether the bridge tells VLANs apart."),
            **common(),
        },
        hint="write its ports below links: {links: [a]}",
    )


def common() -> dict[str, Document]:
    """What every kind of link has."""
    return {
        "mtu": whole("MTU in bytes.", low=MTU_LOW, high=MTU_HIGH),
        "addresses": list_of(prefix(), "Addresses with their prefix length."),
        "gateway": address("The default gateway, where it is behind this link."),
        "routes": list_of(route(), "Routes behind this link."),
        "dhcp": flag("Whether the link asks DHCP for an IPv4 address."),
        "dhcp6": flag("Whether the link asks DHCP for an IPv6 address."),
    }


def route() -> Document:
    """A route; without ``to`` it is a default route."""
    return obj(
        {
            "to": prefix("The network it leads to; without it the route is a default route."),
            "via": address("The router."),
            "metric": whole("The lower the metric, the sooner the route is taken.", low=0),
            "mtu": whole("MTU on the way.", low=MTU_LOW, high=MTU_HIGH),
            "source": address("The address that packets on this route come from."),
        }
    )


def removable(field: Document) -> Document:
    """The field, or null, which takes away what the group or the defaults say."""
    if "enum" in field:
        return field
    types = field.get("type")
    return {**field, "type": [*([types] if isinstance(types, str) else types or ()), "null"]}


def address(about: str = "") -> Document:
    """An IP address."""
    return text(about)


def prefix(about: str = "") -> Document:
    """An IP address with a prefix length."""
    return text(about)


def mac() -> Document:
    """A MAC address in any of the usual spellings."""
    return text(
        "The permanent MAC address.",
        pattern=r"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$|^[0-9A-Fa-f]{12}$|^([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}$",
        says="is no MAC address",
        hint="write six pairs of hexadecimal digits, such as 52:54:00:12:34:01",
    )
