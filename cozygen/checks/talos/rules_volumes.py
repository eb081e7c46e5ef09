"""Rules about volumes: names, disks, sizes, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cozygen.checks.talos.finding import Configuration, Finding, at, conflict, missing, value
from cozygen.emit.talos.document import Key

_VOLUME = re.compile(r"[A-Za-z0-9-]{1,34}").fullmatch
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kKMGTPE]?)(i?)B?").fullmatch
_PERCENT = re.compile(r"[0-9]+(\.[0-9]+)?%").fullmatch
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_SYSTEM_VOLUMES = ("STATE", "EPHEMERAL", "IMAGECACHE")
_PARTITIONS = ("RawVolumeConfig", "UserVolumeConfig", "SwapVolumeConfig")


def volumes(config: Configuration) -> Iterator[Finding]:
    """Names, sizes and keys of volumes."""
    for key, document in config.of("VolumeConfig"):
        if key[1] not in _SYSTEM_VOLUMES:
            names = ", ".join(_SYSTEM_VOLUMES)
            yield value(("name",), f"{key[1]} is no volume of the system", f"use one of {names}", key)
        if key[1] == "STATE" and document.get("provisioning"):
            yield conflict(("provisioning",), "STATE takes no provisioning", "take it out", key)
        yield from _provisioning(document, key, required=False)
        for index, item in enumerate(at(document, "encryption", "keys") or () if key[1] == "STATE" else ()):
            if item.get("lockToState") is True:
                here = ("encryption", "keys", index, "lockToState")
                yield conflict(here, "a key of STATE cannot need STATE", "take lockToState out", key)
    for key, document in config.of(*_PARTITIONS):
        kind = document.get("volumeType", "partition")
        if kind == "directory":
            yield from _directory(document, key)
        else:
            yield from _provisioning(document, key, required=True, sized=kind == "partition")
    for key, document in config.of("VolumeConfig", *_PARTITIONS):
        yield from _encryption(document.get("encryption"), key)


def volume_names(config: Configuration) -> Iterator[Finding]:
    """Names that fit into a partition's label, each for one volume."""
    for key, _ in config.of(*_PARTITIONS, "ExistingVolumeConfig", "ExternalVolumeConfig"):
        if not _VOLUME(key[1]):
            message = f"{key[1]} is no name of a volume"
            yield value(("name",), message, "use at most 34 letters, digits and dashes", key)
    made = {key[1] for key, _ in config.of("UserVolumeConfig")}
    for key, _ in config.of("ExistingVolumeConfig"):
        if key[1] in made:
            message = f"{key[1]} is a UserVolumeConfig as well"
            yield conflict(("name",), message, "rename one of the two", key)


def _directory(document: Any, key: Key) -> Iterator[Finding]:
    """A directory is a part of the system's own volume."""
    for field in ("provisioning", "encryption", "filesystem", "mount"):
        if document.get(field):
            yield conflict((field,), f"a directory takes no {field}", f"take {field} out", key)


def _provisioning(document: Any, key: Key, *, required: bool, sized: bool = True) -> Iterator[Finding]:
    spec = document.get("provisioning") or {}
    sizes = {field: spec[field] for field in ("minSize", "maxSize") if field in spec}
    if required and not at(spec, "diskSelector", "match"):
        yield missing(
            ("provisioning", "diskSelector"), f"nothing says on which disk {key[1]} is", "write it", key
        )
    if required and sized and not sizes:
        yield missing(("provisioning", "minSize"), f"{key[1]} has no size", "write minSize", key)
    for field in (*sizes, *(("grow",) if "grow" in spec else ())) if not sized else ():
        message = f"{key[1]} is a whole disk, and takes no {field}"
        yield conflict(("provisioning", field), message, f"take {field} out", key)
    for field, text in sizes.items():
        if size_of(str(text)) is None and not _PERCENT(str(text)):
            yield value(("provisioning", field), f"{text} is no size", "write 100GiB", key)
    low, high = (size_of(str(sizes.get(field, ""))) for field in ("minSize", "maxSize"))
    if low is not None and high is not None and low > high:
        message = f"minSize {sizes['minSize']} is above maxSize {sizes['maxSize']}"
        yield conflict(("provisioning", "minSize"), message, "lower minSize", key)


def size_of(text: str) -> int | None:
    """Bytes of a size as Talos reads it, None for what is none."""
    found = _SIZE(text)
    if found is None:
        return None
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.upper()])


def _encryption(spec: Any, key: Key) -> Iterator[Finding]:
    if not spec:
        return
    keys = spec.get("keys") or []
    if not keys:
        yield missing(("encryption", "keys"), f"{key[1]} is encrypted without keys", "write keys", key)
    slots = set()
    for index, item in enumerate(keys):
        slot = item.get("slot", 0)
        if slot in slots:
            yield conflict(("encryption", "keys", index), f"slot {slot} is taken", "use another slot", key)
        slots.add(slot)
        if not {"static", "nodeID", "kms", "tpm"} & set(item):
            yield missing(
                ("encryption", "keys", index), f"the key in slot {slot} is of no kind", "write one", key
            )
