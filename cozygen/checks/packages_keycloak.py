"""What the Keycloak chart refuses in the settings of its component (facts: platform 3.3 K1).

Rests on upstream's ``packages/system/keycloak`` templates; everything holds only where values are given,
since the chart's own defaults pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.checks.packages_view import View
from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.platform.packages_values import Path
from cozygen.yamlio import deep_place

REFUSED = Code(
    "CZ3180",
    Severity.ERROR,
    "settings that the Keycloak chart refuses",
    "The release fails to install or upgrade, and with it everything that waits for Keycloak: the "
    "dashboard's sign-in and the API with OIDC.",
    "Change what the message names.",
)
_Problem = tuple[Path, str]
_BACKENDS = ("static", "vault-transit")
_AUTHS: Mapping[str, Path] = {
    "token": ("tokenSecretName",),
    "approle": ("appRole", "secretName"),
    "kubernetes": ("kubernetes", "role"),
}


def keycloak(body: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """The settings of the component keycloak of the package keycloak."""
    if not view.packages.has("keycloak"):
        return
    settings = view.packages.components("keycloak").get("keycloak") or {}
    values = settings.get("values")
    if not isinstance(values, Mapping):
        return
    path = ("cozystack", "components", "keycloak", "keycloak", "values")
    for rule in (_backup, _themes, _encryption):
        for where, text in rule(values):
            yield REFUSED.at(
                _place(body, (*path, *where), view.place),
                f"keycloak: {text}",
                hint=f"correct {'.'.join(map(str, where))} in the values of the component keycloak",
                values={"path": ".".join(map(str, where))},
            )


def _place(body: Mapping[str, Any], path: Path, fallback: Place) -> Place:
    return deep_place(body, path, fallback)


def _at(values: Mapping[str, Any], *path: str) -> Any:
    here: Any = values
    for step in path:
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _backup(values: Mapping[str, Any]) -> Iterator[_Problem]:
    """Inline credentials are needed once backups have a destination and no Secret of their own."""
    backup = _at(values, "backup") or {}
    if not _at(values, "backup", "enabled") or not backup.get("destinationPath"):
        return
    if backup.get("existingSecretName"):
        return
    for key in ("s3AccessKey", "s3SecretKey"):
        if not backup.get(key):
            yield ("backup", key), f"backup needs {key}, or existingSecretName"


def _themes(values: Mapping[str, Any]) -> Iterator[_Problem]:
    themes = _at(values, "themes")
    seen: dict[str, int] = {}
    for index, theme in enumerate(themes if isinstance(themes, list) else ()):
        if not isinstance(theme, Mapping):
            continue
        for key in ("name", "image"):
            if not theme.get(key):
                yield ("themes", index), f"theme {index + 1} has no {key}"
        name = str(theme.get("name") or "")
        container = _container(name)
        if name and not container:
            yield (
                ("themes", index, "name"),
                f'nothing of the theme name "{name}" can be used in a container name',
            )
        elif len(f"theme-{container}") > 63:
            yield ("themes", index, "name"), f'the theme name "{name}" is too long: 57 characters at most'
        elif container and container in seen:
            yield (
                ("themes", index, "name"),
                f"themes {seen[container] + 1} and {index + 1} get one container name",
            )
        seen.setdefault(container, index)


def _container(name: str) -> str:
    """The part of a container name that the chart makes of a theme's name."""
    dashed = re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "-", name.lower()))
    return dashed.removeprefix("-").removesuffix("-")


def _encryption(values: Mapping[str, Any]) -> Iterator[_Problem]:
    if not _at(values, "encryption", "enabled"):
        return
    backend = _at(values, "encryption", "kms", "backend") or "static"
    replicas = _at(values, "encryption", "replicas")
    if backend not in _BACKENDS:
        yield (
            ("encryption", "kms", "backend"),
            f"encryption.kms.backend has to be static or vault-transit, not {backend}",
        )
    if isinstance(replicas, int) and replicas > 1 and not _at(values, "encryption", "deksetSecretName"):
        yield ("encryption", "replicas"), "encryption.replicas above 1 needs encryption.deksetSecretName"
    if backend == "vault-transit":
        yield from _vault(_at(values, "encryption", "kms", "vault") or {})


def _vault(vault: Mapping[str, Any]) -> Iterator[_Problem]:
    above: Path = ("encryption", "kms", "vault")
    for key in ("address", "keyName"):
        if not _at(vault, key):
            yield (*above, key), f"encryption.kms.vault.{key} is needed for vault-transit"
    auth = _at(vault, "auth") or "token"
    if auth not in _AUTHS:
        yield (*above, "auth"), f"encryption.kms.vault.auth has to be one of {', '.join(_AUTHS)}, not {auth}"
        return
    needed = tuple(map(str, _AUTHS[auth]))
    if not _at(vault, *needed):
        yield (*above, *needed), f"encryption.kms.vault.{'.'.join(needed)} is needed for vault.auth {auth}"
