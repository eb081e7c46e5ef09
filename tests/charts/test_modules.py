"""Modules and what stands in front of tenants: ingress, gateway, monitoring, SeaweedFS, DNS."""

from typing import Any

import pytest
from judging import TENANT, Judge

ROOT = {"namespace": "tenant-root"}
POOL = {"diskType": "ssd"}
ON = {"enabled": True}


def pools(**named: Any) -> dict[str, Any]:
    return {"volume": {"pools": named}}


def zones(factor: int = 2, **named: Any) -> dict[str, Any]:
    return {"topology": "MultiZone", "replicationFactor": factor, "volume": {"zones": named}}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({"replicationFactor": 0}, ["CZ4160 replicationFactor"]),
        ({"topology": None}, ["CZ4007 topology"]),
        ({"topology": "Client"}, ["CZ4160 filer.grpcHost"]),
        ({"topology": "Client", "filer": {"grpcHost": "f"}} | pools(a=POOL), ["CZ4160 volume.pools"]),
        (zones(), ["CZ4160 volume.zones"]),
        (zones(3, a={}, b={}), ["CZ4160 replicationFactor"]),
        (zones(2, a={}, b={"pools": {"fast": POOL}}), []),
        (zones(2, a={"pools": {"fast": POOL}}, b={"pools": {"fast": {"diskType": "nvme"}}}),
         ["CZ4161 volume.zones.b.pools.fast.diskType"]),
        (zones(2, a={"pools": {"b": POOL}}, **{"a-b": {}}), ["CZ4161 volume.zones.a.pools.b"]),
        (zones(1, A_b={}), ["CZ4032 volume.zones.A_b"]),
        (pools(fast=POOL), []),
        (pools(fast={"diskType": "SSD"}), ["CZ4161 volume.pools.fast.diskType"]),
        (pools(fast={"diskType": ""}), ["CZ4161 volume.pools.fast.diskType"]),
        (pools(**{"a.b": POOL}), ["CZ4161 volume.pools.a.b"]),
        (pools(**{"x-lock": POOL}), ["CZ4161 volume.pools.x-lock"]),
        (pools(**{"x" * 54: POOL}), []),
        (pools(**{"x" * 55: POOL}), [f"CZ4031 volume.pools.{'x' * 55}"]),
        ({"volume": {"diskType": "ssd", "pools": {"fast": POOL}}}, ["CZ4161 volume.pools.fast.diskType"]),
        ({"db": {"size": "0.5"}}, ["CZ4115 db.size"]),
        ({"db": None, "topology": "Client", "filer": {"grpcHost": "f"}}, []),
        ({"db": None}, ["CZ4007 db"]),
    ],
)  # fmt: skip
def test_seaweedfs(judge: Judge, values: dict[str, Any], said: list[str]) -> None:
    assert judge("SeaweedFS", values, "seaweedfs") == said


