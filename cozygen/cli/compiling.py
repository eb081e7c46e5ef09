"""Compiling a site as a command does it: parse, read what the spec points at, run the passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cozygen.cli.reading import Site, read_attachments
from cozygen.pipeline import RENDERING, Pass, State, parse_layers, run


@dataclass(frozen=True, slots=True)
class Compiled:
    """A site with what its compile gave, and the files that were read, by name."""

    site: Site
    state: State
    files: Mapping[str, bytes]


def compile_site(site: Site, passes: tuple[Pass, ...] = RENDERING) -> Compiled:
    """Compile one site."""
    parsed = parse_layers(site.layers)
    attachments = read_attachments(parsed)
    state = run(parsed, attachments, passes)
    files = {source.name: source.data for layer in site.layers for source in layer.sources}
    return Compiled(site, state, files | {name: source.data for name, source in attachments.items()})
