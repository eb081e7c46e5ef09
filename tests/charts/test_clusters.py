"""Kubernetes, KubernetesNodes, VMInstance and VMDisk."""

from typing import Any

import pytest
from judging import LOOKUP, TENANT, Judge, found

from cozygen.charts import Lookup

GROUP: dict[str, Any] = {"minReplicas": 1, "maxReplicas": 3, "instanceType": "u1.large", "diskSize": "20Gi"}


def group(**more: Any) -> dict[str, Any]:
    return {"nodeGroups": {"web": {**GROUP, **more}}}


def server(**more: Any) -> dict[str, Any]:
    return {"controlPlane": {"apiServer": more}}


CFG = {"name": "cfg", "configMap": {"name": "x"}}
AT = "nodeGroups.web"
VOLUMES = "controlPlane.apiServer.extraVolumes"
CUSTOM_OIDC = {"oidc": {"mode": "CustomConfig", "customConfig": {"config": "x"}}}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (group(), []),
        (group(instanceType="u9.large"), [f"CZ4130 {AT}.instanceType"]),
        (group(instanceType="none", resources={"cpu": 2, "memory": "4Gi"}), []),
        (group(instanceType=""), []),
        (group(resources={"cpu": "2"}), [f"CZ4174 {AT}.resources"]),
        (group(resources={"cpu": "100m", "memory": "4Gi"}), [f"CZ4172 {AT}.resources"]),
        (group(instanceType="u1.nano"), [f"CZ4172 {AT}.resources"]),
        (group(kubelet={"systemReservedMemory": "5 Gi"}), [f"CZ4170 {AT}.kubelet.systemReservedMemory"]),
        (group(kubelet={"kubeReservedCpu": "0"}), [f"CZ4170 {AT}.kubelet.kubeReservedCpu"]),
        (group(kubelet={"kubeReservedCpu": "2"}), [f"CZ4172 {AT}.kubelet.kubeReservedCpu"]),
        (group(kubelet={"kubeReservedMemory": "8Gi"}), [f"CZ4172 {AT}.kubelet.kubeReservedMemory"]),
        (group(kubelet={"evictionHardMemory": "12%"}), [f"CZ4171 {AT}.kubelet.evictionHardMemory"]),
        (group(kubelet={"evictionSoftMemory": "1Gi"}), [f"CZ4171 {AT}.kubelet.evictionSoftMemory"]),
        (group(kubelet={"evictionHardMemory": "1Gi", "evictionSoftMemory": "2Gi"}), []),
        (group(kubelet={"evictionHardMemory": "101%"}), [f"CZ4170 {AT}.kubelet.evictionHardMemory"]),
        (group(instanceType="", kubelet={"systemReservedCpu": "1"}), [f"CZ4173 {AT}.kubelet.systemReservedCpu"]),
        (group(instanceType="", kubelet={"evictionSoftMemory": "11%"}), [f"CZ4173 {AT}.kubelet.evictionSoftMemory"]),
        (group(maxUnhealthy="5.5%"), [f"CZ4175 {AT}.maxUnhealthy"]),
        (group(maxUnhealthy=""), [f"CZ4175 {AT}.maxUnhealthy"]),
        ({"nodeHealthCheck": {"maxUnhealthy": "half"}}, ["CZ4175 nodeHealthCheck.maxUnhealthy"]),
        ({"nodeHealthCheck": {"maxUnhealthy": "half"}} | group(maxUnhealthy="1"), []),
        (group(ephemeralStorage="20Gi"), [f"CZ4181 {AT}.ephemeralStorage"]),
        (group(roles=["a b"]), [f"CZ4034 {AT}.roles.0"]),
        ({"nodeGroups": {"MD_0": GROUP}}, ["CZ4032 nodeGroups.MD_0"]),
        (server(extraVolumes=[CFG], extraVolumeMounts=[{"name": "cfg"}]), []),
        (server(extraVolumes=[{}]), ["CZ4184 controlPlane.apiServer.extraVolumes.0"]),
        (server(extraVolumes=[CFG, CFG]), ["CZ4184 controlPlane.apiServer.extraVolumes.1.name"]),
        (server(extraVolumes=[{"name": "a", "hostPath": {}}]), [f"CZ4184 {VOLUMES}.0.hostPath"]),
        (server(extraVolumes=[{"name": "talos-ca", "secret": {}}]), [f"CZ4184 {VOLUMES}.0.name"]),
        (server(extraVolumeMounts=[{"name": "cfg"}]), ["CZ4184 controlPlane.apiServer.extraVolumeMounts.0"]),
        (server(extraArgs=["--oidc-issuer-url=x"]), []),
        (server(extraArgs=["--oidc-issuer-url=x"]) | CUSTOM_OIDC,
         ["CZ4183 controlPlane.apiServer.extraArgs.0"]),
        ({"oidc": {"mode": "System"}}, ["CZ4150 oidc.mode"]),
        ({"oidc": {"mode": "CustomConfig"}}, ["CZ4151 oidc.mode"]),
        ({"oidc": {"mode": "CustomConfig", "customConfig": {"config": "x", "secretRef": {"name": "oidc"}}}},
         ["CZ4151 oidc.customConfig"]),
        ({"addons": {"hami": {"enabled": True}}}, ["CZ4180 addons.hami.enabled"]),
        ({"addons": {"ouroboros": {"enabled": True}}}, ["CZ4180 addons.ouroboros.enabled"]),
        ({"addons": {"certManager": {"valuesOverride": None}}}, ["CZ4007 addons.certManager.valuesOverride"]),
        ({"talos": {"imageFactoryURL": "@x"}}, ["CZ4020 talos.imageFactoryURL"]),
        ({"storageClass": "a: b"}, []),
    ],
)  # fmt: skip
def test_kubernetes(judge: Judge, values: dict[str, Any], said: list[str]) -> None:
    assert judge("Kubernetes", values, "prod") == said


