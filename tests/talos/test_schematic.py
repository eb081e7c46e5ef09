"""Schematic IDs, against those that the Image Factory's own tests and documentation state."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
import yaml
from machines import HERE, compiled

from cozygen.emit.talos.install import installer_image
from cozygen.emit.talos.schematic import certain, schematic_id, schematic_text, writable
from cozygen.platform.machines.schematic import COZYSTACK, OFFICIAL, Overlay, Schematic, schematic_of

EMPTY = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba"
VECTORS = {
    EMPTY: Schematic(()),
    "9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c": Schematic(
        (), kernel_args=("noapic", "nolapic")
    ),
    "d308a2a5ee2277bed5fbaa104fcbc8d59122abfa737df987a95b4ca763459a7f": Schematic((), meta=((10, "foo"),)),
    "ee21ef4a5ef808a9b7484cc0dda0f25075021691c8c09a276591eedb638ea1f9": Schematic(
        (), overlay=Overlay("siderolabs/sbc-raspberrypi", "rpi_generic")
    ),
    "fa8e05f142a851d3ee568eb0a8e5841eaf6b0ebc8df9a63df16ac5ed2c04f3e6": Schematic(
        (), well_known_certificates=True
    ),
    "92833e9ddd9bb9e11b2464fa5525429f01866306d52ebd882ee08d7918f6d1ea": Schematic((), sector_size=4096),
    "ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515": Schematic(
        ("siderolabs/qemu-guest-agent",)
    ),
    "028f93ab420473758bc26e49205c3c99be5f1bcca0902503b822e13ed56ce310": Schematic(),
}


@pytest.mark.parametrize("expected", VECTORS)
def test_the_id_is_the_one_that_the_image_factory_gives(expected: str) -> None:
    assert schematic_id(VECTORS[expected]) == expected


def test_the_documented_ids_are_those_that_cozygen_computes() -> None:
    page = (HERE.parents[1] / "docs" / "explanation" / "machines.md").read_text()
    shown = re.findall(r"`([0-9a-f]{64})`", page)
    assert shown
    assert set(shown) <= set(VECTORS)


def test_kernel_arguments_and_extensions_go_together() -> None:
    schematic = Schematic(("siderolabs/tailscale",), ("net.ifnames=0",))
    assert schematic_id(schematic).startswith("104c23df")


def test_what_the_inventory_says_of_the_image_is_in_the_schematic() -> None:
    text = schematic_text(
        schematic_of(
            {
                "schematic": {
                    "extensions": ["zfs", "drbd"],
                    "bootloader": "sd-boot",
                    "enrollKeys": "off",
                    "wellKnownCertificates": True,
                    "sectorSize": 4096,
                    "overlay": {"image": "a/b", "name": "c", "options": {"z": 1, "a": {"y": "on"}}},
                }
            }
        )
    )
    assert yaml.safe_load(text) == {
        "overlay": {"image": "a/b", "name": "c", "options": {"a": {"y": "on"}, "z": 1}},
        "customization": {
            "systemExtensions": {"officialExtensions": ["siderolabs/drbd", "siderolabs/zfs"]},
            "bootloader": "sd-boot",
            "secureboot": {"enrollKeys": "off", "includeWellKnownCertificates": True},
            "diskImage": {"sectorSize": 4096},
        },
    }


@pytest.mark.parametrize("option", [{"a1": 1}, {"a": [[1]]}, {"a": 1.5}, {"a": None}, {"a": "\u00e4"}])
def test_an_option_whose_text_is_not_certain_is_not_written(option: dict[str, object]) -> None:
    assert not certain(option)


def test_the_file_is_the_text_that_the_id_is_the_digest_of() -> None:
    files = compiled("nodes: {cp1: {role: controlplane, address: 192.0.2.11/24}}").files()
    assert sha256(files["talos/schematic.yaml"].encode()).hexdigest() + "\n" == files["talos/schematic.id"]


def test_the_order_in_which_people_list_extensions_does_not_matter() -> None:
    one = schematic_of({"schematic": {"extensions": ["zfs", "siderolabs/drbd", "drbd"]}})
    other = schematic_of({"schematic": {"extensions": ["drbd", "zfs"]}})
    assert one == other
    assert schematic_id(one).startswith("98442b5b")


def test_texts_with_a_meaning_of_their_own_are_quoted() -> None:
    text = schematic_text(
        Schematic((), kernel_args=("a: b", "true", "-x", "- x", "8", "~", "it's: x", "a=b,c"))
    )
    assert text.splitlines()[2:] == [
        "        - 'a: b'", '        - "true"', "        - -x", "        - '- x'", '        - "8"',
        '        - "~"', "        - 'it''s: x'", "        - a=b,c",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "tab\there", "umlaut ä", "trailing ", " leading\nline", "bell\a"])
def test_a_text_that_is_not_certain_is_not_written(text: str) -> None:
    assert not writable(text)


def test_cozystacks_own_extensions_are_official() -> None:
    assert set(COZYSTACK) <= OFFICIAL
    assert len(OFFICIAL) > 80


@pytest.mark.parametrize(
    ("settings", "image"),
    [
        ("{}", "ghcr.io/cozystack/cozystack/talos:v1.13.6"),
        ("{version: 1.13.7}", "ghcr.io/cozystack/cozystack/talos:v1.13.7"),
        ("{image: registry.example.org/talos:1}", "registry.example.org/talos:1"),
        (
            "{schematic: {extensions: [drbd, zfs]}}",
            "factory.talos.dev/metal-installer/"
            "98442b5bb4e8d050f30978ce3e6ec22e7bf534d57cafcd51313235128057e612:v1.13.6",
        ),
        (
            "{schematic: {extensions: [drbd, zfs]}, secureBoot: true}",
            "factory.talos.dev/metal-installer-secureboot/"
            "98442b5bb4e8d050f30978ce3e6ec22e7bf534d57cafcd51313235128057e612:v1.13.6",
        ),
    ],
)
def test_the_image_that_machines_install(settings: str, image: str) -> None:
    assert installer_image(compiled(f"talos: {settings}\nnodes: {{}}").cluster) == image
