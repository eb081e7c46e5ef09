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
from cluster.management import is_ready, ready_message
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
    helm = HelmController(api)
    operator = Operator(api, helm)
    objects = [item for part in parts for item in part.objects]
    early = [item for item in objects if _unknown(api, item)]
    waits_for_a_namespace = [o for o in objects if o["metadata"].get("namespace") not in (None, *NAMESPACES)]
    assert [item for item in waits_for_a_namespace if item not in early] == []
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
        until(lambda: _are_ready(operator, part), f"{part.name} is Ready: {part.checks}", patience=120)  # noqa: B023
        waiting.remove(part)
        done.append(part.name)
    until(lambda: _waiting(api) == [], lambda: f"Ready: {_waiting(api)}", patience=120)
    helm.controller.stop()
    operator.controller.stop()

    before = [_version(api, item) for item in objects]
    for item in objects:
        api.apply(item, "kustomize-controller")
    assert [_version(api, item) for item in objects] == before
    proved(
        f"{site.site}: {len(objects)} objects of {len(parts)} parts accepted in the stated order, and again without "
        f"a change; {len(early)} refused before it was their turn"
    )


def _unknown(api: Api, item: Object) -> bool:
    """Whether the API server knows the object's kind or its namespace not yet."""
    try:
        api.apply(item, dry_run=True)
    except RefusedError as refused:
        return refused.code == 404
    return False


def _are_ready(operator: Operator, part: Applied) -> bool:
    operator.controller.check()
    found = (operator.api.find(HELM, "HelmRelease", name, namespace) for namespace, name in part.checks)
    return all(item is not None and is_ready(item) for item in found)


def _waiting(api: Api) -> list[str]:
    found = [item for item in api.objects(HELM, "HelmRelease") if not is_ready(item)]
    return [
        f"{item['metadata']['namespace']}/{item['metadata']['name']}: {ready_message(item)}" for item in found
    ]


def _version(api: Api, item: Object) -> str:
    return str(api.request("GET", api.path_of(item))["metadata"]["resourceVersion"])
