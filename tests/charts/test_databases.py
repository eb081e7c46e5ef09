"""Databases, queues and caches: users, roles, backups."""

import pytest
from judging import Judge

S3 = {"s3AccessKey": "a", "s3SecretKey": "b"}
ON = {"enabled": True}
RESTIC = {**ON, **S3, "resticPassword": "c"}


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("Postgres", {"bootstrap": ON}, ["CZ4100 bootstrap.enabled"]),
        ("Postgres", {"bootstrap": {**ON, "oldName": "old"}, "backup": S3}, []),
        ("Postgres", {"bootstrap": {**ON, "oldName": "old"}, "backup": {"s3CredentialsSecret": {"name": "s"}}}, []),
        ("Postgres", {"bootstrap": ON, "backup": {"useSystemBucket": True}}, ["CZ4101 backup.useSystemBucket"]),
        ("Postgres", {"backup": {**ON, "destinationPath": "a: b"}}, []),
        ("Postgres", {"backup": {**ON, **S3, "destinationPath": "a: b"}}, ["CZ4020 backup.destinationPath"]),
        ("Postgres", {"users": {"postgres": {}}}, ["CZ4112 users.postgres"]),
        ("Postgres", {"users": {"postgres": {}}, "bootstrap": ON, "backup": S3}, []),
        ("Postgres", {"postgresql": {"parameters": {"Archive_Command": "x"}}},
         ["CZ4112 postgresql.parameters.Archive_Command"]),
        ("Postgres", {"databases": {"d": {}}}, []),
        ("Postgres", {"databases": {"d": {}}, "users": {"a": {}}}, ["CZ4110 databases.d"]),
        ("Postgres", {"databases": {"d": {"roles": {}}}, "users": {"a": {}}}, []),
        ("MariaDB", {"databases": {"d": {}}}, ["CZ4110 databases.d"]),
        ("MariaDB", {"backup": RESTIC}, []),
        ("MariaDB", {"backup": {**RESTIC, "s3Bucket": ""}}, ["CZ4100 backup.s3Bucket"]),
        ("MariaDB", {"backup": {**ON, **S3}}, ["CZ4102 backup.resticPassword"]),
        ("MongoDB", {"users": {"a": {}}, "databases": {"d": {"roles": {"readonly": ["a"]}}}}, []),
        ("MongoDB", {"users": {"a": {}}, "databases": {"d": {"roles": {"admin": ["b"]}}}}, ["CZ4111 users.a"]),
        ("MongoDB", {"users": {"a": {}}, "databases": None}, ["CZ4007 databases"]),
        ("MongoDB", {"backup": ON}, ["CZ4100 backup.s3AccessKey", "CZ4100 backup.s3SecretKey"]),
        ("MongoDB", {"bootstrap": ON, "backup": S3}, ["CZ4100 bootstrap.backupName"]),
        ("ClickHouse", {"backup": {**ON, **S3}}, []),
        ("ClickHouse", {"backup": {**ON, **S3, "s3Region": ""}}, ["CZ4100 backup.s3Region"]),
        ("ClickHouse", {"backup": {**ON, **S3, "schedule": "@daily"}}, ["CZ4102 backup.resticPassword"]),
        ("ClickHouse", {"backup": {**ON, "useSystemBucket": True, "s3PathOverride": "x"}},
         ["CZ4101 backup.s3PathOverride"]),
        ("ClickHouse", {"backup": {**ON, "s3Bucket": "", "s3CredentialsSecret": {"name": "s"}}}, []),
        ("ClickHouse", {"users": {"backup": {}}}, ["CZ4113 users.backup"]),
        ("OpenSearch", {"nodeRoles": {"master": False, "data": False, "ingest": False}}, ["CZ4114 nodeRoles"]),
        ("OpenSearch", {"nodeRoles": {"master": False, "data": False}}, []),
    ],
)  # fmt: skip
def test_databases(judge: Judge, kind: str, values: dict[str, object], said: list[str]) -> None:
    assert judge(kind, values) == said


def test_nats_needs_the_tenants_host(judge: Judge) -> None:
    bare = {"etcd": "tenant-acme"}
    assert judge("NATS", {"external": True}) == []
    assert judge("NATS", {"external": True}, tenant=bare) == ["CZ4120 external"]
    assert judge("NATS", {"external": True, "tls": {"enabled": False}}, tenant=bare) == []
    assert judge("NATS", {"tls": {"enabled": True}}, tenant=bare) == []


@pytest.mark.parametrize(
    ("size", "said"),
    [("10Gi", []), (10737418240, ["CZ4115 size"]), ("10", ["CZ4021 size"]), ("1e3", ["CZ4021 size"])],
)
def test_openbao_wants_its_size_as_text(judge: Judge, size: object, said: list[str]) -> None:
    assert judge("OpenBAO", {"size": size}) == said


def test_an_earlier_etcd_had_backups(judge: Judge) -> None:
    given = {"backup": {"enabled": True, "endpointURL": "https://s3", "destinationPath": "bucket/path", **S3}}
    assert judge("Etcd", given, "etcd", version="v1.5.4") == ["CZ4100 backup.destinationPath"]
    assert judge("Etcd", given, "etcd") == ["CZ4005 backup"]
