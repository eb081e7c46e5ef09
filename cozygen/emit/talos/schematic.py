"""Image Factory schematics: the text that the factory's own program would write, and its SHA-256, the ID.

The factory reads a schematic, writes it again from its own data type and hashes that text; the ID therefore
depends on the order of fields and lists and on how a scalar is quoted, and on nothing else (facts: talos 5.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from cozygen.platform.machines.schematic import Schematic

_STEP = "    "
_OPTION = re.compile(r"[A-Za-z]+").fullmatch
_INDICATORS = "#,[]{}&*!|>'\"%@`"
_OTHER_TYPE = re.compile(
    r"(?i)~|null|true|false|yes|no|on|off|y|n|<<|[-+]?\.(?:inf|nan)|"
    r"[-+]?(?:0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:e[-+]?[0-9]+)?)|"
    r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|"
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
).fullmatch


def schematic_id(schematic: Schematic) -> str:
    """The ID under which the factory knows the schematic: 64 hexadecimal digits."""
    return sha256(schematic_text(schematic).encode()).hexdigest()


def schematic_text(schematic: Schematic) -> str:
    """The schematic as the factory writes it; the SHA-256 of these bytes is its ID."""
    lines: list[str] = []
    if schematic.overlay is not None:
        overlay = schematic.overlay
        fields = {"image": overlay.image, "name": overlay.name}
        _map(
            lines,
            {"overlay": fields | ({"options": _sorted(overlay.options)} if overlay.options else {})},
            "",
        )
    _map(lines, {"customization": _customization(schematic)}, "")
    return "\n".join(lines) + "\n"


def _customization(schematic: Schematic) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if schematic.kernel_args:
        out["extraKernelArgs"] = list(schematic.kernel_args)
    if schematic.meta:
        out["meta"] = [{"key": key, "value": value} for key, value in schematic.meta]
    if schematic.extensions:
        out["systemExtensions"] = {"officialExtensions": list(schematic.extensions)}
    if schematic.bootloader is not None:
        out["bootloader"] = schematic.bootloader
    secure_boot: dict[str, Any] = {}
    if schematic.enroll_keys is not None:
        secure_boot["enrollKeys"] = schematic.enroll_keys
    if schematic.well_known_certificates:
        secure_boot["includeWellKnownCertificates"] = True
    if secure_boot:
        out["secureboot"] = secure_boot
    if schematic.sector_size is not None:
        out["diskImage"] = {"sectorSize": schematic.sector_size}
    return out


def _map(lines: list[str], value: Mapping[str, Any], indent: str, dash: str | None = None) -> None:
    """A mapping; as an item of a list it begins behind the dash, and what is in it is a step from the dash."""
    lead, inner = (indent, indent + _STEP) if dash is None else (f"{dash}- ", dash + _STEP)
    for key, item in value.items():
        head = f"{lead}{_scalar(key)}:"
        lead = indent if dash is None else f"{dash}  "
        if isinstance(item, Mapping):
            lines.append(head if item else head + " {}")
            _map(lines, item, inner)
        elif isinstance(item, (list, tuple)):
            lines.append(head if item else head + " []")
            for entry in item:
                if isinstance(entry, Mapping):
                    _map(lines, entry, "", inner)
                else:
                    lines.extend(_text(f"{inner}-", entry, f"{inner}  "))
        else:
            lines.extend(_text(head, item, inner))


def _text(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{indent}{line}" if line else ""
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    """A scalar as go-yaml writes it: plain, single-quoted where plain has another meaning, else double-quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if not value or _OTHER_TYPE(value):
        return f'"{value}"'
    return value if _plain(value) else "'" + value.replace("'", "''") + "'"


def _plain(text: str) -> bool:
    if text[0] in _INDICATORS or text != text.strip() or text.startswith(("---", "...")):
        return False
    if text[0] in "-?:" and (len(text) == 1 or text[1] == " "):
        return False
    return ": " not in text and " #" not in text and not text.endswith(":")


def _sorted(value: Any) -> Any:
    """Options in the order of their names, in which the factory writes them."""
    if isinstance(value, Mapping):
        return {key: _sorted(item) for key, item in sorted(value.items())}
    return value


def certain(option: Any) -> bool:
    """Whether this module knows for sure how the factory writes an overlay's option."""
    if isinstance(option, Mapping):
        return all(_OPTION(str(key)) and certain(item) for key, item in option.items())
    if isinstance(option, list):
        return all(not isinstance(item, (list, Mapping)) and certain(item) for item in option)
    return isinstance(option, (bool, int)) or (isinstance(option, str) and writable(option))


def writable(text: str) -> bool:
    """Whether this module knows for sure how the factory writes a text: printable ASCII, nothing exotic."""
    lines = text.removesuffix("\n").split("\n")
    plain = all(
        line == line.rstrip() and line.isascii() and (line.isprintable() or not line) for line in lines
    )
    return (
        plain and bool(text) and (len(lines) == 1 or (lines[0][:1] not in ("", " ") and "" not in lines[-1:]))
    )