@pytest.mark.parametrize(
    ("values", "around", "said"),
    [
        ({"proxyProtocol": True}, {}, []),
        ({"proxyProtocol": True}, ROOT, ["CZ4141 proxyProtocol"]),
        ({"proxyProtocol": True, "cloudflareProxy": True}, {}, ["CZ4141 cloudflareProxy"]),
        (
            {"cloudflareProxy": True},
            ROOT | {"cluster": {"proxy-protocol": "true"}},
            ["CZ4141 cloudflareProxy"],
        ),
        ({"cloudflareProxy": True}, {"cluster": {"proxy-protocol": "true"}}, []),
        ({}, ROOT | {"cluster": {"wildcard-issue": "true", "root-host": "example.org"}}, ["CZ4142 "]),
    ],
)
def test_ingress(judge: Judge, values: dict[str, Any], around: dict[str, Any], said: list[str]) -> None:
    assert judge("Ingress", values, "ingress", **around) == said


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        ({}, []),
        ({"solver": "tls-alpn"}, ["CZ4142 "]),
        ({"solver": "dns01", "dns01-provider": "gandi"}, ["CZ4142 "]),
        ({"solver": "dns01", "dns01-provider": "route53"}, ["CZ4142 "]),
        ({"solver": "dns01", "dns01-provider": "rfc2136", "dns01-rfc2136-nameserver": "10.0.0.53"}, []),
        ({"issuer-name": "own-ca"}, ["CZ4142 "]),
        ({"issuer-name": "own-ca", "wildcard-secret-name": "tls"}, []),
    ],
)
def test_gateway(judge: Judge, cluster: dict[str, str], said: list[str]) -> None:
    assert judge("Gateway", {}, "gateway", cluster=cluster) == said
    assert judge("Gateway", {}, "gateway", cluster=cluster, tenant={}) == ["CZ4120 ", *said]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Harbor", "main"), ("Bucket", "main"), ("Monitoring", "monitoring"), ("SeaweedFS", "seaweedfs")],
)
def test_an_ingress_class_is_needed(judge: Judge, kind: str, name: str) -> None:
    bare = {key: value for key, value in TENANT.items() if key != "ingress"}
    assert judge(kind, {}, name, tenant=bare) == ["CZ4121 "]
    assert judge(kind, {}, name, tenant=bare, cluster={"wildcard-secret-name": "tls"}) == []
    assert judge(kind, {}, name, tenant=bare, cluster={"solver": "dns01"}) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"logsStorages": []}, ["CZ4144 logsStorages"]),
        ({"logsStorages": None}, []),
        ({"alerta": {"storage": ""}}, ["CZ4144 alerta.storage"]),
        ({"alerta": {"resources": {"limits": {"gpu": "one"}}}}, ["CZ4009 alerta.resources.limits.gpu"]),
        ({"oidc": {"mode": "CustomConfig"}}, ["CZ4151 oidc.customConfig"]),
        ({"oidc": {"mode": "CustomConfig", "customConfig": {"config": {"client_id": "x"}}}}, []),
        ({"oidc": {"users": [{"email": "ü@b.c", "role": "Admin"}]}}, ["CZ4152 oidc.users.0.email"]),
        ({"oidc": {"customConfig": {"secretRef": {"name": "s"}}, "users": [{"email": "a@b.org", "role": "Admin"}]}},
         ["CZ4152 oidc.users"]),
    ],
)  # fmt: skip
def test_monitoring(judge: Judge, values: dict[str, Any], said: list[str]) -> None:
    assert judge("Monitoring", values, "monitoring") == said


def test_monitoring_through_keycloak(judge: Judge) -> None:
    system = {"oidc": {"mode": "System"}}
    assert judge("Monitoring", system, "monitoring") == ["CZ4150 oidc.mode"]
    assert judge("Monitoring", system, "monitoring", cluster={"oidc-enabled": "true"}) == ["CZ4150 oidc.mode"]


def test_an_earlier_monitoring_could_be_without_logs(judge: Judge) -> None:
    assert judge("Monitoring", {"logsStorages": []}, "monitoring", version="v1.5.4") == []


@pytest.mark.parametrize(
    ("size", "said"), [("4Gi", []), (4, ["CZ4001 size"]), ("4Ti", ["CZ4140 size"]), (None, ["CZ4007 size"])]
)
def test_etcd(judge: Judge, size: object, said: list[str]) -> None:
    assert judge("Etcd", {"size": size}, "etcd") == said


def test_dns(judge: Judge) -> None:
    assert judge("ExternalDNS", {}, "dns") == ["CZ4143 provider"]
    assert judge("ExternalDNS", {"provider": "aws", "extraArgs": ["-a", "-a"]}, "dns") == [
        "CZ4115 extraArgs.1"
    ]


def test_bootbox_belongs_to_root(judge: Judge) -> None:
    assert judge("BootBox", {}, "bootbox", **ROOT) == []
    assert judge("BootBox", {}, "bootbox") == ["CZ4035 "]
    machine = {"hostname": "a b", "arch": "x", "leaseTime": 1, "uefi": True}
    address = {"ip": {"address": "a", "gateway": "b", "netmask": "c"}}
    assert judge("BootBox", {"machines": [machine | address]}, "bootbox", **ROOT) == [
        "CZ4032 machines.0.hostname"
    ]
