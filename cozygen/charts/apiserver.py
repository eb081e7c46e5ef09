"""The API server of a tenant cluster: flags, volumes and mounts of the spec's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.values import get, items
from cozygen.diagnostics import Code, Severity

FLAG_CONFLICT = Code(
    "CZ4183",
    Severity.ERROR,
    "an API server flag that OIDC sets itself",
    "With oidc.mode set, the chart starts the API server with an authentication configuration of its own. The "
    "API server does not start with the older flags beside it, or with two configurations.",
    "Remove the flag, and put what it said into oidc.customConfig.",
)
VOLUME = Code(
    "CZ4184",
    Severity.ERROR,
    "a volume that the API server cannot have",
    "The API server's pods run in the management cluster, so tenants may give them ConfigMaps and Secrets only, "
    "under names that do not clash with the chart's own volumes; mounts must name one of these volumes.",
    "Give each volume its own name and exactly one of configMap and secret, and mount volumes by that name.",
)

_RESERVED = ("talos-ca", "talos-tls-cert")
_SOURCES = ("configMap", "secret")
_AT: Path = ("controlPlane", "apiServer")


def api_server_faults(release: Release) -> Iterator[Fault]:
    """What is wrong with flags, volumes and mounts."""
    server = get(release.values, "controlPlane.apiServer")
    if not isinstance(server, Mapping):
        return
    mode = get(release.values, "oidc.mode")
    signs_in = mode is not None and mode != "None"
    names: list[str] = []
    for index, volume in enumerate(items(server, "extraVolumes")):
        if isinstance(volume, Mapping):
            yield from _volume_faults(volume, (*_AT, "extraVolumes", index), names, signs_in)
    for index, mount in enumerate(items(server, "extraVolumeMounts")):
        name = str(mount.get("name") or "") if isinstance(mount, Mapping) else ""
        if name not in names or not name:
            yield _fault(
                (*_AT, "extraVolumeMounts", index),
                f'the mount names "{name}", which is none of extraVolumes'
                if name
                else "the mount names no volume",
                "name one of controlPlane.apiServer.extraVolumes",
            )
    if signs_in:
        for index, flag in enumerate(items(server, "extraArgs")):
            if isinstance(flag, str) and flag.startswith(("--oidc-", "--authentication-config")):
                yield Fault(
                    FLAG_CONFLICT,
                    (*_AT, "extraArgs", index),
                    f"{flag.split('=')[0]} clashes with oidc.mode {mode}, which configures signing in itself",
                    "remove the flag",
                    {"found": flag},
                )


def _volume_faults(
    volume: Mapping[str, object], path: Path, names: list[str], signs_in: bool
) -> Iterator[Fault]:
    name = str(volume.get("name") or "")
    reserved = (*_RESERVED, "authentication-config") if signs_in else _RESERVED
    sources = sorted(key for key in volume if key != "name")
    if not name:
        yield _fault(path, "the volume has no name", "give it a name")
        return
    if name in reserved:
        yield _fault(
            (*path, "name"), f'the name "{name}" belongs to a volume of the chart', "choose another name"
        )
    elif name in names:
        yield _fault((*path, "name"), f'there are two volumes called "{name}"', "rename one of them")
    names.append(name)
    if len(sources) != 1:
        found = ", ".join(sources) or "none"
        yield _fault(
            path, f'the volume "{name}" needs one source, here is {found}', "keep configMap or secret"
        )
    elif sources[0] not in _SOURCES:
        yield _fault(
            (*path, sources[0]),
            f'the volume "{name}" is a {sources[0]}; only ConfigMaps and Secrets are allowed',
            "use configMap or secret",
        )


def _fault(path: Path, message: str, hint: str) -> Fault:
    return Fault(VOLUME, path, message, hint)
