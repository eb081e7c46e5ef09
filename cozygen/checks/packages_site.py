"""The Platform's packages and values as a platform check: on their own, and against what root and tenants run."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.packages import package_checks, root_checks, view_of
from cozygen.checks.packages_certificates import gateway_issuer_of
from cozygen.diagnostics import Diagnostic
from cozygen.platform.model import Platform


def packages(platform: Platform) -> Iterator[Diagnostic]:
    """Everything about packages and platform values."""
    site = platform.site
    yield from package_checks(site.body, site.packages, site.place)
    running = {name for name in platform.root.services if platform.root.runs(name)}
    yield from root_checks(site.body, site.packages, site.place, running)
    view = view_of(site.body, site.packages, site.place)
    if not view.on("gateway.enabled") and any(
        "gateway" in facts.services for facts in platform.facts.values()
    ):
        yield from gateway_issuer_of(view)
