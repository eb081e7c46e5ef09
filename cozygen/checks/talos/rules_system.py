"""Rules about host name, name servers, time, hosts and KubeSpan."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.talos.finding import Configuration, Finding, at, conflict, missing, value
from cozygen.platform.machines.address import parse_address, parse_network

_KUBESPAN_LEAST = 1280


def host_name(config: Configuration) -> Iterator[Finding]:
    """A name of one's own, or one that Talos makes up: not both."""
    for key, document in config.of("HostnameConfig"):
        name, auto = document.get("hostname"), document.get("auto")
        if not name and auto is None:
            yield missing(("hostname",), "there is neither hostname nor auto", "write hostname", key)
        if name and auto != "off":
            yield conflict(("auto",), f"auto: {auto} does not go with a hostname", 'write auto: "off"', key)
        first = str(name or "x").partition(".")[0]
        if name and (not 0 < len(first) <= 63 or len(str(name)) > 253):
            yield value(("hostname",), f"{name} is no host name", "use at most 63 letters a part", key)


def time(config: Configuration) -> Iterator[Finding]:
    """One source of time."""
    for key, document in config.of("TimeSyncConfig"):
        if document.get("ntp") and document.get("ptp"):
            yield conflict(("ptp",), "ntp and ptp exclude each other", "keep one of the two", key)


def names(config: Configuration) -> Iterator[Finding]:
    """Hosts are named by their address, and name servers are addresses."""
    for key, document in config.of("StaticHostConfig"):
        if parse_address(key[1]) is None:
            yield value(("name",), f"{key[1]} is no address", "write an IP address", key)
        if not document.get("hostnames"):
            yield missing(("hostnames",), f"{key[1]} has no host names", "write them", key)
    for key, document in config.of("ResolverConfig"):
        for index, item in enumerate(document.get("nameservers") or ()):
            if parse_address(at(item, "address")) is None:
                message = f"{at(item, 'address')} is no address"
                yield value(("nameservers", index, "address"), message, "write an IP address", key)


def kubespan(config: Configuration) -> Iterator[Finding]:
    """What KubeSpan's packets and endpoints may be."""
    for key, document in config.of("KubeSpanConfig"):
        mtu = document.get("mtu")
        if isinstance(mtu, int) and mtu < _KUBESPAN_LEAST:
            yield value(("mtu",), f"an MTU of {mtu} is too low", f"write at least {_KUBESPAN_LEAST}", key)
        for index, text in enumerate(at(document, "filters", "endpoints") or ()):
            plain = str(text).removeprefix("!")
            if parse_network(plain) is None and parse_address(plain) is None:
                yield value(("filters", "endpoints", index), f"{text} is no network", "write one", key)
