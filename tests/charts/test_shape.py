"""Types, missing and unknown keys, nulls, old presets, resources."""

import pytest
from judging import Judge, found

from cozygen.catalog.load import load_release


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("Postgres", {"replicas": "2"}, ["CZ4001 replicas"]),
        ("Postgres", {"version": "v12"}, ["CZ4002 version"]),
        ("Postgres", {"resourcesPreset": "u1.5xlarge"}, ["CZ4002 resourcesPreset"]),
        ("Postgres", {"resources": {"memory": "4 Gi"}}, ["CZ4003 resources.memory"]),
        ("Postgres", {"size": "10Gi\n"}, ["CZ4003 size"]),
        ("Postgres", {"resources": {"cpu": 0.5}}, ["CZ4001 resources.cpu"]),
        ("MariaDB", {"users": {"app": {"password": "x"}}}, ["CZ4004 users.app"]),
        ("Redis", {"replica": 2}, ["CZ4005 replica"]),
        ("Redis", {"resourcesPreset": "medium"}, ["CZ4006 resourcesPreset"]),
        ("SeaweedFS", {"volume": {"pools": {"a": {"diskType": "ssd", "resourcesPreset": "nano"}}}},
         ["CZ4006 volume.pools.a.resourcesPreset"]),
        ("VPN", {"resources": {"requests": {"cpu": 1}}}, ["CZ4008 resources.requests"]),
        ("VPN", {"resources": {"nvidia.com/gpu": 1}}, []),
        ("VPN", {"resources": {"colour": "red"}}, ["CZ4009 resources.colour"]),
        ("Redis", {"resources": {"colour": "red"}}, []),
        ("OpenSearch", {"dashboards": {"resources": {"limits": {}}}}, []),
        ("OpenSearch", {"dashboards": {"enabled": True, "resources": {"limits": {}}}},
         ["CZ4008 dashboards.resources.limits"]),
        ("HTTPCache", {"nginx": {"replicas": 1_000_000}}, ["CZ4010 nginx.replicas"]),
        ("HTTPCache", {"whitelistHTTP": True}, []),
    ],
)  # fmt: skip
def test_values(judge: Judge, kind: str, values: dict[str, object], said: list[str]) -> None:
    assert judge(kind, values) == said


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("Postgres", {"tls": None}, ["CZ4007 tls"]),
        ("Postgres", {"storageClass": None}, []),
        ("Postgres", {"quorum": {"minSyncReplicas": None}}, ["CZ4007 quorum.minSyncReplicas"]),
        ("Postgres", {"tls": {"enabled": None}}, ["CZ4001 tls.enabled"]),
        ("Postgres", {"users": {"app": None}}, ["CZ4001 users.app"]),
        ("Postgres", {"users": None}, ["CZ4007 users"]),
        ("VPN", {"external": None}, ["CZ4007 external"]),
        ("VPN", {"external": None, "externalIPs": ["192.0.2.1"]}, []),
        ("KubernetesNodes", {"kubelet": {"evictionHardMemory": None}}, ["CZ4001 kubelet.evictionHardMemory"]),
        ("ExternalDNS", {"provider": "aws", "aws": None}, ["CZ4007 aws"]),
        ("ExternalDNS", {"provider": "aws", "google": None}, []),
        ("Tenant", {"host": None, "resourceQuotas": None}, []),
    ],
)  # fmt: skip
def test_nulls(judge: Judge, kind: str, values: dict[str, object], said: list[str]) -> None:
    name = {"KubernetesNodes": "prod-pool", "Tenant": "web"}.get(kind, "main")
    given = {"cluster": "prod", **values} if kind == "KubernetesNodes" else values
    assert judge(kind, given, name) == said


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    (fault,) = found("Redis", {"authEnable": True})
    assert fault.hint == "did you mean authEnabled?"
    assert fault.on_key


def test_rules_still_look_at_what_is_sound(judge: Judge) -> None:
    values = {"replicas": "x", "postgresql": {"parameters": {"archive_command": "rm"}}}
    assert judge("Postgres", values) == ["CZ4001 replicas", "CZ4112 postgresql.parameters.archive_command"]


def test_what_follows_from_a_fault_is_not_told_twice(judge: Judge) -> None:
    assert judge("Postgres", {"users": {"app": {}}, "databases": {"a": {"roles": []}}}) == [
        "CZ4001 databases.a.roles"
    ]


@pytest.mark.parametrize("version", ["v1.5.4", "v1.6.2"])
def test_defaults_are_fine(judge: Judge, version: str) -> None:
    needs = {"ExternalDNS": {"provider": "inmemory"}, "KubernetesNodes": {"cluster": "prod"}}
    names = {"KubernetesNodes": "prod-pool", "BootBox": "bootbox", "Etcd": "etcd", "Ingress": "ingress",
             "Monitoring": "monitoring"}  # fmt: skip
    for kind in load_release(version).applications:
        around = {"namespace": "tenant-root"} if kind == "BootBox" else {}
        said = judge(kind, needs.get(kind, {}), names.get(kind, "main"), version=version, **around)
        assert said == [], kind
