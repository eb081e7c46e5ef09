"""A tenant's own GitRepository and Kustomization, confined to the tenant's namespace.

Flux applies what the repository holds as the tenant's ServiceAccount, which the tenant chart makes under the
namespace's name and binds to the ClusterRole ``cozy:tenant``: every verb on ``apps.cozystack.io``, nothing on
HelmReleases, Secrets, Flux's own kinds or anything cluster-wide (facts: catalog 7). That account may act in
the tenants below as well, so ``targetNamespace`` puts every object into the tenant's own namespace, whatever
the repository says. Both objects lie in that namespace too and refer to nothing outside of it.
"""

from __future__ import annotations

from typing import Any

from cozygen.platform.repository import Repository
from cozygen.platform.tenant import Tenant

NAME = "repository"


def repository_objects(tenant: Tenant, repository: Repository) -> list[dict[str, Any]]:
    """The source and the Kustomization. When they go, the applications that they brought stay."""
    source: dict[str, Any] = {
        "interval": repository.interval,
        "url": repository.url,
        "ref": {"branch": repository.branch},
    }
    if repository.secret:
        source["secretRef"] = {"name": repository.secret}
    metadata = {"name": NAME, "namespace": tenant.namespace}
    return [
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": dict(metadata),
            "spec": source,
        },
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": dict(metadata),
            "spec": {
                "interval": "10m0s",
                "retryInterval": "1m0s",
                "timeout": "1m0s",
                "path": f"./{repository.path}",
                "prune": True,
                "deletionPolicy": "Orphan",
                "sourceRef": {"kind": "GitRepository", "name": NAME},
                "serviceAccountName": tenant.namespace,
                "targetNamespace": tenant.namespace,
            },
        },
    ]
