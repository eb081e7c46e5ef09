"""Monitoring: what its second release, which holds everything, refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cozygen.charts.codes import FIXED_NAME
from cozygen.charts.names import OBJECT, DerivedFrom
from cozygen.charts.oidc import CUSTOM_CONFIG, OIDC_USER, platform_faults
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Rules
from cozygen.charts.tenant import no_ingress_faults
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get, items, mapping
from cozygen.diagnostics import Code, Severity

NO_STORAGE = Code(
    "CZ4144",
    Severity.ERROR,
    "monitoring without a store",
    "Logs are collected anyway and would be dropped silently without a store, and Alerta keeps its state in a "
    "database. The release that runs the monitoring stack refuses to be without them.",
    "Keep at least one entry of logsStorages, and a size for alerta.storage.",
)

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}").fullmatch
_KEYCLOAK = "v1.edp.epam.com/v1"


def _check(release: Release) -> Iterator[Fault]:
    values = release.values
    if release.release != "monitoring":
        yield Fault(
            FIXED_NAME,
            (),
            f"the chart of Monitoring wants the name monitoring, not {release.release}",
            "call it monitoring",
            {"found": release.release, "wanted": "monitoring"},
        )
    # A null leaves the second release with its own defaults, an empty list with nothing.
    if values.get("logsStorages") == [] and release.since("v1.6.0"):
        yield Fault(
            NO_STORAGE,
            ("logsStorages",),
            "logsStorages is empty, so logs would be collected and dropped",
            "keep one entry, such as the default called generic",
        )
    if get(values, "alerta.storage") == "":
        yield Fault(NO_STORAGE, ("alerta", "storage"), "alerta.storage is empty", "give a size, such as 10Gi")
    if release.cluster("gateway-enabled") != "true":
        yield from no_ingress_faults(release)
    yield from _oidc_faults(release)


def _oidc_faults(release: Release) -> Iterator[Fault]:
    oidc = mapping(release.values, "oidc")
    inline, secret = get(oidc, "customConfig.config"), get(oidc, "customConfig.secretRef.name")
    mode = oidc.get("mode") or "None"
    if mode == "System":
        yield from platform_faults(release, _KEYCLOAK)
    elif mode == "CustomConfig" and bool(inline) == bool(secret):
        yield Fault(
            CUSTOM_CONFIG,
            ("oidc", "customConfig"),
            "CustomConfig takes its settings from either customConfig.config or customConfig.secretRef.name; "
            + ("here are both" if inline else "here is neither"),
            "keep one of the two" if inline else "give one of the two",
        )
    users = items(oidc, "users")
    if secret and users:
        yield Fault(
            OIDC_USER,
            ("oidc", "users"),
            "users are ignored where the settings come from a Secret, so the chart refuses them there",
            "remove users, or give the settings in customConfig.config",
        )
    for index, user in enumerate(users):
        email = user.get("email") if isinstance(user, Mapping) else None
        if isinstance(email, str) and not _EMAIL(email):
            yield Fault(
                OIDC_USER,
                ("oidc", "users", index, "email"),
                f'"{email}" is no plain e-mail address',
                "write it as name@example.org, in ASCII and without spaces",
                {"found": email},
            )


def _store_texts(stores: str) -> tuple[Text, ...]:
    return (
        Text(f"{stores}.#.name", needs=Needs.LABEL),
        Text(f"{stores}.#.storage"),
        Text(f"{stores}.#.storageClassName"),
    )


_ALERTA = "alerta.alerts"
_TELEGRAM = f"{_ALERTA}.telegram.chatID & {_ALERTA}.telegram.token"
RULES = Rules(
    check=_check,
    derived=(
        DerivedFrom("metricsStorages.#.name", "{text}-vmstorage", OBJECT),
        DerivedFrom("metricsStorages.#.name", "vm-{text}", OBJECT),
        DerivedFrom("logsStorages.#.name", "{text}-vlstorage", OBJECT),
        DerivedFrom("logsStorages.#.name", "vlogs-{text}", OBJECT),
    ),
    texts=(
        Text("host", Shape.QUOTED, before="alerta."),
        *_store_texts("metricsStorages"),
        *_store_texts("logsStorages"),
        Text("alerta.storage"),
        Text("alerta.storageClassName"),
        Text("grafana.db.size"),
        Text(f"{_ALERTA}.slack.url", Shape.QUOTED),
        Text(f"{_ALERTA}.telegram.chatID", Shape.QUOTED, when=_TELEGRAM),
        Text(f"{_ALERTA}.telegram.token", Shape.QUOTED, when=_TELEGRAM),
        Text("oidc.customConfig.secretRef.name", when="oidc.mode=CustomConfig"),
    ),
    amounts=("alerta.resources.limits", "alerta.resources.requests"),
    secrets=(f"{_ALERTA}.telegram.token", f"{_ALERTA}.slack.url"),
)
