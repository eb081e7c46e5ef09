"""The documentation: generated pages are up to date, commands print what pages say, pieces of spec check clean.

``COZYGEN_UPDATE_DOCS=1`` writes what the commands print into the pages.
"""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest
from doc_pages import DOCS, ROOT, blocks, pieces, printed, rerun

from cozygen.pipeline import CHECKING, parse_layers, run
from cozygen.spec.source import Layer, Source

PAGES = sorted(path for path in DOCS.rglob("*.md") if "reference/diagnostics" not in path.as_posix())
NAMES = [path.relative_to(DOCS).as_posix() for path in PAGES]
BASE = tuple(
    Source(name, (ROOT / "tests" / "invalid" / name).read_bytes())
    for name in ("_platform.yaml", "_root.yaml")
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date() -> None:
    wanted = generator().pages()
    stale = [name for name, text in wanted.items() if not _is(DOCS / "reference" / name, text)]
    known = {Path(name).name for name in wanted}
    left = [p.name for p in (DOCS / "reference" / "diagnostics").iterdir() if p.name not in known]
    assert (stale, left) == ([], []), "run python docs/generate.py"


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


@pytest.mark.parametrize("name", NAMES)
def test_commands_print_what_the_page_says(name: str, tmp_path: Path) -> None:
    text = (DOCS / name).read_text()
    if not any(block.language == "console" for block in blocks(text)):
        return
    again = rerun(text, tmp_path)
    if again != text and os.environ.get("COZYGEN_UPDATE_DOCS") == "1":
        (DOCS / name).write_text(again)
    assert again == (DOCS / name).read_text()


def test_json_has_the_shape_that_its_page_shows(tmp_path: Path) -> None:
    found = list(printed((DOCS / "reference" / "json.md").read_text(), tmp_path))
    assert len(found) >= 8
    for command, real, shown in found:
        assert shape(real) == shape(shown), command


def shape(value: object) -> object:
    """Keys and types of a JSON value. Of a list the first entry counts; free mappings are not looked into."""
    if isinstance(value, dict):
        return {
            key: None if key in ("before", "after", "values", "quota") else shape(v)
            for key, v in value.items()
        }
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize("name", NAMES)
def test_the_pieces_of_spec_of_a_page_check_clean(name: str) -> None:
    text = (DOCS / name).read_text()
    found = pieces(text)
    if not found:
        return
    files = {
        b.mark.removeprefix("file "): Source(b.mark.removeprefix("file "), b.body.encode())
        for b in blocks(text)
        if b.mark.startswith("file ")
    }
    layers = [Layer("base", BASE)]
    layers += [
        Layer(str(number), (Source(f"piece{number}.yaml", piece.encode()),))
        for number, piece in enumerate(found, 1)
    ]
    state = run(parse_layers(tuple(layers)), files, CHECKING)
    assert [f"{d.code} {d.place}: {d.message}" for d in state.diagnostics] == []


@pytest.mark.parametrize(
    "path",
    [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "examples").rglob("*.md")],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    broken = [target for target in LINK.findall(path.read_text()) if not (path.parent / target).exists()]
    assert broken == []


def test_every_page_is_listed() -> None:
    listed = {(DOCS / target).resolve() for target in LINK.findall((DOCS / "README.md").read_text())}
    assert [
        name for path, name in zip(PAGES, NAMES, strict=True) if path not in listed and name != "README.md"
    ] == []


def test_the_readme_sets_up_in_two_blocks() -> None:
    text = (ROOT / "README.md").read_text()
    start = text.split("\n## Start\n")[1].split("\n## ")[0]
    found = [block for block in blocks(start) if block.language == "sh"]
    assert len(found) == 2
    assert start.count("```") == 4
    render, tests = (block.body.strip().splitlines() for block in found)
    assert "render" in render[-1]
    assert "pytest" in tests[-1]


def test_pages_are_plain() -> None:
    """No machine paths, and none of the words that promise without saying anything."""
    words = re.compile(
        r"/work/|\.\./shared|/root/|\b(seamless|powerful|blazing|simply|leverage|effortless)\w*", re.I
    )
    pages = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "examples").rglob("*.md")]
    assert {p.name: words.findall(p.read_text()) for p in pages if words.search(p.read_text())} == {}
