"""Expressions in CEL: what is taken, and what is said of what is not."""

from __future__ import annotations

import pytest
from test_rules import broken

from cozygen.checks.talos.expression import faults
from cozygen.checks.talos.vocabulary import VOCABULARIES
from cozygen.emit.talos.document import Document, typed

RIGHT = (
    'disk.transport == "nvme"', "system_disk", "!system_disk && disk.size > 100u * GB", "disk.size >= uint(5)",
    'disk.transport in ["nvme", "sata"]', '"x" in disk.symlinks', 'disk.symlinks.exists(s, s.startsWith("/dev/x"))',
    'disk.serial.contains("a") || (disk.model.matches("^b"))', 'glob("a*", disk.model)', "disk.wwid == 'a' ? true : false",
    'disk.dev_path == r"/dev/sda"', "size(disk.symlinks) > 0", "disk.size > 10u*GiB // big ones\n", "has(disk.model)",
    'disk.symlinks[0] == "a"', "[1,2,].size() == 2", '{"a": 1}["a"] == 1', "-1 < 2", "disk.size == 0x10u", "1.5e3 > 2.0",
    '"""a""" == disk.model', 'disk.model == "a\\"b"', "type(1) == int", ".disk.rotational", "!(!disk.cdrom)",
    "disk.size > (1 == 1 ? 1u : 2u)", 'string(disk.size).startsWith("1")', 'duration("1h") > duration("1s")',
)  # fmt: skip
WRONG = {
    'disk.transport = "nvme"': '= "nvme" has no meaning there',
    'disk.transport == "nvme': '"nvme has no meaning there',
    "disk.transport ==": "a value is missing at the end",
    "(system_disk": ") is missing",
    "disk.": "a name is missing after the dot",
    "disk..model": "a name is missing after the dot",
    "disk.size > 10GiB": "GiB is not expected there, write * before it",
    "disk.rotational and system_disk": "and is not expected there, write &&",
    "not system_disk": "system_disk is not expected there",
    "disk.size => 5u": "=> 5u has no meaning there",
    "[1,,2]": "a value is missing before ,",
    "{1}": ": is missing",
    "": "a value is missing at the end",
}
UNKNOWN = {
    'disk.transprt == "nvme"': ("there is no field of disk transprt", "did you mean transport?"),
    "system_dsk": ("there is no value system_dsk", "did you mean system_disk?"),
    "disk.model == nvme": ("there is no value nvme", 'write "nvme" in quotes, or use disk or system_disk'),
    "mac(disk.serial) == '1'": ("there is no function mac", None),
    'disk.symlinks.exists(s, t == "")': (
        "there is no value t",
        'write "t" in quotes, or use disk or system_disk',
    ),
}
DISK = VOCABULARIES["disk"]


def selecting(match: str) -> Document:
    """A document that picks a disk by an expression."""
    return typed("UserVolumeConfig", "x", provisioning={"diskSelector": {"match": match}, "minSize": "1GiB"})


@pytest.mark.parametrize("text", RIGHT)
def test_an_expression_of_cel_is_taken(text: str) -> None:
    assert faults(text, DISK) == []


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_parse_is_said(text: str) -> None:
    (fault,) = faults(text, DISK)
    assert fault.message == f"{text} is no expression: {WRONG[text]}"


@pytest.mark.parametrize("text", UNKNOWN)
def test_names_that_talos_does_not_know_are_said(text: str) -> None:
    (fault,) = faults(text, DISK)
    message, hint = UNKNOWN[text]
    assert fault.message == message
    assert hint is None or fault.hint == hint


def test_links_are_picked_by_their_own_fields() -> None:
    assert (
        faults('mac(link.permanent_addr) == "a" && glob("0000:*", link.bus_path)', VOCABULARIES["link"]) == []
    )
    assert faults("disk.size > 1u", VOCABULARIES["link"]) != []


def test_a_configuration_with_a_wrong_expression_is_refused_where_it_stands() -> None:
    assert broken("controlplane", more=(selecting('disk.transprt == "nvme"'),)) == [
        "UserVolumeConfig x: provisioning.diskSelector.match: there is no field of disk transprt"
    ]
