"""Rules about ``cluster``: the endpoint, networks, etcd, discovery, the control plane's components."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.talos.finding import PLATFORM_NEED, Configuration, Finding, at, conflict, missing, value
from cozygen.checks.talos.formats import split_url
from cozygen.checks.talos.rules_main import subnets
from cozygen.emit.talos.document import MAIN
from cozygen.platform.machines.address import parse_network

_DNS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*[._]?").fullmatch
_PODS = ("apiServer", "controllerManager", "scheduler")
_RESOURCES = ("cpu", "memory")
_SCHEMES = ("http", "https")
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
    if parts.scheme not in _SCHEMES or not parts.hostname:
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
    flannel = at(network, "cni", "flannel") or {}
    if name != "flannel" and (flannel.get("extraArgs") or flannel.get("kubeNetworkPoliciesEnabled") is True):
        yield conflict(
            (*path, "cni", "flannel"), f"flannel does not go with the CNI {name}", "take flannel out"
        )


def etcd(config: Configuration) -> Iterator[Finding]:
    """The networks of etcd."""
    for key in ("advertisedSubnets", "listenSubnets"):
        yield from subnets(at(config.main, "cluster", "etcd", key), ("cluster", "etcd", key))


def components(config: Configuration) -> Iterator[Finding]:
    """What the control plane's components are given."""
    for name in _PODS:
        for kind in ("requests", "limits"):
            for resource in at(config.main, "cluster", name, "resources", kind) or {}:
                if resource not in _RESOURCES:
                    path = ("cluster", name, "resources", kind, resource)
                    yield value(path, f"{resource} cannot be given to {name}", "use cpu and memory")
    server = at(config.main, "cluster", "apiServer") or {}
    for flag in server.get("extraArgs") or {} if server.get("authorizationConfig") else ():
        if flag == "authorization-mode" or flag.startswith("authorization-webhook-"):
            here = ("cluster", "apiServer", "extraArgs", flag)
            yield conflict(here, f"{flag} and authorizationConfig exclude each other", "keep one of the two")


def manifests(config: Configuration) -> Iterator[Finding]:
    """Inline manifests have names of their own; those of a cloud provider have URLs."""
    seen = set()
    for index, item in enumerate(at(config.main, "cluster", "inlineManifests") or ()):
        name = str(item.get("name") or "").strip()
        here = ("cluster", "inlineManifests", index)
        if not name:
            yield missing(here, "an inline manifest has no name", "write its name")
        elif name in seen:
            yield conflict(here, f"the inline manifest {name} is there twice", "rename one of the two")
        seen.add(name)
    external = at(config.main, "cluster", "externalCloudProvider") or {}
    listed, path = external.get("manifests") or (), ("cluster", "externalCloudProvider")
    if listed and external.get("enabled") is not True:
        message = "there are manifests of a cloud provider, which is off"
        yield conflict((*path, "manifests"), message, "write enabled: true, or take them out")
    for index, text in enumerate(listed):
        parts = split_url(text)
        if parts is None or parts.scheme not in _SCHEMES or not parts.hostname:
            yield value((*path, "manifests", index), f"{text} is no URL", "write https://…")


def discovery(config: Configuration) -> Iterator[Finding]:
    """KubeSpan needs discovery, and discovery a service without a path."""
    path = ("cluster", "discovery")
    on = at(config.main, *path, "enabled") is True
    if config.one("KubeSpanConfig").get("enabled") is True and not on:
        message = "KubeSpan finds its peers by discovery, which is off"
        yield conflict((*path, "enabled"), message, "write enabled: true, or take KubeSpan out")
    service = at(config.main, *path, "registries", "service") or {}
    text = service.get("endpoint")
    if on and text is not None and service.get("disabled") is not True:
        parts = split_url(text)
        if parts is None or not parts.scheme or parts.path not in ("", "/"):
            here = (*path, "registries", "service", "endpoint")
            yield value(here, f"{text} is no address of a discovery service", "write https://HOST/")


def features(config: Configuration) -> Iterator[Finding]:
    """The machine's own DNS, and who may use Talos' API from inside the cluster."""
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
