"""Programs of Debian and Ubuntu packages, unpacked into the cache: nothing is installed, and no service started.

``apt-get`` verifies what it fetches by the archive's signature, with package lists of its own in the cache, so
neither root nor a fresh ``apt-get update`` is needed.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from shutil import which

from programs import MissingError
from programs.cache import alone, directory, kept
from programs.process import tied


def unpacked(package: str, program: str) -> Path:
    """The program on PATH, else the one in the package, given by its path in it."""
    found = which(Path(program).name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is not None:
        return Path(found)
    if which("apt-get") is None or which("dpkg-deb") is None:
        raise MissingError(
            f"{Path(program).name} is not on PATH, and there is no apt-get to fetch {package} with"
        )
    system = platform.freedesktop_os_release()
    digest = sha256(f"{system.get('ID')} {system.get('VERSION_ID')} {platform.machine()}".encode())

    def fetch(target: Path) -> None:
        target.mkdir()
        with alone("apt"):
            options = _apt(target)
            _run(["apt-get", *options, "update"], package)
            _run(["apt-get", *options, "download", package], package, cwd=target)
        (archive,) = target.glob("*.deb")
        _run(["dpkg-deb", "--extract", str(archive), "."], package, cwd=target)
        archive.unlink()

    return kept(package, digest.hexdigest()[:16], fetch) / program


def _apt(target: Path) -> Sequence[str]:
    lists = directory() / "apt"
    (lists / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (lists / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    return [
        "--quiet",
        *("-o", f"Dir::State::lists={lists / 'lists'}"),
        *("-o", f"Dir::Cache={lists / 'cache'}"),
        *("-o", "APT::Sandbox::User="),  # root's apt would fetch as a user who may not write here
        *("-o", "Debug::NoLocking=true"),  # the lock is ours
    ]


def _run(command: Sequence[str], package: str, cwd: Path | None = None) -> None:
    done = subprocess.run(tied(command), cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise MissingError(
            f"{package} cannot be fetched: {done.stderr.strip()[-500:]}; or install it with apt-get"
        )
