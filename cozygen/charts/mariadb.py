"""MariaDB: users and grants as objects, passwords written without quotes, backups with restic."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.backup import required
from cozygen.charts.database import roles_missing
from cozygen.charts.names import CRON_JOB, OBJECT, Derived, DerivedFrom, dashed
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get

_BACKUP = "backup.enabled"
_ROLES = ("databases.*.roles.admin.#", "databases.*.roles.readonly.#")


def _check(release: Release) -> Iterator[Fault]:
    yield from roles_missing(release)
    if get(release.values, _BACKUP):
        yield from required(
            release,
            "backup.s3AccessKey",
            "backup.s3SecretKey",
            "backup.resticPassword",
            "backup.s3Bucket",
            "backup.cleanupStrategy",
        )


RULES = Rules(
    check=_check,
    names=(Derived("{release}-backup", CRON_JOB, when=_BACKUP),),
    derived=(
        DerivedFrom("users.~", "{release}-{text}", OBJECT, dashed, unless=("root",)),
        DerivedFrom("databases.~", "{release}-{text}", OBJECT, dashed),
        *(DerivedFrom(path, "{release}-{key}-{text}", OBJECT, dashed) for path in _ROLES),
    ),
    texts=(
        Text("storageClass"),
        Text("users.~", Shape.KEY),
        Text("users.*.password", needs=Needs.TEXT),
        Text("databases.~"),
        *(Text(path) for path in _ROLES),
        Text("backup.schedule", Shape.QUOTED, Needs.TEXT, when=_BACKUP),
        Text("backup.s3Region", needs=Needs.TEXT, when=_BACKUP),
        Text("backup.s3AccessKey", needs=Needs.TEXT, when=_BACKUP),
        Text("backup.s3SecretKey", needs=Needs.TEXT, when=_BACKUP),
        Text("backup.resticPassword", needs=Needs.TEXT, when=_BACKUP),
    ),
    nulls={"resourcesPreset": "", "version": "", "users": "", "backup": ""},
    resources=(Resources(),),
    secrets=("users.*.password", "backup.s3AccessKey", "backup.s3SecretKey", "backup.resticPassword"),
    hidden=("registrySecret",),
)
