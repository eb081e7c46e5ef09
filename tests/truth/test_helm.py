"""Every release of the examples, and every release that a rule refuses, rendered by the real Helm.

Needs the charts: ``tests/truth/run --charts DIR``. Without them the recorded renders speak, in ``tests/oracle``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from cluster.control_plane import control_plane
from cluster.stand_ins.helm_controller import module_release
from example_sites import ExampleSite, example_sites
from programs.helm import charts, helm
from rendering import FailedError, Renderer
from spec_directory import compile_directory
from test_invalid import INVALID, invalid_platform

from cozygen.charts import faults, release_of
from cozygen.checks.charts import surroundings
from cozygen.diagnostics import Severity
from cozygen.emit.release import app_release, tenant_release
from cozygen.platform.model import Platform
from cozygen.platform.tenant import App, Tenant

pytestmark = pytest.mark.truth


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renderer]:
    charts(), helm()
    with control_plane(tmp_path_factory.mktemp("cluster")) as plane:
        made = Renderer(plane)
        made.prepare()
        yield made


@pytest.mark.parametrize("site", example_sites(), ids=lambda found: found.site)
def test_every_release_of_an_example_renders(
    site: ExampleSite, renderer: Renderer, proved: Callable[[str], None]
) -> None:
    platform = compile_directory(site.directory, *site.layers).state.platform
    assert platform is not None
    work = []
    for tenant, context in renderer.contexts(platform):
        lookups(renderer, tenant, context)
        work += [(release, context) for release in releases(tenant, platform)]
    with ThreadPoolExecutor(2) as pool:
        failures = [said for said in pool.map(lambda item: attempt(renderer, *item), work) if said]
    assert failures == []
    proved(f"{site.site}: {len(work)} releases render with Helm")


def releases(tenant: Tenant, platform: Platform) -> Iterator[dict[str, Any]]:
    """The tenant's own release, its modules with their values, and its applications."""
    for service in tenant.services.values():
        if service.enabled:
            module = module_release(service.name, tenant.namespace)
            yield {**module, "spec": {**module["spec"], "values": service.app.given}}
    for app in tenant.apps:
        yield app_release(app)
    for child in platform.tenants.values():
        if child.parent is tenant:
            yield tenant_release(child, platform.site.applications["Tenant"])


def lookups(renderer: Renderer, tenant: Tenant, context: object) -> None:
    """What other applications of the tenant have made by the time that one looks for it: disks."""
    api = renderer.api
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": tenant.namespace}})
    for app in tenant.apps:
        if app.kind == "VMDisk":
            with suppress(FailedError):
                for item in renderer.release(app_release(app), context):
                    if item["kind"] == "DataVolume":
                        api.apply({**item, "metadata": {**item["metadata"], "namespace": tenant.namespace}})


def attempt(renderer: Renderer, release: dict[str, Any], context: object) -> str | None:
    """Why a release does not render, is refused, or makes releases of which one does."""
    metadata = release["metadata"]
    try:
        objects = renderer.release(release, context)
    except FailedError as failed:
        return f"{metadata['namespace']}/{metadata['name']}: {failed}"
    for child in objects:
        here = child["kind"] == "HelmRelease" and "kubeConfig" not in child["spec"]
        if here and child["spec"].get("chartRef", {}).get("name") in renderer.paths:
            inside = {**child, "metadata": {"namespace": metadata["namespace"], **child["metadata"]}}
            if said := attempt(renderer, inside, context):
                return said
    refused = renderer.refused(objects, metadata["namespace"])
    return f"{metadata['namespace']}/{metadata['name']}: {refused}" if refused else None


RENDERS = {
    "CZ4120": "without publishing.host Cozystack publishes below example.org, which the rule takes for no host",
    "CZ4134": "CDI's admission refuses a disk with two sources, and CDI does not run here",
}
"""Codes whose release renders and is taken all the same, and what refuses it on a platform."""


@pytest.mark.parametrize("folder", sorted(path.name for path in INVALID.glob("CZ4*")))
def test_what_a_rule_refuses_fails(folder: str, renderer: Renderer) -> None:
    """Each fixture of a rule about charts, its releases as they would stand in Git."""
    platform = invalid_platform(folder)
    failing = list(faulty(platform))
    if not failing:
        pytest.skip("no error of a chart: a warning, or one about the name that admission refuses first")
    for tenant, context in renderer.contexts(platform):
        lookups(renderer, tenant, context)
        for app, code in failing:
            if app.namespace == tenant.namespace:
                said = attempt(renderer, app_release(app), context)
                assert (said is None) == (code in RENDERS), f"{app.label}: {said}"


def faulty(platform: Platform) -> Iterator[tuple[App, str]]:
    """The applications and modules that a rule refuses, with its code."""
    for tenant in platform.tenants.values():
        around = surroundings(tenant, platform.site)
        for app in (*tenant.apps, *(s.app for s in tenant.services.values() if s.enabled)):
            release = release_of(app.application, app.name, app.given, around)
            for fault in faults(release, app.application):
                if fault.code.severity is Severity.ERROR:
                    yield app, fault.code.id
