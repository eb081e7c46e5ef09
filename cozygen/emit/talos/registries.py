"""Where images come from: mirrors, and how their certificates are checked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.emit.talos.document import Document, typed
from cozygen.platform.machines.cluster import Cluster, Endpoint


def registry_documents(cluster: Cluster) -> Iterator[Document]:
    """One document a registry, and one for each mirror whose certificate is a matter of its own."""
    hosts: dict[str, Document] = {}
    for mirror in cluster.mirrors:
        yield typed(
            "RegistryMirrorConfig",
            mirror.registry,
            endpoints=[_endpoint(item) for item in mirror.endpoints],
            skipFallback=True if mirror.skip_fallback else None,
        )
        if mirror.ca is None and not mirror.insecure:
            continue
        for item in mirror.endpoints:
            host = urlsplit(item.url).netloc
            if not host:
                continue  # an endpoint that is no URL stops the render; the rest of the document is still judged
            hosts[host] = typed(
                "RegistryTLSConfig",
                host,
                ca=mirror.ca,
                insecureSkipVerify=True if mirror.insecure else None,
            )
    yield from hosts.values()


def _endpoint(item: Endpoint) -> Document:
    return {"url": item.url, **({"overridePath": True} if item.override else {})}
