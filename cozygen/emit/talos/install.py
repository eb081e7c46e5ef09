"""``machine.install``: the disk and the image that Talos is installed from (facts: talos 2.4, 5.2)."""

from __future__ import annotations

import re
from typing import Any

from cozygen.emit.talos.document import present
from cozygen.emit.talos.schematic import schematic_id
from cozygen.platform.machines.cluster import Cluster
from cozygen.platform.machines.disks import Disk
from cozygen.platform.nodes import Node

COZYSTACK_IMAGE = "ghcr.io/cozystack/cozystack/talos"
"""Cozystack's own installer: Talos with drbd, zfs and firmware, for amd64, without Secure Boot."""
FACTORY = "factory.talos.dev"
_SIZE = re.compile(r"(<=|>=|<|>|==)? *([0-9]+(?:\.[0-9]+)?)([KMGTP]i?)?").fullmatch


def install(node: Node, cluster: Cluster) -> dict[str, Any]:
    """The section; a disk path is taken as it is, everything else becomes a selector."""
    return {"image": installer_image(cluster), **(install_selector(node.system) if node.system else {})}


def installer_image(cluster: Cluster) -> str:
    """As stated, else the Image Factory's for a schematic of one's own, else Cozystack's."""
    stated = cluster.body.get("image")
    if stated:
        return str(stated)
    if not cluster.schematic.custom:
        return f"{COZYSTACK_IMAGE}:{cluster.talos}"
    suffix = "-secureboot" if cluster.secure_boot else ""
    return f"{FACTORY}/metal-installer{suffix}/{schematic_id(cluster.schematic)}:{cluster.talos}"


def install_selector(disk: Disk) -> dict[str, Any]:
    """The disk by its path, or by whatever else is known of it; empty where nothing is."""
    body = disk.body
    if "path" in body:
        return {"disk": body["path"]}
    selector = present(
        serial=body.get("serial"),
        wwid=body.get("wwid"),
        model=body.get("model"),
        busPath=body.get("busPath"),
        type=body.get("type"),
        size=talos_size(str(body["size"])) if "size" in body else None,
    )
    return {"diskSelector": selector} if selector else {}


def talos_size(text: str) -> str:
    """A size as Talos reads it: ``<= 480G`` is ``<= 480GB``, 100Gi is 100GiB."""
    found = _SIZE(text)
    if found is None:
        return text
    operator, number, unit = found.groups()
    return f"{operator + ' ' if operator else ''}{number}{unit or ''}B"
