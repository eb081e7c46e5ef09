"""Programs written in Go: a folder with ``go.mod`` and ``go.sum`` comes to one binary in the cache.

The folder pins a published module and everything below it by checksum. Verification stays on: no environment
variable of the caller's switches it off.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import which

from programs import BrokenError, MissingError
from programs.cache import kept
from programs.process import tied

_SWITCHES = ("GOFLAGS", "GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GOPRIVATE", "GONOPROXY", "GOWORK")


def environment() -> dict[str, str]:
    """The caller's environment, as far as it does not change what is built or whether it is verified."""
    kept_ones = {key: value for key, value in os.environ.items() if key not in _SWITCHES}
    if kept_ones.get("GOSUMDB") == "off":
        del kept_ones["GOSUMDB"]
    return kept_ones | {
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
    }


def go_command(folder: Path) -> str:
    """Where Go is."""
    go = which("go")
    if go is None:
        raise MissingError(f"{folder.name} is built with Go, which is not on PATH: install Go 1.26 or later")
    return go


def built(
    folder: Path,
    package: str = ".",
    variables: Mapping[str, str] | None = None,
    *,
    tags: Sequence[str] = (),
    with_c: bool = False,
    unless_built: str | None = None,
) -> Path:
    """The binary of a package, built if this state of the folder has not been by this version of Go.

    ``variables`` are set by the linker, as a project's own build sets its version; ``with_c`` is for programs with
    parts in C. ``unless_built`` keeps from building: it says what would.
    """
    go = go_command(folder)
    if with_c and which("gcc") is None:
        raise MissingError(f"{folder.name} has parts in C, and gcc is not on PATH: install gcc and libc6-dev")
    version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout
    flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in (variables or {}).items())])
    sources = sorted(path for path in folder.iterdir() if path.suffix in (".go", ".mod", ".sum"))
    digest = sha256(
        "\0".join(
            [version, package, flags, *tags, *(path.name + path.read_text() for path in sources)]
        ).encode()
    )

    def build(target: Path) -> None:
        if unless_built is not None:
            raise MissingError(f"{folder.name} is not built here: {unless_built}")
        command = [
            go,
            "build",
            "-trimpath",
            "-gcflags=all=-dwarf=false",  # the linker would drop it anyway, and a tenth of a build is making it
            f"-ldflags={flags}",
            f"-tags={','.join(tags)}",
            "-o",
            str(target),
        ]
        done = subprocess.run(
            tied([*command, package]),
            cwd=folder,
            env={**environment(), "CGO_ENABLED": "1" if with_c else "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BrokenError(f"{folder.name} does not build ({done.returncode}):\n{done.stderr[-4000:]}")

    return kept(folder.name, digest.hexdigest()[:16], build)
