"""What is written for machines: valid, without secrets, the same bytes every time, nothing outdated."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from machines import EXAMPLES, HERE, WORLDS, Machines, compiled_example, upstream, world

from cozygen.checks.talos.formats import Format
from cozygen.checks.talos.kinds import KINDS, MAIN, SUCCESSORS
from cozygen.checks.talos.notation import Choice, Fields, ListOf, MapOf, Shape
from cozygen.checks.talos.rules import judge

HARDWARE = sorted(
    path.name
    for path in EXAMPLES.iterdir()
    if path.is_dir()
    and not (path / "sites").exists()
    and any("kind: Hardware" in p.read_text() for p in path.rglob("*.yaml"))
)
ALL = [*WORLDS, *HARDWARE]
KNOWN_FAULTS = ("$.persist", "$.machine.logging.destinations")
"""Where the schema of 1.13.6 is wrong: Talos writes persist, and takes a log's endpoint as text."""
WRONG = {
    ".persist": "Talos writes it",
    ".machine.logging.destinations[].endpoint": "Talos takes a text",
    ".machine.acceptedCAs": "it is a list",
    ".cluster.acceptedCAs": "it is a list",
    "RoutingRuleConfig.action": "Talos takes a name, such as blackhole",
    "RoutingRuleConfig.table": "Talos asks for it only where the action leads to a table",
}
"""Where the schema of 1.13.6 is wrong, by the paths of the table; Talos' own library is right (test_truth)."""
MISNAMED = {"KubeSpanEndpoints": "KubeSpanEndpointsConfig"}
"""Kinds that the schema has under another name than Talos."""
SECRETS = re.compile(r"PRIVATE KEY|\b[0-9a-z]{6}\.[0-9a-z]{16}\b|AGE-SECRET-KEY")


def machines(name: str) -> Machines:
    return world(name) if name in WORLDS else compiled_example(name)


@pytest.mark.parametrize("name", ALL)
def test_it_compiles_without_a_word(name: str) -> None:
    assert machines(name).diagnostics == []


@pytest.mark.parametrize("name", ALL)
def test_every_configuration_passes_talos_rules(name: str) -> None:
    found = machines(name)
    for node in found.platform.site.hardware.nodes:
        assert judge(found.configuration(node)) == []


@pytest.mark.parametrize("name", ALL)
def test_every_configuration_fits_the_schema_of_its_kinds(name: str) -> None:
    schemas = schema_by_kind()
    found = machines(name)
    for node in found.platform.site.hardware.nodes:
        for document in found.configuration(node):
            shape = schemas[str(document.get("kind", ""))]
            plain = {key: value for key, value in document.items() if f"$.{key}" not in KNOWN_FAULTS}
            problems = [
                f"{node} {document.get('kind')} {problem.json_path}: {problem.message}"
                for problem in jsonschema.Draft202012Validator(shape).iter_errors(plain)
                if not problem.json_path.startswith(KNOWN_FAULTS)
            ]
            assert problems == []


def schema_by_kind() -> dict[str, Any]:
    root = upstream()
    if root is None:
        pytest.skip(
            "no upstream data; set COZYGEN_UPSTREAM to a folder with talos/config-v1.13.6.schema.json"
        )
    content = json.loads((root / "talos" / "config-v1.13.6.schema.json").read_text())
    out = {}
    for name, shape in content["$defs"].items():
        kind = shape.get("properties", {}).get("kind", {}).get("enum", [None])[0]
        key = "" if name == "v1alpha1.Config" else MISNAMED.get(kind, kind)
        if key is not None:
            out[key] = {"$schema": content["$schema"], "$defs": content["$defs"], "$ref": f"#/$defs/{name}"}
    return out


def test_the_table_of_kinds_is_that_of_the_schema() -> None:
    shapes = schema_by_kind()
    definitions = next(iter(shapes.values()))["$defs"]
    assert set(KINDS) - set(shapes) == {"ImageVerificationConfig"}
    for kind, shape in shapes.items():
        own = KINDS[kind] if kind else MAIN
        assert sorted(set(_compared(own, _definition(shape, definitions), definitions, kind))) == []


