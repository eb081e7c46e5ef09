"""ClickHouse: two kinds of backup with credentials of their own, and a user that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.backup import BACKUP_CONFLICT, required
from cozygen.charts.names import CRON_JOB, Derived
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get, mapping
from cozygen.diagnostics import Code, Severity

_RESTIC = "backup.enabled & backup.schedule & !backup.useSystemBucket"

RESERVED_USER = Code(
    "CZ4113",
    Severity.WARNING,
    "a user whose name the chart takes for itself",
    "The chart adds a user of this name for its backups and replaces what the spec says about it, the "
    "password included.",
    "Choose another name.",
)


def _check(release: Release) -> Iterator[Fault]:
    values = release.values
    if "backup" in mapping(values, "users"):
        yield Fault(
            RESERVED_USER,
            ("users", "backup"),
            "the chart replaces the user backup by its own",
            "choose another name",
            {"user": "backup"},
            on_key=True,
        )
    backup = mapping(values, "backup")
    if not backup.get("enabled"):
        return
    if backup.get("useSystemBucket"):
        if backup.get("s3PathOverride"):
            yield Fault(
                BACKUP_CONFLICT,
                ("backup", "s3PathOverride"),
                "backup.s3PathOverride cannot go together with backup.useSystemBucket, which has a path of its own",
                "remove s3PathOverride; to read another release's backups create a RestoreJob",
            )
        return
    needed: list[str] = []
    if get(values, "backup.s3CredentialsSecret.name") == "":
        needed += ["s3Bucket", "s3Region", "s3AccessKey", "s3SecretKey"]
    if backup.get("schedule"):
        needed += ["s3Bucket", "cleanupStrategy", "s3AccessKey", "s3SecretKey", "resticPassword"]
    yield from required(release, *(f"backup.{key}" for key in dict.fromkeys(needed)))


RULES = Rules(
    check=_check,
    names=(Derived("{release}-backup", CRON_JOB, when=_RESTIC),),
    texts=(
        Text("users.~", Shape.KEY, after="/profile"),
        Text("backup.schedule", Shape.QUOTED, Needs.TEXT, when=_RESTIC),
        Text("backup.s3Region", needs=Needs.TEXT, when=_RESTIC),
        Text("backup.s3AccessKey", needs=Needs.TEXT, when=_RESTIC),
        Text("backup.s3SecretKey", needs=Needs.TEXT, when=_RESTIC),
        Text("backup.resticPassword", needs=Needs.TEXT, when=_RESTIC),
    ),
    nulls={
        "resourcesPreset": "",
        "users": "",
        "backup": "",
        "clickhouseKeeper": "",
        "clickhouseKeeper.resourcesPreset": "clickhouseKeeper.enabled",
        "backup.s3CredentialsSecret": "backup.enabled & !backup.useSystemBucket",
    },
    resources=(Resources(),),
    loops=("clickhouseKeeper.replicas",),
    secrets=("users.*.password", "backup.s3AccessKey", "backup.s3SecretKey", "backup.resticPassword"),
)
