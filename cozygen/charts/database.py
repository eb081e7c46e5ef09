"""What databases' users and roles must fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.charts.release import Fault, Release
from cozygen.charts.values import mapping
from cozygen.diagnostics import Code, Severity

ROLES_MISSING = Code(
    "CZ4110",
    Severity.ERROR,
    "a database without roles",
    "The chart reads every database's roles and breaks where there are none, which fails the release as a "
    "whole.",
    "Write roles: {} for a database that nobody needs a role in, else roles: {admin: [...], readonly: [...]}.",
)
USER_WITHOUT_ROLE = Code(
    "CZ4111",
    Severity.ERROR,
    "a user without any role",
    "The MongoDB operator does not create users that may do nothing, so the chart refuses them.",
    "Name the user in roles.admin or roles.readonly of at least one database.",
)
FORBIDDEN = Code(
    "CZ4112",
    Severity.ERROR,
    "a setting that tenants may not make",
    "Some database settings run commands or load code on the server, and the superuser belongs to the "
    "operator. The chart refuses them by policy.",
    "Remove it. What it was for needs another way, or the platform's administrators.",
)


def roles_missing(release: Release) -> Iterator[Fault]:
    """Databases that state no roles."""
    for name, database in mapping(release.values, "databases").items():
        if isinstance(database, Mapping) and database.get("roles") is None:
            yield Fault(
                ROLES_MISSING,
                ("databases", name),
                f"the database {name} has no roles, on which the chart breaks",
                "add roles: {}, or say who is admin and who reads",
                {"database": name},
            )
