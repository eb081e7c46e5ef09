"""Definitions and package sources as releases ship them, where a copy lies beside the checkout."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def files_of(version: str) -> dict[str, bytes]:
    """The files of a release, or a skipped test where there are none."""
    upstream = Path(os.environ.get("COZYGEN_UPSTREAM") or ROOT.parent / "shared" / "upstream")
    directory = upstream / f"cozystack-{version}"
    if not directory.is_dir():
        pytest.skip(f"no copy of Cozystack {version}: {directory} does not exist")
    found = [
        p
        for part in ("applicationdefinitions", "packagesources")
        for p in sorted((directory / part).iterdir())
    ]
    return {p.relative_to(directory).as_posix(): p.read_bytes() for p in found}
