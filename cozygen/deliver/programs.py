"""Programs of others: on PATH, else in the environment that cozygen itself runs in, where wheels put theirs."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import which


def program(name: str) -> str | None:
    """The full path of a program, None where there is none."""
    return which(name) or which(name, path=str(Path(sys.executable).parent))
