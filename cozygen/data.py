"""Where the data that ships with cozygen lies: in the checkout's root, or inside the installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAMES = ("bundles", "templates", "policies")


@cache
def data_directory(name: str) -> Path:
    """The directory ``bundles``, ``templates`` or ``policies``."""
    package = Path(__file__).resolve().parent
    for root in (package / "_data", package.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"cozygen was installed without its {name}; install it again")
