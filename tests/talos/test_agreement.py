"""What the platform takes from the inventory, and where the two have to agree."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from machines import PLATFORM, compiled

NODES = """
nodes:
  cp1: {role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, nics: {u: {mac: "525400000001"}}, disks: {system: {serial: S1}, data: [{path: /dev/disk/by-id/nvme-1, pool: data}]}}
  w1: {role: worker, address: 192.0.2.12/24, gateway: 192.0.2.1, nics: {u: {mac: "525400000002"}}, disks: {system: {serial: S2}}}
"""
STATED = PLATFORM.replace("  storage:", '  networking: {kubeovn: {MASTER_NODES: "192.0.2.11"}}\n  storage:')


def objects(hardware: str, platform: str = PLATFORM) -> dict[str, Any]:
    """The Packages by name."""
    found = compiled(hardware, platform)
    assert found.errors == []
    listed = yaml.safe_load_all(found.tree()["platform/objects.yaml"])
    return {item["metadata"]["name"]: item["spec"] for item in listed if item["kind"] == "Package"}


def masters(hardware: str, platform: str = PLATFORM) -> Any:
    spec = objects(hardware, platform)["cozystack.cozystack-platform"]
    values = (spec.get("components") or {}).get("platform", {}).get("values", {})
    return ((values.get("networking") or {}).get("kubeovn") or {}).get("MASTER_NODES")


def test_kube_ovn_is_told_the_control_planes() -> None:
    assert masters(NODES) == "192.0.2.11"
    assert masters(NODES, STATED) == "192.0.2.11"
    assert masters(NODES, PLATFORM.replace("isp-full", "isp-full-generic")) == "192.0.2.11"


def test_a_list_that_the_platform_states_has_to_be_right() -> None:
    found = compiled(NODES, STATED.replace("192.0.2.11", "192.0.2.12"))
    assert [item.message for item in found.diagnostics] == ["MASTER_NODES lists 192.0.2.12"]


def test_where_kube_ovn_does_not_run_it_is_told_nothing() -> None:
    hosted = compiled(NODES, PLATFORM.replace("isp-full", "isp-hosted")).platform.site.packages
    assert "networking" not in hosted.given


@pytest.mark.parametrize(
    ("cozystack", "mtu"),
    [
        ("{version: v1.6.2, variant: isp-full}", 1222),
        ("{version: v1.6.2, variant: isp-full, components: {networking: {kubeovn: {values: {kube-ovn: {mtu: 1200}}}}}}", 1200),
        ("{version: v1.6.2, variant: isp-full, components: {cozystack.networking: {kubeovn: {values: {kube-ovn: {ENABLE_LB: false}}}}}}", 1222),
    ],
)  # fmt: skip
def test_with_kubespan_pods_send_smaller_packets(cozystack: str, mtu: int) -> None:
    platform = PLATFORM.replace("{version: v1.6.2, variant: isp-full}", cozystack)
    spec = objects("talos: {kubespan: {enabled: true}}\n" + NODES, platform)["cozystack.networking"]
    assert spec["components"]["kubeovn"]["values"]["kube-ovn"]["mtu"] == mtu


def test_without_kubespan_nothing_is_said_of_packets() -> None:
    assert "cozystack.networking" not in objects(NODES)


def test_the_platforms_own_values_are_left_as_they_are() -> None:
    found = compiled(NODES)
    assert "networking" not in found.platform.site.body


@pytest.mark.parametrize(
    ("talos", "message"),
    [
        ("dnsDomain: cluster.local", "dnsDomain is cluster.local, on the Platform it is cozy.local"),
        ("serviceSubnets: [10.97.0.0/16]", "serviceSubnets is 10.97.0.0/16, on the Platform it is 10.96.0.0/16"),
        ("podSubnets: [10.244.0.0/20]", "Talos' pod subnet 10.244.0.0/20 overlaps with 10.244.0.0/16, podCIDR, which Kube-OVN hands out"),
        ("podSubnets: [100.66.0.0/20]", "Talos' pod subnet 100.66.0.0/20 overlaps with 100.66.0.0/16, the network between locations"),
        ("podSubnets: [192.0.0.0/16]", "Talos' pod subnet 192.0.0.0/16 overlaps with 192.0.2.0/24, the network of cp1"),
        ("podSubnets: [100.65.0.0/24]", "there are 2 nodes, and 100.65.0.0/24 has 1 ranges of /24"),
        ("nodeSubnets: [192.0.2.8/30]", "w1: the address 192.0.2.12 is not in 192.0.2.8/30"),
    ],
)  # fmt: skip
def test_what_both_say_has_to_be_the_same_and_what_must_differ_has_to(talos: str, message: str) -> None:
    found = compiled(f"talos: {{{talos}}}\n{NODES}")
    assert [item.message for item in found.diagnostics] == [message]


def test_the_api_servers_public_name_is_in_its_certificate() -> None:
    platform = PLATFORM.replace("https://api.example.org:6443", "https://kube.example.net:6443")
    assert "kube.example.net" in compiled(NODES, platform).main("cp1")["cluster"]["apiServer"]["certSANs"]


def test_the_platforms_keycloak_is_the_issuer_unless_another_is_named() -> None:
    platform = PLATFORM.replace("  storage:", "  authentication: {oidc: {enabled: true}}\n  storage:")
    args = compiled(NODES, platform).main("cp1")["cluster"]["apiServer"]["extraArgs"]
    assert args["oidc-issuer-url"] == "https://keycloak.example.org/realms/cozy"
    assert "extraArgs" not in compiled(NODES).main("cp1")["cluster"]["apiServer"]
