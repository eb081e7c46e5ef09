"""Resource presets: the container sizes that ``resourcesPreset`` names.

Read from cozy-lib's ``unsanitizedPreset`` (v1.5.4 and v1.6.2 have the same table). A preset's name is
``<series>.<size>``: the size says the CPU, the series how much memory goes with it. The names without a
series are older spellings that Cozystack still accepts and means to remove.
"""

from __future__ import annotations

from typing import NamedTuple

_CPU_MILLI = {
    "nano": 250, "micro": 500, "small": 1000, "medium": 2000,
    "large": 4000, "xlarge": 8000, "2xlarge": 16000, "4xlarge": 32000,
}  # fmt: skip
_MEBIBYTES_PER_CPU = {"t1": 512, "c1": 1024, "s1": 2048, "u1": 4096, "m1": 8192}

LEGACY = {
    "nano": "t1.nano", "micro": "t1.micro", "small": "t1.small", "medium": "c1.small",
    "large": "c1.medium", "xlarge": "c1.large", "2xlarge": "c1.xlarge",
}  # fmt: skip


class Preset(NamedTuple):
    """What a preset limits a container to: millicores of CPU, bytes of memory and of scratch space."""

    cpu_milli: int
    memory: int
    ephemeral_storage: int


def preset(name: str) -> Preset | None:
    """The preset called ``name``, an older spelling included; None where there is none."""
    return _PRESETS.get(LEGACY.get(name, name))


def replacement(name: str) -> str | None:
    """What to write instead of an older spelling, None for a name that is up to date."""
    return LEGACY.get(name)


_PRESETS = {
    f"{series}.{size}": Preset(cpu, cpu * per_cpu // 1000 * 2**20, 2 * 2**30)
    for series, per_cpu in _MEBIBYTES_PER_CPU.items()
    for size, cpu in _CPU_MILLI.items()
}
PRESETS = tuple(_PRESETS)
