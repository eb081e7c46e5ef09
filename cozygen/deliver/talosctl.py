"""Talos' own validation of a machine configuration, where ``talosctl`` is installed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from cozygen.deliver import programs

_TIMEOUT = 60
_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")


def talosctl() -> str | None:
    """The program, None where there is none."""
    return programs.program("talosctl")


def version(program: str) -> str | None:
    """The program's own version, such as v1.13.6; None where it does not tell."""
    try:
        done = subprocess.run(
            [program, "version", "--client", "--short"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(done.stdout)
    return found.group() if found else None


def validate(program: str, path: Path) -> list[str]:
    """What ``talosctl validate`` finds, in metal mode, warnings included; nothing if all is well."""
    command = [program, "validate", "--config", str(path), "--mode", "metal", "--strict"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"talosctl did not run: {error}"]
    if done.returncode == 0:
        return []
    lines = [line.strip(" *\t") for line in (done.stderr or done.stdout).splitlines()]
    return [line for line in lines if line] or [f"talosctl ended with exit code {done.returncode}"]
