"""What was read before is read again as soon as anybody may have touched it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from directory_world import ONE, codes, everything, snapshot

from cozygen.deliver import directory_survey
from cozygen.deliver.directory import write
from cozygen.deliver.directory_descent import Identity
from cozygen.deliver.directory_seen import Record, Seen, settled

PATH = "tenants/x/r.yaml"
SECOND = 1_000_000_000


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Record]:
    """What a run remembers of a directory that was written long enough ago."""
    write(ONE, tmp_path)
    time.sleep(0.1)  # beyond a tick of the file system's clock
    seen = Seen()
    write(ONE, tmp_path, seen=seen)
    return seen.kept


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the files whose bytes are read."""
    found: list[int] = []
    real = directory_survey.digest_of

    def counted(file: int) -> str:
        found.append(file)
        return real(file)

    monkeypatch.setattr(directory_survey, "digest_of", counted)
    return found


def test_untouched_files_are_not_read(tmp_path: Path, known: dict[str, Record], read: list[int]) -> None:
    assert set(known) == set(ONE)
    seen = Seen(known)
    assert write(ONE, tmp_path, seen=seen).unchanged == len(ONE) + 1
    assert read == []
    assert not seen.changed


def rewritten(path: Path) -> None:
    path.write_text("x2\n")


def rewritten_with_its_old_time(path: Path) -> None:
    status = path.stat()
    path.write_text("x2\n")  # as long as before
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    path.with_name("new").write_text("x2\n")
    os.replace(path.with_name("new"), path)


def linked(path: Path) -> None:
    other = path.parents[3] / "elsewhere"
    path.rename(other)
    path.symlink_to(other)


def below_a_link(path: Path) -> None:
    other = path.parents[3] / "elsewhere"
    path.parent.rename(other)
    path.parent.symlink_to(other)


@pytest.mark.parametrize(
    "touch",
    [rewritten, rewritten_with_its_old_time, replaced, linked, below_a_link],
    ids=lambda f: f.__name__,
)
def test_a_touched_file_is_found(tmp_path: Path, touch: Callable[[Path], None]) -> None:
    out = tmp_path / "out"
    write(ONE, out)
    time.sleep(0.1)
    seen = Seen()
    write(ONE, out, seen=seen)
    touch(out / PATH)
    before = snapshot(out)
    assert codes(write(ONE, out, seen=Seen(seen.kept))) == codes(write(ONE, out)) != []
    assert snapshot(out) == before


def test_a_removed_file_is_written_again(tmp_path: Path, known: dict[str, Record]) -> None:
    (tmp_path / PATH).unlink()
    assert write(ONE, tmp_path, seen=Seen(known)).written == 1
    assert snapshot(tmp_path) == everything(ONE)


def test_what_was_written_a_moment_ago_is_read_again(tmp_path: Path, read: list[int]) -> None:
    seen = Seen()
    write(ONE, tmp_path, seen=seen)
    assert seen.kept == {}
    write(ONE, tmp_path, seen=Seen(seen.kept))
    assert len(read) >= len(ONE)


@pytest.mark.parametrize(
    ("modified", "age", "expected"),
    [(5 * SECOND + 7, 60_000_000, True), (5 * SECOND + 7, 40_000_000, False), (5 * SECOND, SECOND, False),
     (5 * SECOND, 4 * SECOND, True), (5 * SECOND + 7, -SECOND, False)],
    ids=["fine clock", "fine clock, too soon", "coarse clock, too soon", "coarse clock", "from the future"],
)  # fmt: skip
def test_how_old_a_change_has_to_be(modified: int, age: int, expected: bool) -> None:
    assert settled(Identity(1, 1, modified, modified), modified + age) is expected