def test_without_etcd_there_is_nothing_to_fail(judge: Judge) -> None:
    bare = {key: value for key, value in TENANT.items() if key != "etcd"}
    assert judge("Kubernetes", group(instanceType="none"), "prod", tenant=bare) == []
    assert judge("Kubernetes", {"version": None}, "prod", tenant=bare) == ["CZ4007 version"]


def test_an_instance_type_of_the_platforms_own(judge: Judge) -> None:
    own = Lookup(frozenset({"corp.huge"}), frozenset({"ubuntu"}), frozenset())
    assert judge("Kubernetes", group(instanceType="corp.huge"), "prod", lookup=own) == []
    assert judge("VMInstance", {"instanceType": "corp.huge"}, lookup=own) == []


def test_the_node_is_named_with_what_it_keeps() -> None:
    (fault,) = found("Kubernetes", group(kubelet={"kubeReservedMemory": "8Gi"}), "prod")
    assert "8192Mi of memory" in fault.message
    assert fault.values["node"] == 8 * 2**30


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"cluster": "prod"}, "prod-gpu", []),
        ({}, "prod-gpu", ["CZ4182 cluster"]),
        ({"cluster": "dev"}, "prod-gpu", ["CZ4182 cluster"]),
        ({"cluster": "prod", "maxUnhealthy": None}, "prod-gpu", ["CZ4175 maxUnhealthy"]),
        ({"cluster": "prod", "resources": {"memory": "4Gi"}}, "prod-gpu", ["CZ4174 resources"]),
        ({"cluster": "prod"}, "prod-md0", ["CZ4182 "]),
    ],
)
def test_pools(judge: Judge, values: dict[str, Any], name: str, said: list[str]) -> None:
    pools = {"kubernetes-prod-md0": "kubernetes-prod"}
    lookup = Lookup(LOOKUP.instance_types, pools=pools)
    assert judge("KubernetesNodes", values, name, lookup=lookup) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({"instanceType": "u9"}, ["CZ4130 instanceType"]),
        ({"instanceProfile": "beos"}, ["CZ4131 instanceProfile"]),
        ({"instanceProfile": ""}, []),
        ({"instanceType": "", "resources": {"cpu": "2", "memory": "4Gi"}}, ["CZ4133 instanceType"]),
        ({"instanceType": "", "resources": {"cpu": "2", "sockets": 1, "memory": "4Gi"}}, []),
        ({"instanceType": None}, ["CZ4133 instanceType"]),
        ({"disks": [{"name": "root"}, {"name": "data"}]}, ["CZ4132 disks.1.name"]),
        (
            {"external": True, "externalPorts": [22, 22, 70000]},
            ["CZ4135 externalPorts.1", "CZ4135 externalPorts.2"],
        ),
        ({"external": True, "externalPorts": [2**31]}, ["CZ4010 externalPorts.0"]),
    ],
)
def test_machines(judge: Judge, values: dict[str, Any], said: list[str]) -> None:
    assert judge("VMInstance", values) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({}, []),
        ({"upload": {}}, []),
        ({"image": {"name": "ubuntu"}}, []),
        ({"image": {"name": ""}}, ["CZ4134 source.image.name"]),
        ({"disk": {}}, ["CZ4004 source.disk"]),
        ({"disk": {"name": "x"}, "size": 1}, ["CZ4005 source.size", "CZ4134 source"]),
        ({"upload": {}, "disk": {"name": "x"}}, ["CZ4134 source"]),
        (None, ["CZ4007 source"]),
    ],
)
def test_disks(judge: Judge, source: dict[str, Any] | None, said: list[str]) -> None:
    assert judge("VMDisk", {"source": source}) == said
