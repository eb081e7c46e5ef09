import errno
import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from directory_world import ONE, TWO, before_change, codes, everything, snapshot, tree

from cozygen.deliver.directory import plan, write
from cozygen.layout.tree import Tree


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


_RENDERER = """
import sys
sys.path.insert(0, sys.argv[1])
from directory_world import tree
from cozygen.deliver.directory import write
mine = sys.argv[3]
for number in range(25):
    files = {f"d{i % 7}/{i}.yaml": f"{mine} {number}\\n" for i in range(60) if i % 5 != number % 5}
    result = write(tree(files), sys.argv[2], patience=60)
    assert result.ok, result
"""


def test_two_processes_at_once_never_take_each_others_files_for_edits(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _RENDERER, str(Path(__file__).parent), str(tmp_path / "out")]
    children = [subprocess.Popen([*command, name]) for name in ("one", "two", "three")]
    assert [child.wait() for child in children] == [0, 0, 0]

    def last(mine: str) -> Tree:
        return tree({f"d{i % 7}/{i}.yaml": f"{mine} 24\n" for i in range(60) if i % 5 != 4})

    assert snapshot(tmp_path / "out") in [everything(last(mine)) for mine in ("one", "two", "three")]


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
