"""Schematics and names of the command line, held against the programs that read them."""

from __future__ import annotations

from typing import Any

import pytest
from truth import Talos, factory_ids

from cozygen.emit.talos.boot import vlan_device
from cozygen.emit.talos.schematic import certain, schematic_id, schematic_text, writable
from cozygen.platform.machines.schematic import Overlay, Schematic

pytestmark = pytest.mark.truth


@pytest.mark.parametrize(("parent", "number"), [("bond0", 20), ("enx525400000001", 4000), ("0123456789", 7)])
def test_vlans_of_the_command_line_have_the_names_that_talos_gives_them(
    parent: str, number: int, asked: Talos
) -> None:
    assert vlan_device(parent, number) == asked.ask("vlan-name", config=parent, number=number)["text"]


BLOCKS = ("a: 1\nb: 2\n", "one\ntwo", "one\n\n  two\nthree\n")
TEXTS = (
    "console=ttyS0,115200n8", "a: b", "a #b", "a:b", "-x", "- x", "-", "? x", "?x", ":x", "@x", "`x", "%x", "!x",
    "&x", "*x", "[x", "{x", "]x", "}x", "|x", ">x", "'x'", '"x"', "it's", 'say "x"', ",x", "#x", "true", "True",
    "no", "on", "y", "null", "~", "8", "-8", "1.5", "1e3", "0x1f", "0o7", "010", "1_000", "12:30:45", "1:30",
    "2024-01-01", "2024-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "<<", "=", "---", "...", "--- a", "a  b", "x:",
    "a=b", "a\\b", "net.ifnames=0", "talos.platform=metal", "a,b", "a;b", "100Gi", "+1", "1.", ".5", "0b11",
)  # fmt: skip


SETTINGS = [
    Schematic(
        (), bootloader=bootloader, enroll_keys=enrolled, well_known_certificates=known, sector_size=size
    )
    for bootloader in (None, "sd-boot", "grub", "dual-boot")
    for enrolled in (None, "off", "manual", "if-safe", "force")
    for known in (False, True)
    for size in (None, 512, 4096)
]
OPTIONS: dict[str, Any] = {
    "z": {"q": "t\nu", "b": {"c": 1}}, "k": ["x\ny\n", "on", "8"], "B": True, "a": "-x", "e": {}, "f": [], "n": -5,
}  # fmt: skip


def test_ids_are_those_of_the_image_factory() -> None:
    assert all(writable(text) for text in (*TEXTS, *BLOCKS))
    assert certain(OPTIONS)
    schematics = [
        *SETTINGS,
        *(Schematic((), kernel_args=(text,)) for text in TEXTS),
        *(Schematic((), meta=((10, text), (11, "x"))) for text in (*TEXTS, *BLOCKS)),
        Schematic(overlay=Overlay("siderolabs/sbc", "rpi_generic", OPTIONS)),
        Schematic(
            ("siderolabs/drbd", "siderolabs/zfs"), ("a=b",), ((10, "x"),), None, "grub", "off", True, 4096
        ),
    ]
    assert [schematic_id(item) for item in schematics] == factory_ids(map(schematic_text, schematics))
