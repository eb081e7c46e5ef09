"""From the inventory to nodes: layers, links, providers' profiles, disks."""

from __future__ import annotations

import pytest
from machines import compiled, world

from cozygen.platform.machines.address import canonical_mac

SIMPLE = """
endpoint: {vip: 192.0.2.10}
nodes:
  cp1:
    role: controlplane
    address: 192.0.2.11/24
    gateway: 192.0.2.1
    nics: {uplink: {mac: "52:54:00:12:34:01"}}
    disks: {system: {serial: S1}, data: [{serial: D1, size: 1920G, pool: data}]}
    cpu: 8
    memory: 24Gi
"""
GROUPED = """
defaults: {gateway: 192.0.2.1, dns: [192.0.2.2], zone: a}
groups:
  big:
    role: worker
    zone: b
    nics: {uplink: {mtu: 9000}}
    disks: {system: {model: SSD, size: 480G}, data: [{wwid: eui.0000000000000001, pool: data}]}
  empty: {role: worker}
nodes:
  cp1: {role: controlplane, address: 192.0.2.11/24, nics: {uplink: {mac: "52:54:00:12:34:01"}}, disks: {system: {serial: S1}}}
"""


def test_one_interface_and_an_address_need_no_link_named() -> None:
    found = compiled(SIMPLE)
    assert found.codes == []
    link = found.node("cp1").network.cluster
    assert link is not None
    assert (link.name, link.device, [str(a) for a in link.addresses]) == (
        "uplink",
        "uplink",
        ["192.0.2.11/24"],
    )
    assert [str(route.via) for route in link.routes] == ["192.0.2.1"]


def test_a_node_is_its_group_over_the_defaults() -> None:
    found = compiled(
        GROUPED + '  w1: {group: big, address: 192.0.2.21/24, nics: {uplink: {mac: "52:54:00:12:34:21"}}}\n'
        '  w2: {group: big, address: 192.0.2.22/24, zone: c, dns: null, nics: {uplink: {mac: "52:54:00:12:34:22"}}}\n'
    )
    w1, w2 = found.node("w1"), found.node("w2")
    assert (w1.role, w1.body["zone"], w1.body["dns"]) == ("worker", "b", ["192.0.2.2"])
    assert w1.network.links["uplink"].mtu == 9000
    assert w1.data[0].device("w1") == "/dev/disk/by-id/nvme-eui.0000000000000001"
    assert w2.body["zone"] == "c"
    assert "dns" not in w2.body
    assert "group" not in w1.body


def test_forty_equal_nodes_take_forty_short_lines() -> None:
    lines = [
        f'  w{n:02}: {{group: empty, address: 192.0.2.{n}/24, nics: {{uplink: {{mac: "525400{n:06}"}}}}, '
        f"disks: {{system: {{serial: S{n}}}}}}}\n"
        for n in range(21, 61)
    ]
    assert max(map(len, lines)) < 130
    found = compiled(GROUPED + "".join(lines))
    assert found.codes == ["CZ7007"]  # no disk for the pool
    assert len(found.platform.site.hardware.nodes) == 41


def test_what_is_wrong_with_the_defaults_is_said_once() -> None:
    lines = "".join(
        f'  w{n}: {{role: worker, address: 192.0.2.{n}/24, nics: {{uplink: {{mac: "525400{n:06}"}}}}, '
        f"disks: {{system: {{serial: S{n}}}}}}}\n"
        for n in range(21, 41)
    )
    found = compiled(
        SIMPLE.replace("nodes:", "defaults: {gateway: 192.0.2.1, dns: [not-an-address]}\nnodes:") + lines
    )
    (problem,) = found.diagnostics
    assert problem.code == "CZ6010"
    assert problem.message.endswith("the same holds for w21, w22, w23 and 17 more")


def test_groups_are_known_in_all_documents() -> None:
    document = "apiVersion: cozygen.io/v1alpha1\nkind: Hardware\nmetadata: {name: %s}\nspec:\n%s"
    one = document % ("kinds", "  groups: {plain: {role: controlplane, disks: {system: {serial: S1}}}}\n")
    other = document % ("rack", "  nodes: {cp1: {group: plain, address: 192.0.2.11/24}}\n")
    found = compiled(f"{one}---\n{other}")
    assert found.codes == ["CZ7007"]
    assert found.node("cp1").role == "controlplane"


def test_patches_of_all_levels_apply_in_order() -> None:
    found = compiled(
        "talos: {patches: [{machine: {sysctls: {a.b: cluster}}}]}\n"
        "defaults: {patches: [{override: true, machine: {sysctls: {a.b: defaults}}}]}\n"
        "groups: {g: {patches: [{override: true, machine: {sysctls: {a.b: group}}}]}}\n"
        "nodes:\n"
        "  cp1: {role: controlplane, address: 192.0.2.11/24, disks: {system: {serial: S1}}}\n"
        "  cp2: {group: g, role: controlplane, address: 192.0.2.12/24, disks: {system: {serial: S2}}}\n"
    )
    assert found.main("cp1")["machine"]["sysctls"]["a.b"] == "defaults"
    assert found.main("cp2")["machine"]["sysctls"]["a.b"] == "group"


