"""A real registry on loopback: Debian's ``docker-registry``."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from programs import registry

from cozygen.deliver.http import Request, send
from cozygen.deliver.oci_credentials import Credentials
from cozygen.deliver.oci_registry import Registry, Repository

REGISTRY = shutil.which("docker-registry")


@dataclass(frozen=True)
class Running:
    host: str

    def registry(self, credentials: Credentials | None = None, name: str = "fleet/prod") -> Registry:
        return Registry(Repository(self.host, name, insecure=True), credentials, 10)

    def get(self, path: str, accept: str = "*/*") -> Any:
        return send(Request("GET", f"http://{self.host}/v2/fleet/prod/{path}", {"Accept": accept}), 10)


def start(
    directory: Path, more: str = "", most: int | None = None
) -> tuple[subprocess.Popen[bytes], Running]:
    """A registry; ``more`` is configuration, ``most`` the bytes to which a file of it may grow."""
    program = registry.start(Path(str(REGISTRY)), directory, more, most)
    return program.process, Running(f"127.0.0.1:{program.ports[0]}")
