"""KubeVirt instance types and preferences that Cozystack installs into the management cluster.

Read from ``packages/system/kubevirt-instancetypes`` (v1.5.4 and v1.6.2 ship the same). Charts look a type up
in the cluster and fail where it is absent, so the lists are also what a spec may name, besides types of the
platform's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class InstanceType(NamedTuple):
    """A size of virtual machine: CPUs, bytes of memory, and what its node must offer.

    ``dedicated`` types need the node's CPU manager, ``hugepages`` names the page size that must be set aside.
    ``overcommit`` is what percentage of the memory the pod asks for less than the guest sees.
    """

    cpus: int
    memory: int
    dedicated: bool = False
    hugepages: str | None = None
    overcommit: int = 0
    gpus: int = 0


def instance_type(name: str) -> InstanceType | None:
    """The instance type called ``name``, None where Cozystack ships none of that name."""
    return INSTANCE_TYPES.get(name)


_GENERAL = {
    "nano": (1, 0.5), "micro": (1, 1), "small": (1, 2), "medium": (1, 4), "2xmedium": (2, 4), "large": (2, 8),
    "xlarge": (4, 16), "2xlarge": (8, 32), "4xlarge": (16, 64), "8xlarge": (32, 128),
}  # fmt: skip
_COMPUTE = {
    "medium": (1, 2), "large": (2, 4), "xlarge": (4, 8), "2xlarge": (8, 16), "4xlarge": (16, 32),
    "8xlarge": (32, 64),
}  # fmt: skip
_MEMORY = {
    "large": (2, 16),
    "xlarge": (4, 32),
    "2xlarge": (8, 64),
    "4xlarge": (16, 128),
    "8xlarge": (32, 256),
}
_NETWORK = {
    "medium": (4, 4), "large": (4, 8), "xlarge": (8, 16), "2xlarge": (16, 32), "4xlarge": (32, 64),
    "8xlarge": (64, 128),
}  # fmt: skip
_GPU = {size: _GENERAL[size] for size in ("xlarge", "2xlarge", "4xlarge", "8xlarge")}
_WITHOUT_2XMEDIUM = {size: shape for size, shape in _GENERAL.items() if size != "2xmedium"}


def _family(
    series: str,
    sizes: Mapping[str, tuple[int, float]],
    template: InstanceType,
    suffix: str = "",
) -> dict[str, InstanceType]:
    return {
        f"{series}.{size}{suffix}": template._replace(cpus=cpus, memory=int(gibibytes * 2**30))
        for size, (cpus, gibibytes) in sizes.items()
    }


_PLAIN = InstanceType(0, 0)
INSTANCE_TYPES: dict[str, InstanceType] = dict(
    sorted(
        (
            _family("u1", _GENERAL, _PLAIN)
            | _family("o1", _WITHOUT_2XMEDIUM, InstanceType(0, 0, overcommit=50))
            | _family("d1", _GENERAL, InstanceType(0, 0, dedicated=True))
            | _family("cx1", _COMPUTE, InstanceType(0, 0, dedicated=True, hugepages="2Mi"))
            | _family("cx1", _COMPUTE, InstanceType(0, 0, dedicated=True, hugepages="1Gi"), "1gi")
            | _family("m1", _MEMORY, InstanceType(0, 0, hugepages="2Mi"))
            | _family("m1", _MEMORY, InstanceType(0, 0, hugepages="1Gi"), "1gi")
            | _family("n1", _NETWORK, InstanceType(0, 0, dedicated=True, hugepages="1Gi"))
            | _family(
                "rt1",
                {s: v for s, v in _WITHOUT_2XMEDIUM.items() if s != "nano"},
                InstanceType(0, 0, dedicated=True, hugepages="1Gi"),
            )
            | _family("gn1", _GPU, InstanceType(0, 0, gpus=1))
        ).items()
    )
)

_DESKTOP, _DPDK, _VIRTIO = ("desktop",), ("desktop", "dpdk"), ("virtio",)
_VARIANTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("alpine", "cirros", "debian", "legacy", "oraclelinux", "sles", "ubuntu"), ()),
    "centos.7": _DESKTOP, "centos.stream8": _DPDK, "centos.stream9": _DPDK, "centos.stream10": _DESKTOP,
    "fedora": ("arm64", "s390x"),
    "linux": ("efi", "virtiotransitional"),
    "opensuse.leap": (), "opensuse.tumbleweed": (),
    "rhel.7": _DESKTOP, "rhel.8": _DPDK,
    "rhel.9": (*_DPDK, "arm64", "realtime", "s390x"),
    "rhel.10": ("arm64", "s390x"),
    "windows.xp": (), "windows.2k3": (),
    **{f"windows.{v}": _VIRTIO for v in ("7", "10", "11", "2k8", "2k12", "2k16", "2k19", "2k22", "2k25")},
}  # fmt: skip
PREFERENCES: frozenset[str] = frozenset(
    name for base, more in _VARIANTS.items() for name in (base, *(f"{base}.{variant}" for variant in more))
)
