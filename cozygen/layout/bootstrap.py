"""``bootstrap/``: what is applied once by hand, and the runbook that says how."""

from __future__ import annotations

from cozygen.layout.flux import FLEET, kustomization, source_object, source_ref
from cozygen.layout.runbook import runbook
from cozygen.platform.model import Platform
from cozygen.yamlio import dump_all


def bootstrap_files(platform: Platform, header: str) -> dict[str, bytes]:
    """The source, the root Kustomization and the runbook of this platform."""
    delivery = platform.site.delivery
    path = "./" + "/".join(part for part in (delivery.path, "flux") if part)
    root = kustomization(FLEET, path, source_ref(delivery), "10m0s")
    root["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    objects = [source_object(delivery), root]
    kustomize = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["fleet.yaml"],
    }
    return {
        "bootstrap/fleet.yaml": (header + dump_all(objects)).encode(),
        "bootstrap/kustomization.yaml": (header + dump_all([kustomize])).encode(),
        "bootstrap/runbook.md": runbook(platform).encode(),
    }
