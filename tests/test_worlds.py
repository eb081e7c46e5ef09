"""Small specs that show one mechanism each, with what they render to.

The first lines of a world's spec.yaml say what it is about, and which of its files the snapshot shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_directory import compile_directory, tree_text
from syrupy.assertion import SnapshotAssertion
from text_snapshot import TextFile

WORLDS = Path(__file__).parent / "worlds"
NAMES = sorted(path.name for path in WORLDS.iterdir())
SHOWS = "# Shows: "


@pytest.mark.parametrize("name", NAMES)
def test_a_world_renders_as_reviewed(name: str, snapshot: SnapshotAssertion) -> None:
    text = (WORLDS / name / "spec.yaml").read_text()
    patterns = next(line.removeprefix(SHOWS) for line in text.splitlines() if line.startswith(SHOWS)).split()
    state = compile_directory(WORLDS / name).state
    assert [f"{d.code} {d.place}: {d.message}" for d in state.diagnostics] == []
    assert state.tree is not None
    assert tree_text(state.tree, patterns) == snapshot(extension_class=TextFile, name=f"{name}/tree")
