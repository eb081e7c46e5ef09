"""Every object of every example, in the order of the gating, put to a real API server.

Kinds, namespaces and releases appear as on a platform: with the package, with the tenant's chart. So what is
applied before its gate opens is refused, and the order that the parts state has to be enough by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster.api import Api, Object, RefusedError
from cluster.control_plane import NAMESPACES, ControlPlane, control_plane
from cluster.management import is_ready
from cluster.stand_ins.helm_controller import HELM, HelmController
from cluster.stand_ins.operator import Operator
from example_sites import ExampleSite, example_sites
from gating import Applied, applied
from programs.waiting import until
from spec_directory import compile_directory

pytestmark = pytest.mark.truth


@pytest.fixture(params=example_sites(), ids=lambda found: found.site)
def site(request: pytest.FixtureRequest) -> ExampleSite:
    return request.param


@pytest.fixture
def parts(site: ExampleSite) -> list[Applied]:
    state = compile_directory(site.directory, *site.layers).state
    assert state.tree is not None
    assert state.platform is not None
    return applied(state.tree, state.platform.site.delivery.path)


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[ControlPlane]:
    with control_plane(tmp_path) as found:
        yield found


def test_every_object_is_accepted_once_its_gate_is_open(
    plane: ControlPlane, parts: list[Applied], site: ExampleSite, proved: Callable[[str], None]
) -> None:
    api = plane.api
    helm, operator = HelmController(api), Operator(api)
    early = {part.name for part in parts if _all_refused(api, part)}
    assert early >= {part.name for part in parts if _namespaces(part) - set(NAMESPACES) - {""}}
    assert early

    helm.controller.start()
    operator.controller.start()
    done: list[str] = []
    waiting = list(parts)
    while waiting:
        # Of what may go next, what stands last goes first: nothing but the stated order is relied upon.
        part = next(p for p in reversed(waiting) if set(p.depends_on) <= set(done))
        for item in part.objects:
            api.apply(item, "kustomize-controller")
        until(lambda: all(_is_ready(api, check) for check in part.checks), f"{part.name}: {part.checks}")  # noqa: B023
        waiting.remove(part)
        done.append(part.name)
    helm.controller.stop()
    operator.controller.stop()

    objects = [item for part in parts for item in part.objects]
    before = [_version(api, item) for item in objects]
    for item in objects:
        api.apply(item, "kustomize-controller")
    assert [_version(api, item) for item in objects] == before
    proved(
        f"{site.site}: {len(objects)} objects of {len(parts)} parts accepted in the stated order, and again without "
        f"a change; {len(early)} parts refused before"
    )


def _all_refused(api: Api, part: Applied) -> bool:
    """Whether the API server knows neither the kind nor the namespace of any of a part's objects."""
    return all(_unknown(api, item) for item in part.objects)


def _unknown(api: Api, item: Object) -> bool:
    try:
        api.apply(item, dry_run=True)
    except RefusedError as refused:
        return refused.code == 404
    return False


def _namespaces(part: Applied) -> set[str]:
    return {item["metadata"].get("namespace", "") for item in part.objects}


def _is_ready(api: Api, release: tuple[str, str]) -> bool:
    found = api.find(HELM, "HelmRelease", release[1], release[0])
    return found is not None and is_ready(found)


def _version(api: Api, item: Object) -> str:
    return str(api.request("GET", api.path_of(item))["metadata"]["resourceVersion"])
