"""A spec, the repository that it is pushed to, and the cluster that follows it: what a team has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cluster.management import Management

USER, PASSWORD = "flux", "s3cret/pass word"


@dataclass
class Fleet:
    """``directory`` is a repository as ``cozygen init`` makes one; commands run in it, as in a terminal."""

    management: Management
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def cozygen(self, *words: str, status: int = 0) -> str:
        """A command of cozygen; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "cozygen", *words],
            cwd=self.directory,
            env={**os.environ, "COZYGEN_CACHE_DIR": "none", **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, f"cozygen {' '.join(words)}: {done.returncode}\n{said}"
        return said

    def push(self, *words: str) -> str:
        """Check, render and push, and let Flux know."""
        self.cozygen("check")
        self.cozygen("render")
        said = self.cozygen("push", *self.arguments, *words)
        self.management.fetch_now()
        return said

    def bootstrap(self, output: str, *, within: str = ".", **words: str) -> None:
        """Do what the runbook says from the credentials on, its capital words replaced, in a directory."""
        text = (self.directory / output / "bootstrap" / "runbook.md").read_text()
        for title in ("3. Credentials", "4. Flux"):
            for block in blocks(text, title):
                for word, value in words.items():
                    block = re.sub(rf"=({word})\b", f"='{value}'", block)
                self.management.shell(block, self.directory / within)

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file of the spec, each of which stands there once."""
        path = self.directory / name
        text = path.read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
            text = text.replace(old, new)
        path.write_text(text)


def blocks(text: str, title: str) -> list[str]:
    """The shell blocks of a section of a page."""
    section = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [block.split("```")[0] for block in section.split("```sh\n")[1:]]
