"""Raw patches: what they add, what they run into, and what they must not do."""

from __future__ import annotations

import pytest
from machines import Machines, compiled

NODE = """
nodes:
  cp1: {role: controlplane, address: 192.0.2.11/24, gateway: 192.0.2.1, disks: {system: {serial: S1}, data: [{serial: D1, pool: data}]}}
"""


def patched(*patches: str) -> Machines:
    return compiled(f"talos: {{patches: [{', '.join(patches)}]}}\n{NODE}")


def test_a_patch_adds_what_the_inventory_has_no_word_for() -> None:
    found = patched(
        "{machine: {udev: {rules: ['SUBSYSTEM==x']}}}",
        "{apiVersion: v1alpha1, kind: ZswapConfig, maxPoolPercent: 20}",
    )
    assert found.codes == []
    assert found.main("cp1")["machine"]["udev"] == {"rules": ["SUBSYSTEM==x"]}
    assert found.patch("cp1")["ZswapConfig", ""]["maxPoolPercent"] == 20


def test_lists_grow_and_what_is_there_already_is_not_doubled() -> None:
    found = patched(
        "{machine: {certSANs: [127.0.0.1, 203.0.113.9], kernel: {modules: [{name: zfs}, {name: nbd}]}}}"
    )
    assert found.codes == []
    machine = found.main("cp1")["machine"]
    assert machine["certSANs"] == ["127.0.0.1", "api.example.org", "203.0.113.9"]
    assert [m["name"] for m in machine["kernel"]["modules"]][-2:] == ["vfio_iommu_type1", "nbd"]


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (
            "{machine: {kubelet: {extraConfig: {maxPods: 300}}}}",
            "cp1: machine.kubelet.extraConfig.maxPods is 512, and a patch of the cluster makes 300 of it",
        ),
        (
            "{machine: {sysctls: {vm.max_map_count: null}}}",
            "cp1: machine.sysctls.vm.max_map_count is 262144, and a patch of the cluster removes 262144",
        ),
        (
            "{cluster: {network: {podSubnets: [100.90.0.0/16]}}}",
            "cp1: cluster.network.podSubnets is ['100.65.0.0/16'], and a patch of the cluster makes ['100.90.0.0/16'] of it",
        ),
        (
            "{machine: {kernel: {modules: [{name: drbd, parameters: [x=y]}]}}}",
            "cp1: machine.kernel.modules.0 is {'name': 'drbd', 'parameters': ['usermo…, and a patch of the cluster "
            "makes {'name': 'drbd', 'parameters': ['x=y']} of it",
        ),
        (
            "{apiVersion: v1alpha1, kind: HostnameConfig, $patch: delete}",
            "cp1: kind is ('HostnameConfig', ''), and a patch of the cluster removes ('HostnameConfig', '')",
        ),
    ],
)
def test_a_collision_is_an_error_where_the_patch_says_it(patch: str, message: str) -> None:
    (problem,) = patched(patch).diagnostics
    assert (problem.code, problem.message) == ("CZ9120", message)
    assert problem.place.line == 5
    assert problem.hint == "write override: true beside it if that is meant"


def test_an_override_replaces() -> None:
    found = patched(
        "{override: true, machine: {kubelet: {extraConfig: {maxPods: 300}}, certSANs: [203.0.113.9], "
        "sysctls: {vm.max_map_count: null}}}"
    )
    assert found.codes == []
    machine = found.main("cp1")["machine"]
    assert machine["kubelet"]["extraConfig"]["maxPods"] == 300
    assert machine["certSANs"] == ["203.0.113.9"]
    assert "vm.max_map_count" not in machine["sysctls"]
    assert "override" not in machine


def test_the_same_value_again_is_no_collision() -> None:
    assert patched("{machine: {kubelet: {extraConfig: {maxPods: 512}}}}").codes == []


def test_what_talos_itself_generates_is_removed_by_an_order_in_the_patch() -> None:
    found = patched("{cluster: {apiServer: {admissionControl: null}}}")
    assert found.codes == []
    assert found.main("cp1")["cluster"]["apiServer"]["admissionControl"] == {"$patch": "delete"}
    (main, *_) = found.configuration("cp1")
    assert "admissionControl" not in main["cluster"]["apiServer"]


