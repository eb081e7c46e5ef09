"""Talos' own configuration library, as a program that answers questions: ``tests/truth/talos``.

Part of the truth tier: built once for each state of its sources, where Go is on PATH.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from programs.goprogram import built

SOURCES = Path(__file__).parents[1] / "truth" / "talos"


def program() -> Path:
    """The built program."""
    return built(SOURCES)


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
