"""Forms that texts of a machine configuration have to have where Talos reads them as something else.

A text that is none of them fails while Talos decodes the document, before anything is validated.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cozygen.platform.machines.address import parse_address, parse_network
from cozygen.record import Record
from cozygen.spec.shapes.common import DURATION

_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2}").fullmatch
_HEX = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2})*").fullmatch
_DURATION = re.compile(DURATION).fullmatch
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?").fullmatch
_RESERVED_TABLES = ("default", "main", "local")
_PORT_MOST = 65535
_TABLE_MOST = 252
_KEY_BYTES = 32


class Format(Record):
    """What a value has to be; ``type`` is its type in a JSON Schema, ``example`` something that fits."""

    noun: str
    example: str
    fits: Callable[[Any], bool]
    type: str = "string"


def ports_of(value: Any) -> tuple[int, int] | None:
    """The first and the last port of 80 or "80-90", or None."""
    found = None if isinstance(value, bool) else _PORTS(str(value))
    if found is None:
        return None
    low = int(found.group(1))
    high = int(found.group(2) or low)
    return (low, high) if high <= _PORT_MOST and low <= _PORT_MOST else None


def table_of(value: Any) -> int | str | None:
    """A routing table: its number, or the name of one that the kernel has; None for anything else."""
    text = str(value)
    if text in _RESERVED_TABLES:
        return text
    return int(text) if text.isdigit() and 1 <= int(text) <= _TABLE_MOST else None


def seconds_of(value: str) -> float:
    """How long a duration is, in seconds."""
    units = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([0-9.]+)([a-zµ]+)", value))


def split_url(value: Any) -> SplitResult | None:
    """The parts of a URL, or None for what is none."""
    try:
        parts = urlsplit(str(value))
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_port(value: Any) -> tuple[str, str] | None:
    """Host and port of a text such as host:80 or [::1]:80, or None."""
    host, colon, port = str(value).rpartition(":")
    if not colon or any(char in port for char in "[]") or (":" in host and not host.startswith("[")):
        return None
    return host.strip("[]"), port


def _address_port(value: Any) -> bool:
    found = host_port(value)
    return (
        found is not None
        and parse_address(found[0]) is not None
        and found[1].isdigit()
        and int(found[1]) <= _PORT_MOST
    )


def _base64(value: Any, length: int | None = None) -> bool:
    try:
        found = b64decode(str(value), validate=True)
    except ValueError:
        return False
    return length is None or len(found) == length


def _argument(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _text(fits: Callable[[str], Any]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(fits(value))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "mac": Format("MAC address", '"52:54:00:12:34:01"', _text(lambda v: not v or _MAC(v))),
        "bytes": Format("list of bytes", '"00:01:02:03"', _text(_HEX)),
        "ip": Format("IP address", "192.0.2.1", _text(lambda v: not v or parse_address(v) is not None)),
        "prefix": Format("network", "192.0.2.0/24", _text(lambda v: not v or parse_network(v) is not None)),
        "peer": Format("address with a port", "192.0.2.1:51820", _text(_address_port)),
        "duration": Format("duration", "30s or 2m", _text(lambda v: v == "0" or _DURATION(v))),
        "table": Format(
            "routing table", "main, or a number up to 252", _text(lambda v: table_of(v) is not None)
        ),
        "key": Format("WireGuard key", "the 32 bytes in base64", _text(lambda v: _base64(v, _KEY_BYTES))),
        "base64": Format("base64", "the PEM text in base64", _text(_base64)),
        "ports": Format(
            "port, nor a range of ports", "80 or 80-90", lambda v: ports_of(v) is not None, "any"
        ),
        "argument": Format("text", "the value in quotes", _argument, "any"),
    }
)
"""Formats by the name that the notation has for them."""
