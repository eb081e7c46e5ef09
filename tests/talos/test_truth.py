"""cozygen's configurations and secrets, judged by Talos' own configuration library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from machines import HERE, Machines, compiled, loaded, world
from test_documents import ALL, machines
from truth import Talos, differences, program

from cozygen.cli.main import cli
from cozygen.deliver.talos_keys import Clock, new_bundle
from cozygen.emit.talos.bundle import PLACEHOLDER, Bundle, bundle_of, missing_fields
from cozygen.platform.nodes import Node
from cozygen.yamlio import dump, dump_all

pytestmark = pytest.mark.truth


@pytest.mark.parametrize("name", ALL)
def test_talos_validates_every_configuration(name: str, asked: Talos, secrets: str) -> None:
    found, bundle = machines(name), bundle_of(yaml.safe_load(secrets))
    for node in found.platform.site.hardware.nodes:
        for own in (bundle, PLACEHOLDER):
            assert asked.ask("validate", config=dump_all(found.configuration(node, own))) == {}, node


@pytest.mark.parametrize("name", ALL)
def test_a_configuration_is_what_talos_generates_from_the_same_secrets(
    name: str, asked: Talos, secrets: str
) -> None:
    found, bundle = machines(name), bundle_of(yaml.safe_load(secrets))
    for node in found.platform.site.hardware.nodes.values():
        assert list(_apart(found, node, bundle, (asked, secrets))) == []


def _apart(found: Machines, node: Node, bundle: Bundle, talos_with: tuple[Talos, str]) -> Iterator[str]:
    """Field by field: what cozygen assembles, and what Talos generates from the secrets and the rendered patch."""
    asked, secrets = talos_with
    theirs = asked.ask(
        "generate",
        bundle=secrets,
        patch=found.files()[f"talos/nodes/{node.name}.yaml"],
        role=node.role,
        cluster=found.cluster.name,
        endpoint=found.cluster.endpoint,
        kubernetes=found.cluster.kubernetes.removeprefix("v"),
    )
    assert "error" not in theirs, theirs
    ours = asked.ask("normalize", config=dump_all(found.configuration(node.name, bundle)))
    assert "error" not in ours, ours
    yield from differences(_named(ours["text"]), _named(theirs["text"]))


PATCHES = (
    "{cluster: {apiServer: {admissionControl: [{name: PodSecurity, configuration: {exemptions: {namespaces: [x]}}}, {name: Other, configuration: {a: b}}]}}}",
    "{cluster: {apiServer: {auditPolicy: {rules: [{level: None}]}}}}",
    "{cluster: {apiServer: {admissionControl: null}}}",
    "{cluster: {apiServer: null}, override: true}",
    "{cluster: {discovery: {registries: null}}}",
    "{cluster: {proxy: {image: x}, coreDNS: {image: x}}}",
    "{cluster: {inlineManifests: [{name: a, contents: b}], extraManifests: ['https://a/b']}}",
    "{override: true, cluster: {network: {podSubnets: [10.9.0.0/16, 10.10.0.0/16]}}}",
    "{override: true, cluster: {etcd: {advertisedSubnets: null}}}",
    "{machine: {features: {hostDNS: null, kubePrism: {port: 7446}}}}",
    "{machine: {kubelet: {extraMounts: [{destination: /a, source: /a, type: bind, options: [bind]}]}}}",
    "{machine: {install: {grubUseUKICmdline: false, wipe: true}, nodeLabels: {a: b}, kernel: {modules: [{name: nbd}]}}}",
    "{override: true, machine: {certSANs: [], sysctls: null, files: null}}",
    "{override: true, machine: {nodeLabels: {node.kubernetes.io/exclude-from-external-load-balancers: ''}}}",
    "{override: true, machine: {kernel: {modules: [{name: openvswitch}, {name: drbd}, {name: zfs}]}}}",
    "{override: true, apiVersion: v1alpha1, kind: HostnameConfig, auto: stable, hostname: null}",
    "{apiVersion: v1alpha1, kind: LinkConfig, name: u, mtu: 9000, routes: [{destination: 10.0.0.0/8, gateway: 192.0.2.2}]}",
    "{override: true, apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, $patch: delete}",
    "{override: true, apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, endpoints: [{url: 'https://b'}]}",
    "{apiVersion: v1alpha1, kind: NetworkRuleConfig, name: a, portSelector: {ports: [1, 2-3], protocol: tcp}, ingress: [{subnet: 10.0.0.0/8}]}",
    "{debug: true}",
)
RACK = """
nodes:
  cp1: {role: controlplane, address: 192.0.2.11/24, nics: {u: {mac: "525400000001"}}, disks: {system: {serial: S1}}}
  w1: {role: worker, address: 192.0.2.12/24, nics: {u: {mac: "525400000002"}}, disks: {system: {serial: S2}}}
"""


@pytest.mark.parametrize("patch", PATCHES)
def test_raw_patches_are_merged_as_talos_merges_them(patch: str, asked: Talos, secrets: str) -> None:
    found, bundle = compiled(f"talos: {{patches: [{patch}]}}\n{RACK}"), bundle_of(yaml.safe_load(secrets))
    assert "CZ9120" not in found.codes
    for node in found.platform.site.hardware.nodes.values():
        assert list(_apart(found, node, bundle, (asked, secrets))) == []


def _named(text: str) -> dict[str, Any]:
    return {" ".join(key): document for key, document in loaded(text).items()}


def test_talos_accepts_the_secrets_that_cozygen_makes(asked: Talos) -> None:
    bundle = new_bundle(Clock.real())
    text = dump(bundle.as_data())
    assert asked.ask("check-secrets", bundle=text) == {}
    found = world("hetzner")
    for node in found.platform.site.hardware.nodes:
        assert asked.ask("validate", config=dump_all(found.configuration(node, bundle))) == {}


def test_both_make_secrets_of_the_same_form(secrets: str) -> None:
    from test_secrets import described

    assert missing_fields(yaml.safe_load(secrets)) == []
    assert described(yaml.safe_load(secrets)) == described(new_bundle(Clock.real()).as_data())


def test_talosctl_says_the_same_of_every_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "talosctl").symlink_to(program())
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(cli, ["talos", "validate", "--spec", str(HERE / "everything.yaml")])
    assert (result.exit_code, result.stdout.splitlines()[:3]) == (0, ["cp1: valid", "w1: valid", "w2: valid"])
    assert "validated by talosctl v1.13.6" in result.output
