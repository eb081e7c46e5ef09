"""A cluster against the spec: what someone changed, what only controllers add, what an edit froze."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from spec_world import platform_of, tree_of, write

from cozygen.diagnostics import Place
from cozygen.layout.tree import Tree
from cozygen.platform.model import Platform
from cozygen.review.drift import Drift, State, Verdict, drift, in_files
from cozygen.review.drift_report import as_data, diagnostics, schemas
from cozygen.review.fields import dotted
from cozygen.review.frozen import defaulted, without_defaults
from cozygen.review.objects import Object, read_objects, ref_of
from cozygen.review.remedy import remedy

Live = dict[tuple[str, str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("spec"))


@pytest.fixture(scope="module")
def platform(spec: Path) -> Platform:
    return platform_of(spec)


@pytest.fixture(scope="module")
def tree(spec: Path) -> Tree:
    return tree_of(spec)


@pytest.fixture(scope="module")
def wanted(tree: Tree) -> list[Object]:
    paths = [
        path for path in tree if path.endswith(".yaml") and not path.startswith(("bootstrap/", "talos/"))
    ]
    return [item for path in paths for item in read_objects(tree[path], path)[0]]


@pytest.fixture
def live(wanted: list[Object]) -> Live:
    """The cluster as Flux and the controllers leave it."""
    out: Live = {}
    for item in wanted:
        body = json.loads(json.dumps(item.body))
        metadata = body["metadata"]
        metadata |= {
            "uid": "u",
            "resourceVersion": "7",
            "generation": 2,
            "creationTimestamp": "2026-01-01T00:00:00Z",
        }
        metadata["labels"] = {
            **metadata.get("labels", {}),
            "kustomize.toolkit.fluxcd.io/name": "tenant-x",
            "kustomize.toolkit.fluxcd.io/namespace": "cozy-fluxcd",
        }
        metadata["finalizers"] = ["finalizers.fluxcd.io"]
        body["status"] = {"conditions": []}
        if item.ref.kind == "HelmRelease":
            metadata["labels"]["sharding.fluxcd.io/key"] = "shard0"
            metadata["annotations"] = {
                **metadata.get("annotations", {}),
                "reconcile.fluxcd.io/requestedAt": "1",
            }
        if item.ref.kind == "GitRepository":
            body["spec"]["timeout"] = "60s"
        if item.ref.kind == "StorageClass":
            body.setdefault("reclaimPolicy", "Delete")
        out[item.ref.kind, item.ref.namespace, item.ref.name] = body
    return out


PG = ("HelmRelease", "tenant-acme", "postgres-main")


def found(live: Live, wanted: list[Object], platform: Platform) -> list[Drift]:
    objects = [Object(ref, body, Place("dump", 1, 1)) for body in live.values() if (ref := ref_of(body))]
    return drift(wanted, objects, schemas(platform))


def managed(body: dict[str, Any], manager: str, fields: dict[str, Any]) -> None:
    entry = {"manager": manager, "operation": "Update", "time": "2026-11-20T10:00:00Z", "fieldsV1": fields}
    body["metadata"].setdefault("managedFields", []).append(entry)


def freeze(live: Live, platform: Platform, kind: str, key: tuple[str, str, str]) -> None:
    """What a PATCH through Cozystack's API stores."""
    values = live[key]["spec"].get("values") or {}
    live[key]["spec"]["values"] = defaulted(values, platform.site.applications[kind].schema)


def test_what_controllers_add_is_no_drift(live: Live, wanted: list[Object], platform: Platform) -> None:
    assert found(live, wanted, platform) == []


