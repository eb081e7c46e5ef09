"""A real OCI registry on loopback: Debian's ``docker-registry``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from programs.debian import unpacked
from programs.process import Ports, Program, started


def start(program: Path, directory: Path, more: str = "", most: int | None = None) -> Program:
    """A registry that keeps what it gets below the directory.

    ``more`` is more of its configuration, ``most`` the bytes to which a file of it may grow.
    """

    def command(ports: Ports) -> list[str | Path]:
        (directory / "config.yml").write_text(
            "version: 0.1\nlog: {level: error}\n"
            f"storage: {{filesystem: {{rootdirectory: {directory / 'data'}}}}}\n"
            f"http: {{addr: '127.0.0.1:{ports[0]}'}}\n{more}"
        )
        words: list[str | Path] = [program, "serve", directory / "config.yml"]
        if most is None:
            return words
        blocks = most // 512  # dash counts file sizes in blocks of 512 bytes
        return ["sh", "-c", f"trap '' XFSZ; ulimit -f {blocks}; exec {shlex.join(map(str, words))}"]

    return started("docker-registry", command, directory, ports=1)


@contextmanager
def registry(directory: Path) -> Iterator[str]:
    """A running registry, fetched if it is not on PATH; gives its host and port."""
    running = start(unpacked("docker-registry", "usr/bin/docker-registry"), directory)
    try:
        yield f"127.0.0.1:{running.ports[0]}"
    finally:
        running.stop()
