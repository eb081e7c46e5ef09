"""Rules about the documents that describe the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozygen.checks.talos.finding import Configuration, Finding, at, conflict, missing, value
from cozygen.checks.talos.formats import ports_of, table_of
from cozygen.emit.talos.document import Key
from cozygen.platform.machines.address import parse_address, parse_interface, parse_network

LINKS = (
    "LinkConfig",
    "BondConfig",
    "VLANConfig",
    "BridgeConfig",
    "DummyLinkConfig",
    "VRFConfig",
    "WireguardConfig",
)
_LACP = ("miimon", "updelay", "downdelay")
_PRIORITY_MOST = 32765
_KUBESPAN_PRIORITY = 32500


def link_names(config: Configuration) -> Iterator[Finding]:
    """No two links of one name, whatever their kinds."""
    seen: dict[str, Key] = {}
    for key, _ in config.of(*LINKS):
        first = seen.setdefault(key[1], key)
        if first != key:
            for one, other in ((key, first), (first, key)):
                message = f"{key[1]} is a {other[0]} as well"
                yield conflict(("name",), message, "rename one of the two", one)


def links(config: Configuration) -> Iterator[Finding]:
    """Addresses and routes of links."""
    for key, document in config.of(*LINKS):
        for index, item in enumerate(document.get("addresses") or ()):
            found = parse_interface(at(item, "address"))
            if found is None or found.ip.is_unspecified:
                message = f"{at(item, 'address')} is no address with a prefix length"
                yield value(("addresses", index, "address"), message, "write it as 192.0.2.11/24", key)
        for index, item in enumerate(document.get("routes") or ()):
            yield from _route(item, ("routes", index), key)


def _route(item: Any, path: tuple[str | int, ...], key: Key) -> Iterator[Finding]:
    destination, gateway = at(item, "destination"), at(item, "gateway")
    if destination is None and gateway is None:
        yield missing(path, "a route has neither destination nor gateway", "write the gateway", key)
    if destination is not None:
        network = parse_network(destination)
        if network is None:
            yield value((*path, "destination"), f"{destination} is no network", "write a network", key)
        elif network.network_address.is_unspecified:
            message = f"{destination} as a destination is refused: a default route has none"
            yield value((*path, "destination"), message, "take destination out", key)
    for field in ("gateway", "source"):
        text = at(item, field)
        if text is None:
            continue
        address = parse_address(text)
        if address is None or address.is_unspecified:
            yield value((*path, field), f"{text} is no address", "write an IP address", key)


def bonds(config: Configuration) -> Iterator[Finding]:
    """Members, and what a bond of LACP has to say."""
    for key, document in config.of("BondConfig"):
        if not document.get("links"):
            yield missing(("links",), "the bond has no links", "name its links", key)
        mode = document.get("bondMode")
        if mode == "802.3ad":
            for field in (field for field in _LACP if field not in document):
                message = f"a bond of 802.3ad without {field} is warned about"
                yield missing((field,), message, f"write {field}", key)


def vlans(config: Configuration) -> Iterator[Finding]:
    """The number of a VLAN."""
    for key, document in config.of("VLANConfig"):
        number = document["vlanID"]
        if not 1 <= number <= 4094:
            yield value(("vlanID",), f"{number} is no VLAN", "use a number from 1 to 4094", key)


def shared_addresses(config: Configuration) -> Iterator[Finding]:
    """Virtual addresses are named by the address, and one is served in one way."""
    seen: dict[str, str] = {}
    for key, _ in config.of("Layer2VIPConfig", "HCloudVIPConfig"):
        kind, name = key
        if parse_address(name) is None:
            yield value(("name",), f"{name} is no address", "name the document after the address", key)
        if name in seen:
            yield conflict(("name",), f"{name} is a {seen[name]} as well", "keep one of the two", key)
        seen.setdefault(name, kind)
        if not config.control_plane:
            yield conflict((), f"a worker cannot hold the virtual address {name}", "take it out", key)


def aliases(config: Configuration) -> Iterator[Finding]:
    """An alias says which link it is for."""
    for key, document in config.of("LinkAliasConfig"):
        name = key[1]
        if "%" in name and (not name.endswith("%d") or name.count("%") > 1 or name == "%d"):
            yield value(("name",), f"{name} is no pattern of names", "end it in %d, once", key)
        if not at(document, "selector", "match"):
            yield missing(("selector", "match"), f"nothing says which link {name} is", "write match", key)


def dynamic(config: Configuration) -> Iterator[Finding]:
    """What a DHCP client says of itself."""
    for key, document in config.of("DHCPv4Config", "DHCPv6Config"):
        by_duid, raw = document.get("clientIdentifier") == "duid", document.get("duidRaw")
        if by_duid and not raw:
            message = "a client that is known by its DUID has none"
            yield missing(("duidRaw",), message, "write duidRaw, or another clientIdentifier", key)
        elif raw and not by_duid:
            message = "duidRaw needs clientIdentifier: duid"
            yield conflict(("duidRaw",), message, "write clientIdentifier: duid", key)


def packet_rules(config: Configuration) -> Iterator[Finding]:
    """The ports and networks of ingress rules."""
    for key, document in config.of("NetworkRuleConfig"):
        ports = at(document, "portSelector", "ports") or ()
        if not ports:
            yield missing(("portSelector", "ports"), f"the rule {key[1]} has no ports", "write ports", key)
        yield from _ports([found for item in ports if (found := ports_of(item)) is not None], key)
        for index, item in enumerate(document.get("ingress") or ()):
            for field in ("subnet", "except"):
                text = at(item, field)
                if text is not None and parse_network(text) is None:
                    yield value(("ingress", index, field), f"{text} is no network", "write one", key)


def _ports(ranges: list[tuple[int, int]], key: Key) -> Iterator[Finding]:
    path = ("portSelector", "ports")
    highest = -1
    for low, high in sorted(ranges):
        if low > high:
            yield value(path, f"the ports {low}-{high} run backwards", f"write {high}-{low}", key)
        elif low <= highest:
            yield conflict(path, f"the ports overlap at {low}", "name each port once", key)
        highest = max(highest, high)


def routing(config: Configuration) -> Iterator[Finding]:
    """Routes to nowhere, rules that choose a routing table, and links with a table of their own."""
    for key, _ in config.of("BlackholeRouteConfig"):
        if parse_network(key[1]) is None:
            yield value(("name",), f"{key[1]} is no network", "name the document after the network", key)
    for key, document in config.of("RoutingRuleConfig"):
        number = int(key[1]) if key[1].isdigit() else 0
        if not 1 <= number <= _PRIORITY_MOST or number == _KUBESPAN_PRIORITY:
            hint = (
                f"use a number from 1 to {_PRIORITY_MOST}, but not {_KUBESPAN_PRIORITY}, which is KubeSpan's"
            )
            yield value(("name",), f"{key[1]} is no priority", hint, key)
        if "table" not in document and document.get("action", "unicast") == "unicast":
            yield missing(("table",), "the rule leads to no table", "write table", key)
        if document.get("fwMask") and not document.get("fwMark"):
            yield missing(("fwMark",), "fwMask needs a mark", "write fwMark", key)
    for key, document in config.of("VRFConfig"):
        if not isinstance(table_of(document["table"]), int):
            message = f"the table {document['table']} is the kernel's own"
            yield value(("table",), message, "use a number from 1 to 252", key)
