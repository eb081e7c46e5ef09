"""Quantities as Kubernetes reads them, and as charts reckon with them."""

from __future__ import annotations

import re
from typing import Any

# k8s.io/apimachinery/pkg/api/resource: ParseQuantity. Values schemas also let a fraction stand in the
# exponent and miss a line break at the end, which Kubernetes refuses.
_KUBERNETES = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?"
).fullmatch
_UNITS = (
    ("Ki", 2.0**10),
    ("Mi", 2.0**20),
    ("Gi", 2.0**30),
    ("Ti", 2.0**40),
    ("Pi", 2.0**50),
    ("Ei", 2.0**60),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
)


def is_quantity(value: Any) -> bool:
    """Whether Kubernetes takes ``value`` as a quantity."""
    if isinstance(value, str):
        return _KUBERNETES(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def amount(value: Any) -> float:
    """What cozy-lib's ``toFloat`` makes of a quantity: text that it cannot read counts as zero."""
    if isinstance(value, (int, float)):
        return float(value)
    text, unit = str(value), 1.0
    for suffix, factor in _UNITS:
        if text.endswith(suffix):
            text, unit = text[: -len(suffix)], factor
            break
    return number(text) * unit


def number(text: str) -> float:
    """A number as Sprig's ``float64`` reads it, zero where it cannot."""
    try:
        return float(text) if text == text.strip() and "_" not in text else 0.0
    except ValueError:
        return 0.0
