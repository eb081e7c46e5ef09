"""cozygen's releases and its checks beside Cozystack's own API server, which stores and judges the same applications."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from admission_cases import SHARD, as_stored, check_differences, rule_differences
from cluster.api import Api
from cluster.control_plane import control_plane
from cluster.cozystack_api import GROUP, cozystack_api, cozystack_api_binary
from example_sites import ExampleSite, example_sites
from replay import emptied, in_namespace, replayed, replayed_quota
from spec_directory import compile_directory

from cozygen.catalog.load import load_release
from cozygen.emit.release import PREFIX, app_release, release_object, tenant_release
from cozygen.platform.model import Platform

pytestmark = pytest.mark.truth

ORACLES = Path(os.environ.get("COZYGEN_ORACLES") or Path(__file__).parents[3] / "shared" / "oracles")
SITES = [pytest.param(site, id=site.site) for site in example_sites()]
Object = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    cozystack_api_binary()
    with control_plane(tmp_path_factory.mktemp("cluster")) as plane, cozystack_api(plane):
        yield plane.api


@pytest.fixture
def api(server: Api) -> Iterator[Api]:
    """The server without any release."""
    yield server
    emptied(server)


def platform_of(site: ExampleSite) -> Platform:
    found = compile_directory(site.directory, *site.layers).state.platform
    assert found is not None
    return found


def pairs(platform: Platform) -> Iterator[tuple[Object, Object]]:
    """What a person would send to the API, and the release that cozygen writes.

    Values that come from Secrets are left out: no application can say where they come from.
    """
    for tenant in platform.tenants.values():
        if not tenant.is_root:
            sent = application("Tenant", tenant.name, tenant.release_namespace, tenant.given)
            release = tenant_release(tenant, platform.site.applications["Tenant"])
            yield own_metadata(sent, tenant.labels, tenant.annotations), release
        for app in tenant.apps:
            if not app.secrets:
                sent = application(app.kind, app.name, app.namespace, app.given if app.stated else None)
                yield own_metadata(sent, app.labels, app.annotations), app_release(app)


def application(kind: str, name: str, namespace: str, values: Any) -> Object:
    item: Object = {"apiVersion": GROUP, "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    return item if values is None else {**item, "spec": plain(values)}


def own_metadata(item: Object, labels: Any, annotations: Any) -> Object:
    item["metadata"] |= {"labels": dict(labels), "annotations": dict(annotations)}
    return item


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("site", SITES)
def test_the_api_stores_what_cozygen_writes(
    api: Api, site: ExampleSite, proved: Callable[[str], None]
) -> None:
    seen = []
    different = []
    for sent, release in pairs(platform_of(site)):
        in_namespace(api, sent["metadata"]["namespace"])
        api.create(sent)
        stored = api.request("GET", api.path_of(release))
        seen.append(sent["kind"])
        if essence(stored) != essence(release):
            different.append(f"{essence(stored)}\n{essence(release)}")
        # Flux applies the same on top: a generation that stays says that nothing of it differs.
        applied = api.apply(deepcopy(release), "kustomize-controller")
        if applied["metadata"]["generation"] != 1:
            different.append(
                f"{release['metadata']['name']} has generation {applied['metadata']['generation']}"
            )
    assert different == []
    assert seen
    proved(f"{site.site}: {len(seen)} releases of {len(set(seen))} kinds are what the API stores")


@pytest.mark.parametrize(
    "values", [None, {}, {"x": 1.0, "list": [], "text": "1e3"}], ids=["none", "empty", "some"]
)
def test_a_release_of_every_kind(api: Api, values: Any, proved: Callable[[str], None]) -> None:
    """Modules as well, which no spec writes as applications: the frame of each is the same."""
    served = {item["kind"] for item in api.request("GET", f"/apis/{GROUP}")["resources"]}
    applications = load_release("v1.6.2").applications
    assert len(served) == 30
    for kind in sorted(served):
        within = f"tenant-{kind.lower()}"
        in_namespace(api, within)
        release = release_object(applications[kind], "main", within, values)
        api.create(application(kind, "main", within, values))
        assert essence(api.request("GET", api.path_of(release))) == essence(release)
    proved(
        f"{len(served)} kinds with {'no' if values is None else len(values)} values: the API stores the same"
    )


def essence(release: Object) -> Object:
    """What the two are compared by: everything that whoever writes a release says."""
    metadata = release["metadata"]
    labels = {key: value for key, value in metadata.get("labels", {}).items() if key != SHARD}
    return plain(
        {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": labels,
            "annotations": metadata.get("annotations") or {},
            "spec": release["spec"],
        }
    )


@pytest.mark.parametrize("site", SITES)
def test_every_release_shows_up_as_its_application(
    api: Api, site: ExampleSite, proved: Callable[[str], None]
) -> None:
    platform = platform_of(site)
    tenants = [tenant for tenant in platform.tenants.values() if not tenant.is_root]
    releases = [tenant_release(tenant, platform.site.applications["Tenant"]) for tenant in tenants]
    releases += [app_release(app) for tenant in platform.tenants.values() for app in tenant.apps]
    wrong = []
    for release in releases:
        in_namespace(api, release["metadata"]["namespace"])
        api.apply(release, "kustomize-controller")
    for release in releases:
        labels = release["metadata"]["labels"]
        kind, name = (labels[f"apps.cozystack.io/application.{part}"] for part in ("kind", "name"))
        shown = api.find(GROUP, kind, name, release["metadata"]["namespace"])
        if shown is None or missing(release["spec"].get("values") or {}, shown.get("spec") or {}):
            wrong.append(f"{kind} {name}: {shown}")
        elif any(
            shown["metadata"].get("labels", {}).get(k.removeprefix(PREFIX)) != v
            for k, v in labels.items()
            if k.startswith(PREFIX)
        ):
            wrong.append(f"{kind} {name} has the labels {shown['metadata'].get('labels')}")
    assert wrong == []
    assert releases
    proved(f"{site.site}: {len(releases)} releases show up as the applications that the spec describes")


def missing(wanted: Any, found: Any) -> bool:
    """Whether something that was written is not shown; the API adds the defaults of the schema."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return any(key not in found or missing(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) != len(found) or any(map(missing, wanted, found))
    return bool(plain(wanted) != found)


