"""A manifest in parts: written before the file that makes them count, so that a run may die anywhere between."""

from pathlib import Path

import pytest
from directory_world import MANIFEST, ONE, THREE, TWO, codes, dying, everything, snapshot, tree
from effort import THOROUGH

from cozygen.deliver.directory import write
from cozygen.deliver.directory_compare import compare
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree

FEW = tree({"README.md": "one\n"})


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees of four files and more are listed in three parts."""
    monkeypatch.setattr(manifests, "WHOLE_MOST", 3)
    monkeypatch.setattr(manifests, "_COUNT", 3)


def test_parts_are_files_like_the_manifest(tmp_path: Path) -> None:
    assert write(ONE, tmp_path).ok
    assert snapshot(tmp_path) == everything(ONE)
    assert len(list((tmp_path / manifests.PARTS).iterdir())) == 3
    assert compare(ONE, tmp_path) == []
    assert not write(ONE, tmp_path).written


@pytest.mark.parametrize(("before", "after"), [(ONE, FEW), (FEW, ONE)])
def test_a_tree_that_grows_or_shrinks_past_the_limit(tmp_path: Path, before: Tree, after: Tree) -> None:
    write(before, tmp_path)
    assert write(after, tmp_path).ok
    assert snapshot(tmp_path) == everything(after)


def test_an_edit_is_found_through_the_parts(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "tenants/x/r.yaml").write_text("mine\n")
    assert codes(write(ONE, tmp_path)) == ["CZ9020"]


def test_a_part_that_was_edited_is_written_anew_if_it_still_is_a_part(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    part = tmp_path / manifests.part_of("README.md")
    text = part.read_text()
    part.write_text(text + "\n")
    assert write(ONE, tmp_path).ok
    assert part.read_text() == text
    part.write_text("<<<<<<< HEAD\n")
    assert codes(write(ONE, tmp_path)) == ["CZ9000"]
    part.unlink()
    assert codes(write(ONE, tmp_path)) == ["CZ9000"]
    (tmp_path / MANIFEST).unlink()
    assert write(ONE, tmp_path).ok
    assert snapshot(tmp_path) == everything(ONE)


def test_a_link_in_the_place_of_the_parts_is_not_followed(tmp_path: Path) -> None:
    write(FEW, tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / manifests.PARTS).symlink_to(tmp_path / "elsewhere")
    assert not write(ONE, tmp_path / "out").ok
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("before", "after"), [(None, ONE), (ONE, TWO), (TWO, FEW), (FEW, THREE)], ids=["first", "two", "few", "3"]
)
def test_deaths_at_any_point_with_changing_specs(tmp_path: Path, before: Tree | None, after: Tree) -> None:
    trees = [TWO, FEW, ONE, THREE]
    number = 0
    while True:
        out = tmp_path / f"out{number}"
        if before is not None:
            write(before, out)
        with dying(number, half=number % 2 == 1) as seen:
            write(after, out)
        for more, each in enumerate(trees):
            with dying((number * 7 + more * 11) % 41):
                assert write(each, out).diagnostics == ()
        then = trees[number % 4]
        assert write(then, out).diagnostics == ()
        assert snapshot(out) == everything(then)
        if len(seen) <= number:
            break
        number += 1 if THOROUGH else 3
    assert number > 15
