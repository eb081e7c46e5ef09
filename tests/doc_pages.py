"""Pages of the documentation that can be run: their commands, files and pieces of spec.

A ``console`` block holds commands after ``$`` and what they print. ``<!-- write PATH -->`` before a block says
that the block is that file. ``<!-- start DIR -->`` begins with a copy of an example. ``<!-- platform -->`` and
``<!-- tenant -->`` stand before pieces of a Platform's or a tenant's spec, ``<!-- documents -->`` before whole
documents; all pieces of a page together have to check clean.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from click.testing import CliRunner

from cozygen.cli.main import cli

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)```\n", re.DOTALL)
COMMIT = re.compile(r"\b[0-9a-f]{12}\b")
"""The short name of a commit, which every change of what is rendered changes."""
DIGEST = re.compile(r"\bsha256:[0-9a-f]{64}\b")
_GIT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_NAME": "Jane" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "jane@example.org" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2026-03-01T12:00:00Z" for role in ("AUTHOR", "COMMITTER")},
}
START = re.compile(r"<!-- start (\S+) -->")


class Block(NamedTuple):
    """A fenced block: the mark before it, its language, its text, and where that is in the page."""

    mark: str
    language: str
    body: str
    start: int
    end: int


def blocks(text: str) -> Iterator[Block]:
    """All blocks of a page."""
    for found in BLOCK.finditer(text):
        yield Block(
            found["mark"] or "", found["language"], found["body"], found.start("body"), found.end("body")
        )


def rerun(text: str, directory: Path) -> str:
    """The page with what its commands print when they are run in ``directory``, one after the other."""
    if example := START.search(text):
        shutil.copytree(ROOT / example[1], directory, dirs_exist_ok=True)
    out, done = [], 0
    with chdir(directory):
        for block in blocks(text):
            if block.mark.startswith("write "):
                target = Path(block.mark.removeprefix("write "))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.body)
            if block.language == "console":
                commands = [line for line in block.body.splitlines() if line.startswith("$ ")]
                out.append(
                    text[done : block.start] + "".join(f"{line}\n{_run(line[2:])}" for line in commands)
                )
                done = block.end
    return "".join(out) + text[done:]


def _run(line: str) -> str:
    program, *arguments = shlex.split(line)
    if program == "cat":
        return Path(arguments[0]).read_text()
    if program == "ls":
        return "".join(f"{path.name}\n" for path in sorted(Path(arguments[0]).iterdir()))
    if program == "echo" and arguments[-2] == ">>":
        with open(arguments[-1], "a", encoding="utf-8") as file:
            file.write(" ".join(arguments[:-2]) + "\n")
        return ""
    if program == "git":
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True, env=_GIT)
        return done.stdout
    assert program == "cozygen", line
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    printed = "\n".join(row.rstrip() for row in result.output.splitlines()).strip("\n")
    printed = DIGEST.sub("sha256:…", COMMIT.sub("1f0a2b3c4d5e", printed))
    return f"{printed}\n" if printed else ""


def printed(text: str, directory: Path) -> Iterator[tuple[str, object, object]]:
    """Every JSON block that shows what a command prints: the command, what it prints, what the page shows.

    Commands of console blocks before it are run.
    """
    if example := START.search(text):
        shutil.copytree(ROOT / example[1], directory, dirs_exist_ok=True)
    with chdir(directory):
        for block in blocks(text):
            if block.mark.startswith("write "):
                target = Path(block.mark.removeprefix("write "))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.body)
            elif block.language == "console":
                for line in block.body.splitlines():
                    if line.startswith("$ "):
                        _run(line[2:])
            elif block.mark.startswith("prints "):
                command = block.mark.removeprefix("prints ")
                result = CliRunner().invoke(cli, shlex.split(command))
                yield command, json.loads(result.stdout), json.loads(block.body)


def pieces(text: str) -> list[str]:
    """The pieces of spec of a page, each as a document that refines those before it."""
    out = []
    for block in blocks(text):
        if block.mark == "platform":
            out.append(_document("Platform", "test", block.body))
        elif block.mark.startswith("tenant"):
            out.append(_document("Tenant", block.mark.partition(" ")[2] or "acme", block.body))
        elif block.mark == "documents":
            out.append(block.body)
    return out


def _document(kind: str, name: str, spec: str) -> str:
    return f"apiVersion: cozygen.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{indent(spec, '  ')}"
