"""Addresses as they stand in a spec: parsed where they are any, None where they are not."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network


def parse_address(text: object) -> Address | None:
    """An IP address, or None."""
    try:
        return ip_address(str(text))
    except ValueError:
        return None


def parse_interface(text: object) -> Interface | None:
    """An IP address with its prefix length, or None; one without a length is None too."""
    try:
        return ip_interface(str(text)) if "/" in str(text) else None
    except ValueError:
        return None


def parse_network(text: object) -> Network | None:
    """A network written with its prefix length, or None; host bits are forgiven."""
    try:
        return ip_network(str(text), strict=False) if "/" in str(text) else None
    except ValueError:
        return None


def canonical_mac(text: object) -> str:
    """A MAC address in lower case with colons, from any of the usual spellings."""
    digits = "".join(c for c in str(text).lower() if c in "0123456789abcdef")
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