def test_a_changed_value_with_who_where_and_what_to_do(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    live[PG]["spec"]["values"]["replicas"] = 5
    managed(live[PG], "kubectl-edit", {"f:spec": {"f:values": {"f:replicas": {}}}})
    (item,) = found(live, wanted, platform)
    (difference,) = item.differences
    assert (item.state, difference.verdict, difference.by and difference.by.manager) == (
        State.CHANGED,
        Verdict.CHANGED,
        "kubectl-edit",
    )
    (said,) = diagnostics([item], platform)
    assert said.code == "CZ9250"
    assert "Postgres main of acme: apps.Postgres.main.replicas is 5 instead of 3" in said.message
    assert "kubectl edit, 2026-11-20T10:00:00Z" in said.message
    assert (Path(said.place.file).name, said.place.line) == ("acme.yaml", 10)
    assert "reconcile.fluxcd.io/requestedAt" in (said.hint or "")
    assert "apps.Postgres.main.replicas: 5" in said.related[0].message


def test_frozen_defaults_alone_are_no_more_than_a_warning(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    freeze(live, platform, "Postgres", PG)
    (item,) = found(live, wanted, platform)
    assert item.state is State.FROZEN
    (said,) = diagnostics([item], platform)
    assert (said.code, said.is_error) == ("CZ9253", False)
    assert "kubectl --namespace tenant-acme patch helmrelease.helm.toolkit.fluxcd.io postgres-main" in (
        said.hint or ""
    )


def test_removing_what_was_frozen_gives_the_release_that_git_has(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    freeze(live, platform, "Postgres", PG)
    (item,) = found(live, wanted, platform)
    patch = json.loads(remedy(item, platform).tidy.partition("--patch ")[2].strip("'"))
    for operation in patch:
        at: Any = live[PG]
        *path, last = operation["path"].strip("/").split("/")
        for step in path:
            at = at[step]
        del at[last]
    assert found(live, wanted, platform) == []


def test_a_wanted_change_is_told_apart_from_what_it_froze(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    freeze(live, platform, "Postgres", PG)
    live[PG]["spec"]["values"]["replicas"] = 5
    live[PG]["spec"]["values"]["users"] = {"bob": {}}
    (item,) = found(live, wanted, platform)
    real = {dotted(d.path): d.verdict for d in item.of(Verdict.CHANGED, Verdict.ADDED)}
    assert real == {"spec.values.replicas": Verdict.CHANGED, "spec.values.users.bob": Verdict.ADDED}
    assert len(item.of(Verdict.FROZEN)) > 5
    assert [said.code for said in diagnostics([item], platform)] == ["CZ9250", "CZ9253"]
    assert "bob" not in remedy(item, platform).tidy


def test_what_git_states_and_the_cluster_lost(live: Live, wanted: list[Object], platform: Platform) -> None:
    del live[PG]["spec"]["values"]["size"]
    (item,) = found(live, wanted, platform)
    assert [d.verdict for d in item.differences] == [Verdict.REMOVED]


def test_a_missing_object(live: Live, wanted: list[Object], platform: Platform) -> None:
    del live[PG]
    (item,) = found(live, wanted, platform)
    assert (item.state, item.title) == (State.MISSING, "Postgres main")
    assert as_data(item, platform)["state"] == "missing"
    (said,) = diagnostics([item], platform)
    assert (said.code, said.is_error) == ("CZ9251", True)
    assert "Postgres main of acme is not there" in said.message
    assert said.hint == (
        "to undo it: kubectl --namespace cozy-fluxcd annotate kustomization tenant-acme.apps --overwrite "
        'reconcile.fluxcd.io/requestedAt="$(date +%s)"'
    )


def test_a_dump_of_one_namespace_says_nothing_about_others(
    wanted: list[Object], platform: Platform, live: Live
) -> None:
    only = {key: body for key, body in live.items() if key[:2] == ("HelmRelease", "tenant-acme")}
    assert found(only, wanted, platform) == []
    del only[PG]
    assert [item.title for item in found(only, wanted, platform)] == ["Postgres main"]


def application(kind: str, name: str, namespace: str, values: dict[str, Any]) -> dict[str, Any]:
    labels = {"apps.cozystack.io/application.kind": kind, "apps.cozystack.io/application.name": name}
    metadata = {"name": f"{kind.lower()}-{name}", "namespace": namespace, "labels": labels}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": metadata,
        "spec": {"values": values},
    }


def test_an_application_that_somebody_made(live: Live, wanted: list[Object], platform: Platform) -> None:
    schema = platform.site.applications["Redis"].schema
    live["HelmRelease", "tenant-acme", "redis-adhoc"] = application(
        "Redis", "adhoc", "tenant-acme", defaulted({"size": "7Gi"}, schema)
    )
    (item,) = found(live, wanted, platform)
    assert item.state is State.EXTRA
    way = remedy(item, platform)
    assert way.back == "kubectl --namespace tenant-acme delete helmrelease.helm.toolkit.fluxcd.io redis-adhoc"
    assert way.adopt == 'write in the tenant acme: {"apps": {"Redis": {"adhoc": {"size": "7Gi"}}}}'
    (said,) = diagnostics([item], platform)
    assert (said.code, Path(said.place.file).name) == ("CZ9252", "acme.yaml")


@pytest.mark.parametrize(
    "labels",
    [
        {"app.kubernetes.io/managed-by": "Helm"},
        {"helm.toolkit.fluxcd.io/name": "tenant-acme"},
        {"apps.cozystack.io-kustomize.toolkit.fluxcd.io/name": "repository"},
    ],
)
def test_what_a_release_or_a_tenant_s_repository_made_is_not_extra(
    live: Live, wanted: list[Object], platform: Platform, labels: dict[str, str]
) -> None:
    body = application("Info", "info", "tenant-acme", {})
    body["metadata"]["labels"] |= labels
    live["HelmRelease", "tenant-acme", "info"] = body
    assert found(live, wanted, platform) == []


def test_the_platform_s_own_part_of_an_overlaid_release_does_not_count(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    root = ("HelmRelease", "tenant-root", "tenant-root")
    live[root]["spec"] |= {"chartRef": {"kind": "ExternalArtifact"}, "interval": "1m0s"}
    live[root]["metadata"]["labels"] |= {"platform.cozystack.io/no-delete": "true"}
    assert found(live, wanted, platform) == []
    live[root]["spec"]["values"]["host"] = "evil.example.org"
    assert [item.title for item in found(live, wanted, platform)] == ["tenant"]


def test_a_tenant_s_quota_is_named_as_the_spec_names_it(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    live["HelmRelease", "tenant-root", "tenant-acme"]["spec"]["values"]["resourceQuotas"]["cpu"] = 128
    (item,) = found(live, wanted, platform)
    (said,) = diagnostics([item], platform)
    assert "quota.cpu is 128 instead of 64" in said.message
    assert said.place.line == 5


def test_a_controller_s_own_field_is_no_drift(live: Live, wanted: list[Object], platform: Platform) -> None:
    live[PG]["metadata"]["labels"]["example.org/x"] = "y"
    fields = {"f:metadata": {"f:labels": {"f:example.org/x": {}}}}
    other = copy.deepcopy(live)
    managed(live[PG], "helm-controller", fields)
    assert found(live, wanted, platform) == []
    managed(other[PG], "kubectl-label", fields)
    assert [item.state for item in found(other, wanted, platform)] == [State.CHANGED]


def test_without_managers_the_message_says_how_to_get_them(
    live: Live, wanted: list[Object], platform: Platform
) -> None:
    live[PG]["spec"]["values"]["replicas"] = 5
    (said,) = diagnostics(found(live, wanted, platform), platform)
    assert "--show-managed-fields" in said.message


def test_an_encrypted_secret_is_not_compared_by_content() -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "b"}}
    ours, theirs = {**body, "sops": {}, "data": {"x": "ENC[]"}}, {**body, "data": {"x": "aGk="}}
    ref = ref_of(body)
    assert ref is not None
    objects = [[Object(ref, item, Place("f", 1, 1))] for item in (ours, theirs)]
    assert drift(objects[0], objects[1], lambda _: None) == []


@pytest.mark.parametrize("odd", [None, 7, "x", ["a"], {"a": None}])
@pytest.mark.parametrize("where", ["labels", "annotations", "managedFields", "ownerReferences"])
def test_objects_of_odd_shapes_are_compared_all_the_same(
    wanted: list[Object], platform: Platform, where: str, odd: Any
) -> None:
    body = application("Redis", "adhoc", "tenant-acme", {})
    body["metadata"][where] = odd
    (live_one,), _ = read_objects(json.dumps(body).encode(), "dump")
    found = drift(wanted, [live_one], schemas(platform))
    assert len(list(diagnostics(found, platform))) == len(found)


def test_a_dump_nested_too_deeply_is_a_problem_and_no_crash() -> None:
    data = b'{"a":' * 100_000
    found, problems = read_objects(data, "dump")
    assert found == []
    assert problems


def test_in_a_file_everything_counts() -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    one, two = (read_objects(data, "f")[0] for data in (text, text.replace(b"name: a", b"name: b")))
    assert [item.state for item in in_files(one, two, lambda _: None)] == [State.MISSING, State.EXTRA]


def test_structural_defaults() -> None:
    schema = {
        "properties": {
            "a": {"default": 1},
            "b": {"default": {}, "properties": {"c": {"default": "x"}}},
            "m": {"additionalProperties": {"properties": {"n": {"default": 2}}}},
            "l": {"items": {"properties": {"o": {"default": 3}}}},
            "z": {"properties": {"never": {"default": 4}}},
        }
    }
    given = {"m": {"k": {}}, "l": [{}]}
    full = {"a": 1, "b": {"c": "x"}, "m": {"k": {"n": 2}}, "l": [{"o": 3}]}
    assert defaulted(given, schema) == full
    assert without_defaults(full, schema) == {"m": {"k": {}}, "l": [{"o": 3}]}


@pytest.mark.parametrize("text", ["json", "yaml", "list"])
def test_dumps_in_every_form(text: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}
    data = {
        "json": json.dumps({"apiVersion": "v1", "kind": "List", "items": [body]}),
        "yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n---\nkind: none\n",
        "list": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n"
        "  metadata: {name: a, namespace: b}\n",
    }[text]
    assert [item.ref.label for item in read_objects(data.encode(), "dump")[0]] == ["ConfigMap b/a"]
