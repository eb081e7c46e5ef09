"""Cozystack's own API server as an aggregated API (facts: e2e 7), where a binary of it is at hand."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from programs import MissingError
from programs.process import Ports, Program, started
from programs.waiting import until

from cluster.api import Api, RefusedError
from cluster.control_plane import ControlPlane
from cluster.definitions import definitions, establish, upstream

BINARY = "COZYGEN_COZYSTACK_API"
GROUP = "apps.cozystack.io/v1alpha1"


def cozystack_api_binary() -> Path:
    """The binary that the environment names."""
    named = os.environ.get(BINARY)
    if not named:
        raise MissingError(f"Cozystack's API server is no module; name a binary of v1.6.2 by {BINARY}")
    if not os.access(named, os.X_OK):
        raise MissingError(f"{BINARY} names {named}, which is no program")
    return Path(named)


@contextmanager
def cozystack_api(plane: ControlPlane, version: str = "v1.6.2") -> Iterator[Program]:
    """Cozystack's API, with the kinds of the release's definitions."""
    binary = cozystack_api_binary()
    api = plane.api
    establish(api, [item for items in definitions(version).values() for item in items])
    for path in sorted((upstream() / f"cozystack-{version}" / "applicationdefinitions").glob("*.yaml")):
        api.apply(yaml.safe_load(path.read_text()))
    hosts = ("localhost", "cozystack-api.cozy-system.svc")
    certificate, key = plane.authority.issue("cozystack-api", hosts)

    def command(ports: Ports) -> list[str | Path]:
        config = plane.kubeconfig
        return [
            binary,
            f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={ports[0]}",
            f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}",
        ]

    environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}
    program = started("cozystack-api", command, plane.directory, ports=1, environment=environment)
    try:
        _register(api, program.ports[0], plane.authority.path)
        until(lambda: _serves(api), "the aggregated API is served")
        yield program
    finally:
        program.stop()


def _register(api: Api, port: int, authority: Path) -> None:
    """There is no Service network: the Service is another name for localhost."""
    metadata = {"name": "cozystack-api", "namespace": "cozy-system"}
    spec = {"type": "ExternalName", "externalName": "localhost"}
    api.apply({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    api.apply(
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1alpha1.apps.cozystack.io"},
            "spec": {
                "group": "apps.cozystack.io",
                "version": "v1alpha1",
                "groupPriorityMinimum": 1000,
                "versionPriority": 15,
                "service": {**metadata, "port": port},
                "caBundle": base64.b64encode(authority.read_bytes()).decode(),
            },
        }
    )


def _serves(api: Api) -> bool:
    try:
        return len(api.request("GET", f"/apis/{GROUP}")["resources"]) >= 30
    except RefusedError:
        return False
