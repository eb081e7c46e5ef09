"""What the tests of directories share: small trees, and directories read back as they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cozygen.layout.manifest import with_manifest
from cozygen.layout.tree import Facts, Tree

MANIFEST = ".cozygen/manifest.json"
PENDING = ".cozygen/pending.json"
CHANGING = ("mkdir", "write", "rename", "unlink", "rmdir", "open")
"""The calls of ``os`` with which a run changes a directory."""


def tree(files: dict[str, str], platform: str = "prod") -> Tree:
    return Tree.of(
        {path: text.encode() for path, text in files.items()}, Facts(platform, "0" * 64, "0.1.0", "v1.6.2")
    )


ONE = tree(
    {"README.md": "one\n", "platform/a.yaml": "a1\n", "tenants/x/r.yaml": "x1\n", "tenants/y/r.yaml": "y1\n"}
)
TWO = tree(
    {"README.md": "two\n", "platform/a.yaml": "a1\n", "platform/b.yaml": "b2\n", "tenants/y/r.yaml": "y2\n"}
)
THREE = tree(
    {"README.md": "one\n", "platform": "now a file\n", "tenants/y/r.yaml/deep": "was a file\n", "z/e": ""}
)


def everything(of: Tree) -> dict[str, bytes | str]:
    """What a fresh render of ``of`` leaves, with its directories."""
    found: dict[str, bytes | str] = dict(with_manifest(of))
    for path in list(found):
        for parent in Path(path).parents:
            if str(parent) != ".":
                found[str(parent)] = "directory"
    return found


def snapshot(directory: Path) -> dict[str, bytes | str]:
    """Everything in ``directory``: files with their bytes, the rest with a word for what it is."""
    found: dict[str, bytes | str] = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            found[name] = f"link to {os.readlink(path)}"
        elif stat.S_ISDIR(mode):
            found[name] = "directory"
        else:
            found[name] = path.read_bytes() if stat.S_ISREG(mode) else "special"
    return found


def codes(result: Any) -> list[str]:
    """The codes of a result's diagnostics."""
    return [diagnostic.code for diagnostic in result.diagnostics]


class Died(BaseException):
    """Stands for the end of the process: nothing that the run does afterwards reaches the disk."""


@contextmanager
def before_change(number: int, act: Callable[[], None]) -> Iterator[list[str]]:
    """Calls ``act`` before the ``number``-th change that happens inside (from 0); gives the calls seen."""
    seen: list[str] = []
    real = {name: getattr(os, name) for name in CHANGING}

    def wrapped(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if name != "open" or args[1] & os.O_CREAT:
                seen.append(name)
                if len(seen) == number + 1:
                    act()
            return real[name](*args, **kwargs)

        return call

    try:
        for name in CHANGING:
            setattr(os, name, wrapped(name))
        yield seen
    finally:
        for name, function in real.items():
            setattr(os, name, function)


@contextmanager
def dying(number: int, *, half: bool = False) -> Iterator[list[str]]:
    """As if the process died before its ``number``-th change, or, with ``half``, amid it if it is a write."""
    seen: list[str] = []
    real = {name: getattr(os, name) for name in CHANGING}

    def wrapped(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return real[name](*args, **kwargs)
            seen.append(name)
            if half and len(seen) == number + 1 and name == "write":
                real["write"](args[0], bytes(args[1])[: len(args[1]) // 2])
            if len(seen) > number:
                raise Died
            return real[name](*args, **kwargs)

        return call

    try:
        for name in CHANGING:
            setattr(os, name, wrapped(name))
        yield seen
    except Died:
        pass
    finally:
        for name, function in real.items():
            setattr(os, name, function)
