"""What the machines' image holds besides Talos: extensions, kernel arguments, an overlay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.record import Record, field

NEEDED = ("siderolabs/drbd", "siderolabs/zfs")
"""The extensions without which Cozystack's storage does not work."""
COZYSTACK = tuple(
    f"siderolabs/{name}"
    for name in (
        "amd-ucode",
        "amdgpu",
        "bnx2-bnx2x",
        "drbd",
        "i915",
        "intel-ice-firmware",
        "intel-ucode",
        "qlogic-firmware",
        "zfs",
    )
)
"""The extensions in Cozystack's own image, in the order that the Image Factory's ID is made of."""
_OFFICIAL = """
amazon-ena amd-ucode amdgpu binfmt-misc bird2 bnx2-bnx2x btrfs chelsio-drivers chelsio-firmware
cloudflared crun ctr drbd dvb-cx23885 dvb-m88ds3103 ecr-credential-provider fuse3 gasket-driver glibc
gpio-pinctrl gvisor gvisor-debug hailort hello-world-service i915 intel-ice-firmware intel-npu
intel-ucode iscsi-tools joydev kata-containers lldpd mdadm mei mellanox-mstflint metal-agent
multipath-tools nebula netbird newt nfs-utils nfsd nfsrahead nonfree-kmod-nvidia-lts
nonfree-kmod-nvidia-production nut-client nvidia-container-toolkit-lts
nvidia-container-toolkit-production nvidia-fabricmanager-lts nvidia-fabricmanager-production
nvidia-gdrdrv-device nvidia-open-gpu-kernel-modules-lts nvidia-open-gpu-kernel-modules-production
nvme-cli panfrost px-fuse qemu-guest-agent qlogic-firmware realtek-firmware revpi-firmware rockchip-rknn
soci-snapshotter spin stargz-snapshotter tailscale tenstorrent thunderbolt trident-iscsi-tools uhid
uinput usb-audio-drivers usb-modem-drivers util-linux-tools v4l-uvc-drivers vc4 vmtoolsd-guest-agent
wasmedge xdma-driver xe xen-guest-agent youki zerotier zfs
"""
OFFICIAL = frozenset(f"siderolabs/{name}" for name in _OFFICIAL.split())
"""The official extensions of Talos 1.13.6 (the build targets of github.com/siderolabs/extensions)."""


class Overlay(Record):
    """What a single-board computer needs besides."""

    image: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


class Schematic(Record):
    """An Image Factory schematic. ``custom`` is False for what Cozystack's own image holds.

    Extensions are sorted, because their order would change the schematic's ID; kernel arguments and META
    values are in the order that people write, because theirs has a meaning.
    """

    extensions: tuple[str, ...] = COZYSTACK
    kernel_args: tuple[str, ...] = ()
    meta: tuple[tuple[int, str], ...] = ()
    overlay: Overlay | None = None
    bootloader: str | None = None
    enroll_keys: str | None = None
    well_known_certificates: bool = False
    sector_size: int | None = None
    custom: bool = False


def schematic_of(body: Mapping[str, Any]) -> Schematic:
    """The schematic that ``talos`` asks for; without one, that of Cozystack's own image."""
    stated = body.get("schematic")
    if not isinstance(stated, Mapping):
        return Schematic()
    overlay = stated.get("overlay")
    listed = stated.get("extensions")
    return Schematic(
        tuple(sorted({official_name(name) for name in listed})) if listed is not None else COZYSTACK,
        tuple(stated.get("kernelArgs") or ()),
        tuple((item["key"], item["value"]) for item in stated.get("meta") or ()),
        Overlay(overlay["image"], overlay["name"], overlay.get("options") or {}) if overlay else None,
        stated.get("bootloader"),
        stated.get("enrollKeys"),
        stated.get("wellKnownCertificates") is True,
        stated.get("sectorSize"),
        custom=True,
    )


def official_name(name: str) -> str:
    """An extension as the Image Factory names it: siderolabs/zfs, also of a plain zfs."""
    return name if "/" in name else f"siderolabs/{name}"