def _definition(shape: Any, definitions: Any) -> Any:
    return definitions[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _compared(own: Shape, theirs: Any, definitions: Any, path: str) -> Iterator[str]:
    """Where the table says less, more or something else than the schema."""
    theirs = _definition(theirs, definitions)
    if path in WRONG:
        return
    if isinstance(own, Fields) and "properties" not in theirs:
        assert theirs["type"] == "object", path  # the schema says no more
    elif isinstance(own, Fields):
        names = set(theirs.get("properties", ()))
        yield from (f"{path}.{name}" for name in set(own.fields) ^ names if f"{path}.{name}" not in WRONG)
        for name in set(own.fields) & names:
            yield from _compared(own.fields[name], theirs["properties"][name], definitions, f"{path}.{name}")
        yield from (
            f"{path}.{name} is required"
            for name in set(theirs.get("required", ())) - set(own.required) - {"links"}
            if f"{path}.{name}" not in WRONG
        )
    elif isinstance(own, ListOf):
        yield from _compared(own.item, theirs["items"], definitions, f"{path}[]")
    elif isinstance(own, MapOf):
        assert theirs["type"] == "object", path
    elif isinstance(own, Choice):
        assert set(theirs.get("enum", own.values)) == set(own.values), path
    elif isinstance(own, Format):
        if own.type not in ("any", theirs.get("type")):
            yield f"{path}: {theirs.get('type')}"
    else:
        wanted = {"text": "string", "whole": "integer", "flag": "boolean", "map": "object"}[own.kind]
        if theirs.get("type") != wanted and not (own.kind == "text" and "enum" in theirs):
            yield f"{path}: {theirs.get('type')}"


def test_what_left_the_contract_is_not_in_the_table() -> None:
    for legacy in SUCCESSORS:
        shape: Any = MAIN
        *parents, field = legacy.split(".")
        for step in parents:
            shape = shape.fields[step]
        assert field not in shape.fields


@pytest.mark.parametrize("name", ALL)
def test_nothing_written_is_a_secret(name: str) -> None:
    for path, text in machines(name).files().items():
        assert SECRETS.search(text) is None, path


def test_bytes_do_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "from hashlib import sha256; from machines import world; "
        "print(sha256(repr(sorted(world('everything').files().items())).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=HERE,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parent)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_a_control_plane_has_what_cozystack_needs() -> None:
    found = world("everything")
    main = found.main("cp1")
    cluster, machine = main["cluster"], main["machine"]
    assert cluster["network"] == {
        "cni": {"name": "none"},
        "dnsDomain": "cozy.local",
        "podSubnets": ["100.80.0.0/16"],
        "serviceSubnets": ["10.96.0.0/16"],
    }
    assert cluster["proxy"] == {"disabled": True}
    assert cluster["discovery"] == {"enabled": True}  # KubeSpan
    assert cluster["allowSchedulingOnControlPlanes"] is False
    assert cluster["controllerManager"]["extraArgs"] == {
        "allocate-node-cidrs": "true",
        "bind-address": "0.0.0.0",
        "cluster-cidr": "100.80.0.0/16",
        "node-monitor-grace-period": "30s",
    }
    assert cluster["etcd"]["extraArgs"]["quota-backend-bytes"] == str(4 * 1024**3)
    assert cluster["apiServer"]["extraArgs"]["oidc-issuer-url"] == "https://keycloak.example.org/realms/cozy"
    assert cluster["apiServer"]["extraArgs"]["oidc-ca-file"] == "/var/oidc-ca.crt"
    assert cluster["apiServer"]["certSANs"] == [
        "127.0.0.1",
        "api.example.org",
        "203.0.113.80",
        "192.0.2.10",
        "198.51.100.10",
    ]
    assert machine["nodeLabels"]["node.kubernetes.io/exclude-from-external-load-balancers"] == {
        "$patch": "delete"
    }
    assert machine["sysctls"]["vm.nr_hugepages"] == "512"
    assert machine["sysctls"]["net.ipv4.tcp_keepalive_time"] == "600"
    assert machine["kubelet"]["extraConfig"]["maxPods"] == 300  # a patch that is marked as an override
    assert [module["name"] for module in machine["kernel"]["modules"]] == [
        "openvswitch", "drbd", "zfs", "spl", "vfio_pci", "vfio_iommu_type1", "nbd",
    ]  # fmt: skip
    assert found.patch("cp1")["StaticHostConfig", "192.0.2.201"]["hostnames"] == ["keycloak.example.org"]


def test_a_worker_has_what_all_nodes_share_and_no_more() -> None:
    main = world("everything").main("w1")
    assert set(main["cluster"]) == {"clusterName", "controlPlane", "network", "discovery"}
    assert main["machine"]["sysctls"]["vm.nr_hugepages"] == "2048"  # its group's
    assert main["machine"]["sysctls"]["vm.swappiness"] == "10"
    assert main["machine"]["nodeTaints"] == {"example.org/dedicated": "db:NoSchedule"}
    assert main["machine"]["install"]["diskSelector"] == {"wwid": "naa.5000c500a1b2c3d4"}
    assert [item["path"] for item in main["machine"]["files"]] == [
        "/etc/cri/conf.d/20-customization.part",
        "/etc/lvm/lvm.conf",
    ]


def test_volumes_of_the_system_disk_leave_room_for_the_pool() -> None:
    patch = world("everything").patch("cp1")
    ephemeral = patch["VolumeConfig", "EPHEMERAL"]
    assert ephemeral["provisioning"] == {"minSize": "100GiB", "maxSize": "100GiB", "grow": False}
    assert [key["slot"] for key in ephemeral["encryption"]["keys"]] == [0, 1]
    assert patch["RawVolumeConfig", "slow-system"]["provisioning"] == {
        "diskSelector": {"match": "system_disk"},
        "minSize": "200GiB",
    }
    (quoted,) = (doc for key, doc in patch.items() if key[0] == "RawVolumeConfig" and key[1] != "slow-system")
    assert (
        quoted["provisioning"]["diskSelector"]["match"] == 'disk.serial == "disk/1 \\"x\\"" && !system_disk'
    )


def test_linstor_takes_exactly_the_volumes_that_talos_makes() -> None:
    from cozygen.emit.storage import node_devices

    for name in ALL:
        found = machines(name)
        for node in found.platform.site.hardware.nodes.values():
            pools = {disk.pool for disk in node.data if disk.pool}
            devices = [path for pool in pools for path in node_devices(node, pool, talos=True)]
            labels = {
                path.removeprefix("/dev/disk/by-partlabel/r-") for path in devices if "by-partlabel" in path
            }
            assert labels == {key[1] for key in found.patch(node.name) if key[0] == "RawVolumeConfig"}
            assert len(devices) == len(node.data)


def test_the_platforms_mirrors_reach_the_machines() -> None:
    from machines import PLATFORM, compiled

    platform = PLATFORM.replace(
        "  delivery:",
        '  registries: {mirrors: {quay.io: {endpoints: ["https://m.example.org"]}}, '
        'config: {"https://m.example.org": {tls: {insecureSkipVerify: true}}}}\n  delivery:',
    )
    patch = compiled("nodes: {cp1: {role: controlplane, address: 192.0.2.11/24}}", platform).patch("cp1")
    assert patch["RegistryMirrorConfig", "quay.io"]["endpoints"] == [{"url": "https://m.example.org"}]
    assert patch["RegistryTLSConfig", "m.example.org"]["insecureSkipVerify"] is True
    assert patch["RegistryMirrorConfig", "docker.io"]["endpoints"] == [{"url": "https://mirror.gcr.io"}]


@pytest.mark.parametrize("variant", ["isp-full-generic", "isp-hosted"])
def test_only_machines_that_run_talos_get_files(variant: str) -> None:
    from machines import PLATFORM, compiled

    found = compiled(
        "nodes: {cp1: {role: controlplane, address: 192.0.2.11/24}}", PLATFORM.replace("isp-full", variant)
    )
    assert found.files() == {}
    assert [code for code in found.codes if code.startswith("CZ91")] == []
