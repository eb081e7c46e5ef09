"""Machines described wrongly: what is said, and that one mistake is said once."""

from __future__ import annotations

import pytest
from machines import PLATFORM, Machines, compiled

DISKS = "disks: {system: {serial: S1}, data: [{serial: D1, pool: data}]}"
NIC = 'nics: {u: {mac: "52:54:00:00:00:01"}}'


def node(
    text: str = "",
    *,
    network: str = "address: 192.0.2.11/24, gateway: 192.0.2.1",
    nics: str = NIC,
    disks: str = DISKS,
) -> str:
    """A spec of one control plane."""
    parts = ", ".join(part for part in ("role: controlplane", network, nics, disks, text) if part)
    return f"nodes: {{cp1: {{{parts}}}}}"


def said(hardware: str, platform: str = PLATFORM) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in compiled(hardware, platform).diagnostics]


def planes(*networks: str, endpoint: str = "vip: 192.0.2.10") -> str:
    """A spec of control planes in these networks."""
    nodes = ", ".join(
        f"cp{n}: {{role: controlplane, {network}, nics: {{u: {{mac: 52-54-00-00-00-0{n}}}}}, "
        f"disks: {{system: {{serial: S{n}}}, data: [{{serial: D{n}, pool: data}}]}}}}"
        for n, network in enumerate(networks, 1)
    )
    return f"endpoint: {{{endpoint}}}\nnodes: {{{nodes}}}"


