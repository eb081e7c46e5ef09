"""What was built or fetched once, for all runs and checkouts: ``~/.cache/cozygen-tests``.

An entry appears whole, by a rename, or not at all: a build that fails or is interrupted leaves nothing that a
later run would take for a program. Whoever makes an entry holds its lock, so that two runs make it once.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

UNUSED_DAYS = 30


def directory() -> Path:
    """The cache, made if there is none."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(home, "cozygen-tests")
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Held by one process at a time; the lock of a process that died is free."""
    with (directory() / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def kept(name: str, digest: str, make: Callable[[Path], object]) -> Path:
    """The entry of this name and digest; ``make`` is called with the path to write to where there is none."""
    path = directory() / f"{name}-{digest}"
    if not path.exists():
        with alone(name):
            if not path.exists():
                _made(name, path, make)
    os.utime(path)  # in use: see _tidied
    return path


def _made(name: str, path: Path, make: Callable[[Path], object]) -> None:
    _tidied(name)
    unfinished = directory() / f".{name}.{os.getpid()}"
    unfinished.mkdir()
    try:
        make(unfinished / name)
        (unfinished / name).rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _tidied(name: str) -> None:
    """Remove what killed runs left behind, and versions that nobody has used for a month."""
    for left in directory().glob(f".{name}.[0-9]*"):
        shutil.rmtree(left, ignore_errors=True)
    for entry in directory().glob(f"{name}-*"):
        if time.time() - entry.stat().st_mtime > UNUSED_DAYS * 86400:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
