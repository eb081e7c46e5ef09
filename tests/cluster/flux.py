"""Flux's controllers with the settings that Cozystack gives them (facts: e2e 4 and 5b)."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from programs import MissingError
from programs.goprogram import built
from programs.process import Ports, Program, started

from cluster.control_plane import GO, ControlPlane

WATCHER = "COZYGEN_SOURCE_WATCHER"


@dataclass(frozen=True)
class Flux:
    """The running controllers by name."""

    programs: dict[str, Program] = field(default_factory=dict)

    def said(self) -> str:
        """What they last complained of, for the message of a failing test."""
        complaints = {
            name: [line for line in program.said(50_000).splitlines() if '"level":"error"' in line][-5:]
            for name, program in self.programs.items()
        }
        return "\n".join(f"== {name}\n{line[:600]}" for name, lines in complaints.items() for line in lines)


def kustomize_controller() -> Path:
    """The binary of kustomize-controller."""
    return built(GO / "kustomize-controller", "github.com/fluxcd/kustomize-controller")


def source_controller() -> Path:
    """The binary of source-controller."""
    return built(GO / "source-controller", "github.com/fluxcd/source-controller")


def source_watcher() -> Path:
    """The binary of source-watcher, which cannot be built from modules."""
    named = os.environ.get(WATCHER)
    if not named:
        raise MissingError(
            f"source-watcher is not available as a module; name a binary of version 2.1 by {WATCHER}"
        )
    if not os.access(named, os.X_OK):
        raise MissingError(f"{WATCHER} names {named}, which is no program")
    return Path(named)


@contextmanager
def flux(plane: ControlPlane, *, watcher: bool = False) -> Iterator[Flux]:
    """source-controller, kustomize-controller and, if asked for, the real source-watcher.

    kustomize-controller looks at a dependency again as late as in Cozystack.
    """
    found = Flux()
    try:
        _start(plane, found, "source-controller", _source_controller, 3)
        if watcher:
            _start(plane, found, "source-watcher", _source_watcher, 3)
        _start(plane, found, "kustomize-controller", lambda ports: _kustomize_controller(ports, "30s"), 2)
        yield found
    finally:
        for program in reversed(found.programs.values()):
            program.stop()


def restart_kustomize_controller(plane: ControlPlane, found: Flux, *, requeue: str) -> None:
    """Another kustomize-controller in the place of the one that runs."""
    found.programs.pop("kustomize-controller").stop()
    _start(plane, found, "kustomize-controller", lambda ports: _kustomize_controller(ports, requeue), 2)


Command = Callable[[Ports], Sequence[str | Path]]


def _start(plane: ControlPlane, found: Flux, name: str, command: Command, ports: int) -> None:
    home = plane.directory / name
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    (home / "data").mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "KUBECONFIG": str(plane.kubeconfig),
        "RUNTIME_NAMESPACE": "cozy-fluxcd",
    }
    found.programs[name] = started(
        name, command, home, ports=ports, ready=lambda p: _is_ready(p[-1]), environment=environment
    )


_COMMON = ("--watch-all-namespaces", "--enable-leader-election=false", "--events-addr=")
_SHARD = "--watch-label-selector=!sharding.fluxcd.io/key"


def _source_controller(ports: Ports) -> Sequence[str | Path]:
    return [source_controller(), *_stored(ports), _SHARD, *_COMMON, "--concurrent=5"]


def _source_watcher(ports: Ports) -> Sequence[str | Path]:
    return [source_watcher(), *_stored(ports), *_COMMON, "--concurrent=20"]


def _stored(ports: Ports) -> Sequence[str]:
    storage, metrics, health = ports
    return [
        "--storage-path=data",
        f"--storage-addr=127.0.0.1:{storage}",
        f"--storage-adv-addr=127.0.0.1:{storage}",
        f"--metrics-addr=127.0.0.1:{metrics}",
        f"--health-addr=127.0.0.1:{health}",
    ]


def _kustomize_controller(ports: Ports, requeue: str) -> Sequence[str | Path]:
    metrics, health = ports
    return [
        kustomize_controller(),
        f"--metrics-addr=127.0.0.1:{metrics}",
        f"--health-addr=127.0.0.1:{health}",
        _SHARD,
        *_COMMON,
        "--concurrent=5",
        f"--requeue-dependency={requeue}",
        "--feature-gates=ExternalArtifact=true",
    ]


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
