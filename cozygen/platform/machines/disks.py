"""The disks of a node, and where they are found when the machine starts again."""

from __future__ import annotations

import re
from hashlib import sha256

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map

PARTITION_LABEL = "/dev/disk/by-partlabel/r-"
"""What Talos puts before a raw volume's name: udev links its partition there (constants.RawVolumePrefix)."""
_VOLUME_LENGTH = 34  # a partition's label has 36 characters, Talos' prefix takes two
_VOLUME_NAME = re.compile(rf"[A-Za-z0-9-]{{1,{_VOLUME_LENGTH}}}").fullmatch


class Disk(Record):
    """A disk, by whatever the inventory says that stays the same when the machine starts again."""

    body: Map
    place: Place
    pool: str | None = None

    def device(self, node: str) -> str | None:
        """A device path that holds across restarts, or None where the inventory does not give one.

        A serial number alone gives none on any system but Talos: there cozygen has the disk partitioned as a
        raw volume, and its partition label is the path.
        """
        body = self.body
        if self.on_system:
            return None
        if "path" in body:
            return str(body["path"])
        if "wwid" in body:
            return _by_wwid(str(body["wwid"]))
        if "serial" in body and body.get("bus") == "virtio":
            return f"/dev/disk/by-id/virtio-{str(body['serial'])[:20]}"
        if "serial" in body and "model" in body and body.get("bus") in ("nvme", "ata", "scsi"):
            model = re.sub(r"\s+", "_", str(body["model"]).strip())
            return f"/dev/disk/by-id/{body['bus']}-{model}_{body['serial']}"
        return None

    @property
    def on_system(self) -> bool:
        """Whether it is a part of the system disk."""
        return self.body.get("system") is True

    def raw_volume(self, node: str) -> str | None:
        """The Talos raw volume that makes a device path for the disk, or None where it needs none.

        The volume is named after the disk, not after its place in a list, so that taking a disk out of the
        inventory leaves the names of the others alone.
        """
        if self.pool is None or self.device(node) is not None:
            return None
        if self.on_system:
            return _volume_name(self.pool, "system")
        if "serial" in self.body:
            return _volume_name(self.pool, str(self.body["serial"]))
        return None

    def partition(self, node: str) -> str | None:
        """The device path of the raw volume's partition, or None without one."""
        volume = self.raw_volume(node)
        return None if volume is None else PARTITION_LABEL + volume


def _volume_name(pool: str, disk: str) -> str:
    name = f"{pool}-{disk}"
    if _VOLUME_NAME(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    return f"{plain[: _VOLUME_LENGTH - 9]}-{sha256(name.encode()).hexdigest()[:8]}"


def _by_wwid(wwid: str) -> str:
    kind, _, rest = wwid.partition(".")
    if kind == "naa":
        return f"/dev/disk/by-id/wwn-0x{rest}"
    return f"/dev/disk/by-id/nvme-{wwid}"
