"""Durations as Flux takes them and as Go writes them."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_NANOSECONDS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_MOST = 2**63 - 1  # a Go duration is a signed 64-bit number of nanoseconds


def canonical_duration(text: str) -> str | None:
    """``text`` as Go writes that duration (15m is 15m0s), or None if Flux would refuse it.

    Flux takes the units ms, s, m and h, in any order and number, without a sign.
    """
    if not _WHOLE.fullmatch(text):
        return None
    total = 0
    for number, unit in _PART.findall(text):
        whole, _, decimals = number.partition(".")
        total += int(whole + decimals) * _NANOSECONDS[unit] // 10 ** len(decimals)
    return None if total > _MOST else _written(total)


def _written(total: int) -> str:
    if total == 0:
        return "0s"
    for unit, size in (("ns", 1), ("µs", 10**3), ("ms", 10**6)):
        if total < size * 1000:
            return f"{_decimal(total, size)}{unit}"
    hours, rest = divmod(total, _NANOSECONDS["h"])
    minutes, rest = divmod(rest, _NANOSECONDS["m"])
    out = f"{_decimal(rest, _NANOSECONDS['s'])}s"
    if hours or minutes:
        out = f"{minutes}m{out}"
    return f"{hours}h{out}" if hours else out


def _decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
