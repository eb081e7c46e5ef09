"""Compiling a site as a command does it: parse, read what the spec points at, run the passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cozygen.cli import remembering
from cozygen.cli.reading import Site, as_named, read_attachments
from cozygen.compiler.plain import key_of
from cozygen.record import Record

if TYPE_CHECKING:
    from cozygen.diagnostics import Diagnostic
    from cozygen.layout.tree import Tree
    from cozygen.pipeline import Pass, State


class Compiled(Record):
    """A site with what its compile gave, and the files that were read, by name."""

    site: Site
    state: State
    files: Mapping[str, bytes]


class Outcome(Record):
    """What is wrong with a site, its tree if it was asked for and nothing is, and the files that were read."""

    diagnostics: tuple[Diagnostic, ...]
    tree: Tree | None
    files: Mapping[str, bytes]


def compile_site(site: Site, passes: tuple[Pass, ...] | None = None) -> Compiled:
    """Compile one site as if for the first time, and keep all that is resolved on the way."""
    from cozygen.pipeline import RENDERING, parse_layers, run

    parsed = parse_layers(site.layers)
    attachments = read_attachments(parsed.references, site.layers)
    state = run(parsed, attachments, RENDERING if passes is None else passes)
    return Compiled(site, state, _files(site) | {name: source.data for name, source in attachments.items()})


def outcome_of(site: Site, *, render: bool) -> Outcome:
    """Compile one site with the help of what is remembered of it, and remember what this gave.

    Without ``render`` only what is wrong is found.
    """
    names = [*(layer.name for layer in site.layers), "render" if render else "check"]
    whole, parts = remembering.memory_file(*names, "whole"), remembering.memory_file(*names, "parts")
    fingerprint = remembering.fingerprint() if whole is not None else b""
    known = remembering.load(whole)
    if known is not None:
        key, references, plain = known
        attached = as_named(references, read_attachments(references, site.layers))
        if key == _key(site, attached, fingerprint):
            return _recalled(site, plain, attached)
    return _compiled(site, render=render, fingerprint=fingerprint, files=(whole, parts))


def _compiled(site: Site, *, render: bool, fingerprint: bytes, files: tuple[Any, Any]) -> Outcome:
    from cozygen.cli.spreading import forked
    from cozygen.compiler.families import Means
    from cozygen.compiler.memory import Memory
    from cozygen.compiler.plain import diagnostics_plain, tree_plain
    from cozygen.pipeline import CHECKING, RENDERING, parse_layers, run

    whole, parts = files
    memory = Memory(remembering.load(parts))
    parsed = parse_layers(site.layers)
    attachments = read_attachments(parsed.references, site.layers)
    means = Means(keep=False, memory=memory, spread=forked, fingerprint=fingerprint)
    state = run(parsed, attachments, RENDERING if render else CHECKING, means)
    if memory.changed:
        remembering.store(parts, memory.kept)
    told = diagnostics_plain(state.diagnostics)
    if told is not None:
        attached = as_named(parsed.references, attachments)
        plain = told, None if state.tree is None else tree_plain(state.tree)
        remembering.store(whole, (_key(site, attached, fingerprint), parsed.references, plain))
    read = {name: source.data for name, source in attachments.items()}
    return Outcome(state.diagnostics, state.tree, _files(site) | read)


def _recalled(site: Site, plain: Any, attached: Mapping[str, bytes | None]) -> Outcome:
    from cozygen.compiler.plain import diagnostics_of_plain, tree_of_plain

    told, tree = plain
    made: list[Tree] = []

    def read(path: str) -> bytes:
        if not made:
            again = compile_site(site).state.tree
            assert again is not None
            made.append(again)
        return made[0][path]

    files = _files(site) | {name: data for name, data in attached.items() if data is not None}
    return Outcome(diagnostics_of_plain(told), None if tree is None else tree_of_plain(tree, read), files)


def _key(site: Site, attached: Mapping[str, bytes | None], fingerprint: bytes) -> bytes:
    """What an outcome depends on: the compiler, and every file with its name."""

    def parts() -> Iterator[str | bytes]:
        yield fingerprint
        for layer in site.layers:
            yield from (layer.name, str(len(layer.sources)))
            for source in layer.sources:
                yield from (source.name, source.data)
        for name, data in attached.items():
            yield from (name, "missing" if data is None else "", data or b"")

    return key_of("whole", parts())


def _files(site: Site) -> dict[str, bytes]:
    return {source.name: source.data for layer in site.layers for source in layer.sources}
