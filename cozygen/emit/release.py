"""Applications and tenants as HelmReleases, exactly as Cozystack's API server stores them (facts: catalog 2.1).

The API shows a release as an application by its three application labels. What the shard operator owns
(``sharding.fluxcd.io/key``) never stands in Git, and durations are written as Go writes them, so that no
controller finds anything to rewrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cozygen.catalog.model import Application
from cozygen.emit.numbers import stored
from cozygen.platform.secretrefs import take_out
from cozygen.platform.tenant import App, Tenant
from cozygen.yamlio import ConstantMap, ConstantSeq

GROUP = "apps.cozystack.io"
PREFIX = "apps.cozystack.io-"
Object = dict[str, Any]

_STRATEGY = {"name": "RetryOnFailure", "retryInterval": "30s"}
_VALUES_FROM = ConstantSeq([{"kind": "Secret", "name": "cozystack-values"}])


def app_release(app: App) -> Object:
    """The release of an application."""
    given: Any = app.given
    if app.secrets:
        given, _ = take_out(app.given, app.place)
    out = release_object(app.application, app.name, app.namespace, given if app.stated else None)
    _own_metadata(out, app.labels, app.annotations)
    if app.secrets:
        out["spec"]["valuesFrom"] = [
            *_VALUES_FROM,
            *(
                {
                    "kind": "Secret",
                    "name": use.secret,
                    "valuesKey": use.key,
                    "targetPath": target_path(use.path),
                }
                for use in app.secrets
            ),
        ]
    return out


def tenant_release(tenant: Tenant, application: Application) -> Object:
    """The release of a tenant below root; it stands in its parent's namespace."""
    out = release_object(application, tenant.name, tenant.release_namespace, tenant.given)
    _own_metadata(out, tenant.labels, tenant.annotations)
    return out


def release_object(
    application: Application, name: str, namespace: str, values: Mapping[str, Any] | None
) -> Object:
    """A release of any application; without ``values`` it has none, with an empty mapping an empty one."""
    spec = dict(_frame(application))
    if values is not None:
        spec["values"] = stored(values)
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {
            "name": application.prefix + name,
            "namespace": namespace,
            "labels": {
                **application.labels,
                f"{GROUP}/application.group": GROUP,
                f"{GROUP}/application.kind": application.kind,
                f"{GROUP}/application.name": name,
            },
        },
        "spec": spec,
    }


@cache
def _frame(application: Application) -> Object:
    """What all releases of an application have in common."""
    spec: dict[str, Any] = {
        "chartRef": ConstantMap(
            {
                "kind": application.chart.kind,
                "name": application.chart.name,
                "namespace": application.chart.namespace,
            }
        ),
        "interval": "5m0s",
        "maxHistory": 5,
        "install": _action(application.install_timeout, application),
        "upgrade": _action(application.upgrade_timeout, application),
        "valuesFrom": _VALUES_FROM,
    }
    if application.wait_strategy is not None:
        spec["waitStrategy"] = {"name": application.wait_strategy}
    if application.health_check_exprs:
        spec["healthCheckExprs"] = [dict(expr) for expr in application.health_check_exprs]
    return spec


def values_overlay(name: str, namespace: str, values: Mapping[str, Any]) -> Object:
    """The values of a release that the platform makes itself: server-side apply owns ``spec.values`` alone.

    Never pruned: deleting the object would delete the release.
    """
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "annotations": {
                "kustomize.toolkit.fluxcd.io/prune": "disabled",
                "kustomize.toolkit.fluxcd.io/ssa": "Merge",
            },
        },
        "spec": {"values": stored(values)},
    }


def target_path(path: tuple[str | int, ...]) -> str:
    """A path into values as helm-controller's ``targetPath`` writes it: dots in names escaped, indexes in brackets."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            escaped = step.replace("\\", "\\\\").replace(".", "\\.").replace(",", "\\,").replace("=", "\\=")
            out += f".{escaped}" if out else escaped
    return out


def _action(timeout: str, application: Application) -> ConstantMap:
    out = ConstantMap({"timeout": timeout, "strategy": _STRATEGY})
    if application.disable_wait:
        out["disableWait"] = True
    return out


def _own_metadata(release: Object, labels: Mapping[str, str], annotations: Mapping[str, str]) -> None:
    if labels:
        own = {PREFIX + key: value for key, value in labels.items()}
        release["metadata"]["labels"] = {**own, **release["metadata"]["labels"]}
    if annotations:
        release["metadata"]["annotations"] = {PREFIX + key: value for key, value in annotations.items()}
