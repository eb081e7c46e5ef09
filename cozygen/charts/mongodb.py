"""MongoDB: every user needs a role; backups and restores need their storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.charts.backup import required
from cozygen.charts.database import USER_WITHOUT_ROLE, roles_missing
from cozygen.charts.names import SECRET, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Text
from cozygen.charts.values import get, items, mapping

_STORAGE = ("backup.s3AccessKey", "backup.s3SecretKey")


def _check(release: Release) -> Iterator[Fault]:
    values = release.values
    if get(values, "bootstrap.enabled"):
        yield from required(
            release,
            "bootstrap.backupName",
            "backup.destinationPath",
            "backup.endpointURL",
            *_STORAGE,
            purpose="bootstrap.enabled",
        )
    elif get(values, "backup.enabled"):
        yield from required(release, *_STORAGE)
    users = mapping(values, "users")
    if users and "databases" in values:
        yield from roles_missing(release)
        yield from _users_without_role(release, users)


def _users_without_role(release: Release, users: Mapping[str, object]) -> Iterator[Fault]:
    assigned: set[object] = set()
    for database in mapping(release.values, "databases").values():
        for role in ("admin", "readonly"):
            assigned.update(map(str, items(database, f"roles.{role}")))
    for user in users:
        if user not in assigned:
            yield Fault(
                USER_WITHOUT_ROLE,
                ("users", user),
                f"the user {user} has no role in any database",
                f"name {user} in databases.<name>.roles.admin or .readonly",
                {"user": user},
                on_key=True,
            )


RULES = Rules(
    check=_check,
    derived=(DerivedFrom("users.~", "{release}-user-{text}", SECRET),),
    texts=(
        Text("storageClass"),
        Text("shardingConfig.shards.#.name", when="sharding"),
        Text("users.~"),
        Text("databases.~", when="users"),
        Text("backup.destinationPath", when="backup.enabled"),
        Text("backup.destinationPath", after="/b", when="bootstrap.enabled"),
        Text("backup.endpointURL", when="backup.enabled | bootstrap.enabled"),
        Text("bootstrap.backupName", before="a/", when="bootstrap.enabled"),
    ),
    nulls={
        "resourcesPreset": "",
        "version": "",
        "backup": "",
        "bootstrap": "",
        "shardingConfig": "sharding",
        "databases": "users",
        "backup.retentionPolicy": "backup.enabled",
        "backup.destinationPath": "backup.enabled",
    },
    resources=(Resources(),),
    secrets=("users.*.password", *_STORAGE),
)