def test_removing_what_nothing_has_leaves_no_trace() -> None:
    found = patched("{machine: {pods: null}}")
    assert found.codes == []
    assert "pods" not in found.main("cp1")["machine"]


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ("{override: true, machine: {install: null}}", "CZ9130", "cp1: nothing says where Talos is installed (machine.install)"),
        ("{override: true, machine: {type: null}}", "CZ9130", "cp1: the machine has no type (machine.type)"),
        (
            "{override: true, cluster: {controlPlane: {endpoint: null}}}",
            "CZ9130",
            "cp1: the cluster has no endpoint (cluster.controlPlane.endpoint)",
        ),
        (
            "{override: true, cluster: {network: {dnsDomain: cluster.local}}}",
            "CZ9110",
            "cp1: cluster.network.dnsDomain is cluster.local, the rest of the spec says cozy.local (cluster.network.dnsDomain)",
        ),
        (
            "{override: true, cluster: {network: {podSubnets: null}}}",
            "CZ9110",
            "cp1: cluster.network.podSubnets is nothing, the rest of the spec says 100.65.0.0/16 (cluster.network.podSubnets)",
        ),
        (
            "{override: true, cluster: {apiServer: {certSANs: [127.0.0.1]}}}",
            "CZ9110",
            "cp1: the API server's certificate lacks api.example.org (cluster.apiServer.certSANs)",
        ),
        ("{override: true, machine: {type: router}}", "CZ9131", "cp1: router is not possible for type (machine.type)"),
        (
            "{override: true, cluster: {network: {cni: {name: flannel}}}}",
            "CZ9133",
            "cp1: Cozystack brings the CNI itself (cluster.network.cni.name)",
        ),
        (
            "{machine: {features: {kubePrism: {enabled: false}}}}",
            "CZ9133",
            "cp1: Cozystack reaches the API server at localhost:7445, KubePrism's (machine.features.kubePrism)",
        ),
        (
            "{override: true, machine: {kernel: {modules: [{name: openvswitch}, {name: zfs}]}}}",
            "CZ9133",
            "cp1: the kernel module drbd is gone (machine.kernel.modules)",
        ),
        (
            "{machine: {network: {hostname: x}}}",
            "CZ9124",
            "cp1: the v1.13 contract has no machine.network (machine.network)",
        ),
        ("{machine: {kubelet: {extraConfg: {}}}}", "CZ9124", "cp1: the v1.13 contract has no machine.kubelet.extraConfg (machine.kubelet.extraConfg)"),
        ("{apiVersion: v1alpha1, kind: LinkConfg, name: x}", "CZ9123", "cp1: LinkConfg is no kind of the v1.13 contract (LinkConfg x: kind)"),
        ("{apiVersion: v1alpha1, kind: KubeProxyConfig}", "CZ9123", "cp1: KubeProxyConfig is no kind of the v1.13 contract (KubeProxyConfig: kind)"),
        ("{apiVersion: v1alpha1, kind: DummyLinkConfig, name: uplink0}", "CZ9132", "cp1: uplink0 is a LinkConfig as well (DummyLinkConfig uplink0: name)"),
        ("{machine: {kubelet: {extraConfig: {port: 1}}}}", "CZ9131", "cp1: Talos sets port of the kubelet itself (machine.kubelet.extraConfig.port)"),
        ("{machine: {sysctls: {a.b: 1}}}", "CZ9131", "cp1: a.b: 1 is no text (machine.sysctls.a.b)"),
        (
            "{machine: {files: [{path: /etc/motd, op: create, content: x}]}}",
            "CZ9131",
            "cp1: /etc/motd cannot be made: only /var can take new files (machine.files.2.path)",
        ),
    ],
)  # fmt: skip
def test_what_a_patch_spoils_is_said_where_it_says_it(patch: str, code: str, message: str) -> None:
    found = patched(patch)
    assert [(d.code, d.message) for d in found.diagnostics] == [(code, message)]
    assert found.diagnostics[0].place.line == 5


KEY = "A" * 43 + "="


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ("{machine: {token: abc}}", "machine.token"),
        ("{cluster: {secretboxEncryptionSecret: abc}}", "cluster.secretboxEncryptionSecret"),
        ("{apiVersion: v1alpha1, kind: RegistryAuthConfig, name: x, password: abc}", "password"),
        (f"{{apiVersion: v1alpha1, kind: WireguardConfig, name: wg0, privateKey: '{KEY}'}}", "privateKey"),
        (
            f"{{apiVersion: v1alpha1, kind: WireguardConfig, name: wg0, peers: [{{publicKey: '{KEY}', presharedKey: '{KEY}'}}]}}",
            "peers.0.presharedKey",
        ),
        (
            "{apiVersion: v1alpha1, kind: VolumeConfig, name: EPHEMERAL, "
            "encryption: {provider: luks2, keys: [{slot: 0, static: {passphrase: abc}}]}}",
            "encryption.keys.0.static",
        ),
    ],
)
def test_a_field_that_holds_a_secret_is_refused_in_a_patch(patch: str, field: str) -> None:
    (problem,) = (item for item in patched(patch).diagnostics if item.code == "CZ9121")
    assert problem.message == f"{field} is a secret, and this patch is not encrypted"


