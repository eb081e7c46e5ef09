"""cozygen's releases beside those that Cozystack's own API server stores for the same applications."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cluster.api import Api, RefusedError
from cluster.control_plane import control_plane
from cluster.cozystack_api import GROUP, cozystack_api, cozystack_api_binary
from example_sites import EXAMPLES
from spec_directory import compile_directory

from cozygen.catalog.load import load_release
from cozygen.emit.release import PREFIX, app_release, release_object, tenant_release
from cozygen.platform.model import Platform

pytestmark = pytest.mark.truth

SHARD = "sharding.fluxcd.io/key"
ORACLES = Path(os.environ.get("COZYGEN_ORACLES") or Path(__file__).parents[3] / "shared" / "oracles")
Object = dict[str, Any]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    cozystack_api_binary()
    with control_plane(tmp_path_factory.mktemp("cluster")) as plane, cozystack_api(plane):
        yield plane.api


@pytest.fixture(scope="module")
def platform() -> Platform:
    found = compile_directory(EXAMPLES / "provider", "spec").state.platform
    assert found is not None
    return found


def pairs(platform: Platform) -> list[tuple[Object, Object]]:
    """What a person would send to the API, and the release that cozygen writes; each kind of the release is there.

    Values that come from Secrets are left out: no application can say where they come from.
    """
    out = []
    for tenant in platform.tenants.values():
        if not tenant.is_root:
            release = tenant_release(tenant, platform.site.applications["Tenant"])
            sent = application("Tenant", tenant.name, tenant.release_namespace, tenant.given)
            out.append((own_metadata(sent, tenant.labels, tenant.annotations), release))
        for app in tenant.apps:
            if not app.secrets:
                sent = application(app.kind, app.name, app.namespace, app.given if app.stated else None)
                out.append((own_metadata(sent, app.labels, app.annotations), app_release(app)))
    return out


def application(kind: str, name: str, namespace: str, values: Any) -> Object:
    item: Object = {"apiVersion": GROUP, "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    return item if values is None else {**item, "spec": plain(values)}


def own_metadata(item: Object, labels: Any, annotations: Any) -> Object:
    item["metadata"] |= {"labels": dict(labels), "annotations": dict(annotations)}
    return item


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def namespace(api: Api, name: str) -> None:
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def test_the_api_stores_what_cozygen_writes(
    api: Api, platform: Platform, proved: Callable[[str], None]
) -> None:
    seen = set()
    different = []
    for sent, release in pairs(platform):
        namespace(api, sent["metadata"]["namespace"])
        api.create(sent)
        stored = api.request("GET", api.path_of(release))
        seen.add(sent["kind"])
        if essence(stored) != essence(release):
            different.append(f"{essence(stored)}\n{essence(release)}")
        # Flux applies the same on top: a generation that stays says that nothing of it differs.
        applied = api.apply(deepcopy(release), "kustomize-controller")
        if applied["metadata"]["generation"] != 1:
            different.append(
                f"{release['metadata']['name']} has generation {applied['metadata']['generation']}"
            )
    proved(f"{len(pairs(platform))} releases of {len(seen)} kinds are what the API stores")
    assert different == []
    assert len(seen) > 20


@pytest.mark.parametrize(
    "values", [None, {}, {"x": 1.0, "list": [], "text": "1e3"}], ids=["none", "empty", "some"]
)
def test_a_release_of_every_kind(api: Api, values: Any, proved: Callable[[str], None]) -> None:
    """Modules as well, which no spec writes as applications: the frame of each is the same."""
    served = {item["kind"] for item in api.request("GET", f"/apis/{GROUP}")["resources"]}
    applications = load_release("v1.6.2").applications
    assert len(served) == 30
    for kind in sorted(served):
        within = f"tenant-{kind.lower()}{'none' if values is None else len(values)}"
        namespace(api, within)
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


def test_every_release_shows_up_as_its_application(
    api: Api, platform: Platform, proved: Callable[[str], None]
) -> None:
    releases = [
        *(
            tenant_release(t, platform.site.applications["Tenant"])
            for t in platform.tenants.values()
            if not t.is_root
        ),
        *(app_release(app) for _, app in platform.apps()),
    ]
    wrong = []
    for release in releases:
        namespace(api, release["metadata"]["namespace"])
        api.apply(release, "kustomize-controller")
        labels = release["metadata"]["labels"]
        kind, name = (
            labels["apps.cozystack.io/application.kind"],
            labels["apps.cozystack.io/application.name"],
        )
        shown = api.find(GROUP, kind, name, release["metadata"]["namespace"])
        if shown is None or missing(release["spec"].get("values") or {}, shown.get("spec") or {}):
            wrong.append(f"{kind} {name}: {shown}")
        elif any(
            shown["metadata"].get("labels", {}).get(k.removeprefix(PREFIX)) != v
            for k, v in labels.items()
            if k.startswith(PREFIX)
        ):
            wrong.append(f"{kind} {name} has the labels {shown['metadata'].get('labels')}")
    proved(f"{len(releases)} releases show up as the applications that the spec describes")
    assert wrong == []
    assert len(releases) > 90


def missing(wanted: Any, found: Any) -> bool:
    """Whether something that was written is not shown; the API adds the defaults of the schema."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return any(key not in found or missing(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) != len(found) or any(map(missing, wanted, found))
    return bool(plain(wanted) != found)


def test_the_recorded_verdicts_are_those_of_the_running_server(
    api: Api, proved: Callable[[str], None]
) -> None:
    """So what the tests of the records prove, this server would say."""
    path = ORACLES / "cozystack" / "admission.jsonl"
    if not path.is_file():
        pytest.skip(f"{path} does not exist; name the folder by COZYGEN_ORACLES")
    cases = [json.loads(line) for line in path.open(encoding="utf-8")]
    differ = []
    asked = 0
    for number, case in enumerate(c for c in cases if len(c["steps"]) == 1):
        (step,) = case["steps"]
        item = deepcopy(step["object"])
        if (
            step["op"] != "create"
            or item["metadata"].get("ownerReferences")
            or item["metadata"].get("finalizers")
        ):
            continue  # those two are kube-apiserver's to refuse, which the records did not ask
        asked += 1
        if case["tag"] != "namespace-length":
            item["metadata"]["namespace"] = f"tenant-x{number}"
        namespace(api, item["metadata"]["namespace"])
        try:
            api.create(item)
            accepted = True
        except (RefusedError, ValueError):
            accepted = False
        if accepted != step["result"]["accepted"]:
            differ.append(
                f"{case['id']} {case['kind']} {case['tag']}: {accepted} here, {step['result']}"[:400]
            )
    proved(f"{asked - len(differ)} of {asked} recorded verdicts are those of the running server")
    assert differ == []
    assert asked > 200
