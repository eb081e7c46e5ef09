"""Kubernetes and KubernetesNodes: tenant clusters and further pools of workers for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.charts.apiserver import api_server_faults
from cozygen.charts.names import JOB, LABEL, OBJECT, Derived, text_fault
from cozygen.charts.oidc import CUSTOM_CONFIG, platform_faults
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Shape, Text
from cozygen.charts.values import get, mapping
from cozygen.charts.workers import talos_faults, unhealthy_faults, worker_faults
from cozygen.diagnostics import Code, Severity

ADDON_NEEDS = Code(
    "CZ4180",
    Severity.ERROR,
    "an add-on without the one it builds on",
    "Some add-ons work on top of another one and would never become ready without it, so the chart refuses to "
    "render.",
    "Switch the other add-on on as well.",
)
REMOVED_KEY = Code(
    "CZ4181",
    Severity.ERROR,
    "a key that earlier releases had",
    "The chart fails on purpose where it still finds the key, so that no one believes it had an effect.",
    "Move the value to the key that replaced it.",
)
POOL_CLUSTER = Code(
    "CZ4182",
    Severity.ERROR,
    "a worker pool that does not say whose it is",
    "A pool is called after the cluster it belongs to, and names it once more in its values. The chart fails "
    "where the two do not agree, or where the cluster has a node group of the same name.",
    "Call the pool <cluster>-<pool> and set cluster to that cluster's name.",
)

_IMPLICIT_GROUP: dict[str, Any] = {
    "minReplicas": 0,
    "maxReplicas": 10,
    "instanceType": "u1.medium",
    "diskSize": "20Gi",
    "roles": ["ingress-nginx"],
}
_UNHEALTHY = "nodeHealthCheck.maxUnhealthy"
_TRUE = frozenset(("true", "1", "yes", "on", "y"))


def _cluster(release: Release) -> Iterator[Fault]:
    values = release.values
    groups = mapping(values, "nodeGroups") or {"md0": _IMPLICIT_GROUP}
    for name in groups if release.tenant("etcd") or release.since("v1.6.0") else ():
        if fault := text_fault(("nodeGroups", name), name, f"{release.release}-{name}", OBJECT, on_key=True):
            yield fault
    if release.tenant("etcd"):  # without it the chart renders neither control plane nor workers
        for name, group in groups.items():
            if isinstance(group, Mapping):
                yield from _group_faults(release, name, group)
        own = [group for group in groups.values() if isinstance(group, Mapping) and "maxUnhealthy" in group]
        if "nodeHealthCheck" in values and len(own) < len(groups):
            yield from unhealthy_faults(get(values, _UNHEALTHY), tuple(_UNHEALTHY.split(".")))
        if release.since("v1.6.0"):
            yield from talos_faults(release)
        yield from api_server_faults(release)
    yield from _addon_faults(release)
    yield from _oidc_faults(release)


def _group_faults(release: Release, name: str, group: Mapping[str, Any]) -> Iterator[Fault]:
    path = ("nodeGroups", name)
    if "ephemeralStorage" in group and release.since("v1.6.0"):
        yield Fault(
            REMOVED_KEY,
            (*path, "ephemeralStorage"),
            "ephemeralStorage is called diskSize since v1.6.0",
            "write diskSize",
            {"found": "ephemeralStorage", "wanted": "diskSize"},
            on_key=True,
        )
    yield from worker_faults(release, group, path, f"{release.release}-{name}")


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
            ADDON_NEEDS,
            ("addons", *override.split(".")),
            "ouroboros is to use the Gateway API, which is not switched on",
            "set addons.gatewayAPI.enabled",
            {"addon": "ouroboros", "needs": "gatewayAPI"},
        )


def _needs(addon: str, other: str) -> Fault:
    return Fault(
        ADDON_NEEDS,
        ("addons", addon, "enabled"),
        f"the add-on {addon} needs {other}, which is not switched on",
        f"set addons.{other}.enabled to true",
        {"addon": addon, "needs": other},
    )


def _oidc_faults(release: Release) -> Iterator[Fault]:
    mode = get(release.values, "oidc.mode")
    if mode == "System":
        yield from platform_faults(release)
    elif mode == "CustomConfig":
        config = get(release.values, "oidc.customConfig.config")
        secret = get(release.values, "oidc.customConfig.secretRef.name")
        if bool(config) == bool(secret):
            yield Fault(
                CUSTOM_CONFIG,
                ("oidc", "customConfig") if config else ("oidc", "mode"),
                "CustomConfig takes the issuer from either customConfig.config or customConfig.secretRef.name; "
                + ("here are both" if config else "here is neither"),
                "keep one of the two" if config else "give one of the two under oidc.customConfig",
            )


def _pool(release: Release) -> Iterator[Fault]:
    values = release.values
    cluster = values.get("cluster")
    if not cluster:
        yield Fault(
            POOL_CLUSTER,
            ("cluster",),
            "cluster is empty: the pool does not say which Kubernetes it belongs to",
            "set it to the name of a Kubernetes of this tenant",
        )
        return
    prefix = f"kubernetes-nodes-{cluster}-"
    if not release.release.startswith(prefix):
        yield Fault(
            POOL_CLUSTER,
            ("cluster",),
            f'the pool {release.name} says that it belongs to the cluster "{cluster}", and must then be called '
            f"{cluster}-<pool>",
            f"rename the pool to {cluster}-{release.name}, or correct cluster",
            {"cluster": cluster, "name": release.name},
        )
        return
    pool = release.release.removeprefix(prefix)
    made = f"kubernetes-{cluster}-{pool}"
    owner = release.lookup.pools.get(made)
    if owner and owner != release.release:
        yield Fault(
            POOL_CLUSTER,
            (),
            f"the workers {made} belong to the release {owner} already",
            "rename the pool, or remove the node group of that name from the cluster",
            {"owner": owner, "pool": made},
        )
    yield from talos_faults(release)
    yield from worker_faults(release, values, (), made)
    if "maxUnhealthy" not in values:
        yield from unhealthy_faults(None, ("maxUnhealthy",))
    fault = text_fault((), pool, made, OBJECT)
    if fault:
        yield fault


def _installer_texts(when: str = "") -> tuple[Text, ...]:
    return (
        Text("talos.imageFactoryURL", after="/image", when=when),
        Text("talos.schematicID", before="https://a/", after="/a", when=when),
        Text("talos.version", before="https://a/", after="/a", when=when),
        *(
            Text(f"talos.{key}", Shape.BLOCK, after="/a")
            for key in ("installerRepository", "schematicID", "version")
        ),
        Text("images.kubectl", Shape.QUOTED),
    )


_HOSTED = "@etcd"
_SIZES = {"version": "", "talos": "", "images": ""}
KUBERNETES = Rules(
    check=_cluster,
    names=(
        Derived("{release}-bootstrap-token-tenant", JOB, since="v1.6.0"),
        Derived("{release}-cluster-autoscaler", LABEL, when=_HOSTED),
        Derived("{release}-oidc-cleanup", JOB, when="oidc.mode!=None", since="v1.6.0"),
        Derived("{release}-oidc-bootstrap", JOB, since="v1.6.0"),
        Derived("{release}-pre-cleanup", JOB),
        Derived("{release}-kcsi-driver", LABEL, when=_HOSTED),
    ),
    texts=(
        *_installer_texts(_HOSTED),
        Text("images.talosCsrSigner", Shape.QUOTED, when=_HOSTED),
        Text("images.waitForKubeconfig", Shape.QUOTED, when=_HOSTED),
        Text("host", after=":443", when=_HOSTED),
        Text("nodeHealthCheck.nodeStartupTimeout", when=_HOSTED),
        Text("nodeGroups.*.nodeStartupTimeout", when=_HOSTED),
        Text("nodeGroups.*.gpus.#.name", when=_HOSTED),
        Text("oidc.customConfig.config", Shape.INDENTED, when="oidc.mode=CustomConfig"),
        Text("oidc.customConfig.secretRef.name", when=f"oidc.mode=CustomConfig & {_HOSTED}"),
    ),
    nulls={**_SIZES, "addons": "", "controlPlane": "", "nodeHealthCheck": _HOSTED, "oidc": ""},
    resources=tuple(
        Resources(f"controlPlane.{part}.resources", _HOSTED)
        for part in ("apiServer", "controllerManager", "scheduler", "konnectivity.server")
    ),
    hidden=("nameOverride", "fullnameOverride", "nodeGroups.*.ephemeralStorage"),
)
KUBERNETES_NODES = Rules(
    check=_pool,
    texts=(*_installer_texts(), Text("nodeStartupTimeout"), Text("gpus.#.name")),
    nulls=_SIZES,
)
