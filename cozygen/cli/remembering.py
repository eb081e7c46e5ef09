"""Where memories of compiles are kept between runs: files in the user's cache directory.

A memory only saves time. One that is damaged, somebody else's, or written by another cozygen is not used, and
one that cannot be written is not missed.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cozygen import data

if TYPE_CHECKING:
    from cozygen.deliver.directory import WriteResult
    from cozygen.layout.tree import Tree

_MAGIC = b"cozygen memory 1\n"
_KEPT = 30 * 24 * 3600
"""Seconds after which the memory of a spec that nobody compiles any more is removed."""


def cache_directory(stated: str | None = None) -> Path | None:
    """Where things are kept between runs, None for nowhere: as stated, else as the environment says."""
    stated = stated or os.environ.get("COZYGEN_CACHE_DIR")
    if stated == "none":
        return None
    if stated:
        return Path(stated)
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"))
    above = next(path for path in (home, *home.parents) if path.exists())
    return home / "cozygen" if home.is_absolute() and os.access(above, os.W_OK | os.X_OK) else None


def memory_file(*names: str) -> Path | None:
    """The file for the memory of what is compiled under these names, from here."""
    directory = cache_directory()
    if directory is None:
        return None
    whose = "\0".join((os.getcwd(), *names))
    return directory / "compiled" / hashlib.sha256(whose.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def load(file: Path | None) -> Any:
    """What is kept in a file, or None."""
    if file is None:
        return None
    try:
        with open(file, "rb") as opened:
            status = os.fstat(opened.fileno())
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return None
            found = opened.read()
    except (OSError, AttributeError):  # no file, or an operating system without owners
        return None
    digest, payload = found[len(_MAGIC) : len(_MAGIC) + 32], memoryview(found)[len(_MAGIC) + 32 :]
    if not found.startswith(_MAGIC) or hashlib.sha256(payload).digest() != digest:
        return None
    return marshal.loads(payload)


def store(file: Path | None, value: Any) -> None:
    """Keep something in a file, if that is possible."""
    if file is None:
        return
    payload = marshal.dumps(value)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(_MAGIC + hashlib.sha256(payload).digest())
            opened.write(payload)
        os.replace(temporary, file)
        _forget(file.parent)
    with suppress(OSError):
        os.unlink(temporary)


def _forget(directory: Path) -> None:
    old = time.time() - _KEPT
    with os.scandir(directory) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < old:
                    os.unlink(entry.path)


@cache
def fingerprint() -> bytes:
    """A digest that changes with the compiler: its files' sizes and times, and the Python that runs it."""
    total = hashlib.sha256(sys.version.encode())
    for path in sys.path:
        if path.endswith("site-packages"):  # its time changes with the libraries that are installed
            total.update(f"{path}\0{os.stat(path).st_mtime_ns}\n".encode())
    for path, status in sorted(_files()):
        total.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return total.digest()


def _files() -> Iterator[tuple[str, os.stat_result]]:
    pending = [os.path.dirname(data.__file__), *(str(data.data_directory(name)) for name in data.NAMES)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                elif not entry.name.endswith(".pyc"):
                    yield entry.path, entry.stat()


def write_seen(tree: Tree, output: str, force: Collection[str]) -> WriteResult:
    """Write a tree into a directory without reading what is known not to have changed there."""
    from cozygen.deliver.directory import write
    from cozygen.deliver.directory_seen import Seen

    file = memory_file(os.path.realpath(output), "seen")
    seen = Seen(load(file))
    done = write(tree, output, force_paths=force, seen=seen)
    if done.ok and seen.changed:
        store(file, seen.kept)
    return done
