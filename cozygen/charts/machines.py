"""VMDisk and VMInstance: one source a disk, and what a machine refers to must exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.charts.codes import TOO_MANY
from cozygen.charts.release import Fault, Release
from cozygen.charts.rules import Rules
from cozygen.charts.text import Shape, Text
from cozygen.charts.values import get, items, mapping
from cozygen.diagnostics import Code, Severity
from cozygen.schema import did_you_mean

UNKNOWN_INSTANCE_TYPE = Code(
    "CZ4130",
    Severity.ERROR,
    "no such instance type",
    "The chart looks the instance type up in the cluster while it renders and fails where it is absent. "
    "Cozystack installs a fixed list; a platform may add its own.",
    "Take one of the instance types that exist, such as u1.medium, cx1.large or m1.xlarge; "
    "`kubectl get virtualmachineclusterinstancetypes` lists them.",
)
UNKNOWN_PREFERENCE = Code(
    "CZ4131",
    Severity.ERROR,
    "no such instance profile",
    "The chart looks the profile (a KubeVirt preference) up in the cluster while it renders and fails where it "
    "is absent.",
    "Take one of the profiles that exist, such as ubuntu, debian or windows.11, or leave it empty; "
    "`kubectl get virtualmachineclusterpreferences` lists them.",
)
UNKNOWN_DISK = Code(
    "CZ4132",
    Severity.ERROR,
    "no such disk",
    "A machine's disks must exist before its chart can render: it reads each one's DataVolume in the same "
    "namespace.",
    "Add a VMDisk of that name to the same tenant, or correct the name.",
)
NO_SIZE = Code(
    "CZ4133",
    Severity.ERROR,
    "a machine without a size",
    "A machine takes its size from an instance type, or from resources that give cpu, sockets and memory all "
    "together. With neither the chart fails.",
    "Give an instanceType, or all three of resources.cpu, resources.sockets and resources.memory.",
)
DISK_SOURCE = Code(
    "CZ4134",
    Severity.ERROR,
    "not exactly one source for a disk",
    "A disk is filled from one place: an image, a URL, an upload or another disk. The chart fails on two, and on "
    "one that does not say where.",
    "Keep one of image, http, upload and disk, with its name or url.",
)

NO_PORT = Code(
    "CZ4135",
    Severity.WARNING,
    "not a port",
    "A Service lists each port once, from 1 to 65535. The chart renders anything else, and Kubernetes refuses the "
    "Service.",
    "Correct the number, or remove the repetition.",
)
_INT32 = 2**31
_FIELDS = {"image": "name", "http": "url", "disk": "name"}


def unknown_instance_type(release: Release, path: tuple[str | int, ...], found: str) -> Fault:
    """``found`` is no instance type that the cluster has."""
    return Fault(
        UNKNOWN_INSTANCE_TYPE,
        path,
        f'there is no instance type "{found}" in the cluster',
        did_you_mean(found, release.lookup.instance_types)
        or "take one that the platform brings, such as u1.medium",
        {"found": found},
    )


def _instance(release: Release) -> Iterator[Fault]:
    values, lookup = release.values, release.lookup
    kind = values.get("instanceType")
    if kind and kind not in lookup.instance_types:
        yield unknown_instance_type(release, ("instanceType",), kind)
    profile = values.get("instanceProfile")
    if profile and profile not in lookup.preferences:
        yield Fault(
            UNKNOWN_PREFERENCE,
            ("instanceProfile",),
            f'there is no instance profile "{profile}" in the cluster',
            did_you_mean(profile, lookup.preferences) or "take one that the platform brings, such as ubuntu",
            {"found": profile},
        )
    resources = mapping(values, "resources")
    lacking = [key for key in ("cpu", "sockets", "memory") if not resources.get(key)]
    if not kind and lacking:
        yield Fault(
            NO_SIZE,
            ("instanceType",),
            f"there is no instanceType, and resources lack {', '.join(lacking)}",
            "give an instanceType, or cpu, sockets and memory together",
            {"lacking": lacking},
        )
    if values.get("external"):
        yield from _port_faults(items(values, "externalPorts"))
    for index, disk in enumerate(items(values, "disks")):
        name = disk.get("name") if isinstance(disk, Mapping) else None
        if isinstance(name, str) and name not in lookup.disks:
            yield Fault(
                UNKNOWN_DISK,
                ("disks", index, "name"),
                f'there is no VMDisk "{name}" in {release.namespace}',
                did_you_mean(name, lookup.disks) or f"add a VMDisk {name} to the tenant",
                {"found": name},
            )


def _port_faults(ports: list[Any]) -> Iterator[Fault]:
    for index, port in enumerate(ports):
        path = ("externalPorts", index)
        if not isinstance(port, int):
            continue
        if not -_INT32 <= port < _INT32:
            yield Fault(
                TOO_MANY, path, f"{port} is beyond any port number", "take 1 to 65535", {"found": port}
            )
        elif not 1 <= port <= 65535:
            yield Fault(NO_PORT, path, f"{port} is no port", "take 1 to 65535", {"found": port})
        elif port in ports[:index]:
            yield Fault(NO_PORT, path, f"the port {port} is listed already", "remove it", {"found": port})


def _disk(release: Release) -> Iterator[Fault]:
    source = mapping(release.values, "source")  # the chart counts unknown keys as well
    if len(source) > 1:
        yield Fault(
            DISK_SOURCE,
            ("source",),
            f"a disk has one source, here are {len(source)}: {', '.join(sorted(source))}",
            "keep one of them",
            {"found": sorted(source)},
        )
        return
    for key, field in _FIELDS.items():
        if key in source and not _holds(source[key], field):
            yield Fault(
                DISK_SOURCE,
                ("source", key, field) if field in (source[key] or {}) else ("source", key),
                f"source.{key} does not say its {field}",
                f"add {field}",
                {"key": f"source.{key}.{field}"},
            )


def _holds(source: Any, field: str) -> bool:
    return isinstance(source, Mapping) and bool(get(source, field))


VM_DISK = Rules(
    check=_disk,
    texts=(
        Text("storageClass"),
        Text("source.http.url"),
        Text("source.image.name", before="vm-default-images-"),
        Text("source.disk.name", before="vm-disk-"),
    ),
    nulls={"source": ""},
)
VM_INSTANCE = Rules(
    check=_instance,
    texts=(
        Text("gpus.#.name"),
        Text("disks.#.bus"),
        Text("networks.#.name"),
        Text("subnets.#.name", when="!networks"),
        Text("cloudInit", Shape.INDENTED),
    ),
    nulls={"external": ""},
    hidden=("running", "nameOverride", "fullnameOverride"),
)
