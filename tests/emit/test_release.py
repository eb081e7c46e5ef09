"""Releases as Cozystack's API stores them, and the numbers in their values."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import compile_documents, objects, platform, tenant, tree_of

from cozygen.emit.numbers import stored
from cozygen.emit.release import target_path

ROOT = tenant("root", services={name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")})


def releases(*documents: dict[str, Any]) -> dict[str, Any]:
    """The releases of a platform by namespace and name."""
    tree = tree_of(compile_documents(platform(), ROOT, *documents))
    return {
        f"{o['metadata']['namespace']}/{o['metadata']['name']}": o
        for _, o in objects(tree, "tenants/")
        if o["kind"] == "HelmRelease"
    }


def expected(
    kind: str, release: str, namespace: str, name: str, timeout: str, values: Any, **more: Any
) -> dict[str, Any]:
    chart = {
        "Tenant": "tenant-application-default-tenant",
        "Postgres": "postgres-application-default-postgres",
        "Kubernetes": "kubernetes-application-kubevirt-kubernetes",
    }[kind]
    action = {"timeout": timeout, "strategy": {"name": "RetryOnFailure", "retryInterval": "30s"}, **more}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {
            "name": release,
            "namespace": namespace,
            "labels": {
                "apps.cozystack.io/application.group": "apps.cozystack.io",
                "apps.cozystack.io/application.kind": kind,
                "apps.cozystack.io/application.name": name,
            },
        },
        "spec": {
            "chartRef": {
                "kind": "ExternalArtifact",
                "name": f"cozystack-{chart}",
                "namespace": "cozy-system",
            },
            "interval": "5m0s",
            "maxHistory": 5,
            "install": action,
            "upgrade": action,
            "valuesFrom": [{"kind": "Secret", "name": "cozystack-values"}],
            "values": values,
        },
    }


class TestShape:
    """The worked examples of what the API stores for the same application."""

    def test_of_a_tenant(self) -> None:
        spec = {"services": {"etcd": {}, "ingress": False}, "quota": {"cpu": "40", "memory": "96Gi"}}
        found = releases(
            {**tenant("alpha", **spec), "metadata": {"name": "alpha", "labels": {"team": "payments"}}}
        )["tenant-root/tenant-alpha"]
        wanted = expected(
            "Tenant",
            "tenant-alpha",
            "tenant-root",
            "alpha",
            "15m0s",
            {"etcd": True, "ingress": False, "resourceQuotas": {"cpu": "40", "memory": "96Gi"}},
        )
        wanted["metadata"]["labels"]["apps.cozystack.io-team"] = "payments"
        assert found == wanted

    def test_of_a_child_stands_in_its_parents_namespace(self) -> None:
        assert "tenant-alpha/tenant-web" in releases(tenant("alpha", tenants={"web": {}}))

    def test_of_an_application(self) -> None:
        values = {"version": "v18", "replicas": 2, "size": "20Gi", "users": {"app": {}}}
        found = releases(tenant("alpha", apps={"Postgres": {"orders": values}}))[
            "tenant-alpha/postgres-orders"
        ]
        assert found == expected("Postgres", "postgres-orders", "tenant-alpha", "orders", "10m0s", values)

    def test_of_a_tenant_cluster(self) -> None:
        group = {
            "minReplicas": 2,
            "maxReplicas": 5,
            "instanceType": "u1.large",
            "diskSize": "40Gi",
            "roles": ["ingress-nginx"],
        }
        spec = {
            "services": {"etcd": {}, "ingress": {}},
            "clusters": {"prod": {"version": "v1.35", "nodeGroups": {"md0": group}}},
        }
        found = releases(tenant("alpha", **spec))["tenant-alpha/kubernetes-prod"]
        values = {"version": "v1.35", "nodeGroups": {"md0": group}}
        found["spec"]["values"]["nodeGroups"]["md0"] = {
            k: v for k, v in found["spec"]["values"]["nodeGroups"]["md0"].items() if k in group
        }
        assert found == expected(
            "Kubernetes", "kubernetes-prod", "tenant-alpha", "prod", "20m0s", values, disableWait=True
        )

    @pytest.mark.parametrize(
        ("given", "values"),
        [
            (None, "none"),
            ({}, {}),
            ({"_metadata": {"labels": {"a": "b"}}}, {}),
            ({"size": "1Gi"}, {"size": "1Gi"}),
        ],
    )
    def test_of_values_is_what_was_written(self, given: Any, values: Any) -> None:
        found = releases(tenant("alpha", apps={"Redis": {"r": given}}))["tenant-alpha/redis-r"]
        assert found["spec"].get("values", "none") == values

    def test_of_labels_and_annotations_of_the_application(self) -> None:
        metadata = {"labels": {"team": "a"}, "annotations": {"example.org/x": "b"}}
        found = releases(tenant("alpha", apps={"Redis": {"r": {"_metadata": metadata}}}))[
            "tenant-alpha/redis-r"
        ]["metadata"]
        assert found["labels"]["apps.cozystack.io-team"] == "a"
        assert found["annotations"] == {"apps.cozystack.io-example.org/x": "b"}

    def test_of_a_value_from_a_secret(self) -> None:
        users = {"app.one": {"password": {"secretRef": {"name": "s", "key": "k"}}, "permissions": {}}}
        spec = {"apps": {"NATS": {"q": {"users": users}}}, "secrets": {"s": {"external": True}}}
        found = releases(tenant("alpha", **spec))["tenant-alpha/nats-q"]["spec"]
        assert found["values"] == {"users": {"app.one": {"permissions": {}}}}
        assert found["valuesFrom"] == [
            {"kind": "Secret", "name": "cozystack-values"},
            {"kind": "Secret", "name": "s", "valuesKey": "k", "targetPath": "users.app\\.one.password"},
        ]

    def test_of_a_tuned_module_owns_its_values_alone(self) -> None:
        found = releases(tenant("alpha", services={"ingress": {"replicas": 3}}))["tenant-alpha/ingress"]
        assert found["spec"] == {"values": {"replicas": 3}}
        assert found["metadata"]["annotations"] == {
            "kustomize.toolkit.fluxcd.io/prune": "disabled",
            "kustomize.toolkit.fluxcd.io/ssa": "Merge",
        }
        assert "labels" not in found["metadata"]


@pytest.mark.parametrize(
    ("path", "text"), [(("a",), "a"), (("a", "b"), "a.b"), (("a", 0, "b"), "a[0].b"), (("a.b", "c"), "a\\.b.c"), (("a", 1, 2), "a[1][2]"), (("a\\", "b"), "a\\\\.b")]
)  # fmt: skip
def test_paths_of_values_as_helm_reads_them(path: tuple[str | int, ...], text: str) -> None:
    assert target_path(path) == text


class TestNumbers:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            (1.0, 1), (-0.0, 0), (1.5, 1.5), (1e20, 10**20), (1e21, 1e21), (1e300, 1e300), (2**63 - 1, 2**63 - 1), (2**63, float(2**63)), (-(2**63), -(2**63)),
            (-(2**63) - 1, -float(2**63)), (10**300, 1e300), (True, True), ("1.0", "1.0"), (None, None), ([1.0, {"a": 2.0}], [1, {"a": 2}]), ((1.0,), [1]),
        ],
    )  # fmt: skip
    def test_as_a_custom_resource_keeps_them(self, given: Any, kept: Any) -> None:
        found = stored(given)
        assert (type(found), json.dumps(found)) == (type(kept), json.dumps(kept))

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(10**300), 10**300)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
    def test_are_kept_as_they_are_once_they_are_kept(self, value: Any) -> None:
        once = stored(value)
        assert json.dumps(stored(once)) == json.dumps(once)
        assert all(math.isfinite(n) for n in numbers(once))


def numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [n for item in value.values() for n in numbers(item)]
    if isinstance(value, list):
        return [n for item in value for n in numbers(item)]
    return [value] if isinstance(value, (int, float)) else []
