"""Rules about ``cluster``: the endpoint, networks, etcd, discovery, the control plane's components."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.talos.finding import PLATFORM_NEED, Configuration, Finding, at, conflict, missing, value
from cozygen.checks.talos.rules_main import subnets
from cozygen.emit.talos.document import MAIN
from cozygen.platform.machines.address import parse_network

_DNS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*[._]?").fullmatch
_COMPONENTS = ("apiServer", "controllerManager", "scheduler", "etcd", "proxy")
_PRISM_PORT = 7445
_SECRETS = {
    "controlplane": (
        ("machine", "ca", "crt"),
        ("machine", "ca", "key"),
        ("machine", "token"),
        ("cluster", "id"),
        ("cluster", "secret"),
        ("cluster", "etcd", "ca"),
        ("cluster", "ca", "key"),
        ("cluster", "serviceAccount", "key"),
    ),
    "worker": (
        ("machine", "ca", "crt"),
        ("machine", "token"),
        ("cluster", "id"),
        ("cluster", "secret"),
        ("cluster", "ca", "crt"),
    ),
}
_PEM = (
    ("machine", "ca"),
    ("cluster", "ca"),
    ("cluster", "aggregatorCA"),
    ("cluster", "serviceAccount"),
    ("cluster", "etcd", "ca"),
)
"""Where certificates and keys are, as base64."""


def endpoint(config: Configuration) -> Iterator[Finding]:
    """The endpoint and the cluster's name."""
    url = at(config.main, "cluster", "controlPlane", "endpoint")
    path = ("cluster", "controlPlane", "endpoint")
    if not url:
        yield missing(path, "the cluster has no endpoint", "keep cluster.controlPlane.endpoint")
        return
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield value(path, f"{url} is no endpoint", "write https://HOST:6443")


def secrets(config: Configuration) -> Iterator[Finding]:
    """What comes from the bundle has to be there still, and no CA key on a worker."""
    role = at(config.main, "machine", "type")
    for path in _SECRETS.get(str(role), ()):
        if not at(config.main, *path):
            yield missing(path, f"{'.'.join(path)} is gone", f"keep {'.'.join(path)}")
    if role == "worker":
        for section in ("machine", "cluster"):
            if at(config.main, section, "ca", "key"):
                yield conflict(
                    (section, "ca", "key"), f"a worker must not hold the key of {section}.ca", "take it out"
                )
        if at(config.main, "cluster", "etcd") is not None:
            yield conflict(("cluster", "etcd"), "a worker runs no etcd", "take cluster.etcd out")


def encodings(config: Configuration) -> Iterator[Finding]:
    """Certificates and keys are base64."""
    for path in _PEM:
        for field, text in (at(config.main, *path) or {}).items():
            try:
                b64decode(text, validate=True)
            except ValueError:
                yield value((*path, field), f"{field} is no base64", "take it out: it comes from the bundle")


def networks(config: Configuration) -> Iterator[Finding]:
    """The DNS domain, the pods' and services' networks, the CNI."""
    network = at(config.main, "cluster", "network") or {}
    path = ("cluster", "network")
    domain = network.get("dnsDomain")
    if domain is not None and not _DNS(str(domain)):
        yield value((*path, "dnsDomain"), f"{domain} is no DNS name", "write a name such as cozy.local")
    for key in ("podSubnets", "serviceSubnets"):
        for index, text in enumerate(network.get(key) or ()):
            if parse_network(text) is None:
                yield value(
                    ("cluster", "network", key, index), f"{text} is no network", "write it as 10.96.0.0/16"
                )
    name = at(network, "cni", "name")
    if name in ("none", "flannel") and at(network, "cni", "urls"):
        yield conflict((*path, "cni", "urls"), f"urls do not go with the CNI {name}", "take urls out")


def etcd(config: Configuration) -> Iterator[Finding]:
    """The networks of etcd."""
    for key in ("advertisedSubnets", "listenSubnets"):
        yield from subnets(at(config.main, "cluster", "etcd", key), ("cluster", "etcd", key))


def components(config: Configuration) -> Iterator[Finding]:
    """Arguments of components are texts, and inline manifests have names of their own."""
    for name in _COMPONENTS:
        for key, item in (at(config.main, "cluster", name, "extraArgs") or {}).items():
            if not isinstance(item, (str, list)):
                path = ("cluster", name, "extraArgs", key)
                yield value(path, f"{key}: {item} is no text", f'write "{str(item).lower()}" in quotes')
    seen = set()
    for index, item in enumerate(at(config.main, "cluster", "inlineManifests") or ()):
        name = str(item.get("name") or "").strip()
        here = ("cluster", "inlineManifests", index)
        if not name:
            yield missing(here, "an inline manifest has no name", "write its name")
        elif name in seen:
            yield conflict(here, f"the inline manifest {name} is there twice", "rename one of the two")
        seen.add(name)


def discovery(config: Configuration) -> Iterator[Finding]:
    """KubeSpan needs discovery, and the API for machines runs on control planes only."""
    span = config.one("KubeSpanConfig")
    if span.get("enabled") is True and at(config.main, "cluster", "discovery", "enabled") is not True:
        yield conflict(
            ("cluster", "discovery", "enabled"), "KubeSpan finds its peers by discovery, which is off",
            "write enabled: true, or take KubeSpan out",
        )  # fmt: skip
    dns = at(config.main, "machine", "features", "hostDNS") or {}
    if dns.get("forwardKubeDNSToHost") is True and dns.get("enabled") is not True:
        path = ("machine", "features", "hostDNS", "enabled")
        yield conflict(path, "forwardKubeDNSToHost needs hostDNS, which is off", "write enabled: true")
    api = ("machine", "features", "kubernetesTalosAPIAccess")
    if at(config.main, *api, "enabled") is True and not config.control_plane:
        yield conflict(api, "only control planes give access to Talos' API", "take it out of workers")


def cozystack(config: Configuration) -> Iterator[Finding]:
    """What Cozystack needs of every machine (facts: talos 1.1 and 1.2)."""

    def need(path: tuple[str | int, ...], message: str, hint: str) -> Finding:
        return Finding(PLATFORM_NEED, MAIN, path, message, hint)

    main = config.main
    if at(main, "cluster", "network", "cni", "name") != "none":
        yield need(
            ("cluster", "network", "cni", "name"), "Cozystack brings the CNI itself", "write name: none"
        )
    prism = at(main, "machine", "features", "kubePrism") or {}
    path: tuple[str | int, ...] = ("machine", "features", "kubePrism")
    if prism.get("enabled") is not True or prism.get("port") != _PRISM_PORT:
        yield need(
            path, f"Cozystack reaches the API server at localhost:{_PRISM_PORT}, KubePrism's", "leave it on"
        )
    found = {module.get("name") for module in at(main, "machine", "kernel", "modules") or ()}
    for name in ("openvswitch", "drbd", "zfs"):
        if name not in found:
            yield need(("machine", "kernel", "modules"), f"the kernel module {name} is gone", f"keep {name}")
    if config.control_plane and at(main, "cluster", "proxy", "disabled") is not True:
        yield need(
            ("cluster", "proxy", "disabled"), "Cilium takes the place of kube-proxy", "write disabled: true"
        )
    if at(main, "cluster", "coreDNS", "disabled") is True:
        yield need(
            ("cluster", "coreDNS", "disabled"), "Cozystack uses the CoreDNS that Talos runs", "take it out"
        )
