"""Quantities of bytes as Kubernetes writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "": 1,
    **{unit: 1000**power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", 1)},
}
_UNITS["K"] = 1000
_TEXT = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kKMGTPE]i?)?").fullmatch


def whole_bytes(value: object) -> int | None:
    """How many bytes a quantity is, or None for what is none of bytes: 4Gi, 1920G, 8589934592."""
    found = _TEXT(str(value).strip())
    if found is None or (found.group(2) or "") not in _UNITS:
        return None
    return int(Decimal(found.group(1)) * _UNITS[found.group(2) or ""])


def has_unit(value: object) -> bool:
    """Whether a quantity says what it counts, rather than being a bare number."""
    found = _TEXT(str(value).strip())
    return found is not None and bool(found.group(2))
