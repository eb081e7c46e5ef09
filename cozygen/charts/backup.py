"""What backups and restores of databases need."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.values import get
from cozygen.diagnostics import Code, Severity

CREDENTIALS_MISSING = Code(
    "CZ4100",
    Severity.ERROR,
    "a backup lacks what it needs",
    "With backups or a restore switched on, the chart refuses to render without the place and the "
    "credentials of the object storage, so the whole database is neither installed nor changed.",
    "Give the value that the message names, or switch the backup off.",
)
BACKUP_CONFLICT = Code(
    "CZ4101",
    Severity.ERROR,
    "backup settings that exclude each other",
    "The platform's own bucket comes with a path and credentials of its own, and restoring from it goes "
    "through a RestoreJob. The chart refuses settings that contradict that.",
    "Decide for one way: the system bucket, or a bucket of your own with all its settings.",
)
PLACEHOLDER = Code(
    "CZ4102",
    Severity.WARNING,
    "a backup with a placeholder for a credential",
    "The chart's default here is a placeholder such as <your-access-key>. The release becomes ready, but "
    "every backup fails when it runs.",
    "Give the real value, best as a reference to a Secret.",
)


def required(release: Release, *dotted: str, purpose: str = "backup.enabled") -> Iterator[Fault]:
    """Values that must hold something when ``purpose`` is set, and must not be left at a placeholder."""
    for path in dotted:
        steps: Path = tuple(path.split("."))
        found = get(release.values, path)
        if not found:
            yield Fault(
                CREDENTIALS_MISSING,
                steps,
                f"{path} is empty, and {release.kind} needs it when {purpose} is set",
                f"give {path}, or switch {purpose.rsplit('.', 1)[0]} off",
                {"needs": path, "purpose": purpose},
            )
        elif isinstance(found, str) and found.startswith("<") and found.endswith(">"):
            yield Fault(
                PLACEHOLDER,
                steps,
                f"{path} is still the chart's placeholder {found}, so backups will fail",
                f"give {path}, best as a reference to a Secret",
                {"found": found},
            )
