"""SchedulingClasses and BackupClasses, and the Plans of tenants (facts: platform 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.emit.numbers import stored
from cozygen.platform.tenant import Tenant

Object = dict[str, Any]
_APPS = "apps.cozystack.io"
_STRATEGIES = "strategy.backups.cozystack.io"
_BACKUPS = "backups.cozystack.io/v1alpha1"


def scheduling_classes(classes: Mapping[str, Mapping[str, Any]]) -> list[Object]:
    """SchedulingClasses as the spec states them."""
    return [
        {
            "apiVersion": "cozystack.io/v1alpha1",
            "kind": "SchedulingClass",
            "metadata": {"name": name},
            "spec": stored(body),
        }
        for name, body in sorted(classes.items())
    ]


def backup_classes(classes: Mapping[str, Mapping[str, Any]]) -> list[Object]:
    """BackupClasses with their strategies."""
    return [
        {
            "apiVersion": _BACKUPS,
            "kind": "BackupClass",
            "metadata": {"name": name},
            "spec": {"strategies": [_strategy(item) for item in body["strategies"]]},
        }
        for name, body in sorted(classes.items())
    ]


def _strategy(item: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, name = item["strategy"].partition("/")
    out: dict[str, Any] = {
        "application": {"apiGroup": _APPS, "kind": item["app"]},
        "strategyRef": {"apiGroup": _STRATEGIES, "kind": kind, "name": name},
    }
    if item.get("parameters"):
        out["parameters"] = stored(item["parameters"])
    return out


def plans(tenant: Tenant) -> list[Object]:
    """The backup plans of a tenant, in its namespace."""
    return [
        {
            "apiVersion": _BACKUPS,
            "kind": "Plan",
            "metadata": {"name": plan.name, "namespace": tenant.namespace},
            "spec": {
                "applicationRef": {"apiGroup": _APPS, "kind": plan.kind, "name": plan.app},
                "backupClassName": plan.backup_class,
                "schedule": {"type": "cron", "cron": plan.schedule},
            },
        }
        for plan in tenant.plans
    ]
