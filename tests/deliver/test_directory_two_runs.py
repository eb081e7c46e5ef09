import errno
import fcntl
import os
import threading
import time
from pathlib import Path

import pytest
from directory_world import ONE, TWO, before_change, codes, everything, snapshot, tree

from cozygen.deliver.directory import plan, write


def test_a_second_run_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    second = []
    with before_change(
        10, lambda: second.extend([write(TWO, tmp_path, patience=0), plan(TWO, tmp_path, patience=0)])
    ):
        assert write(ONE, tmp_path).ok
    assert [codes(each) for each in second] == [["CZ9014"], ["CZ9014"]]
    assert "another render is running" in second[0].diagnostics[0].message
    assert snapshot(tmp_path) == everything(ONE)


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    started = threading.Event()

    def dawdle() -> None:
        started.set()
        time.sleep(0.2)

    def first() -> None:
        write(ONE, tmp_path)

    with before_change(10, dawdle):
        thread = threading.Thread(target=first)
        thread.start()
        started.wait()
        assert write(TWO, tmp_path).ok
        thread.join()
    assert snapshot(tmp_path) == everything(TWO)


def test_plans_do_not_hinder_each_other(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    other = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert plan(TWO, tmp_path, patience=0).ok
    finally:
        os.close(other)


def test_a_dead_run_holds_no_lock(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with before_change(10, lambda: os.kill(os.getpid(), 9)):
            write(ONE, tmp_path)
    os.waitpid(child, 0)
    assert write(ONE, tmp_path, patience=0).ok


def _files(mine: str, number: int) -> dict[str, str]:
    return {f"d{i % 7}/{i}.yaml": f"{mine} {number}\n" for i in range(60) if i % 5 != number % 5}


def _render(mine: str, out: Path) -> None:
    """In a child process: renders one tree after another, each as soon as the others let it."""
    done = all(write(tree(_files(mine, number)), out, patience=60).ok for number in range(25))
    os._exit(0 if done else 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_two_processes_at_once_never_take_each_others_files_for_edits(tmp_path: Path) -> None:
    names = ("one", "two", "three")
    children = []
    for name in names:
        child = os.fork()
        if child == 0:
            _render(name, tmp_path / "out")
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert snapshot(tmp_path / "out") in [everything(tree(_files(mine, 24))) for mine in names]


def test_a_directory_that_is_replaced_while_a_run_waits_for_it(tmp_path: Path) -> None:
    write(ONE, tmp_path / "out")
    other = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)

    def replace() -> None:
        time.sleep(0.1)
        (tmp_path / "out").rename(tmp_path / "moved")
        (tmp_path / "out").mkdir()
        os.close(other)

    thread = threading.Thread(target=replace)
    thread.start()
    result = write(TWO, tmp_path / "out")
    thread.join()
    assert codes(result) == ["CZ9026"]
    assert snapshot(tmp_path / "moved") == everything(ONE)
    assert snapshot(tmp_path / "out") == {}


def test_a_file_system_without_locks_is_used_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(fd: int, kind: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    result = write(ONE, tmp_path)
    assert codes(result) == ["CZ9015"]
    assert result.ok
    assert snapshot(tmp_path) == everything(ONE)
