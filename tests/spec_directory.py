"""Compiling specs that stand in files, as a command does it from their directory, and trees as text."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import chdir
from fnmatch import fnmatchcase
from pathlib import Path

from cozygen.cli.compiling import Compiled, compile_site
from cozygen.cli.reading import Site, read_layer
from cozygen.layout.tree import Tree
from cozygen.pipeline import RENDERING, Pass


def compile_directory(directory: Path, *layers: str, passes: tuple[Pass, ...] = RENDERING) -> Compiled:
    """What the compiler makes of layers, named relative to ``directory``; so are the files in diagnostics."""
    with chdir(directory):
        return compile_site(Site(None, tuple(read_layer(name) for name in layers or (".",)), None), passes)


def tree_text(tree: Tree, patterns: Iterable[str] = ("*",)) -> str:
    """The files of a tree that match, each under its name."""
    shown = tuple(patterns)
    return "\n".join(
        f"======== {path}\n{data.decode()}"
        for path, data in tree.items()
        if any(fnmatchcase(path, pattern) for pattern in shown)
    )
