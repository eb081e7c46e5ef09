"""Talos' own configuration library and the Image Factory's own package, as programs that answer questions.

Their sources are in ``tests/truth/talos`` and ``tests/truth/factory``. Part of the truth tier: built once for each
state of their sources, where Go is on PATH.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from programs.goprogram import built

SOURCES = Path(__file__).parents[1] / "truth"


def program(name: str = "talos") -> Path:
    """The built program."""
    return built(SOURCES / name)


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


def factory_ids(texts: Iterable[str]) -> list[str]:
    """The IDs that the Image Factory gives schematics, or what it finds wrong with them."""
    questions = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run(
        [str(program("factory"))], input=questions, capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [answer.get("id") or answer["error"] for answer in answers]


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
