"""Host name, name servers, time, hosts, KubeSpan, certificate authorities, environment: one document each."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.emit.talos.document import Document, present, typed
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import Cluster, section
from cozygen.platform.nodes import Node


def system_documents(node: Node, cluster: Cluster) -> Iterator[Document]:
    """The documents that are neither links nor disks nor registries."""
    yield typed("HostnameConfig", auto="off", hostname=node.name)
    servers = [{"address": str(address)} for address in node.body.get("dns") or ()]
    domains = list(node.body.get("searchDomains") or ())
    if servers or domains:
        yield typed(
            "ResolverConfig",
            nameservers=servers or None,
            searchDomains={"domains": domains} if domains else None,
        )
    if node.body.get("ntp"):
        yield typed("TimeSyncConfig", ntp={"servers": list(node.body["ntp"])})
    yield from _hosts(cluster)
    if cluster.kubespan:
        yield _kubespan(cluster)
    for name, text in sorted(section(cluster.body, "trustedRoots").items()):
        yield typed("TrustedRootsConfig", name, certificates=text)
    environment = section(cluster.body, "environment")
    if environment:
        yield typed("EnvironmentConfig", variables=dict(environment))


def _hosts(cluster: Cluster) -> Iterator[Document]:
    found = {str(address): list(names) for address, names in section(cluster.body, "hosts").items()}
    oidc = cluster.oidc
    if oidc is not None and oidc.address and parse_address(oidc.address) is not None:
        names = found.setdefault(oidc.address, [])
        if oidc.host not in names:
            names.append(oidc.host)
    for address, names in sorted(found.items()):
        yield typed("StaticHostConfig", address, hostnames=names)


def _kubespan(cluster: Cluster) -> Document:
    stated = section(cluster.body, "kubespan")
    endpoints = list(stated.get("endpoints") or ())
    return typed(
        "KubeSpanConfig",
        enabled=True,
        mtu=stated.get("mtu"),
        advertiseKubernetesNetworks=stated.get("advertiseKubernetesNetworks"),
        allowDownPeerBypass=stated.get("allowDownPeerBypass"),
        harvestExtraEndpoints=stated.get("harvestExtraEndpoints"),
        filters=present(endpoints=endpoints) or None,
    )
