"""Talos' own validation, rule by rule: a configuration that breaks it, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from effort import THOROUGH
from machines import every_kind, with_every_section, world

from cozygen.checks.talos.kinds import KINDS
from cozygen.checks.talos.rules import judge
from cozygen.emit.talos.document import Document, typed


def changed(*changes: tuple[str, Any], more: tuple[Document, ...] = ()) -> list[Any]:
    """A configuration after setting paths of its main document, with other documents; a value of None removes."""
    documents = deepcopy(world("oracle").configuration("oci1"))
    for path, value in changes:
        *steps, last = path.split("/")
        at: Any = documents[0]
        for step in steps:
            at = at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    replaced = {(d["kind"], d.get("name")) for d in more}
    return [*(d for d in documents if (d.get("kind"), d.get("name")) not in replaced), *more]


def broken(role: str, *changes: tuple[str, Any], more: tuple[Document, ...] = ()) -> list[str]:
    """The findings in what was changed."""
    roles = [("machine/type", "worker")] if role == "worker" else []
    return [f"{item.where}: {item.message}" for item in judge(changed(*changes, *roles, more=more))]


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
        ("machine/nodeAnnotations", {"talos.dev/owned-labels": "x"}, "machine.nodeAnnotations.talos.dev/owned-labels: talos.dev/owned-labels is where Talos keeps what it has set itself"),
        ("machine/nodeAnnotations", {"a": "x" * 300_000}, "machine.nodeAnnotations: the annotations have 300001 bytes, of which a node takes 262144"),
        ("machine/acceptedCAs", [{"crt": "!"}], "machine.acceptedCAs.0.crt: crt: ! is no base64"),
        ("machine/kubelet/extraArgs", {"v": {"a": "b"}}, "machine.kubelet.extraArgs.v: v: {'a': 'b'} is no text"),
        ("machine/features/kubernetesTalosAPIAccess", {"enabled": True, "allowedRoles": ["os:root"]}, "machine.features.kubernetesTalosAPIAccess.allowedRoles.0: os:root is not possible for allowedRoles"),
        ("machine/features/nodeAddressSortAlgorithm", "v3", "machine.features.nodeAddressSortAlgorithm: v3 is not possible for nodeAddressSortAlgorithm"),
        ("machine/logging", {"destinations": [{"endpoint": "http://x:1", "format": "json_lines"}]}, "machine.logging.destinations.0.endpoint: http://x:1 is nowhere that logs can go"),
        ("machine/logging", {"destinations": [{"endpoint": "udp://x:1"}]}, "machine.logging.destinations.0.format: format is missing"),
        ("cluster/network/cni", {"name": "none", "flannel": {"extraArgs": ["x"]}}, "cluster.network.cni.flannel: flannel does not go with the CNI none"),
        ("cluster/apiServer/resources", {"requests": {"gpu": 1}}, "cluster.apiServer.resources.requests.gpu: gpu cannot be given to apiServer"),
        ("cluster/apiServer/authorizationConfig", [{"type": "Magic", "name": "x"}], "cluster.apiServer.authorizationConfig.0.type: Magic is not possible for type"),
        ("cluster/apiServer", {"authorizationConfig": [{"type": "Node", "name": "x"}], "extraArgs": {"authorization-mode": "Node"}}, "cluster.apiServer.extraArgs.authorization-mode: authorization-mode and authorizationConfig exclude each other"),
        ("cluster/discovery", {"enabled": True, "registries": {"service": {"endpoint": "https://x/y"}}}, "cluster.discovery.registries.service.endpoint: https://x/y is no address of a discovery service"),
        ("cluster/externalCloudProvider", {"manifests": ["https://x/y"]}, "cluster.externalCloudProvider.manifests: there are manifests of a cloud provider, which is off"),
        ("cluster/externalCloudProvider", {"enabled": True, "manifests": ["y"]}, "cluster.externalCloudProvider.manifests.0: y is no URL"),
        ("cluster/adminKubeconfig", {"certLifetime": "ever"}, "cluster.adminKubeconfig.certLifetime: certLifetime: ever is no duration"),
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
        (typed("HCloudVIPConfig", "10.0.2.100", link="a", apiToken="x"), "HCloudVIPConfig 10.0.2.100: name: 10.0.2.100 is a Layer2VIPConfig as well"),
        (typed("LinkAliasConfig", "a%s", selector={"match": "true"}), "LinkAliasConfig a%s: name: a%s is no pattern of names"),
        (typed("LinkAliasConfig", "a"), "LinkAliasConfig a: selector: selector is missing"),
        (typed("HostnameConfig", auto="stable", hostname="x"), "HostnameConfig: auto: auto: stable does not go with a hostname"),
        (typed("HostnameConfig", auto=False), "HostnameConfig: auto: False is not possible for auto"),
        (typed("HostnameConfig", auto="off", hostname="x" * 64), f"HostnameConfig: hostname: {'x' * 64} is no host name"),
        (typed("TimeSyncConfig", ntp={"servers": ["a"]}, ptp={"devices": ["b"]}), "TimeSyncConfig: ptp: ntp and ptp exclude each other"),
        (typed("StaticHostConfig", "host", hostnames=["a"]), "StaticHostConfig host: name: host is no address"),
        (typed("ResolverConfig", nameservers=[{"address": "x"}]), "ResolverConfig: nameservers.0.address: x is no address"),
        (typed("KubeSpanConfig", enabled=True), "cluster.discovery.enabled: KubeSpan finds its peers by discovery, which is off"),
        (typed("KubeSpanConfig", mtu=1000), "KubeSpanConfig: mtu: an MTU of 1000 is too low"),
        (typed("KubeSpanConfig", filters={"endpoints": ["x"]}), "KubeSpanConfig: filters.endpoints.0: x is no network"),
        (typed("NetworkRuleConfig", "x", portSelector={"ports": [80]}, ingress=[{"subnet": "y"}]), "NetworkRuleConfig x: ingress.0.subnet: y is no network"),
        (typed("KubeSpanConfig", filters={"excludeAdvertisedNetworks": ["x"]}), "KubeSpanConfig: filters.excludeAdvertisedNetworks.0: excludeAdvertisedNetworks: x is no network"),
        (typed("NetworkRuleConfig", "x", portSelector={"ports": ["90-80"]}), "NetworkRuleConfig x: portSelector.ports: the ports 90-80 run backwards"),
        (typed("NetworkRuleConfig", "x", portSelector={"ports": [80, "70-90"]}), "NetworkRuleConfig x: portSelector.ports: the ports overlap at 80"),
        (typed("NetworkRuleConfig", "x", portSelector={"ports": ["http"]}), "NetworkRuleConfig x: portSelector.ports.0: ports: http is no port, nor a range of ports"),
        (typed("NetworkRuleConfig", "x", portSelector={"ports": [80]}, ingress=[{}]), "NetworkRuleConfig x: ingress.0.subnet: subnet is missing"),
        (typed("BondConfig", "x", links=["a"], bondMode="active-backup", arpIpTargets=["y"]), "BondConfig x: arpIpTargets.0: arpIpTargets: y is no IP address"),
        (typed("BondConfig", "x", links=["a"], bondMode="active-backup", hardwareAddr="y"), "BondConfig x: hardwareAddr: hardwareAddr: y is no MAC address"),
        (typed("BondConfig", "x", links=["a"], bondMode="active-backup", adUserPortKey=70000), "BondConfig x: adUserPortKey: adUserPortKey: 70000 is above 65535"),
        (typed("LinkConfig", "x", routes=[{"gateway": "10.0.0.1", "table": "y"}]), "LinkConfig x: routes.0.table: table: y is no routing table"),
        (typed("DHCPv6Config", "x", clientIdentifier="duid"), "DHCPv6Config x: duidRaw: a client that is known by its DUID has none"),
        (typed("DHCPv4Config", "x", duidRaw="00:01"), "DHCPv4Config x: duidRaw: duidRaw needs clientIdentifier: duid"),
        (typed("VRFConfig", "x", links=["a"], table="main"), "VRFConfig x: table: the table main is the kernel's own"),
        (typed("RoutingRuleConfig", "32500", table="100"), "RoutingRuleConfig 32500: name: 32500 is no priority"),
        (typed("RoutingRuleConfig", "5"), "RoutingRuleConfig 5: table: the rule leads to no table"),
        (typed("RoutingRuleConfig", "5", table="100", fwMask=7), "RoutingRuleConfig 5: fwMark: fwMask needs a mark"),
        (typed("RoutingRuleConfig", "5", action="jump"), "RoutingRuleConfig 5: action: jump is not possible for action"),
        (typed("WireguardConfig", "x", privateKey="y"), "WireguardConfig x: privateKey: privateKey: y is no WireGuard key"),
        (typed("WireguardConfig", "x", privateKey="A" * 43 + "=", peers=[{"publicKey": "A" * 43 + "=", "endpoint": "y"}]), "WireguardConfig x: peers.0.endpoint: endpoint: y is no address with a port"),
        (typed("EthernetConfig", "x", wakeOnLan=["y"]), "EthernetConfig x: wakeOnLan.0: y is not possible for wakeOnLan"),
        (typed("KmsgLogConfig", "x", url="udp://y"), "KmsgLogConfig x: url: udp://y is nowhere that logs can go"),
        (typed("KmsgLogConfig", "x"), "KmsgLogConfig x: url: url is missing"),
        (typed("EventSinkConfig", endpoint="y"), "EventSinkConfig: endpoint: y has no port"),
        (typed("SideroLinkConfig", apiUrl="http://y"), "SideroLinkConfig: apiUrl: http://y is no address of an API"),
        (typed("WatchdogTimerConfig", device="/dev/watchdog0", timeout="5s"), "WatchdogTimerConfig: timeout: a watchdog that bites after 5s is refused"),
        (typed("WatchdogTimerConfig", device="/dev/watchdog0", timeout="y"), "WatchdogTimerConfig: timeout: timeout: y is no duration"),
        (typed("TCPProbeConfig", "x", endpoint="y:1", interval="y"), "TCPProbeConfig x: interval: interval: y is no duration"),
        (typed("ExtensionServiceConfig", "x"), "ExtensionServiceConfig x: configFiles: nothing is configured for x"),
        (typed("ExtensionServiceConfig", "x", configFiles=[{"content": "y"}]), "ExtensionServiceConfig x: configFiles.0.mountPath: mountPath is missing"),
        (typed("ImageVerificationConfig", rules=[{"image": "a/b"}]), "ImageVerificationConfig: rules.0: a rule says nothing to do with an image"),
        (typed("ImageVerificationConfig", rules=[{"image": "a/b", "skip": True, "deny": True}]), "ImageVerificationConfig: rules.0.deny: skip and deny exclude each other"),
        (typed("ImageVerificationConfig", rules=[{"image": "a/b", "keyless": {"issuer": "x"}}]), "ImageVerificationConfig: rules.0.keyless.subject: nothing says who has to have signed the image"),
        (typed("ZswapConfig", maxPoolPercent=101), "ZswapConfig: maxPoolPercent: maxPoolPercent: 101 is above 100"),
        (typed("ExistingVolumeConfig", "a_b", discovery={"volumeSelector": {"match": "volume.size > 1u"}}), "ExistingVolumeConfig a_b: name: a_b is no name of a volume"),
        (typed("ExistingVolumeConfig", "a"), "ExistingVolumeConfig a: discovery: discovery is missing"),
        (typed("ExternalVolumeConfig", "a", filesystemType="virtiofs", mount={}), "ExternalVolumeConfig a: mount.virtiofs: virtiofs is missing"),
        (typed("UserVolumeConfig", "a", volumeType="directory", filesystem={"type": "xfs"}), "UserVolumeConfig a: filesystem: a directory takes no filesystem"),
        (typed("UserVolumeConfig", "a", volumeType="disk", provisioning={"diskSelector": {"match": "system_disk"}, "minSize": "1GiB"}), "UserVolumeConfig a: provisioning.minSize: a is a whole disk, and takes no minSize"),
        (typed("UserVolumeConfig", "a", volumeType="disk"), "UserVolumeConfig a: provisioning.diskSelector: nothing says on which disk a is"),
        (typed("VolumeConfig", "STATE", encryption={"provider": "luks2", "keys": [{"tpm": {}, "lockToState": True}]}), "VolumeConfig STATE: encryption.keys.0.lockToState: a key of STATE cannot need STATE"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "luks2", "keys": [{"tpm": {"options": {"pcrs": [24]}}}]}), "VolumeConfig EPHEMERAL: encryption.keys.0.tpm.options.pcrs.0: pcrs: 24 is above 23"),
        (typed("SwapVolumeConfig", "a", provisioning={"diskSelector": {"match": "disk.sise > 1u"}, "minSize": "1GiB"}), "SwapVolumeConfig a: provisioning.diskSelector.match: there is no field of disk sise"),
        (typed("OOMConfig", triggerExpression="memory_full_avg10 >"), "OOMConfig: triggerExpression: memory_full_avg10 > is no expression: a value is missing at the end"),
        (typed("OOMConfig", sampleInterval="y"), "OOMConfig: sampleInterval: sampleInterval: y is no duration"),
        (typed("KubeSpanEndpointsConfig", extraAnnouncedEndpoints=["y"]), "KubeSpanEndpointsConfig: extraAnnouncedEndpoints.0: extraAnnouncedEndpoints: y is no address with a port"),
        (typed("BlackholeRouteConfig", "x"), "BlackholeRouteConfig x: name: x is no network"),
        (typed("RoutingRuleConfig", "x", table="main"), "RoutingRuleConfig x: name: x is no priority"),
        (typed("VolumeConfig", "DATA"), "VolumeConfig DATA: name: DATA is no volume of the system"),
        (typed("VolumeConfig", "STATE", provisioning={"minSize": "1GiB"}), "VolumeConfig STATE: provisioning: STATE takes no provisioning"),
        (typed("VolumeConfig", "EPHEMERAL", provisioning={"minSize": "2GiB", "maxSize": "1GiB"}), "VolumeConfig EPHEMERAL: provisioning.minSize: minSize 2GiB is above maxSize 1GiB"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "zfs", "keys": [{"slot": 0, "tpm": {}}]}), "VolumeConfig EPHEMERAL: encryption.provider: zfs is not possible for provider"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "luks2"}), "VolumeConfig EPHEMERAL: encryption.keys: EPHEMERAL is encrypted without keys"),
        (typed("VolumeConfig", "EPHEMERAL", encryption={"provider": "luks2", "keys": [{"tpm": {}}, {"nodeID": {}}]}), "VolumeConfig EPHEMERAL: encryption.keys.1: slot 0 is taken"),
        (typed("RawVolumeConfig", "a_b", provisioning={"diskSelector": {"match": "system_disk"}, "minSize": "1GiB"}), "RawVolumeConfig a_b: name: a_b is no name of a volume"),
        (typed("RawVolumeConfig", "a", provisioning={"minSize": "1GiB"}), "RawVolumeConfig a: provisioning.diskSelector: nothing says on which disk a is"),
        (typed("RawVolumeConfig", "a", provisioning={"diskSelector": {"match": "system_disk"}}), "RawVolumeConfig a: provisioning.minSize: a has no size"),
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


def test_a_volume_that_is_there_and_one_that_is_made_need_names_of_their_own() -> None:
    made = typed(
        "UserVolumeConfig", "a", provisioning={"diskSelector": {"match": "system_disk"}, "minSize": "1GiB"}
    )
    there = typed("ExistingVolumeConfig", "a", discovery={"volumeSelector": {"match": 'volume.label == "a"'}})
    assert broken("controlplane", more=(made, there)) == [
        "ExistingVolumeConfig a: name: a is a UserVolumeConfig as well"
    ]


def test_a_document_of_every_kind_is_right() -> None:
    every = every_kind()
    assert {document["kind"] for document in every} == set(KINDS)
    assert broken("controlplane", ("cluster/discovery/enabled", True), more=tuple(every)) == []


def test_every_section_is_right() -> None:
    assert [item.message for item in judge(with_every_section())] == []


ODD: tuple[Any, ...] = (None, [], {"a": [None]}, 1)


@pytest.mark.thorough
def test_no_value_of_a_wrong_type_stops_the_rules() -> None:
    """A raw patch can hold anything at all."""
    main, *others = world("everything").configuration("cp1")
    for document in (main, *others, *every_kind()):
        beside = [] if document is main else [main]
        for index, path in enumerate(_paths(document)):
            for odd in ODD if THOROUGH else (ODD[index % len(ODD)],):
                changed: Any = deepcopy(document)
                at = changed
                for step in path[:-1]:
                    at = at[step]
                at[path[-1]] = odd
                judge([*beside, changed])


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
