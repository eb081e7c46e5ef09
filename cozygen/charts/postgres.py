"""Postgres: parameters that are forbidden, restores, the script that creates users and databases."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.backup import BACKUP_CONFLICT, CREDENTIALS_MISSING
from cozygen.charts.database import FORBIDDEN, roles_missing
from cozygen.charts.names import SERVICE, Derived
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Shape, Text
from cozygen.charts.values import mapping

_FORBIDDEN = frozenset(
    (
        *(
            f"{when}_command"
            for when in ("archive", "restore", "ssl_passphrase", "archive_cleanup", "recovery_end")
        ),
        *(f"{what}_preload_libraries" for what in ("local", "session", "shared")),
        "dynamic_library_path",
    )
)
_ARCHIVE = "backup.enabled & !backup.useSystemBucket & backup.destinationPath"
_STORES = (
    f"{_ARCHIVE} & backup.s3AccessKey & backup.s3SecretKey | {_ARCHIVE} & backup.s3CredentialsSecret.name"
    " | bootstrap.enabled"
)
_CA = "bootstrap.enabled & backup.endpointCA.name | " + " | ".join(
    f"{_ARCHIVE} & {creds} & backup.endpointCA.name"
    for creds in ("backup.s3AccessKey & backup.s3SecretKey", "backup.s3CredentialsSecret.name")
)
_OWN_SECRET = (
    f"{_ARCHIVE} & backup.s3CredentialsSecret.name | bootstrap.enabled & backup.s3CredentialsSecret.name"
)
_SCRIPT = "!bootstrap.enabled"


def _check(release: Release) -> Iterator[Fault]:
    values = release.values
    bootstrap = mapping(values, "bootstrap")
    for name in mapping(values, "postgresql.parameters"):
        if str(name).lower() in _FORBIDDEN:
            yield Fault(
                FORBIDDEN,
                ("postgresql", "parameters", name),
                f"the parameter {name} could run code on the server; the chart refuses it",
                "remove it",
                {"found": name},
                on_key=True,
            )
    if bootstrap.get("enabled"):
        yield from _restore_faults(release)
        return
    users = mapping(values, "users")
    if "postgres" in users:
        yield Fault(
            FORBIDDEN,
            ("users", "postgres"),
            "the user postgres is the operator's own; the chart refuses it here",
            "choose another name",
            {"found": "postgres"},
            on_key=True,
        )
    if users:
        yield from roles_missing(release)


def _restore_faults(release: Release) -> Iterator[Fault]:
    backup = mapping(release.values, "backup")
    if backup.get("useSystemBucket"):
        yield Fault(
            BACKUP_CONFLICT,
            ("backup", "useSystemBucket"),
            "bootstrap.enabled cannot go together with backup.useSystemBucket: restoring from the system bucket "
            "is what a RestoreJob does",
            "switch bootstrap.enabled off and create a RestoreJob, or restore from a bucket of your own",
        )
        return
    inline = backup.get("s3AccessKey") and backup.get("s3SecretKey")
    if not inline and not mapping(backup, "s3CredentialsSecret").get("name"):
        yield Fault(
            CREDENTIALS_MISSING,
            ("bootstrap", "enabled"),
            "bootstrap.enabled restores from object storage and needs its credentials: backup.s3AccessKey and "
            "backup.s3SecretKey, or backup.s3CredentialsSecret.name",
            "give the credentials under backup",
            {"needs": "backup.s3AccessKey", "purpose": "bootstrap.enabled"},
        )


RULES = Rules(
    check=_check,
    names=(Derived("{release}-external-write", SERVICE, when="external"),),
    texts=(
        Text("storageClass"),
        Text("users.~", Shape.BLOCK, after='"', when=_SCRIPT),
        Text("users.*.password", Shape.BLOCK, after="'", when=_SCRIPT),
        Text("databases.~", Shape.BLOCK, after='"', when=_SCRIPT),
        Text("databases.*.extensions.#", Shape.BLOCK, after=";", when=_SCRIPT),
        Text("postgresql.parameters.~", Shape.KEY),
        Text("backup.destinationPath", when=_STORES),
        Text("backup.endpointURL", when=_STORES),
        Text("backup.endpointCA.name", when=_CA),
        Text("backup.endpointCA.key", when=_CA),
        Text("backup.s3CredentialsSecret.name", when=_OWN_SECRET),
        Text("backup.s3CredentialsSecret.accessKeyIDKey", when=_OWN_SECRET),
        Text("backup.s3CredentialsSecret.secretAccessKeyKey", when=_OWN_SECRET),
        Text("bootstrap.oldName", when="bootstrap.enabled"),
        Text("bootstrap.serverName", when="bootstrap.enabled"),
        Text("bootstrap.recoveryTime", when="bootstrap.enabled"),
    ),
    nulls={
        "resourcesPreset": "",
        "size": "",
        "version": "",
        "tls": "",
        "postgresql": "",
        "postgresql.parameters": "",
        "quorum": "",
        "backup": "",
        "bootstrap": "",
        "users": _SCRIPT,
        "databases": _SCRIPT,
    },
    resources=(Resources(),),
    secrets=("users.*.password", "backup.s3AccessKey", "backup.s3SecretKey"),
    hidden=("registrySecret",),
)
