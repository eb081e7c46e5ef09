"""KubeVirt instance types and preferences that Cozystack installs into the management cluster.

Read from ``packages/system/kubevirt-instancetypes`` (v1.5.4 and v1.6.2 ship the same). Charts look a type up
in the cluster and fail where it is absent, so the lists are also what a spec may name, besides types of the
platform's own.
"""

from __future__ import annotations

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
_MEMORY = {"large": (2, 16), "xlarge": (4, 32), "2xlarge": (8, 64), "4xlarge": (16, 128), "8xlarge": (32, 256)}
_NETWORK = {
    "medium": (4, 4), "large": (4, 8), "xlarge": (8, 16), "2xlarge": (16, 32), "4xlarge": (32, 64),
    "8xlarge": (64, 128),
}  # fmt: skip
_GPU = {size: _GENERAL[size] for size in ("xlarge", "2xlarge", "4xlarge", "8xlarge")}
_WITHOUT_2XMEDIUM = {size: shape for size, shape in _GENERAL.items() if size != "2xmedium"}


def _family(
    series: str,
    sizes: dict[str, tuple[int, float]],
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

PREFERENCES: frozenset[str] = frozenset(
    """
    alpine centos.7 centos.7.desktop centos.stream10 centos.stream10.desktop centos.stream8
    centos.stream8.desktop centos.stream8.dpdk centos.stream9 centos.stream9.desktop centos.stream9.dpdk
    cirros debian fedora fedora.arm64 fedora.s390x legacy linux linux.efi linux.virtiotransitional
    opensuse.leap opensuse.tumbleweed oraclelinux rhel.10 rhel.10.arm64 rhel.10.s390x rhel.7 rhel.7.desktop
    rhel.8 rhel.8.desktop rhel.8.dpdk rhel.9 rhel.9.arm64 rhel.9.desktop rhel.9.dpdk rhel.9.realtime
    rhel.9.s390x sles ubuntu windows.10 windows.10.virtio windows.11 windows.11.virtio windows.2k12
    windows.2k12.virtio windows.2k16 windows.2k16.virtio windows.2k19 windows.2k19.virtio windows.2k22
    windows.2k22.virtio windows.2k25 windows.2k25.virtio windows.2k3 windows.2k8 windows.2k8.virtio windows.7
    windows.7.virtio windows.xp
    """.split()
)