@pytest.mark.parametrize(
    ("hardware", "expected"),
    [
        # what the shape refuses is not also called missing
        (node(nics='nics: {u: {mac: "52:54:00:00:00:01"}}, vlans: {v: {id: 5000}}'), [("CZ1006", "nodes.cp1.vlans.v.id: 5000 is out of range, at most 4094 is possible")]),
        (node().replace("controlplane", "controlplan"), [("CZ1004", 'nodes.cp1.role: "controlplan" is none of the values known here')]),
        (node(nics='nics: {u: {mac: "52:54:00"}}'), [("CZ1005", 'nodes.cp1.nics.u.mac: "52:54:00" is no MAC address')]),
        (node(disks="disks: {system: {serial: 1}, data: [{path: /dev/disk/by-id/x, pool: data}]}"), [("CZ1001", "nodes.cp1.disks.system.serial: expected text, found 1")]),
        (node(disks="disks: [x]"), [("CZ1001", "nodes.cp1.disks: expected a mapping or null, found a list"), ("CZ7007", "no node has a disk for the pool data")]),
        # addresses
        (node(network="address: 192.0.2.11, gateway: 192.0.2.1"), [("CZ6010", "cp1: '192.0.2.11' is no address with a prefix length")]),
        (node(network="address: 192.0.2.0/24, gateway: 192.0.2.1"), [("CZ6010", "cp1: '192.0.2.0/24' is a network, and no address in it")]),
        (node(network="address: 192.0.2.255/24, gateway: 192.0.2.1"), [("CZ6010", "cp1: '192.0.2.255/24' is the broadcast address of its network")]),
        (node(network="address: 127.0.0.1/8, gateway: 127.0.0.2"), [("CZ6010", "cp1: '127.0.0.1/8' is an address that no machine can have")]),
        (node(network="address: 192.0.2.11/24, gateway: 192.0.2.11"), [("CZ6022", "cp1: the gateway 192.0.2.11 is the machine itself")]),
        (node(network="address: 192.0.2.11/24, gateway: 192.0.3.1"), [("CZ6022", "cp1: the gateway 192.0.3.1 is not in 192.0.2.0/24")]),
        (node(network='address: "2001:db8::11/64", gateway: "2001:db8::1"'), [("CZ6053", "cp1: the address 2001:db8::11 is IPv6, the pod network is IPv4")]),
        (node('addresses: ["2001:db8::11/64"]'), []),
        (node("", nics='nics: {u: {mac: "52:54:00:00:00:01", gateway: "2001:db8:1::1"}}, addresses: ["2001:db8::11/64"]'), [("CZ6052", "cp1: the router 2001:db8:1::1 is not in 2001:db8::/64, the subnet of u")]),
        # interfaces and what stands on them
        (node(nics='nics: {u: {mac: "01:00:5e:00:00:01"}}'), [("CZ6045", "cp1: 01:00:5e:00:00:01 is the MAC address of no interface")]),
        (node(nics=NIC + ", bonds: {b: {nics: [u]}}"), [("CZ6042", "cp1: the bond b is made of u alone")]),
        (node(nics='nics: {u: {mac: "52:54:00:00:00:01"}, v: {mac: "52:54:00:00:00:02"}}, link: b, bonds: {b: {nics: [u, v]}, c: {nics: [v, u]}}'), [("CZ6043", "cp1: u is a part of b and of c"), ("CZ6043", "cp1: v is a part of b and of c")]),
        (node(nics=NIC + ", link: br, vlans: {v: {id: 4, parent: br}}, bridges: {br: {links: [u, v]}}"), [("CZ6038", "cp1: v stands on br, which stands on v")]),
        # disks
        (node(disks=""), [("CZ6060", "cp1: nothing says on which disk the system is installed"), ("CZ7007", "no node has a disk for the pool data")]),
        (node(disks="disks: {system: {serial: S1}, data: [{serial: S1, pool: data}]}"), [("CZ6028", "cp1 uses the disk with serial S1 twice")]),
        (node("memory: 256", disks="disks: {system: {serial: S1, size: 480}, ephemeral: 100, data: [{serial: D1, size: 1920, pool: data}]}"), [
            ("CZ6061", "cp1: the size of the system disk is 480 bytes"), ("CZ6061", "cp1: the disks.ephemeral is 100 bytes"),
            ("CZ6061", "cp1: the size of a disk is 1920 bytes"), ("CZ6061", "cp1: the memory is 256 bytes"),
        ]),
        (node("memory: -5Gi"), [("CZ6061", "cp1: the memory, -5Gi, is no size")]),
        (node(disks="disks: {system: {serial: S1}, ephemeral: 9Gi, data: [{system: true, pool: data}, {system: true, pool: data, size: 1G}]}"), [("CZ6062", "cp1: two parts of the system disk are for the pool data")]),
        # names
        ("nodes: {a..b: {role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, " + f"{NIC}, {DISKS}}}}}", [("CZ6026", "'a..b' is no host name")]),
        ("nodes: {localhost: {role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, " + f"{NIC}, {DISKS}}}}}", [("CZ6026", "'localhost' is no host name")]),
        # virtual addresses
        (planes("address: 192.0.2.11/24, gateway: 192.0.2.1", "address: 192.0.3.12/24, gateway: 192.0.3.1", "address: 192.0.4.13/24, gateway: 192.0.4.1"), [("CZ6055", "cp2: the virtual address 192.0.2.10 is in no subnet of the machine; the same holds for cp3")]),
        (planes("address: 192.0.2.11/24, gateway: 192.0.2.1", endpoint="vip: 192.0.3.10"), [("CZ6023", "the virtual address 192.0.3.10 is not in the control planes' subnet 192.0.2.0/24")]),
        (planes("address: 192.0.2.11/24, gateway: 192.0.2.1", endpoint="vip: nowhere"), [("CZ6010", "the virtual address 'nowhere' is no address")]),
        (planes("address: 192.0.2.11/24, gateway: 192.0.2.1", endpoint="vip: 192.0.2.10, vips: [{address: 192.0.2.11}]"), [("CZ6020", "the address 192.0.2.11 of cp1 is that of the virtual address already")]),
        (planes("address: 192.0.2.11/24, gateway: 192.0.2.1", endpoint='certSANs: ["a b", "*.example.org", 192.0.2.7]'), [("CZ6010", "'a b' is neither an address nor a DNS name, so no certificate can hold it")]),
        # a provider's profile expects names
        ("talos: {provider: oracle}\n" + node(nics='nics: {eth0: {mac: "52:54:00:00:00:01"}}'), [("CZ6041", "cp1: the profile oracle for the node's address names the link private, which is not declared")]),
        # the cluster's settings
        ("talos: {contract: v1.14}\n" + node(), [("CZ9100", "the contract v1.14 is not supported; supported is v1.13")]),
        ("talos: {version: v1.12.6}\n" + node(), [("CZ9100", "the contract v1.12 is not supported; supported is v1.13")]),
        ("talos: {schematic: {extensions: [drbd, zfs, foo]}}\n" + node(), [("CZ9103", "there is no extension foo for Talos v1.13.6")]),
        ("talos: {schematic: {extensions: [drbd, zfs], overlay: {image: a/b, name: c, options: {a1: x}}}}\n" + node(), [("CZ9105", "the overlay's option a1 is neither text nor a number, or has no plain name")]),
        ("talos: {etcd: {quota: 100}}\n" + node(), [("CZ6061", "etcd's quota is 100 bytes")]),
        ("talos: {oidc: {issuer: 'https://a.example.org', ca: x, address: nowhere}}\n" + node(), [("CZ6010", "the issuer's address 'nowhere' is none"), ("CZ9131", "the issuer's ca holds no certificate in PEM, so the API server does not start")]),
        ("talos: {encryption: {state: {keys: [{type: tpm, lockToState: true}]}}}\n" + node(), [("CZ9132", "a key of STATE cannot need STATE")]),
        ("talos: {hosts: {nowhere: [a]}}\n" + node(), [("CZ9131", "nowhere is no address")]),
    ],
)  # fmt: skip
def test_a_mistake_is_said_once(hardware: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(said(hardware)) == sorted(expected)


@pytest.mark.parametrize(
    "other", ["5254.0000.0001", "52-54-00-00-00-01", "525400000001", "52:54:00:00:00:01"]
)
def test_a_mac_address_twice_in_any_spelling(other: str) -> None:
    found = said(
        planes(
            "address: 192.0.2.11/24, gateway: 192.0.2.1",
            "address: 192.0.2.12/24, gateway: 192.0.2.1",
            "address: 192.0.2.13/24, gateway: 192.0.2.1",
        ).replace("52-54-00-00-00-02", f"'{other}'")
    )
    assert found == [("CZ6021", "the MAC address 52:54:00:00:00:01 of u of cp2 is that of u of cp1 already")]


def test_hints_name_what_would_work() -> None:
    def hint(hardware: str) -> str | None:
        (problem,) = compiled(hardware).diagnostics
        return problem.hint

    assert (
        hint(node(nics='nics: {u: "52:54:00:00:00:01"}'))
        == 'write how it is known: {mac: "52:54:00:12:34:01"}'
    )
    assert hint(node(disks="disks: {system: /dev/sda, data: [{path: /dev/disk/by-id/x, pool: data}]}")) == (
        "write how it is known: {serial: S4GENX0R100001}, or {path: /dev/disk/by-id/…}"
    )
    assert (
        hint(node(network="address: 192.0.2.11, gateway: 192.0.2.1"))
        == "add the prefix length, such as 192.0.2.11/24"
    )
    assert (
        hint(node(network="address: 192.0.2.0/24, gateway: 192.0.2.1"))
        == "write an address inside of it, such as 192.0.2.11/24"
    )
    assert (
        hint("talos: {provider: oracle}\n" + node())
        == "name the interfaces public and private, or write which link it is"
    )
    assert hint("talos: {schematic: {extensions: [drbd, zfs, foo]}}\n" + node()) == "take it out"
    assert (
        hint("talos: {schematic: {extensions: [drbd, zfs, lldp]}}\n" + node())
        == "did you mean siderolabs/lldpd?"
    )


def test_every_virtual_address_lies_outside_of_the_load_balancers_pools() -> None:
    pools = (
        "  loadBalancer: {pools: {public: {addresses: [192.0.2.200-192.0.2.220], announce: l2}}}\n  delivery:"
    )
    hardware = planes(
        "address: 192.0.2.11/24, gateway: 192.0.2.1",
        endpoint="vip: 192.0.2.10, vips: [{address: 192.0.2.210}]",
    )
    assert said(hardware, PLATFORM.replace("  delivery:", pools)) == [
        (
            "CZ6011",
            "the virtual address 192.0.2.210 (192.0.2.210) and the pool public (192.0.2.200-192.0.2.220) overlap in 192.0.2.210",
        )
    ]


def test_a_wide_network_of_machines_is_mentioned_for_each_network_that_it_covers() -> None:
    found = said(node(network="address: 10.1.0.11/8, gateway: 10.0.0.1"))
    assert [code for code, _ in found] == ["CZ6019", "CZ6019"]


def test_parts_of_the_systems_disk_have_sizes_of_their_own() -> None:
    platform = (
        PLATFORM.replace("{data: {driver: zfs}}", "{data: {driver: zfs}, more: {driver: lvm}}")
        .replace("{default: true}", "{default: true, pool: data}")
        .replace("{replicas: 1}", "{replicas: 1, pool: more}")
    )

    def found(parts: str) -> Machines:
        return compiled(
            node(disks=f"disks: {{system: {{serial: S1}}, ephemeral: 9Gi, data: [{parts}]}}"), platform
        )

    problem, *_ = found("{system: true, pool: data}, {system: true, pool: more}").diagnostics
    assert problem.message == "cp1: the parts of the system disk for data and more both take all that is left"
    patch = found("{system: true, pool: data, size: 500G}, {system: true, pool: more}").patch("cp1")
    assert patch["RawVolumeConfig", "data-system"]["provisioning"]["maxSize"] == "500GB"
    assert "maxSize" not in patch["RawVolumeConfig", "more-system"]["provisioning"]
