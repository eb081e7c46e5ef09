"""Names and labels that charts form."""

import pytest
from judging import Judge, found

from cozygen.catalog.load import load_release

MARIADB_USER = {"password": "secret", "maxUserConnections": 1}


@pytest.mark.parametrize(
    ("kind", "longest", "values"),
    [
        ("Postgres", 44, {}),
        ("Postgres", 39, {"external": True}),
        ("Redis", 45, {"external": True}),
        ("Qdrant", 41, {}),
        ("Bucket", 43, {}),
        ("Harbor", 45, {}),
        ("Kubernetes", 29, {}),
        ("OpenSearch", 32, {"external": True, "dashboards": {"enabled": True}}),
        ("HTTPCache", 38, {}),
        ("HTTPCache", 37, {"nginx": {"replicas": 11}}),
        ("HTTPCache", 36, {"nginx": {"replicas": 101}}),
        ("HTTPCache", 42, {"nginx": {"replicas": 0}}),
        ("MariaDB", 37, {"backup": {"enabled": True, "s3AccessKey": "a", "s3SecretKey": "b", "resticPassword": "c"}}),
        ("Kafka", 47, {}),
    ],
)  # fmt: skip
def test_the_longest_name(judge: Judge, kind: str, longest: int, values: dict[str, object]) -> None:
    assert judge(kind, values, "x" * longest) == []
    (fault,) = found(kind, values, "x" * (longest + 1))
    assert fault.path == ()
    assert fault.code.id in ("CZ4030", "CZ4031")
    assert fault.values["longest"] == longest
    assert f"at most {longest} characters" in (fault.hint or "")


def test_limits_of_an_earlier_release(judge: Judge) -> None:
    assert judge("Qdrant", {}, "x" * 46, version="v1.5.4") == []
    assert judge("Bucket", {}, "x" * 46, version="v1.5.4") == []


@pytest.mark.parametrize("name", ["my_app", "Main", "-a", "a-", "a.b", "", "é"])
def test_no_release_name(judge: Judge, name: str) -> None:
    said = judge("ExternalDNS", {"provider": "inmemory"}, name)
    assert said == ["CZ4030 "]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("Bucket", {"users": {"Bad_User": {}}}, ["CZ4032 users.Bad_User"]),
        ("RabbitMQ", {"users": {"My_User": {}}}, []),
        ("RabbitMQ", {"users": {"a_b": {}, "a-b": {}}}, ["CZ4033 users.a-b"]),
        ("MariaDB", {"users": {"my_user": MARIADB_USER, "root": MARIADB_USER}}, []),
        ("MariaDB", {"users": {"UP": MARIADB_USER}}, ["CZ4032 users.UP"]),
        ("MariaDB", {"databases": {"d": {"roles": {"admin": [""]}}}}, ["CZ4032 databases.d.roles.admin.0"]),
        ("Kafka", {"topics": [{"name": "a/b", "partitions": 1, "replicas": 1, "config": {}}]},
         ["CZ4032 topics.0.name"]),
        ("OpenSearch", {"users": {"x" * 240: {}}}, [f"CZ4031 users.{'x' * 240}"]),
        ("VirtualPrivateCloud", {"subnets": [{"name": "a b"}]}, ["CZ4034 subnets.0.name"]),
        ("VirtualPrivateCloud", {"subnets": [{"name": ""}]}, ["CZ4021 subnets.0.name"]),
    ],
)  # fmt: skip
def test_names_from_values(judge: Judge, kind: str, values: dict[str, object], said: list[str]) -> None:
    assert judge(kind, values) == said


@pytest.mark.parametrize(
    ("values", "name", "around", "said"),
    [
        ({}, "web", {}, []),
        ({}, "my-web", {}, ["CZ4035 "]),
        ({}, "x" * 43, {"tenant": {}}, []),
        ({}, "x" * 44, {"tenant": {}}, ["CZ4031 "]),
        ({}, "x" * 43, {}, []),
        ({}, "x" * 46, {"namespace": "tenant-root", "tenant": {"host": "a.very.long.example.org"}}, ["CZ4034 "]),
        ({"host": "x" * 64}, "web", {}, ["CZ4034 host"]),
        ({"host": "a..b"}, "web", {}, []),
        ({"host": "über.org"}, "web", {}, ["CZ4034 host"]),
        ({"schedulingClass": "a b"}, "web", {}, ["CZ4034 schedulingClass"]),
        ({"schedulingClass": "a b"}, "web", {"tenant": {"schedulingClass": "gold"}}, []),
        ({"host": "x" * 64}, "root", {"namespace": "tenant-root"}, []),
        ({"resourceQuotas": {"limits": 1}}, "web", {}, ["CZ4008 resourceQuotas.limits"]),
    ],
)  # fmt: skip
def test_tenants(
    judge: Judge, values: dict[str, object], name: str, around: dict[str, object], said: list[str]
) -> None:
    assert judge("Tenant", values, name, **around) == said


@pytest.mark.parametrize("kind", ["Etcd", "Ingress", "Monitoring"])
def test_modules_have_one_name(judge: Judge, kind: str) -> None:
    assert judge(kind, {}, kind.lower()) == []
    assert judge(kind, {}, "other") == ["CZ4035 "]


def test_no_limit_is_tighter_than_the_api_for_most_kinds(judge: Judge) -> None:
    for kind in ("MongoDB", "NATS", "RabbitMQ", "TCPBalancer", "VMDisk", "VPN", "VirtualPrivateCloud"):
        longest = load_release("v1.6.2").applications[kind].max_name
        assert judge(kind, {}, "x" * longest) == []
        assert judge(kind, {}, "x" * (longest + 1)) == ["CZ4030 "]