def test_a_hetzner_server_has_its_public_address_on_the_interface_and_the_cluster_on_a_vlan() -> None:
    found = world("hetzner")
    assert found.codes == []
    patch = found.patch("srv1")
    assert patch["LinkConfig", "uplink"]["addresses"] == [{"address": "203.0.113.11/32"}]
    assert patch["LinkConfig", "uplink"]["routes"] == [
        {"destination": "203.0.113.1/32"},  # a neighbour outside of the address's own network
        {"gateway": "203.0.113.1"},
    ]
    assert patch["VLANConfig", "vswitch"] == {
        "apiVersion": "v1alpha1",
        "kind": "VLANConfig",
        "name": "vswitch",
        "parent": "uplink",
        "vlanID": 4000,
        "mtu": 1400,
        "up": True,
        "addresses": [{"address": "10.0.1.11/24"}],
        "routes": [{"destination": "10.0.0.0/16", "gateway": "10.0.1.1"}],
    }
    assert patch["Layer2VIPConfig", "10.0.1.100"]["link"] == "vswitch"
    assert found.main("srv1")["machine"]["kubelet"]["nodeIP"]["validSubnets"] == ["10.0.1.0/24"]
    assert found.patch("srv2")["LinkConfig", "uplink"]["routes"] == [{"gateway": "203.0.113.1"}]


def test_an_oracle_instance_asks_dhcp_for_its_public_address() -> None:
    found = world("oracle")
    assert found.codes == []
    patch = found.patch("oci1")
    assert ("DHCPv4Config", "public") in patch
    assert patch["LinkConfig", "private"]["addresses"] == [{"address": "10.0.2.11/24"}]
    assert patch["Layer2VIPConfig", "10.0.2.100"]["link"] == "private"


def test_what_dhcp_brings_stands_behind_a_stated_default_route() -> None:
    assert world("oracle").patch("oci1")["DHCPv4Config", "public"].get("routeMetric") is None
    patch = world("everything").patch("cp1")
    assert patch["DHCPv4Config", "enp9s0"]["routeMetric"] == 2048
    assert patch["DHCPv6Config", "enp9s0"]["routeMetric"] == 2048


def test_a_serverscom_server_has_two_bonds() -> None:
    found = world("serverscom")
    assert found.codes == []
    patch = found.patch("sc1")
    assert patch["BondConfig", "bond0"]["links"] == ["public1", "public2"]
    assert patch["BondConfig", "bond0"]["routes"] == [{"gateway": "203.0.113.46"}]
    assert patch["BondConfig", "bond1"]["addresses"] == [{"address": "10.0.3.11/24"}]
    assert patch["BondConfig", "bond1"]["xmitHashPolicy"] == "layer3+4"
    assert patch["ResolverConfig", ""]["nameservers"] == [{"address": "8.8.8.8"}, {"address": "1.1.1.1"}]


def test_what_the_inventory_says_wins_over_a_profile() -> None:
    found = compiled(
        "talos: {provider: hetzner}\nnodes:\n"
        "  srv1: {role: controlplane, address: 10.0.1.11/24, vlans: {vswitch: {id: 4001}}, dns: [9.9.9.9], "
        "nics: {uplink: {mac: '525400000001', dhcp: true}}, disks: {system: {serial: S1}}}\n"
    )
    patch = found.patch("srv1")
    assert (patch["VLANConfig", "vswitch"]["vlanID"], patch["VLANConfig", "vswitch"]["mtu"]) == (4001, 1400)


def test_interfaces_named_like_the_kernels_get_an_alias_of_another_name() -> None:
    found = compiled(SIMPLE.replace("uplink", "eth0"))
    assert ("LinkAliasConfig", "nic-eth0") in found.patch("cp1")
    assert found.patch("cp1")["Layer2VIPConfig", "192.0.2.10"]["link"] == "nic-eth0"


def test_without_any_interface_the_first_one_is_taken() -> None:
    found = compiled(SIMPLE.replace('    nics: {uplink: {mac: "52:54:00:12:34:01"}}\n', ""))
    patch = found.patch("cp1")
    assert patch["LinkAliasConfig", "uplink%d"]["selector"] == {"match": 'link.kind == ""'}
    assert patch["LinkConfig", "uplink0"]["addresses"] == [{"address": "192.0.2.11/24"}]


@pytest.mark.parametrize(
    "text", ["52:54:00:12:34:AB", "52-54-00-12-34-ab", "5254001234ab", "5254.0012.34ab", "525400-1234ab"]
)
def test_all_spellings_of_a_mac_address_are_one(text: str) -> None:
    assert canonical_mac(text) == "52:54:00:12:34:ab"


def test_a_disk_known_by_serial_alone_is_the_same_volume_whatever_stands_before_it() -> None:
    line = "data: [{serial: D1, size: 1920G, pool: data}]"
    before = compiled(SIMPLE).files()["talos/nodes/cp1.yaml"]
    after = compiled(SIMPLE.replace(line, line.replace("[", "[{path: /dev/disk/by-id/x, pool: data}, ")))
    assert "name: data-D1" in before
    assert after.files()["talos/nodes/cp1.yaml"] == before


@pytest.mark.parametrize(
    ("serial", "name"),
    [("S1", "data-S1"), ("WD/1 x", "data-WD-1-x-"), ("A" * 40, "data-AAAAAAAAAAAAAAAAAAAA-")],
)
def test_a_volume_has_a_name_that_talos_takes(serial: str, name: str) -> None:
    found = compiled(SIMPLE.replace("serial: D1", f"serial: '{serial}'"))
    (volume,) = (key[1] for key in found.patch("cp1") if key[0] == "RawVolumeConfig")
    assert volume.startswith(name)
    assert len(volume) <= 34
    assert found.node("cp1").data[0].partition("cp1") == f"/dev/disk/by-partlabel/r-{volume}"
