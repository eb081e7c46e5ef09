"""``bootstrap/``: what is applied once by hand, and the runbook that says how."""

from __future__ import annotations

from typing import Any

from cozygen.layout.flux import FLEET, git_repository, git_source, kustomization
from cozygen.platform.delivery import NAMESPACE
from cozygen.platform.model import Platform
from cozygen.templates import render
from cozygen.yamlio import dump_all


def bootstrap_files(platform: Platform, header: str) -> dict[str, bytes]:
    """The source, the root Kustomization and the runbook of this platform."""
    delivery = platform.site.delivery
    path = "./" + "/".join(part for part in (delivery.path, "flux") if part)
    root = kustomization(FLEET, path, git_source(), "10m0s")
    root["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    objects = [git_repository(FLEET, delivery), root]
    kustomize = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["fleet.yaml"],
    }
    return {
        "bootstrap/fleet.yaml": (header + dump_all(objects)).encode(),
        "bootstrap/kustomization.yaml": (header + dump_all([kustomize])).encode(),
        "bootstrap/runbook.md": render("runbook.md.j2", runbook_facts(platform)).encode(),
    }


def runbook_facts(platform: Platform) -> dict[str, Any]:
    """What the runbook's template shows."""
    site = platform.site
    return {
        "platform": site.name,
        "version": site.release.version,
        "chart_version": site.release.version.removeprefix("v"),
        "variant": site.packages.variant,
        "installer_variant": {"isp-full-generic": "generic", "isp-hosted": "hosted"}.get(
            site.packages.variant, "talos"
        ),
        "api_server": (site.section("publishing", "apiServerEndpoint") or "")
        .removeprefix("https://")
        .partition(":")[0],
        "url": site.delivery.url,
        "branch": site.delivery.branch,
        "path": site.delivery.path,
        "secret": site.delivery.secret,
        "ssh": site.delivery.url.startswith("ssh://"),
        "decryption": site.delivery.decryption_secret,
        "namespace": NAMESPACE,
        "host": site.host,
        "talos": site.packages.talos and site.hardware.known,
        "tenants": len(platform.tenants) - 1,
        "oidc": site.packages.oidc,
    }
