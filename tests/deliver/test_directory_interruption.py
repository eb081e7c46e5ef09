"""A run that dies at any point is completed by the next one, and nothing is mistaken for a person's edit."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from directory_world import MANIFEST, ONE, PENDING, THREE, TWO, codes, dying, everything, snapshot, tree
from effort import THOROUGH

from cozygen.deliver.directory import WriteResult, write
from cozygen.deliver.directory_compare import compare
from cozygen.layout.tree import Tree

STEPS = [(None, ONE), (ONE, TWO), (TWO, THREE), (THREE, ONE)]
IDS = ["first", "one-two", "two-three", "three-one"]


def _start(at: Path, before: Tree | None) -> Path:
    if before is not None:
        write(before, at)
    return at


def _completes(of: Tree, out: Path) -> None:
    result = write(of, out)
    assert result.diagnostics == ()
    assert snapshot(out) == everything(of)
    assert write(of, out) == WriteResult(0, len(of) + 1, 0)


@pytest.mark.parametrize(("before", "after"), STEPS[1:3], ids=IDS[1:3])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_is_killed_before_every_single_change(
    tmp_path: Path, before: Tree | None, after: Tree
) -> None:
    number, alive = 0, False
    while not alive:
        out = _start(tmp_path / f"out{number}", before)
        child = os.fork()
        if child == 0:
            _killed_at(number, after, out)
        alive = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        _completes((after, THREE, tree({}))[number % 3], out)
        number += 1
    assert number > 20


def _killed_at(number: int, of: Tree, out: Path) -> None:
    """In a child process: renders, and dies by SIGKILL before the ``number``-th change."""
    from directory_world import before_change

    with before_change(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        ok = write(of, out).ok
    os._exit(0 if ok else 1)


@pytest.mark.thorough
@pytest.mark.parametrize(("before", "after"), STEPS, ids=IDS)
@pytest.mark.parametrize("half", [False, True], ids=["between", "amid"])
def test_several_deaths_in_a_row_with_changing_specs(
    tmp_path: Path, before: Tree | None, after: Tree, half: bool
) -> None:
    trees = [TWO, THREE, ONE, tree({"README.md": "3\n", "tenants/y/r.yaml": "y3\n"})]
    number = 0
    while True:
        out = _start(tmp_path / f"out{number}", before)
        with dying(number, half=half) as seen:
            write(after, out)
        for more, each in enumerate(trees):
            with dying((number * 7 + more * 11) % 37, half=half):
                assert write(each, out).diagnostics == ()
        _completes(trees[number % len(trees)], out)
        if len(seen) <= number:
            break
        number += 1 if THOROUGH else 3
    assert number > 20


def test_the_record_is_there_during_the_run_and_not_after(tmp_path: Path) -> None:
    with dying(12):
        write(ONE, tmp_path)
    assert (tmp_path / PENDING).exists()
    assert not (tmp_path / MANIFEST).exists()
    assert "CZ9033" in [found.code for found in compare(ONE, tmp_path)]
    _completes(ONE, tmp_path)


def test_the_manifest_is_written_last(tmp_path: Path) -> None:
    with dying(10_000) as seen:
        write(ONE, tmp_path)
    assert seen[-4:] == ["open", "write", "rename", "unlink"]


def test_half_written_files_are_removed_and_a_persons_are_not(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    with dying(8):
        write(TWO, tmp_path)
    left = [path for path in snapshot(tmp_path) if path.endswith(".tmp")]
    assert len(left) == 1
    mine = tmp_path / ".cozygen-mine.tmp"
    mine.write_text("mine")
    assert write(TWO, tmp_path).ok
    assert snapshot(tmp_path) == everything(TWO) | {".cozygen-mine.tmp": b"mine"}


def test_what_a_run_took_over_before_it_died_is_cozygens(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("one\n")
    with dying(10):
        write(ONE, tmp_path)
    _completes(TWO, tmp_path)


def test_an_edit_after_a_death_is_still_an_edit(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    with dying(12):
        write(TWO, tmp_path)
    (tmp_path / "README.md").write_text("mine\n")
    before = snapshot(tmp_path)
    assert codes(write(TWO, tmp_path)) == ["CZ9020"]
    assert codes(write(ONE, tmp_path)) == ["CZ9020"]
    assert snapshot(tmp_path) == before


def test_a_first_run_for_another_platform_that_died_is_not_taken_over(tmp_path: Path) -> None:
    with dying(14):
        write(ONE, tmp_path)
    assert codes(write(tree({"a": "1"}, "lab"), tmp_path)) == ["CZ9013"]


@pytest.mark.parametrize("torn", [b"", b"\0\0\0", b"tw", b"two", b"two\0", b"two\0\0\0"])
def test_a_file_that_a_loss_of_power_tore_is_written_again(tmp_path: Path, torn: bytes) -> None:
    write(ONE, tmp_path)
    with dying(12):
        write(TWO, tmp_path)
    (tmp_path / "README.md").write_bytes(torn)
    _completes(TWO, tmp_path)


@pytest.mark.parametrize("edit", [b"tw ", b"TW", b"two\0x", b" two"])
def test_what_a_loss_of_power_cannot_have_left_is_an_edit(tmp_path: Path, edit: bytes) -> None:
    write(ONE, tmp_path)
    with dying(12):
        write(TWO, tmp_path)
    (tmp_path / "README.md").write_bytes(edit)
    assert codes(write(TWO, tmp_path)) == ["CZ9020"]


def test_a_shortened_file_is_an_edit_when_no_run_was_under_way(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_text("on")
    assert codes(write(ONE, tmp_path)) == ["CZ9020"]


def _render_for_ever(out: Path) -> None:
    """In a child process: renders one tree after another until it is killed."""
    number = 0
    while True:
        files = {f"d{i % 40}/{i // 40}.yaml": f"{i} {number}\n" for i in range(400) if i % (number % 3 + 2)}
        if not write(tree(files), out).ok:
            os._exit(1)
        number += 1


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_renderer_that_is_killed_at_random(tmp_path: Path) -> None:
    """A real process renders one tree after another until it is killed; whatever is left is completed."""
    draw = random.Random(7)
    for _ in range(20 if THOROUGH else 7):
        child = os.fork()
        if child == 0:
            _render_for_ever(tmp_path / "out")
        time.sleep(draw.random() * 0.08)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        of = tree({f"d{i % 40}/{i // 40}.yaml": f"{i} end\n" for i in range(0, 400, draw.randint(1, 3))})
        if draw.random() < 0.6:
            _completes(of, tmp_path / "out")
    _completes(of, tmp_path / "out")
