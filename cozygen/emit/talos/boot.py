"""What machines need to start for the first time: reservations, kernel arguments, BootBox's values (facts: talos 7)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cozygen.emit.talos.install import installer_image
from cozygen.emit.talos.links import MIIMON
from cozygen.platform.machines.address import Address, Interface, canonical_mac, parse_address
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.machines.links import Link
from cozygen.platform.nodes import Hardware, Node
from cozygen.record import Record

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
_LEASE = 3600
_NAME_MOST = 15  # characters of a network device's name (Talos' nethelpers.VLANLinkName, as is the digest)
_PREFIX = 4


class FirstBoot(Record):
    """How a node boots from the network: its MAC addresses there, and the address that it gets."""

    node: Node
    macs: tuple[str, ...]
    address: Interface
    gateway: Address | None


def first_boot(node: Node) -> FirstBoot | None:
    """How a node boots from the network, None where the inventory cannot tell: no MAC, or tagged traffic only."""
    link = _untagged(node)
    if link is None or not link.addresses:
        return None
    wanted = (node.body.get("boot") or {}).get("nics")
    names = tuple(wanted) if wanted else _first_nic(link)
    found = (node.network.links.get(name) for name in names)
    macs = tuple(canonical_mac(nic.body["mac"]) for nic in found if nic is not None and "mac" in nic.body)
    if not macs:
        return None
    gateway = next((route.via for route in link.routes if route.default), None)
    return FirstBoot(node, macs, link.addresses[0], gateway)


def _untagged(node: Node) -> Link | None:
    """The link with the node's address, or what carries it where that is a VLAN: PXE speaks without tags."""
    link = node.network.cluster
    if link is not None and link.kind == "vlan":
        link = next((node.network.links[port] for port in link.ports if port in node.network.links), None)
    return link


def _first_nic(link: Link) -> tuple[str, ...]:
    return (link.name,) if link.kind == "nic" else link.ports[:1]


def reservations(hardware: Hardware) -> Iterator[str]:
    """Dnsmasq's lines: by MAC address the node's address and name."""
    for node in hardware.nodes.values():
        boot = first_boot(node)
        if boot is None:
            continue
        address = f"[{boot.address.ip}]" if boot.address.version == 6 else str(boot.address.ip)
        yield f"dhcp-host={','.join(boot.macs)},{address},{node.name}"


def bootbox_values(hardware: Hardware) -> dict[str, Any]:
    """BootBox's values: every machine that it can serve, open to the networks that they are in."""
    found = [boot for node in hardware.nodes.values() if (boot := first_boot(node)) is not None]
    served = [boot for boot in found if boot.gateway is not None and boot.address.version == 4]
    return {
        "whitelistHTTP": True,
        "whitelist": sorted({str(boot.address.network) for boot in served}),
        "machines": [_machine(boot) for boot in served],
    }


def _machine(boot: FirstBoot) -> dict[str, Any]:
    body = boot.node.body
    stated = body.get("boot") or {}
    return {
        "hostname": boot.node.name,
        "arch": ARCHITECTURES[body.get("architecture", "amd64")],
        "ip": {
            "address": str(boot.address.ip),
            "gateway": str(boot.gateway),
            "netmask": str(boot.address.netmask),
        },
        "leaseTime": stated.get("leaseTime", _LEASE),
        "uefi": stated.get("uefi", True),
        "mac": list(boot.macs),
        "nameServers": list(body.get("dns") or ()),
        "timeServers": list(body.get("ntp") or ()),
    }


def boot_to_talos(node: Node, cluster: Cluster) -> str:
    """The command that turns a running Linux into this node, from its own shell, and a comment above it."""
    body = node.system.body if node.system is not None else {}
    disk, about = str(body.get("path", "DISK")), node.name
    if "path" not in body:
        known = ", ".join(f"{key} {value}" for key, value in body.items())
        about += f"; DISK is the path of the one with {known}"
    for link in node.network.links.values():
        if _kernel_device(link) == _named_by_hand(link):
            about += (
                f"; {_named_by_hand(link)} is the name of the interface on the bus at {link.body['busPath']}"
            )
    parts = ["boot-to-talos", "-yes", f"-disk {disk}", f"-image {installer_image(cluster)}"]
    parts += [f"-extra-kernel-arg {argument}" for argument in kernel_arguments(node)]
    return f"# {about}\n" + " \\\n  ".join(parts) + "\n"


def kernel_arguments(node: Node) -> list[str]:
    """Kernel arguments with which Talos comes up under the node's address, before it has a configuration."""
    link = _way_out(node)
    if link is None or not link.addresses:
        return []
    out, device = [], _kernel_device(link)
    below = next((node.network.links[port] for port in link.ports if port in node.network.links), None)
    if link.kind == "bond":
        out.append(_bond_argument(link, node))
    elif link.kind == "vlan" and below is not None:
        parent = _kernel_device(below)
        if below.kind == "bond":
            out.append(_bond_argument(below, node))
        device = vlan_device(parent, link.body.get("id"))
        out.append(f"vlan={device}:{parent}")
    own = link.addresses[0]
    gateways = (route.via for route in link.routes if route.default and route.via is not None)
    gateway = next((via for via in gateways if via.version == own.version), None)
    servers = [_bracketed(parse_address(text)) for text in node.body.get("dns") or ()][:2]
    fields = [_bracketed(own.ip), "", _bracketed(gateway), _mask(own), node.name, device, "", *servers]
    out.append("ip=" + ":".join(fields))
    return out


def _way_out(node: Node) -> Link | None:
    """The link with the default route, else the one with the node's address."""
    found = (link for link in node.network.links.values() if any(route.default for route in link.routes))
    return next(found, node.network.cluster)


def _bond_argument(bond: Link, node: Node) -> str:
    ports = [node.network.links[port] for port in bond.ports if port in node.network.links]
    mode = bond.body.get("mode", "802.3ad")
    watched = f"miimon={bond.body.get('miimon', MIIMON)}"
    return f"bond={bond.device}:{','.join(map(_kernel_device, ports))}:mode={mode},{watched}"


def _kernel_device(link: Link) -> str:
    """The name under which the kernel's command line can speak of a link: by MAC address where there is one.

    Aliases come with the configuration only. Of an interface that nothing is said of it is empty, and Talos takes the
    first one.
    """
    if "mac" in link.body:
        return f"enx{canonical_mac(link.body['mac']).replace(':', '')}"
    if link.kind != "nic" or "device" in link.body:
        return link.device
    return _named_by_hand(link) if "busPath" in link.body else ""


def _named_by_hand(link: Link) -> str:
    """What stands for an interface whose name only the machine itself can tell."""
    return f"NIC-{link.name}"


def vlan_device(parent: str, number: object) -> str:
    """The name that Talos gives a VLAN of its command line: of a long parent's name only a digest fits."""
    if len(parent) + len(".4094") <= _NAME_MOST:
        return f"{parent}.{number}"
    room = (_NAME_MOST - _PREFIX - len(".4094")) // 2 * 2
    return f"{parent[:_PREFIX]}{sha256(parent.encode()).hexdigest()[:room]}.{number}"


def _bracketed(address: Address | None) -> str:
    if address is None:
        return ""
    return f"[{address}]" if address.version == 6 else str(address)


def _mask(own: Interface) -> str:
    return str(own.netmask) if own.version == 4 else str(own.network.prefixlen)
