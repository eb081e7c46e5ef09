"""What machines of a provider have in common: a layer below everything that the inventory says.

The facts are Cozystack's installation pages for these providers: how a machine reaches the internet, what
network its nodes share, and which names servers answer there.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from cozygen.platform.machines.address import parse_interface
from cozygen.yamlio import Map

_HETZNER_NETWORK = ip_network("10.0.0.0/16")
_LACP = {"mode": "802.3ad", "hashPolicy": "layer3+4", "lacpRate": "slow", "miimon": 100}


EXPECTED = {
    "hetzner": "describe the interface under nics; the VLAN vswitch is put on it",
    "oracle": "name the interfaces public and private",
    "serverscom": "name the interfaces public1, public2, private1 and private2",
}
"""What a provider's profile builds on, in words for those who describe machines otherwise."""


def layer(provider: str | None, body: Map) -> Map | None:
    """What the provider's machines have by themselves, given what the node says; None without a provider."""
    if provider == "hetzner":
        return plain_map(_hetzner(body))
    if provider == "oracle":
        return plain_map(_oracle(body))
    if provider == "serverscom":
        return plain_map(_serverscom(body))
    return None


def _hetzner(body: Map) -> dict[str, Any]:
    """A dedicated server: public address on the interface, the nodes' network as a vSwitch on a VLAN.

    The vSwitch carries frames of at most 1400 bytes. Where its subnet is part of the cloud network
    10.0.0.0/16, the rest of that network is behind the subnet's first address.
    """
    vlan: dict[str, Any] = {"id": 4000, "mtu": 1400}
    own = parse_interface(body.get("address"))
    if own is not None and own.version == 4 and own.network.prefixlen > 16 and own.ip in _HETZNER_NETWORK:
        vlan["routes"] = [{"to": str(_HETZNER_NETWORK), "via": str(own.network[1])}]
    return {"vlans": {"vswitch": vlan}, "link": "vswitch"}


def _oracle(_body: Map) -> dict[str, Any]:
    """An instance with two interfaces: ``public`` towards the internet, ``private`` in the nodes' VLAN."""
    return {"link": "private", **_public("public")}


def _serverscom(body: Map) -> dict[str, Any]:
    """A dedicated server with two pairs of interfaces, each pair an LACP bond; public resolvers.

    Interfaces whose names begin with ``public`` make bond0, those that begin with ``private`` bond1.
    """
    nics = body.get("nics") or {}
    sides = {"bond0": "public", "bond1": "private"}
    members = {bond: [nic for nic in nics if str(nic).startswith(side)] for bond, side in sides.items()}
    return {
        "bonds": {bond: {"nics": found, **_LACP} for bond, found in members.items() if found},
        "link": "bond1",
        **_public("bond0"),
        "dns": ["8.8.8.8", "1.1.1.1"],
    }


def _public(link: str) -> dict[str, Any]:
    return {"public": {"link": link}}


def plain_map(value: Mapping[str, Any]) -> Map:
    """A mapping made by code as one that was read, without places."""
    out = Map()
    for key, item in value.items():
        out[key] = plain_map(item) if isinstance(item, Mapping) else item
    return out
