"""What machines need to start for the first time, and the runbook."""

from __future__ import annotations

import ipaddress
import re

import yaml
from machines import Machines, compiled, compiled_example, world

from cozygen.catalog.load import load_release
from cozygen.schema import Schema


def files(name: str) -> dict[str, str]:
    return world(name).files()


def body(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_reservations_name_mac_address_and_host() -> None:
    assert body(files("oracle")["talos/boot/dnsmasq.conf"]) == [
        "dhcp-host=02:00:17:00:01:01,10.0.2.11,oci1",
        "dhcp-host=02:00:17:00:01:02,10.0.2.12,oci2",
        "dhcp-host=02:00:17:00:01:03,10.0.2.13,oci3",
    ]


def test_a_machine_whose_cluster_is_on_a_vlan_boots_under_its_untagged_address() -> None:
    assert (
        body(files("hetzner")["talos/boot/dnsmasq.conf"])[0]
        == "dhcp-host=52:54:00:00:00:01,203.0.113.11,srv1"
    )


def test_a_bonded_machine_boots_from_its_first_port_or_as_the_inventory_says() -> None:
    assert (
        body(files("serverscom")["talos/boot/dnsmasq.conf"])[0] == "dhcp-host=b0:26:28:00:01:03,10.0.3.11,sc1"
    )


def test_without_untagged_addresses_there_is_nothing_to_reserve() -> None:
    assert "talos/boot/dnsmasq.conf" not in compiled_example("bare-metal-bonded").files()


def test_bootbox_gets_values_that_its_chart_takes() -> None:
    values = yaml.safe_load(files("everything")["talos/boot/bootbox.yaml"])
    assert values == {
        "whitelistHTTP": True,
        "whitelist": ["192.0.2.0/24"],
        "machines": [
            {
                "hostname": "cp1",
                "arch": "x86_64",
                "ip": {"address": "192.0.2.11", "gateway": "192.0.2.1", "netmask": "255.255.255.0"},
                "leaseTime": 3600,
                "uefi": True,
                "mac": ["52:54:00:00:00:01"],
                "nameServers": ["192.0.2.2"],
                "timeServers": ["ntp.example.org"],
            },
            {
                "hostname": "w1",
                "arch": "x86_64",
                "ip": {"address": "192.0.2.21", "gateway": "192.0.2.1", "netmask": "255.255.255.0"},
                "leaseTime": 600,
                "uefi": False,
                "mac": ["52:54:00:00:00:21"],
                "nameServers": ["192.0.2.2"],
                "timeServers": ["ntp.example.org"],
            },
        ],
    }
    chart = load_release("v1.6.2").applications["BootBox"]
    assert Schema(dict(chart.closed_schema)).valid(values)
    assert "talos/boot/bootbox.yaml" not in files("oracle")


def arguments(found: Machines, node: str) -> list[str]:
    (command,) = [
        part for part in found.files()["talos/boot/boot-to-talos.txt"].split("# ") if part.startswith(node)
    ]
    return re.findall(r"-extra-kernel-arg (\S+)", command)


def test_a_rescue_system_hands_the_address_over() -> None:
    hetzner = world("hetzner")
    assert arguments(hetzner, "srv2") == [
        "ip=203.0.113.12::203.0.113.1:255.255.255.192:srv2:enx525400000002:"
    ]
    assert arguments(world("serverscom"), "sc1") == [
        "bond=bond0:enxb02628000101,enxb02628000102:mode=802.3ad,miimon=100",
        "ip=203.0.113.41::203.0.113.46:255.255.255.248:sc1:bond0::8.8.8.8:1.1.1.1",
    ]
    assert arguments(compiled_example("bare-metal-bonded"), "cp1") == [
        "bond=bond0:enx0c42a1000101,enx0c42a1000102:mode=802.3ad,miimon=100",
        "vlan=bond0.20:bond0",
        "ip=10.20.0.11::10.20.0.1:255.255.255.0:cp1:bond0.20::10.20.0.2:10.20.0.3",
    ]
    found = compiled(
        "nodes: {cp1: {role: controlplane, address: '2001:db8::11/64', gateway: 'fe80::1', dns: ['2001:db8::53'], "
        "nics: {u: {mac: '525400000001'}}, disks: {system: {serial: S}}}}"
    )
    assert arguments(found, "cp1") == ["ip=[2001:db8::11]::[fe80::1]:64:cp1:enx525400000001::[2001:db8::53]"]


def test_a_vlan_on_an_interface_has_the_name_that_talos_gives_it() -> None:
    found = compiled(
        "nodes: {cp1: {role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, link: v, "
        "nics: {u: {mac: '525400000001'}}, vlans: {v: {id: 4000}}, disks: {system: {serial: S}}}}"
    )
    assert arguments(found, "cp1") == [
        "vlan=enx5059679.4000:enx525400000001",
        "ip=192.0.2.11::192.0.2.1:255.255.255.0:cp1:enx5059679.4000:",
    ]


def test_an_interface_without_a_name_that_the_kernel_knows_is_the_first_or_named_by_hand() -> None:
    described = "role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, disks: {system: {serial: S}}"
    assert arguments(compiled(f"nodes: {{cp1: {{{described}}}}}"), "cp1") == [
        "ip=192.0.2.11::192.0.2.1:255.255.255.0:cp1::"
    ]
    found = compiled(f"nodes: {{cp1: {{{described}, nics: {{u: {{busPath: '0000:02:00.0'}}}}}}}}")
    assert arguments(found, "cp1") == ["ip=192.0.2.11::192.0.2.1:255.255.255.0:cp1:NIC-u:"]
    text = found.files()["talos/boot/boot-to-talos.txt"]
    assert "NIC-u is the name of the interface on the bus at 0000:02:00.0" in text


def test_the_command_installs_the_pinned_image_on_the_described_disk() -> None:
    text = files("oracle")["talos/boot/boot-to-talos.txt"]
    assert "-disk /dev/disk/by-id/sda1 \\\n  -image ghcr.io/cozystack/cozystack/talos:v1.13.6" in text
    assert (
        "# srv1; DISK is the path of the one with serial S1\n"
        in files("hetzner")["talos/boot/boot-to-talos.txt"]
    )


def test_the_runbook_has_the_commands_in_order() -> None:
    text = files("everything")["talos/runbook.md"]
    commands = [line for line in text.splitlines() if re.match(r"(cozygen|talosctl|kubectl|curl)", line)]
    order = [
        "cozygen talos secrets", "curl", "talosctl --nodes 192.0.2.11 get disks", "cozygen talos config",
        "cozygen talos validate", "talosctl gen config cloud https://api.example.org:6443",
        "talosctl apply-config --insecure --nodes 192.0.2.11", "talosctl bootstrap --nodes 192.0.2.11",
        "talosctl kubeconfig", "kubectl get nodes",
    ]  # fmt: skip
    places = [next(i for i, line in enumerate(commands) if line.startswith(start)) for start in order]
    assert places == sorted(places)
    assert sum(line.startswith("talosctl bootstrap") for line in commands) == 1
    assert text.count("talosctl apply-config --insecure") == 3


def test_the_command_without_cozygen_patches_the_nodes_role_alone() -> None:
    """Talos makes configurations of both roles, and refuses a patch that removes what the other one lacks."""
    assert "--config-patch-control-plane @talos/nodes/cp1.yaml" in files("everything")["talos/runbook.md"]


def test_machines_with_a_public_address_are_reached_there() -> None:
    text = files("hetzner")["talos/runbook.md"]
    assert "| srv1 | controlplane | 10.0.1.11 | 203.0.113.11 |" in text
    assert "apply-config --insecure --nodes 203.0.113.11 " in text
    assert "talosctl bootstrap --nodes 203.0.113.11 --endpoints 203.0.113.11\n" in text
    assert "kubectl config set-cluster hz --server https://203.0.113.11:6443\n" in text
    assert "reached at" not in files("everything")["talos/runbook.md"]
    assert "The public address of oci1, oci2, oci3 comes by DHCP" in files("oracle")["talos/runbook.md"]


def test_boot_images_are_those_of_the_machines() -> None:
    text = files("everything")["talos/runbook.md"]
    assert "/v1.13.6/metal-amd64-secureboot.iso`" in text
    assert "metal-arm64" not in text


def test_no_command_talks_to_an_address_that_moves() -> None:
    for name in ("everything", "hetzner"):
        found = world(name)
        shared = {str(item.address) for item in found.cluster.shared}
        for line in found.files()["talos/runbook.md"].splitlines():
            if line.startswith("talosctl") and "gen config" not in line:
                addresses = set(re.findall(r"[0-9]+(?:\.[0-9]+){3}", line))
                assert addresses.isdisjoint(shared), line
                assert all(ipaddress.ip_address(text) for text in addresses)
