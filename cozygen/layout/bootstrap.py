"""``bootstrap/``: what is applied once by hand, and the runbook that says how."""

from __future__ import annotations

import re
from typing import Any

from cozygen.layout.flux import FLEET, kustomization, source_object, source_ref
from cozygen.platform.delivery import NAMESPACE, OCI
from cozygen.platform.model import Platform
from cozygen.templates import render
from cozygen.yamlio import dump_all

_ADDRESS = re.compile(r"\w+://(?:[^@/]*@)?(?P<host>\[[^]]+\]|[^:/]+)(?::(?P<port>[0-9]+))?").match


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
        "bootstrap/runbook.md": render("runbook.md.j2", runbook_facts(platform)).encode(),
    }


def runbook_facts(platform: Platform) -> dict[str, Any]:
    """What the runbook's template shows."""
    site = platform.site
    address = _ADDRESS(site.delivery.url)
    return {
        "platform": site.name,
        "version": site.release.version,
        "chart_version": site.release.version.removeprefix("v"),
        "installer_variant": {"isp-full-generic": "generic", "isp-hosted": "hosted"}.get(
            site.packages.variant, "talos"
        ),
        "api_server": (site.section("publishing", "apiServerEndpoint") or "")
        .removeprefix("https://")
        .partition(":")[0],
        "machines": site.packages.talos and site.hardware.known,
        "cluster_domain": site.section("networking", "clusterDomain") or "cozy.local",
        "service_cidr": site.section("networking", "serviceCIDR") or "10.96.0.0/16",
        "pod_cidr": site.section("networking", "podCIDR") or "10.244.0.0/16",
        "url": site.delivery.url,
        "git_host": address["host"] if address else "GIT-HOST",
        "git_port": address["port"] if address else None,
        "artifact": site.delivery.kind == OCI,
        "branch": site.delivery.branch,
        "tag": site.delivery.tag,
        "path": site.delivery.path,
        "secret": site.delivery.secret,
        "ssh": site.delivery.url.startswith("ssh://"),
        "decryption": site.delivery.decryption_secret,
        "namespace": NAMESPACE,
        "host": site.host,
        "encrypted": [name for name, item in site.storage.classes.items() if item.body.get("encrypted")],
        "oidc": site.packages.oidc,
        "awaited": [(facts.namespace, name) for facts in platform.facts.values() for name in facts.awaited],
    }
