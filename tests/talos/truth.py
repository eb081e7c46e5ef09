"""Talos' own configuration library, as a program that answers questions: ``tests/truth/talos``.

Built where Go is on PATH and ``COZYGEN_TRUTH=1`` says so, once for each state of its sources, into the cache
directory of the user.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import which
from typing import Any

import pytest

SOURCES = Path(__file__).parents[1] / "truth" / "talos"
_FILES = ("main.go", "go.mod", "go.sum")


def program() -> Path:
    """The built program; skips the test where it cannot be had."""
    if os.environ.get("COZYGEN_TRUTH") != "1":
        pytest.skip(
            "Talos' own library is asked only with COZYGEN_TRUTH=1 (needs Go; builds in about a minute)"
        )
    go = which("go")
    if go is None:
        pytest.skip("Go is not on PATH, and Talos' own library is written in it")
    digest = sha256(b"".join((SOURCES / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = cache / "cozygen" / "truth" / digest / "talos-truth"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        built = path.with_name(f"{path.name}.{os.getpid()}")
        environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
        command = [go, "build", "-trimpath", "-o", str(built), "."]
        done = subprocess.run(
            command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        built.replace(path)
    return path


class Talos:
    """A running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, do: str, **question: Any) -> dict[str, Any]:
        """The answer to a question: ``error``, ``warnings``, ``text`` as far as there are any."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **question}) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))


@contextmanager
def talos() -> Iterator[Talos]:
    """The program, ended when it is no longer needed."""
    process = subprocess.Popen([str(program())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Talos(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where two values differ, field by field."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}, key=str):
            if key not in ours:
                yield f"{path}/{key}: only Talos has {theirs[key]!r}"
            elif key not in theirs:
                yield f"{path}/{key}: only cozygen has {ours[key]!r}"
            else:
                yield from differences(ours[key], theirs[key], f"{path}/{key}")
    elif ours != theirs:
        yield f"{path}: {ours!r} here, {theirs!r} there"
