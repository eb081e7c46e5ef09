"""Numbers as a custom resource keeps them (facts: catalog 2.1): 1.0 is 1, beyond 64 bits they are doubles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_INT64 = 1 << 63
_EXACT = 1e21  # from here on Go writes a whole double with an exponent


def stored(value: Any) -> Any:
    """The value as the API server gives it back; handed back as it is where nothing changes."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -_INT64 <= value < _INT64 else float(value)
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, (dict, Mapping)):
        return {key: stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    return value
