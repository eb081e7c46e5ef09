"""A real registry on loopback: Debian's ``docker-registry``."""

from __future__ import annotations

import shlex
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    (directory / "cfg.yml").write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {directory / 'data'}}}}}\n"
        f"http: {{addr: '{host}'}}\n{more}"
    )
    words = [str(REGISTRY), "serve", str(directory / "cfg.yml")]
    if most is not None:
        blocks = most // 512  # dash counts file sizes in blocks of 512 bytes
        words = ["sh", "-c", f"trap '' XFSZ; ulimit -f {blocks}; exec {shlex.join(words)}"]
    process = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(host.partition(":")[2]))) == 0:
                break
        time.sleep(0.02)
    return process, Running(host)
