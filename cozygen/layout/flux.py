"""Flux objects: Kustomizations, sources and generators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from cozygen.layout.part import Object, Part
from cozygen.platform.delivery import GIT, NAMESPACE, Delivery
from cozygen.yamlio import ConstantMap, ConstantSeq

FLEET = "fleet"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io/v1"

# "Has been applied and healthy once": spares later pushes the wait of --requeue-dependency a level, and
# keeps a release that fails later from holding back what depends on it.
ONCE_READY = "has(dep.status.lastAppliedRevision) && dep.status.lastAppliedRevision != ''"

# A release that failed says so at once instead of holding a worker until the timeout.
RELEASE_HEALTH = ConstantSeq(
    [
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "inProgress": (
                "!has(status.observedGeneration) || status.observedGeneration != metadata.generation || "
                "!has(status.conditions) || !status.conditions.exists(c, c.type == 'Ready')"
            ),
            "current": "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
            "failed": (
                "status.conditions.exists(c, c.type == 'Ready' && c.status == 'False' && "
                "c.reason in ['InstallFailed', 'UpgradeFailed'])"
            ),
        }
    ]
)


def kustomization(name: str, path: str, source: Mapping[str, str], interval: str = "1h0m0s") -> Object:
    """A Kustomization of cozy-fluxcd that prunes what it no longer has."""
    return {
        "apiVersion": KUSTOMIZE,
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "interval": interval,
            "retryInterval": "30s",
            "timeout": "1m0s",
            "prune": True,
            "path": path,
            "sourceRef": source,
        },
    }


def part_kustomization(
    part: Part, path: str, source: Mapping[str, str], decryption_secret: str | None
) -> Object:
    """The Kustomization of a part."""
    out = kustomization(part.name, path, source, part.interval)
    spec = out["spec"]
    if part.depends_on:
        spec["dependsOn"] = _once_ready(part.depends_on)
    if part.health_checks:
        spec["healthChecks"] = [
            {
                "apiVersion": "helm.toolkit.fluxcd.io/v2",
                "kind": "HelmRelease",
                "name": c.name,
                "namespace": c.namespace,
            }
            for c in part.health_checks
        ]
        spec["healthCheckExprs"] = RELEASE_HEALTH
    if part.encrypted:
        spec["decryption"] = {"provider": "sops"}
        if decryption_secret:
            spec["decryption"]["secretRef"] = {"name": decryption_secret}
    return out


@lru_cache(maxsize=256)
def _once_ready(names: tuple[str, ...]) -> ConstantSeq:
    """Dependencies that count once they have been Ready; siblings share theirs."""
    return ConstantSeq({"name": name, "readyExpr": ONCE_READY} for name in names)


def index_kustomization(name: str, path: str, source: Mapping[str, str], after: str) -> Object:
    """A Kustomization that applies the tenants' Kustomizations, ``after`` the part that all of them wait for.

    Flux looks at whatever waits every thirty seconds, and writes a status each time: while a platform installs
    itself, one waits here instead of thousands. Deleting it orphans them: should a growing platform be cut
    differently, the new ones adopt them.
    """
    out = kustomization(name, path, source)
    out["spec"]["deletionPolicy"] = "Orphan"
    out["spec"]["dependsOn"] = _once_ready((after,))
    return out


def source_object(delivery: Delivery, name: str = FLEET, **more: Any) -> Object:
    """What Flux fetches: the delivered branch, or the delivered tag of an artifact."""
    spec: dict[str, Any] = {"interval": delivery.interval, "url": delivery.url, **more}
    if delivery.secret:
        spec["secretRef"] = {"name": delivery.secret}
    if delivery.kind == GIT:
        spec.setdefault("ref", {"branch": delivery.branch})
    else:
        spec.setdefault("ref", {"tag": delivery.tag})
        if delivery.insecure:
            spec["insecure"] = True
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": delivery.kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def slice_object(digits: str, directory: str, delivery: Delivery) -> Object:
    """A source with one slice of the tenants.

    A branch is checked out sparsely, and every push changes the revision of all slices. An artifact has a tag
    of its own for each slice, whose digest changes only with the slice.
    """
    name = f"{FLEET}-slice-{digits}"
    if delivery.kind == GIT:
        return source_object(delivery, name, sparseCheckout=[directory])
    return source_object(delivery, name, ref={"tag": slice_tag(delivery, digits)})


def slice_tag(delivery: Delivery, digits: str) -> str:
    """The tag of a slice's artifact."""
    return f"{delivery.tag}-slice-{digits}"


def generator(
    name: str, source: Mapping[str, str], outputs: Iterable[tuple[str, list[tuple[str, str]]]]
) -> Object:
    """An ArtifactGenerator; an output is a name and its copies, each from a pattern to a directory.

    ``source`` has alias, kind and name. No output may be named like the alias: it would hold the whole source.
    """
    alias = source["alias"]
    artifacts = []
    for output, copies in outputs:
        if output == alias:
            raise ValueError(f"the output {output} is named like its source's alias")
        artifacts.append(
            {
                "name": output,
                "copy": [
                    {"from": f"@{alias}/{pattern}", "to": f"@artifact/{target}"} for pattern, target in copies
                ],
            }
        )
    return {
        "apiVersion": "source.extensions.fluxcd.io/v1beta1",
        "kind": "ArtifactGenerator",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"sources": [dict(source)], "artifacts": artifacts},
    }


@cache
def source_ref(delivery: Delivery, name: str = FLEET) -> ConstantMap:
    """A reference to what Flux fetches."""
    return ConstantMap({"kind": delivery.kind, "name": name})


def artifact_source(name: str) -> dict[str, str]:
    """A reference to a generator's output."""
    return {"kind": "ExternalArtifact", "name": name}
