"""etcd and kube-apiserver on loopback (facts: e2e 3), each start with a data directory of its own."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from programs.debian import unpacked
from programs.goprogram import built
from programs.process import Ports, Program, started

from cluster.api import Api, RefusedError
from cluster.certificates import Authority, account_key, new_authority
from cluster.definitions import definitions, establish

GO = Path(__file__).parents[1] / "truth"
VERSION = {
    "k8s.io/component-base/version.gitVersion": "v1.34.2",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "34",
}
"""What ``go.mod`` pins, which a server that is built so would not know of itself; charts ask for it."""
FRUGAL = {**os.environ, "GOGC": "400"}
"""Programs that live for minutes: they collect garbage rarely, which is a sixth of what they compute."""
NAMESPACES = ("cozy-fluxcd", "cozy-system")


@dataclass(frozen=True)
class ControlPlane:
    """A running API server, and who may ask it."""

    api: Api
    kubeconfig: Path
    directory: Path
    authority: Authority
    etcd: Program
    server: Program


def api_server() -> Path:
    """The binary of kube-apiserver."""
    return built(GO / "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", VERSION)


def etcd() -> Path:
    """The binary of etcd."""
    return unpacked("etcd-server", "usr/bin/etcd")


@contextmanager
def control_plane(directory: Path, *flags: str) -> Iterator[ControlPlane]:
    """An API server with the release's definitions that are there from the start, and Flux's namespace."""
    programs: list[Program] = []
    try:
        store = _etcd(directory)
        programs.append(store)
        found = _api_server(directory, store, flags)
        programs.append(found.server)
        establish(found.api, definitions()[""])
        for name in NAMESPACES:
            found.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        yield found
    finally:
        for program in reversed(programs):
            program.stop(patience=0)  # kube-apiserver takes its time, and nothing of it is kept


def _etcd(directory: Path) -> Program:
    program = etcd()

    def command(ports: Ports) -> list[str]:
        client, peer = (f"http://127.0.0.1:{port}" for port in ports)
        return [
            str(program),
            f"--data-dir={directory / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            "--name=truth",
            f"--initial-cluster=truth={peer}",
            "--unsafe-no-fsync",
            "--logger=zap",
        ]

    return started("etcd", command, directory, ports=2, environment=FRUGAL)


def _api_server(directory: Path, store: Program, flags: tuple[str, ...]) -> ControlPlane:
    program = api_server()
    authority = new_authority(directory / "pki")
    certificate, key = authority.issue("kube-apiserver")
    front, front_key = authority.issue("front-proxy-client")
    accounts = account_key(directory / "pki" / "accounts.key")
    token = secrets.token_hex(16)
    tokens = directory / "pki" / "tokens.csv"
    tokens.write_text(f'{token},admin,admin,"system:masters"\n')
    trust = authority.path.read_text()

    def command(ports: Ports) -> list[str]:
        return [
            str(program),
            f"--etcd-servers=http://127.0.0.1:{store.ports[0]}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={ports[0]}",
            f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}",
            f"--client-ca-file={authority.path}",
            f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={accounts}",
            f"--service-account-signing-key-file={accounts}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--disable-admission-plugins=ServiceAccount",  # no controller makes any
            "--endpoint-reconciler-type=none",
            f"--requestheader-client-ca-file={authority.path}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={front}",
            f"--proxy-client-key-file={front_key}",
            *flags,
        ]

    def ready(ports: Ports) -> bool:
        try:
            return bool(Api(ports[0], token, trust).request("GET", "/readyz", patience=5) == "ok")
        except (OSError, RefusedError):
            return False

    server = started("kube-apiserver", command, directory, ports=1, ready=ready, environment=FRUGAL)
    kubeconfig = _kubeconfig(directory / "kubeconfig", server.ports[0], token, authority)
    return ControlPlane(Api(server.ports[0], token, trust), kubeconfig, directory, authority, store, server)


def _kubeconfig(path: Path, port: int, token: str, authority: Authority) -> Path:
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(authority.path)}
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "truth", "cluster": cluster}],
                "users": [{"name": "admin", "user": {"token": token}}],
                "contexts": [{"name": "truth", "context": {"cluster": "truth", "user": "admin"}}],
                "current-context": "truth",
            }
        )
    )
    path.chmod(0o600)
    return path
