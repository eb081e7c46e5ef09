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
        _map(lines, {"overlay": fields | ({"options": overlay.options} if overlay.options else {})}, "")
    _map(lines, {"customization": _customization(schematic)}, "")
    return "\n".join(lines) + "\n"


def as_data(schematic: Schematic) -> dict[str, Any]:
    """The schematic as plain data, as a request to the factory takes it."""
    return {"customization": _customization(schematic)}


def _customization(schematic: Schematic) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if schematic.kernel_args:
        out["extraKernelArgs"] = list(schematic.kernel_args)
    if schematic.meta:
        out["meta"] = [{"key": key, "value": value} for key, value in schematic.meta]
    if schematic.extensions:
        out["systemExtensions"] = {"officialExtensions": list(schematic.extensions)}
    return out


def _map(lines: list[str], value: Mapping[str, Any], indent: str, first: str | None = None) -> None:
    lead = indent if first is None else first
    for key, item in value.items():
        head = f"{lead}{_scalar(key)}:"
        lead = indent
        if isinstance(item, Mapping):
            if item:
                lines.append(head)
                _map(lines, item, indent + _STEP)
            else:
                lines.append(head + " {}")
        elif isinstance(item, (list, tuple)):
            lines.append(head if item else head + " []")
            for entry in item:
                if isinstance(entry, Mapping):
                    _map(lines, entry, indent + _STEP + "  ", indent + _STEP + "- ")
                else:
                    lines.extend(_text(f"{indent}{_STEP}-", entry, indent + _STEP))
        else:
            lines.extend(_text(head, item, indent))


def _text(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        chomp = "|" if value.endswith("\n") else "|-"
        yield f"{head} {chomp}"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{indent}{_STEP}{line}" if line else ""
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


def writable(text: str) -> bool:
    """Whether this module knows for sure how the factory writes a text: printable ASCII, nothing exotic."""
    lines = text.removesuffix("\n").split("\n")
    plain = all(
        line == line.rstrip() and line.isascii() and (line.isprintable() or not line) for line in lines
    )
    return (
        plain and bool(text) and (len(lines) == 1 or (lines[0][:1] not in ("", " ") and "" not in lines[-1:]))
    )
