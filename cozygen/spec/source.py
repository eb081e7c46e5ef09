"""What a compile reads: files in layers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cozygen.record import Record, field


class Source(Record):
    """A file: its name as it was given, and its bytes."""

    name: str
    data: bytes


class Layer(Record):
    """The files of one SPEC argument. Of two layers the later one wins."""

    name: str
    sources: tuple[Source, ...]


class Inputs(Record):
    """Everything a compile reads. ``attachments`` are files that the spec points at, by the path it gives."""

    layers: tuple[Layer, ...]
    attachments: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
