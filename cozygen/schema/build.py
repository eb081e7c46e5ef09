"""The words that the spec's own schemas are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def obj(
    properties: Mapping[str, Document],
    about: str = "",
    *,
    required: Sequence[str] = (),
    hint: str | None = None,
) -> Document:
    """A mapping of exactly these keys; ``hint`` is what to write in place of something that is no mapping."""
    out: Document = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        out["required"] = list(required)
    if hint is not None:
        out["x-hint"] = hint
    return _about(out, about)


def map_of(values: Document, about: str = "", *, names: Document | None = None) -> Document:
    """A mapping from names of the reader's choice to ``values``."""
    out: Document = {"type": "object", "additionalProperties": values}
    if names is not None:
        out["propertyNames"] = names
    return _about(out, about)


def list_of(items: Document, about: str = "", *, least: int | None = None) -> Document:
    """A list of ``items``."""
    out: Document = {"type": "array", "items": items}
    if least is not None:
        out["minItems"] = least
    return _about(out, about)


def text(
    about: str = "", *, pattern: str | None = None, says: str | None = None, hint: str | None = None
) -> Document:
    """Text; ``says`` is what a message says of text that does not match ``pattern``."""
    out: Document = {"type": "string"}
    if pattern is not None:
        out["pattern"] = pattern
    if says is not None:
        out["x-says"] = says
    if hint is not None:
        out["x-hint"] = hint
    return _about(out, about)


def choice(values: Sequence[str], about: str = "") -> Document:
    """One of these texts."""
    return _about({"type": "string", "enum": list(values)}, about)


def flag(about: str = "") -> Document:
    """True or false."""
    return _about({"type": "boolean"}, about)


def whole(about: str = "", *, low: int | None = None, high: int | None = None) -> Document:
    """A whole number within bounds."""
    out: Document = {"type": "integer"}
    if low is not None:
        out["minimum"] = low
    if high is not None:
        out["maximum"] = high
    return _about(out, about)


def quantity(about: str = "") -> Document:
    """A Kubernetes quantity: a whole number, or text such as 500m, 64Gi, 1.5."""
    return _about(
        {
            "type": ["integer", "string"],
            "pattern": QUANTITY,
            "x-says": "is no Kubernetes quantity",
            "x-hint": "write a number with a unit, such as 500m, 64Gi or 4",
        },
        about,
    )


def free(about: str = "") -> Document:
    """A mapping whose content is handed on as it is."""
    return _about({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, about)


def one_of(branches: Sequence[Document], about: str = "") -> Document:
    """Any of several forms."""
    return _about({"anyOf": list(branches)}, about)


QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|"
    r"([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)


def _about(schema: Document, about: str) -> Document:
    if about:
        schema["description"] = about
    return schema
