"""Volumes that Talos makes: parts of the system disk, and raw volumes for disks known by serial alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.emit.talos.document import Document, present, typed
from cozygen.emit.talos.install import talos_size
from cozygen.platform.machines.cluster import Cluster, section
from cozygen.platform.machines.disks import Disk
from cozygen.platform.nodes import Node

_LEAST = "1GiB"
"""A raw volume takes the whole disk; Talos wants to know from which size on."""


def volume_documents(node: Node, cluster: Cluster) -> Iterator[Document]:
    """Volumes of one node. Data disks with a device path of their own are left to LINSTOR untouched."""
    encryption = section(cluster.body, "encryption")
    state = section(encryption, "state")
    if state:
        yield typed("VolumeConfig", "STATE", encryption=_encryption(state))
    ephemeral = present(
        provisioning=_ephemeral(node), encryption=_encryption(section(encryption, "ephemeral"))
    )
    if ephemeral:
        yield typed("VolumeConfig", "EPHEMERAL", **ephemeral)
    shared = sum(disk.on_system for disk in node.data) > 1
    for disk in node.data:
        name = disk.raw_volume(node.name)
        if name is not None:
            yield typed("RawVolumeConfig", name, provisioning=_raw(disk, shared=shared))


def _ephemeral(node: Node) -> dict[str, Any] | None:
    size = section(node.body, "disks").get("ephemeral")
    if size is None:
        return None
    return {"minSize": talos_size(str(size)), "maxSize": talos_size(str(size)), "grow": False}


def _raw(disk: Disk, *, shared: bool) -> dict[str, Any]:
    """Where a volume is made. Without a maxSize it takes all that is left, so of several parts each has its own."""
    if disk.on_system:
        size = talos_size(str(disk.body["size"])) if "size" in disk.body else None
        out = {"diskSelector": {"match": "system_disk"}, "minSize": size or _LEAST}
        return {**out, "maxSize": size} if shared and size is not None else out
    serial = str(disk.body["serial"]).replace("\\", "\\\\").replace('"', '\\"')
    return {"diskSelector": {"match": f'disk.serial == "{serial}" && !system_disk'}, "minSize": _LEAST}


def _encryption(stated: Mapping[str, Any]) -> dict[str, Any] | None:
    if not stated:
        return None
    keys = [{"slot": slot, **_key(key)} for slot, key in enumerate(stated.get("keys") or ())]
    return {"provider": "luks2", "keys": keys, **present(cipher=stated.get("cipher"))}


def _key(stated: Mapping[str, Any]) -> dict[str, Any]:
    kind = stated["type"]
    if kind == "kms":
        # A key without its server stops the render; the rest of the document is still judged.
        own: dict[str, Any] = {"kms": {"endpoint": stated.get("endpoint", "https://kms.invalid:4050")}}
    elif kind == "tpm":
        own = {"tpm": {"options": {"pcrs": list(stated["pcrs"])}} if "pcrs" in stated else {}}
    else:
        own = {"nodeID": {}}
    return own | ({"lockToState": True} if stated.get("lockToState") is True else {})
