"""Get every program of the truth tier, one after the other, and say what each took and what is missing.

    python tests/truth/prepare.py

Builds take both cores anyway, so nothing is gained by building two at once. What cannot be had here is no error:
its tests are skipped, with the same reason.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "deliver"))
import gitea
from cluster import control_plane, cozystack_api, flux
from language_server import installed
from programs import BrokenError, MissingError
from programs.debian import unpacked
from programs.goprogram import built
from programs.helm import helm
from programs.ssh_server import sshd

PROGRAMS: dict[str, Callable[[], Path]] = {
    "etcd": control_plane.etcd,
    "docker-registry": lambda: unpacked("docker-registry", "usr/bin/docker-registry"),
    "sshd": sshd,
    "yaml-language-server": installed,
    "helm": helm,
    "Go's YAML readers": lambda: built(control_plane.GO / "yaml"),
    "Talos' configuration library": lambda: built(control_plane.GO / "talos"),
    "Image Factory's schematics": lambda: built(control_plane.GO / "factory"),
    "kube-apiserver": control_plane.api_server,
    "kustomize-controller": flux.kustomize_controller,
    "source-controller": flux.source_controller,
    "Gitea": gitea.program,
    "source-watcher": flux.source_watcher,
    "cozystack-api": cozystack_api.cozystack_api_binary,
}


def main() -> int:
    """0 where everything that was tried works or is merely missing."""
    failed = 0
    for name, get in PROGRAMS.items():
        begin = time.monotonic()
        try:
            get()
            said = "ready"
        except MissingError as missing:
            said = f"skipped: {missing}"
        except BrokenError as broken:
            said, failed = f"failed: {broken}", 1
        print(f"{name:30} {time.monotonic() - begin:6.1f} s  {said}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
