"""Talos' own validation of a machine configuration, where ``talosctl`` is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cozygen.deliver import programs

_TIMEOUT = 60


def talosctl() -> str | None:
    """The program, None where there is none."""
    return programs.program("talosctl")


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