def recorded(name: str) -> list[Object]:
    path = ORACLES / "cozystack" / name
    if not path.is_file():
        pytest.skip(f"{path} does not exist; name the folder by COZYGEN_ORACLES")
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def test_check_refuses_what_the_running_server_refuses(api: Api, proved: Callable[[str], None]) -> None:
    """Every recorded question is asked again; the answers judge the record, the rules and ``cozygen check``."""
    asked = []
    for case in recorded("admission.jsonl"):
        asked.append((case, replayed(api, case)))
        emptied(api)
    other = [
        f"{case['id']}: {answers(case)}\nnow: {answers(now)}"
        for case, now in asked
        if answers(case) != answers(now)
    ]
    assert other == []
    rules = [f"{now['id']}: {wrong}" for _, now in asked if (wrong := rule_differences(now))]
    assert rules == []
    judged = [(now, wrong) for _, now in asked if (wrong := check_differences(now)) is not None]
    assert [f"{now['id']}: {wrong}" for now, wrong in judged if wrong] == []
    refused = sum(not now["steps"][0]["result"]["accepted"] for now, _ in judged)
    proved(
        f"{len(asked)} recorded cases are what the running server says and what the rules say; {len(judged)} can be "
        f"specs, of which check refuses the same {refused}"
    )


def test_the_recorded_quotas_are_those_of_the_running_server(api: Api, proved: Callable[[str], None]) -> None:
    trees = recorded("quota.jsonl")
    other = []
    for tree in trees:
        now = replayed_quota(api, tree)
        emptied(api)
        verdicts = [
            [(s["result"]["accepted"], s["result"].get("error")) for s in t["steps"]] for t in (tree, now)
        ]
        other += [
            f"{tree['id']}: {then}\nnow: {here}" for then, here in zip(*verdicts, strict=True) if then != here
        ]
    assert other == []
    proved(
        f"{len(trees)} trees of tenants with {sum(len(t['steps']) for t in trees)} steps are judged as recorded"
    )


def answers(case: Object) -> list[tuple[bool, str | None, str | None]]:
    """What the server said to each step, and what it stored."""
    out = []
    for step in case["steps"]:
        result = step["result"]
        stored = result.get("stored")
        out.append((result["accepted"], result.get("stage"), stored and as_stored(stored)))
    return out
