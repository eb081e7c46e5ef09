"""SeaweedFS: topologies, zones and pools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.charts.names import Sort, is_dns_label, text_fault
from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.tenant import no_ingress_faults
from cozygen.charts.text import Needs, Shape, Text
from cozygen.charts.values import get, mapping
from cozygen.charts.vaults import SECOND_RELEASE
from cozygen.diagnostics import Code, Severity

TOPOLOGY = Code(
    "CZ4160",
    Severity.ERROR,
    "a topology that does not fit its settings",
    "Simple keeps copies on different servers, MultiZone in different zones, and Client uses a store elsewhere. "
    "Each needs its own settings and excludes some of the others; the chart fails where they do not fit.",
    "Give what the topology needs, or choose the topology that fits. It cannot be changed after the first install.",
)
POOL = Code(
    "CZ4161",
    Severity.ERROR,
    "a storage pool that cannot be",
    "Pools become volume servers and bucket classes: their names are parts of object names, and their disk types "
    "tell them apart from each other and from the default.",
    "Use a short name of lower-case letters, digits and dashes, and a disk type of its own.",
)

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?").fullmatch
_FRACTION = re.compile(r"[+-]?([0-9]*\.[0-9]+|[0-9]+(\.[0-9]*)?[eE]-[0-9]+)").fullmatch
_VOLUME_SERVER = Sort(
    "volume server", 61, is_dns_label
)  # the chart's own limit; it shortens what comes before
_DISK_TYPE = re.compile(r"[a-z0-9]+").fullmatch


def _check(release: Release) -> Iterator[Fault]:
    values = release.values
    topology = values.get("topology")
    zones, pools = mapping(values, "volume.zones"), mapping(values, "volume.pools")
    factor = values.get("replicationFactor")
    factor = factor if isinstance(factor, (int, float)) else 0
    if factor < 1 and "replicationFactor" in values:
        yield _topology(
            ("replicationFactor",), f"replicationFactor is {factor}; at least one copy is needed", "take 2"
        )
    if topology == "Client" and not get(values, "filer.grpcHost"):
        yield _topology(
            ("filer", "grpcHost"),
            "the topology Client needs the filer of the other store in filer.grpcHost",
            "give its host name",
        )
    if topology == "MultiZone":
        if not zones and "zones" in mapping(values, "volume"):
            yield _topology(("volume", "zones"), "the topology MultiZone has no zones", "define volume.zones")
        elif factor > len(zones) > 0:
            yield _topology(
                ("replicationFactor",),
                f"replicationFactor is {factor}, and there are {len(zones)} zones to keep copies in",
                f"take at most {len(zones)}, or add zones",
            )
    if pools and topology != "Simple":
        yield _topology(
            ("volume", "pools"),
            f"volume.pools does not go together with the topology {topology}",
            "put the pools into volume.zones.<zone>.pools" if topology == "MultiZone" else "remove them",
        )
    yield from _disk_faults(values, topology)
    if topology != "Client":
        yield from _name_faults(release, topology)
        size = get(values, "db.size")
        if isinstance(size, str) and _FRACTION(size):
            yield Fault(
                SECOND_RELEASE,
                ("db", "size"),
                f'db.size "{size}" arrives as a number; the release of the database takes '
                "whole numbers and text",
                "write it with a unit, such as 10Gi",
                {"found": size},
            )
        yield from no_ingress_faults(release)


_LABEL = "use lower-case letters, digits and dashes"
_TYPE = "give it a disk type of lower-case letters and digits, such as ssd"


def _disk_faults(values: Mapping[str, Any], topology: Any) -> Iterator[Fault]:
    default = get(values, "volume.diskType")
    if default and not _DISK_TYPE(default):
        yield _pool(
            ("volume", "diskType"), f'the disk type "{default}" has other characters than a-z and 0-9', _TYPE
        )
    types: dict[str, str] = {}
    for path, name, pool in _pools(values, topology):
        disk = pool.get("diskType")
        if not _NAME(name):
            yield _pool(path, f'the pool name "{name}" is no DNS label', _LABEL, on_key=True)
        elif name.endswith(("-lock", "-readonly")):
            message = f'the pool name "{name}" ends in -lock or -readonly, which bucket classes use'
            yield _pool(path, message, "choose another name", on_key=True)
        if not disk:
            yield _pool(
                (*path, "diskType") if disk == "" else path, f"the pool {name} has no diskType", _TYPE
            )
        elif not _DISK_TYPE(disk):
            yield _pool(
                (*path, "diskType"), f'the disk type "{disk}" has other characters than a-z and 0-9', _TYPE
            )
        elif disk == default:
            message = f'the pool {name} has the disk type "{disk}" of the default volumes'
            yield _pool((*path, "diskType"), message, "give it a disk type of its own")
        elif types.setdefault(name, disk) != disk:
            message = f'the pool {name} has the disk type "{types[name]}" in another zone'
            yield _pool((*path, "diskType"), message, f"write {types[name]}")
        if path[1] == "zones" and f"{path[2]}-{name}" in mapping(values, "volume.zones"):
            message = f"zone {path[2]} and pool {name} make {path[2]}-{name}, which is a zone too"
            yield _pool(path, message, "choose another name", on_key=True)


def _pools(values: Mapping[str, Any], topology: Any) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for name, pool in mapping(values, "volume.pools").items():
        if isinstance(pool, Mapping):
            yield ("volume", "pools", name), name, pool
    if topology == "MultiZone":
        for zone, settings in mapping(values, "volume.zones").items():
            for name, pool in mapping(settings, "pools").items() if isinstance(settings, Mapping) else ():
                if isinstance(pool, Mapping):
                    yield ("volume", "zones", zone, "pools", name), name, pool


def _name_faults(release: Release, topology: Any) -> Iterator[Fault]:
    made: list[tuple[Path, str]] = []
    if topology == "Simple":
        made += [(path, name) for path, name, _ in _pools(release.values, topology) if _NAME(name)]
    elif topology == "MultiZone":
        made += [(("volume", "zones", zone), zone) for zone in mapping(release.values, "volume.zones")]
        made += [
            (path, f"{path[2]}-{name}")
            for path, name, _ in _pools(release.values, topology)
            if path[1] == "zones" and _NAME(name)
        ]
    for path, name in made:
        fault = text_fault(path, name, f"volume-{name}", _VOLUME_SERVER, on_key=True)
        if fault:
            yield fault


def _topology(path: Path, message: str, hint: str) -> Fault:
    return Fault(TOPOLOGY, path, message, hint)


def _pool(path: Path, message: str, hint: str, *, on_key: bool = False) -> Fault:
    return Fault(POOL, path, message, hint, on_key=on_key)


_RUNS = "topology!=Client"
_ZONES = "topology=MultiZone"
_SETS = "topology=Simple & volume.pools | topology=MultiZone"


def _class_texts(path: str, bare: str, quoted: str) -> tuple[Text, ...]:
    """The storage class of volumes, which the two releases write one after the other."""
    where = f"{path}.storageClass"
    return Text(where, needs=Needs.TEXT, when=bare), Text(where, Shape.QUOTED, when=quoted)


RULES = Rules(
    check=_check,
    texts=(
        Text("host", needs=Needs.TEXT, when=_RUNS),
        Text("host", Shape.QUOTED, when=_RUNS),
        Text("host", before="https://", when="topology=Client"),
        Text("db.storageClass", needs=Needs.TEXT, when=_RUNS),
        Text("filer.grpcHost", needs=Needs.TEXT, when=_RUNS),
        Text("filer.grpcHost", Shape.QUOTED, after=":1", when="topology=Client"),
        Text("filer.whitelist.#", Shape.QUOTED, when=f"{_RUNS} & filer.grpcHost"),
        Text("volume.zones.~", needs=Needs.TEXT, when=_ZONES),
        Text("volume.zones.~", Shape.KEY, when=_ZONES),
        Text("volume.pools.~", Shape.KEY, when="topology=Simple"),
        Text("volume.zones.*.dataCenter", when=_ZONES),
        Text("volume.zones.*.nodeSelector", Shape.MAPPING, when=_ZONES),
        *_class_texts("volume", _RUNS, _SETS),
        *_class_texts("volume.pools.*", "topology=Simple", "topology=Simple"),
        *_class_texts("volume.zones.*", _ZONES, _ZONES),
        *_class_texts("volume.zones.*.pools.*", _ZONES, _ZONES),
    ),
    nulls={
        "topology": "",
        "replicationFactor": "",
        "filer": "",
        "volume": "",
        "volume.pools": "",
        "volume.zones": _ZONES,
        **{key: _RUNS for part in ("db", "master", "s3") for key in (part, f"{part}.resourcesPreset")},
        "filer.resourcesPreset": _RUNS,
        "volume.resourcesPreset": _RUNS,
    },
    loops=("master.replicas",),
    resources=(
        Resources("db.resources", _RUNS),
        *(Resources(f"{part}.resources", _RUNS, pods=True) for part in ("master", "filer", "volume", "s3")),
        Resources("volume.pools.*.resources", "topology=Simple", pods=True),
        Resources("volume.zones.*.pools.*.resources", _ZONES, pods=True),
    ),
)
