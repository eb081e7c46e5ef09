"""Kubernetes and KubernetesNodes: tenant clusters and further pools of workers for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.charts.apiserver import api_server_faults
from cozygen.charts.codes import FIXED_NAME
from cozygen.charts.names import JOB, LABEL, OBJECT, Derived, text_fault
from cozygen.charts.oidc import CUSTOM_CONFIG, platform_faults
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Rules
from cozygen.charts.text import Shape, Text
from cozygen.charts.values import get, mapping
from cozygen.charts.workers import talos_faults, unhealthy_faults, worker_faults
from cozygen.diagnostics import Code, Severity

ADDON_NEEDS = Code(
    "CZ4180", Severity.ERROR, "an add-on without the one it builds on",
    "Some add-ons work on top of another one and would never become ready without it, so the chart refuses to "
    "render.",
    "Switch the other add-on on as well.",
)  # fmt: skip
REMOVED_KEY = Code(
    "CZ4181", Severity.ERROR, "a key that earlier releases had",
    "The chart fails on purpose where it still finds the key, so that no one believes it had an effect.",
    "Move the value to the key that replaced it.",
)  # fmt: skip
POOL_CLUSTER = Code(
    "CZ4182", Severity.ERROR, "a worker pool that does not say whose it is",
    "A pool is called after the cluster it belongs to, and names it once more in its values. The chart fails "
    "where the two do not agree, or where the cluster has a node group of the same name.",
    "Call the pool <cluster>-<pool> and set cluster to that cluster's name.",
)  # fmt: skip

_IMPLICIT_GROUP: dict[str, Any] = {
    "minReplicas": 0, "maxReplicas": 10, "instanceType": "u1.medium", "diskSize": "20Gi", "roles": ["ingress-nginx"],
}  # fmt: skip
_TRUE = frozenset(("true", "1", "yes", "on", "y"))


def _cluster(release: Release) -> Iterator[Fault]:
    values = release.values
    groups = mapping(values, "nodeGroups")
    for name, group in (groups or {"md0": _IMPLICIT_GROUP}).items():
        if isinstance(group, Mapping):
            yield from _group_faults(release, name, group)
    if "nodeHealthCheck" in values:
        limit = get(values, "nodeHealthCheck.maxUnhealthy")
        if any("maxUnhealthy" not in g for g in groups.values() if isinstance(g, Mapping)) or not groups:
            yield from unhealthy_faults(limit, ("nodeHealthCheck", "maxUnhealthy"))
    if release.since("v1.6.0"):
        yield from talos_faults(release)
    yield from api_server_faults(release)
    yield from _addon_faults(release)
    yield from _oidc_faults(release)


def _group_faults(release: Release, name: str, group: Mapping[str, Any]) -> Iterator[Fault]:
    path = ("nodeGroups", name)
    if "ephemeralStorage" in group and release.since("v1.6.0"):
        yield Fault(
            REMOVED_KEY, (*path, "ephemeralStorage"), "ephemeralStorage is called diskSize since v1.6.0",
            "write diskSize", {"found": "ephemeralStorage", "wanted": "diskSize"}, on_key=True,
        )  # fmt: skip
    yield from worker_faults(release, group, path, f"{release.release}-{name}")
    fault = text_fault(path, name, f"{release.release}-{name}", OBJECT, on_key=True)
    if fault:
        yield fault


def _addon_faults(release: Release) -> Iterator[Fault]:
    addons = mapping(release.values, "addons")
    hosted = bool(release.tenant("etcd"))
    if get(addons, "hami.enabled") and not get(addons, "gpuOperator.enabled") and hosted:
        yield _needs("hami", "gpuOperator")
    if get(addons, "ouroboros.enabled") and not get(addons, "ingressNginx.enabled"):
        yield _needs("ouroboros", "ingressNginx")
    override = "ouroboros.valuesOverride.ouroboros.controller.gatewayApi.enabled"
    wanted = get(addons, override)
    if str(wanted).lower() in _TRUE and not get(addons, "gatewayAPI.enabled"):
        yield Fault(
            ADDON_NEEDS, ("addons", *override.split(".")), "ouroboros is to use the Gateway API, which is not switched on",
            "set addons.gatewayAPI.enabled", {"addon": "ouroboros", "needs": "gatewayAPI"},
        )  # fmt: skip


def _needs(addon: str, other: str) -> Fault:
    return Fault(
        ADDON_NEEDS, ("addons", addon, "enabled"), f"the add-on {addon} needs {other}, which is not switched on",
        f"set addons.{other}.enabled to true", {"addon": addon, "needs": other},
    )  # fmt: skip


def _oidc_faults(release: Release) -> Iterator[Fault]:
    mode = get(release.values, "oidc.mode")
    if mode == "System":
        yield from platform_faults(release)
    elif mode == "CustomConfig":
        config = get(release.values, "oidc.customConfig.config")
        secret = get(release.values, "oidc.customConfig.secretRef.name")
        if bool(config) == bool(secret):
            yield Fault(
                CUSTOM_CONFIG, ("oidc", "customConfig") if config else ("oidc", "mode"),
                "CustomConfig takes the issuer from either customConfig.config or customConfig.secretRef.name; "
                + ("here are both" if config else "here is neither"),
                "keep one of the two" if config else "give one of the two under oidc.customConfig",
            )  # fmt: skip


def _pool(release: Release) -> Iterator[Fault]:
    values = release.values
    cluster = values.get("cluster")
    if not cluster:
        yield Fault(
            POOL_CLUSTER, ("cluster",), "cluster is empty: the pool does not say which Kubernetes it belongs to",
            "set it to the name of a Kubernetes of this tenant",
        )  # fmt: skip
        return
    prefix = f"kubernetes-nodes-{cluster}-"
    if not release.release.startswith(prefix):
        yield Fault(
            POOL_CLUSTER, ("cluster",),
            f'the pool {release.name} says that it belongs to the cluster "{cluster}", and must then be called '
            f"{cluster}-<pool>", f"rename the pool to {cluster}-{release.name}, or correct cluster",
            {"cluster": cluster, "name": release.name},
        )  # fmt: skip
        return
    pool = release.release.removeprefix(prefix)
    made = f"kubernetes-{cluster}-{pool}"
    owner = release.lookup.pools.get(made)
    if owner and owner != release.release:
        yield Fault(
            POOL_CLUSTER, (), f"the workers {made} belong to the release {owner} already",
            "rename the pool, or remove the node group of that name from the cluster", {"owner": owner, "pool": made},
        )  # fmt: skip
    yield from talos_faults(release)
    yield from worker_faults(release, values, (), made)
    if "maxUnhealthy" not in values:
        yield from unhealthy_faults(None, ("maxUnhealthy",))
    fault = text_fault((), pool, made, OBJECT)
    if fault:
        yield fault


_INSTALLER = (
    Text("talos.imageFactoryURL", after="/image"),
    Text("talos.schematicID", before="https://a/", after="/a"),
    Text("talos.version", before="https://a/", after="/a"),
    Text("talos.installerRepository", Shape.BLOCK, after="/a"),
    Text("images.kubectl", Shape.QUOTED),
)
_SIZES = {"version": "", "talos": "", "images": ""}
KUBERNETES = Rules(
    check=_cluster,
    names=(
        Derived("{release}-bootstrap-token-tenant", JOB, since="v1.6.0"),
        Derived("{release}-cluster-autoscaler", LABEL, when=""),
        Derived("{release}-oidc-cleanup", JOB, when="oidc.mode!=None", since="v1.6.0"),
        Derived("{release}-oidc-bootstrap", JOB, since="v1.6.0"),
        Derived("{release}-pre-cleanup", JOB),
        Derived("{release}-kcsi-driver", LABEL),
    ),
    texts=(
        *_INSTALLER,
        Text("images.talosCsrSigner", Shape.QUOTED),
        Text("images.waitForKubeconfig", Shape.QUOTED),
        Text("host", after=":443"),
        Text("nodeHealthCheck.nodeStartupTimeout"),
        Text("nodeGroups.*.nodeStartupTimeout"),
        Text("nodeGroups.*.gpus.#.name"),
        Text("oidc.customConfig.config", Shape.INDENTED, when="oidc.mode=CustomConfig"),
        Text("oidc.customConfig.secretRef.name", when="oidc.mode=CustomConfig"),
    ),
    nulls={**_SIZES, "addons": "", "controlPlane": "", "nodeHealthCheck": "", "oidc": ""},
    flat=dict.fromkeys(
        (
            f"controlPlane.{part}.resources"
            for part in ("apiServer", "controllerManager", "scheduler", "konnectivity.server")
        ),
        "",
    ),
    hidden=("nameOverride", "fullnameOverride", "nodeGroups.*.ephemeralStorage"),
)  # fmt: skip
KUBERNETES_NODES = Rules(
    check=_pool,
    texts=(*_INSTALLER, Text("nodeStartupTimeout"), Text("gpus.#.name")),
    nulls=_SIZES,
)
