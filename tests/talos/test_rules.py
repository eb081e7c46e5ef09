"""Talos' own validation, rule by rule: a configuration that breaks it, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from machines import world

from cozygen.checks.talos.rules import judge
from cozygen.emit.talos.document import Document, typed


def broken(role: str, *changes: tuple[str, Any], more: tuple[Document, ...] = ()) -> list[str]:
    """The findings after setting paths of the main document; a value of None removes."""
    documents = deepcopy(world("oracle").configuration("oci1"))
    main = documents[0]
    for path, value in changes:
        *steps, last = path.split("/")
        at: Any = main
        for step in steps:
            at = at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    if role == "worker":
        main["machine"]["type"] = "worker"
    replaced = {(d["kind"], d.get("name")) for d in more}
    kept = [d for d in documents if (d.get("kind"), d.get("name")) not in replaced]
    return [f"{item.where}: {item.message}" for item in judge([*kept, *more])]


def test_what_is_right_gives_nothing() -> None:
    assert broken("controlplane") == []


@pytest.mark.parametrize(
    ("path", "value", "finding"),
    [
        ("machine/type", "init-me", "machine.type: init-me is not possible for type"),
        ("persist", False, "persist: persist is false"),
        ("machine/install/disk", None, "machine.install.disk: neither disk nor diskSelector is there"),
        ("machine/install/image", None, "machine.install.image: the installer's image is gone"),
        ("machine/install/diskSelector", {"type": "tape"}, "machine.install.diskSelector.type: tape is not possible for type"),
        ("machine/install/diskSelector", {"size": "big"}, "machine.install.diskSelector.size: big is no size"),
        ("machine/install/diskSelector", {"name": "sda"}, "machine.install.diskSelector.name: a disk cannot be chosen by name"),
        ("machine/install/extraKernelArgs", ["x"], "machine.install.extraKernelArgs: the v1.13 contract has no machine.install.extraKernelArgs"),
        ("machine/kubelet/nodeIP", {"validSubnets": ["!10.0.0.0/8", "nowhere"]}, "machine.kubelet.nodeIP.validSubnets.1: nowhere is no network"),
        ("machine/kubelet/extraConfig", {"kind": "x"}, "machine.kubelet.extraConfig.kind: Talos sets kind of the kubelet itself"),
        ("machine/nodeLabels", {"a/b/c": "x"}, "machine.nodeLabels.a/b/c: a/b/c: x has a prefix that is no DNS name"),
        ("machine/nodeTaints", {"a": "b:Never"}, "machine.nodeTaints.a: a: b:Never has the effect Never"),
        ("machine/files", [{"path": "/etc/x", "op": "create"}], "machine.files.0.path: /etc/x cannot be made: only /var can take new files"),
        ("machine/files", [{"path": "/var/x", "op": "make"}], "machine.files.0.op: make is not possible for op"),
        ("machine/features/hostDNS", {"enabled": False, "forwardKubeDNSToHost": True}, "machine.features.hostDNS.enabled: forwardKubeDNSToHost needs hostDNS, which is off"),
        ("cluster/controlPlane/endpoint", "192.0.2.1", "cluster.controlPlane.endpoint: 192.0.2.1 is no endpoint"),
        ("cluster/network/dnsDomain", "a b", "cluster.network.dnsDomain: a b is no DNS name"),
        ("cluster/network/podSubnets", ["10.0.0.0"], "cluster.network.podSubnets.0: 10.0.0.0 is no network"),
        ("cluster/network/cni", {"name": "none", "urls": ["x"]}, "cluster.network.cni.urls: urls do not go with the CNI none"),
        ("cluster/etcd/advertisedSubnets", ["x"], "cluster.etcd.advertisedSubnets.0: x is no network"),
        ("cluster/etcd/ca", None, "cluster.etcd.ca: cluster.etcd.ca is gone"),
        ("cluster/apiServer/extraArgs", {"v": True}, "cluster.apiServer.extraArgs.v: v: True is no text"),
        ("cluster/inlineManifests", [{"name": "a"}, {"name": "a"}], "cluster.inlineManifests.1: the inline manifest a is there twice"),
        ("cluster/inlineManifests", [{"contents": "x"}], "cluster.inlineManifests.0: an inline manifest has no name"),
        ("cluster/coreDNS", {"disabled": True}, "cluster.coreDNS.disabled: Cozystack uses the CoreDNS that Talos runs"),
        ("cluster/proxy", None, "cluster.proxy.disabled: Cilium takes the place of kube-proxy"),
    ],
)  # fmt: skip
def test_the_main_document(path: str, value: Any, finding: str) -> None:
    assert finding in broken("controlplane", (path, value))


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        (typed("LinkConfig", "x", addresses=[{"address": "10.0.0.1"}]), "LinkConfig x: addresses.0.address: 10.0.0.1 is no address with a prefix length"),
        (typed("LinkConfig", "x", routes=[{"destination": "0.0.0.0/0", "gateway": "10.0.0.1"}]), "LinkConfig x: routes.0.destination: 0.0.0.0/0 as a destination is refused: a default route has none"),
        (typed("LinkConfig", "x", routes=[{"metric": 1}]), "LinkConfig x: routes.0: a route has neither destination nor gateway"),
        (typed("LinkConfig", "x", routes=[{"gateway": "::"}]), "LinkConfig x: routes.0.gateway: :: is no address"),
        (typed("BondConfig", "x", links=[], bondMode="802.3ad", miimon=1, updelay=1, downdelay=1), "BondConfig x: links: the bond has no links"),
        (typed("BondConfig", "x", links=["a"], bondMode="802.3ad", miimon=1, updelay=1), "BondConfig x: downdelay: a bond of 802.3ad without downdelay is warned about"),
        (typed("BondConfig", "x", links=["a"], bondMode="lacp"), "BondConfig x: bondMode: lacp is not possible for bondMode"),
        (typed("BondConfig", "x", links=["a"]), "BondConfig x: bondMode: bondMode is missing"),
        (typed("VLANConfig", "x", vlanID=5000, parent="a"), "VLANConfig x: vlanID: 5000 is no VLAN"),
        (typed("VLANConfig", "x", vlanID=5), "VLANConfig x: parent: parent is missing"),
        (typed("VLANConfig", "x", vlanID=5, parent="a", vlanMode="qinq"), "VLANConfig x: vlanMode: qinq is not possible for vlanMode"),
        (typed("VLANConfig", "private", vlanID=5, parent="a"), "VLANConfig private: name: private is a LinkConfig as well"),
        (typed("Layer2VIPConfig", "vip", link="a"), "Layer2VIPConfig vip: name: vip is no address"),
        (typed("HCloudVIPConfig", "10.0.2.100", link="a"), "HCloudVIPConfig 10.0.2.100: name: 10.0.2.100 is a Layer2VIPConfig as well"),
        (typed("LinkAliasConfig", "a%s", selector={"match": "x"}), "LinkAliasConfig a%s: name: a%s is no pattern of names"),
        (typed("LinkAliasConfig", "a"), "LinkAliasConfig a: selector: selector is missing"),
        (typed("HostnameConfig", auto="stable", hostname="x"), "HostnameConfig: auto: auto: stable does not go with a hostname"),
        (typed("HostnameConfig", auto=False), "HostnameConfig: auto: False is not possible for auto"),
        (typed("HostnameConfig", auto="off", hostname="x" * 64), f"HostnameConfig: hostname: {'x' * 64} is no host name"),
        (typed("TimeSyncConfig", ntp={"servers": ["a"]}, ptp={"devices": ["b"]}), "TimeSyncConfig: ptp: ntp and ptp exclude each other"),
        (typed("StaticHostConfig", "host", hostnames=["a"]), "StaticHostConfig host: name: host is no address"),
        (typed("ResolverConfig", nameservers=[{"address": "x"}]), "ResolverConfig: nameservers.0.address: x is no address"),
        (typed("KubeSpanConfig", enabled=True), "cluster.discovery.enabled: KubeSpan finds its peers by discovery, which is off"),
        (typed("KubeSpanConfig", mtu=1000), "KubeSpanConfig: mtu: an MTU of 1000 is below 1280"),
        (typed("KubeSpanConfig", filters={"endpoints": ["x"]}), "KubeSpanConfig: filters.endpoints.0: x is no network"),
        (typed("NetworkRuleConfig", "x", ingress=[{"subnet": "y"}]), "NetworkRuleConfig x: ingress.0.subnet: y is no network"),
        (typed("BlackholeRouteConfig", "x"), "BlackholeRouteConfig x: name: x is no network"),
        (typed("RoutingRuleConfig", "x", table="main"), "RoutingRuleConfig x: name: x is no priority"),
        (typed("VolumeConfig", "DATA"), "VolumeConfig DATA: name: DATA is no volume of the system"),
        (typed("VolumeConfig", "STATE", provisioning={"minSize": "1GiB"}), "VolumeConfig STATE: provisioning: STATE takes no provisioning"),
        (typed("VolumeConfig", "EPHEMERAL", provisioning={"minSize": "2GiB", "maxSize": "1GiB"}), "VolumeConfig EPHEMERAL: provisioning.minSize: minSize 2GiB is above maxSize 1GiB"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "zfs", "keys": [{"slot": 0, "tpm": {}}]}), "VolumeConfig EPHEMERAL: encryption.provider: zfs is not possible for provider"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "luks2"}), "VolumeConfig EPHEMERAL: encryption.keys: EPHEMERAL is encrypted without keys"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "luks2", "keys": [{"tpm": {}}, {"nodeID": {}}]}), "VolumeConfig EPHEMERAL: encryption.keys.1: slot 0 is taken"),
        (typed("RawVolumeConfig", "a_b", provisioning={"diskSelector": {"match": "x"}, "minSize": "1GiB"}), "RawVolumeConfig a_b: name: a_b is no name of a volume"),
        (typed("RawVolumeConfig", "a", provisioning={"minSize": "1GiB"}), "RawVolumeConfig a: provisioning.diskSelector: nothing says on which disk a is"),
        (typed("RawVolumeConfig", "a", provisioning={"diskSelector": {"match": "x"}}), "RawVolumeConfig a: provisioning.minSize: a has no size"),
        (typed("RegistryMirrorConfig", "a", endpoints=[{"url": "mirror"}]), "RegistryMirrorConfig a: endpoints.0.url: mirror is no URL of a mirror"),
        (typed("RegistryAuthConfig", "a", username="b", identityToken="c"), "RegistryAuthConfig a: identityToken: username and identityToken exclude each other"),
        (typed("RegistryTLSConfig", "a", ca="x"), "RegistryTLSConfig a: ca: ca of a holds no certificate in PEM"),
        (typed("EnvironmentConfig", variables={"a-b": "c"}), "EnvironmentConfig: variables.a-b: a-b is no name of a variable"),
        (typed("EthernetConfig", "a", ring={}), "EthernetConfig a: ring: EthernetConfig has no field ring"),
        ({"kind": "ZswapConfig"}, "ZswapConfig: apiVersion: apiVersion is missing"),
    ],
)  # fmt: skip
def test_other_documents(document: Document, finding: str) -> None:
    assert finding in broken("controlplane", more=(document,))


ODD: tuple[Any, ...] = (None, [], {"a": [None]}, 1)


def test_no_value_of_a_wrong_type_stops_the_rules() -> None:
    """A raw patch can hold anything at all."""
    documents = world("everything").configuration("cp1")
    for index, document in enumerate(documents):
        for path in _paths(document):
            for odd in ODD:
                changed = deepcopy(documents)
                at: Any = changed[index]
                for step in path[:-1]:
                    at = at[step]
                at[path[-1]] = odd
                judge(changed)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from _paths(item, (*path, key))


def test_a_worker_holds_nothing_of_the_control_plane() -> None:
    found = broken("worker")
    assert "machine.ca.key: a worker must not hold the key of machine.ca" in found
    assert "cluster.ca.key: a worker must not hold the key of cluster.ca" in found
    assert "cluster.etcd: a worker runs no etcd" in found
    assert "Layer2VIPConfig 10.0.2.100: a worker cannot hold the virtual address 10.0.2.100" in found
