"""What a compile reads: files in layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its name as it was given, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Layer:
    """The files of one SPEC argument. Of two layers the later one wins."""

    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a compile reads. ``attachments`` are files that the spec points at, by the path it gives."""

    layers: tuple[Layer, ...]
    attachments: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