@pytest.mark.parametrize(
    ("patch", "what"),
    [
        (
            "{apiVersion: v1alpha1, kind: ExtensionServiceConfig, name: tailscale, environment: [TS_AUTHKEY=abc]}",
            "the variable TS_AUTHKEY is a secret",
        ),
        (
            "{apiVersion: v1alpha1, kind: EnvironmentConfig, variables: {https_proxy: 'http://me:abc@proxy:3128'}}",
            "there is a password in the URL",
        ),
        (
            "{apiVersion: v1alpha1, kind: SideroLinkConfig, apiUrl: 'https://x/?jointoken=abc'}",
            "there is a password in the URL",
        ),
        (
            "{cluster: {inlineManifests: [{name: a, contents: 'kind: Secret'}]}}",
            "there is a Secret in the manifest",
        ),
        ("{machine: {nodeAnnotations: {a: abcdef.0123456789abcdef}}}", "a token of this form is a secret"),
    ],
)
def test_a_text_that_is_a_secret_by_its_look_is_refused(patch: str, what: str) -> None:
    (problem,) = patched(patch).diagnostics
    assert problem.code == "CZ9121"
    assert problem.message.startswith(f"cp1: {what}, and it would be written in plain text (")
    assert problem.place.line == 5


def test_a_password_in_the_inventory_is_a_secret_as_well() -> None:
    found = compiled(f"talos: {{environment: {{https_proxy: 'http://me:abc@proxy:3128'}}}}\n{NODE}")
    assert [item.code for item in found.diagnostics] == ["CZ9121"]
    assert found.diagnostics[0].place.line == 5


def test_a_document_may_wait_for_its_secret() -> None:
    """The rest of it stands in the spec, the secret in an encrypted patch."""
    assert patched("{apiVersion: v1alpha1, kind: WireguardConfig, name: wg0, listenPort: 51820}").codes == []
    assert (
        patched("{apiVersion: v1alpha1, kind: HCloudVIPConfig, name: 192.0.2.9, link: uplink0}").codes == []
    )


def test_an_operation_of_json_patch_is_told_from_a_part_of_a_configuration() -> None:
    (problem,) = patched("{op: add, path: /machine/udev, value: {}}").diagnostics
    assert problem.code == "CZ9122"
    found = compiled(
        NODE.replace("role: controlplane", "role: controlplane, patches: [{op: remove, path: /x}]")
    )
    assert found.codes == ["CZ9122"]


def test_a_mark_that_is_neither_true_nor_false_is_said_alone_beside_what_it_was_for() -> None:
    found = patched("{override: always, machine: {kubelet: {extraConfig: {maxPods: 300}}}}")
    assert found.codes == ["CZ1001"]


def test_a_patch_for_all_nodes_is_wrong_once() -> None:
    more = "".join(
        f"  cp{n}: {{role: controlplane, address: 192.0.2.1{n}/24, gateway: 192.0.2.1, "
        f"disks: {{system: {{serial: S{n}}}}}}}\n"
        for n in (2, 3)
    )
    found = compiled(
        f"endpoint: {{vip: 192.0.2.9}}\ntalos: {{patches: [{{machine: {{sysctls: {{a.b: 1}}}}}}]}}\n{NODE}{more}"
    )
    assert [d.message for d in found.diagnostics] == [
        "cp1: a.b: 1 is no text (machine.sysctls.a.b); the same holds for cp2, cp3"
    ]


@pytest.mark.parametrize("override", ["override: true, ", ""])
@pytest.mark.parametrize(
    "patch",
    [
        "machine: x", "machine: null", "machine: []", "cluster: [1]", "machine: {kernel: null}", "machine: {files: {}}",
        "machine: {kernel: {modules: [x, {}]}}", "machine: {install: {disk: []}}", "kind: 5", "kind: null", "kind: [x]",
        "apiVersion: v1alpha1, kind: LinkConfig, name: 3", "apiVersion: v1alpha1, kind: LinkConfig, name: uplink0, routes: x",
        "cluster: {controlPlane: null}", "cluster: {network: {podSubnets: null}}", "$patch: delete", "machine: {$patch: delete}",
    ],
)  # fmt: skip
def test_no_patch_whatsoever_stops_the_compiler(patch: str, override: str) -> None:
    found = patched(f"{{{override}{patch}}}")
    assert found.errors or found.main("cp1") == patched("{}").main("cp1")
