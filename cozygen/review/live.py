"""An object as a cluster returns it, without what the cluster and its controllers add to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cozygen.review.fields import ABSENT, Path, same
from cozygen.review.objects import Body, Object, Ref, labels_of

SSA_MERGE = "kustomize.toolkit.fluxcd.io/ssa"
_METADATA = ("name", "namespace", "labels", "annotations")
_LABELS = (
    "kustomize.toolkit.fluxcd.io/name",
    "kustomize.toolkit.fluxcd.io/namespace",
    "helm.toolkit.fluxcd.io/",
    "sharding.fluxcd.io/",
    "app.kubernetes.io/managed-by",
    "internal.cozystack.io/",
    "olm.managed",
)
_ANNOTATIONS = (
    "kubectl.kubernetes.io/",
    "meta.helm.sh/",
    "reconcile.fluxcd.io/",
    "flux-plunger.cozystack.io/",
    "deployment.kubernetes.io/",
    "storageclass.kubernetes.io/",
    "field.cattle.io/",
)

# What the API server fills in, by kind: from the CRDs of Flux 2.8, MetalLB, the Keycloak operator and
# Piraeus as Cozystack 1.6 ships them, and Kubernetes' own defaults.
_DEFAULTS: Mapping[tuple[str, str], Mapping[Path, Any]] = {
    ("source.toolkit.fluxcd.io", "GitRepository"): {("spec", "timeout"): "60s"},
    ("source.toolkit.fluxcd.io", "OCIRepository"): {
        ("spec", "timeout"): "60s",
        ("spec", "provider"): "generic",
    },
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): {("spec", "force"): False},
    ("metallb.io", "IPAddressPool"): {("spec", "autoAssign"): True, ("spec", "avoidBuggyIPs"): False},
    ("metallb.io", "BGPPeer"): {
        ("spec", "peerPort"): 179,
        ("spec", "disableMP"): False,
        ("spec", "dualStackAddressFamily"): False,
    },
    ("metallb.io", "BGPAdvertisement"): {
        ("spec", "aggregationLength"): 32,
        ("spec", "aggregationLengthV6"): 128,
    },
    ("v1.edp.epam.com", "KeycloakRealmUser"): {
        ("spec", "keepResource"): True,
        ("spec", "passwordSecret", "temporary"): False,
    },
    ("storage.k8s.io", "StorageClass"): {
        ("reclaimPolicy",): "Delete",
        ("volumeBindingMode",): "Immediate",
    },
}


def stripped(body: Body) -> dict[str, Any]:
    """The object without status and without what only the API server and Flux keep in its metadata."""
    out = {key: value for key, value in body.items() if key not in ("status", "metadata")}
    metadata = body.get("metadata")
    kept: dict[str, Any] = {}
    if isinstance(metadata, Mapping):
        kept = {key: metadata[key] for key in _METADATA if key in metadata}
        for key, prefixes in (("labels", _LABELS), ("annotations", _ANNOTATIONS)):
            listed = kept.pop(key, None)
            if isinstance(listed, Mapping):
                own = {name: value for name, value in listed.items() if not name.startswith(prefixes)}
                if own:
                    kept[key] = own
    out["metadata"] = kept
    return out


def is_default(ref: Ref, path: Path, value: Any) -> bool:
    """Whether the API server puts this value here when nobody states one."""
    if isinstance(value, Mapping) and not value:
        return True
    known = _DEFAULTS.get((ref.group, ref.kind), {}).get(path, ABSENT)
    return known is not ABSENT and same(known, value)


def made_by_a_release(body: Body) -> bool:
    """Whether Helm made the object, or another object owns it: it comes and goes with that."""
    metadata = body.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    labels = labels_of(body)
    return (
        bool(metadata.get("ownerReferences"))
        or labels.get("app.kubernetes.io/managed-by") == "Helm"
        or "helm.toolkit.fluxcd.io/name" in labels
    )


def applied_by(body: Body) -> str | None:
    """The Kustomization that applies the object, None where Flux left no label."""
    metadata = body.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    found = labels.get("kustomize.toolkit.fluxcd.io/name") if isinstance(labels, Mapping) else None
    return found if isinstance(found, str) else None


class Coverage:
    """What a dump can show to be missing: a kind that it holds, in the namespaces that it was taken from.

    A dump of one namespace says nothing about the others; one that spans several is taken for the whole.
    """

    def __init__(self, live: Iterable[Object]) -> None:
        self._seen: dict[tuple[str, str], set[str]] = {}
        for item in live:
            self._seen.setdefault((item.ref.group, item.ref.kind), set()).add(item.ref.namespace)

    def covers(self, ref: Ref) -> bool:
        """Whether the object would be in the dump if it were in the cluster."""
        seen = self._seen.get((ref.group, ref.kind))
        return seen is not None and (len(seen) > 1 or ref.namespace in seen)
