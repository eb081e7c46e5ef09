"""What the operating system refuses is a diagnostic; what was written is valid; the next run completes it."""

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from directory_world import (
    MANIFEST,
    ONE,
    PENDING,
    TWO,
    before_change,
    codes,
    everything,
    snapshot,
    tree,
)

from cozygen.deliver.directory import WriteResult, plan, write
from cozygen.layout.manifest import with_manifest


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EPERM, errno.EFBIG]
)
def test_a_failure_at_every_single_change(tmp_path: Path, code: int) -> None:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    number = 0
    while True:
        out = tmp_path / f"out{number}"
        write(ONE, out)
        with before_change(number, fail) as seen:
            result = write(TWO, out)
        if len(seen) <= number:
            break
        assert codes(result) == ["CZ9017"]
        found = result.diagnostics[0]
        assert found.place.file.startswith(f"{out}/")
        assert os.strerror(code) in found.message
        assert found.values == {"errno": errno.errorcode[code]}
        assert found.hint
        for path, content in snapshot(out).items():
            if isinstance(content, bytes) and not path.startswith(".cozygen"):
                assert content in {ONE.files.get(path), TWO.files.get(path)}
        assert not [path for path in snapshot(out) if path.endswith(".tmp")] or seen[-1] == "unlink"
        assert write(TWO, out).ok
        assert snapshot(out) == everything(TWO)
        number += 1
    assert number > 12


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    large = tree({"a": "1", "b": "x" * 50_000, "c": "3"})
    with _no_file_larger_than(10_000):
        result = write(large, tmp_path)
    assert codes(result) == ["CZ9017"]
    assert result.diagnostics[0].place.file == str(tmp_path / "b")
    assert "ulimit" in (result.diagnostics[0].hint or "")
    assert result.written == 1
    assert (tmp_path / "a").read_text() == "1"
    assert not (tmp_path / "b").exists()
    assert write(large, tmp_path).ok
    assert snapshot(tmp_path) == everything(large)


def test_when_the_record_cannot_be_written_nothing_changes(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    with _no_file_larger_than(100):
        result = write(TWO, tmp_path)
    assert codes(result) == ["CZ9017"]
    assert result.diagnostics[0].place.file == str(tmp_path / PENDING)
    assert snapshot(tmp_path) == everything(ONE)


def test_when_only_the_manifest_cannot_be_written_the_next_run_completes(tmp_path: Path) -> None:
    many = tree({f"f{i}": "x" for i in range(60)})
    write(many, tmp_path)
    with _no_file_larger_than(1000):
        result = write(tree({**{f"f{i}": "x" for i in range(60)}, "f0": "y"}), tmp_path)
    assert [found.place.file for found in result.diagnostics] == [str(tmp_path / MANIFEST)]
    assert write(many, tmp_path).ok
    assert snapshot(tmp_path) == everything(many)


_FULL = """
import json, subprocess, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from directory_world import everything, snapshot, tree
from cozygen.deliver.directory import write
out = Path(sys.argv[2])
small = tree({"f0": "0" * 5000, "old": "x"})
large = tree({f"d{i % 3}/f{i}": str(i) * 4000 for i in range(90)})
assert write(small, out).ok
stopped = write(large, out)
again = write(large, out)
found = snapshot(out)
valid = all(found[p] == large[p] for p in large if p in found)
subprocess.run(["mount", "-o", "remount,size=8m", str(out)], check=True)
completed = write(large, out)
print(json.dumps({
    "stopped": [(d.code, d.message) for d in stopped.diagnostics], "written": stopped.written,
    "again": [d.code for d in again.diagnostics], "valid": valid,
    "temporary": [p for p in found if p.endswith(".tmp")],
    "completed": [d.code for d in completed.diagnostics], "equal": snapshot(out) == everything(large)}))
"""
_READ_ONLY = """
import json, subprocess, sys
sys.path.insert(0, sys.argv[1])
from directory_world import ONE, TWO
from cozygen.deliver.directory import plan, write
out = sys.argv[2]
assert write(ONE, out).ok
subprocess.run(["mount", "-o", "remount,ro", out], check=True)
print(json.dumps({
    "same": [d.message for d in write(ONE, out).diagnostics],
    "other": [(d.code, d.message) for d in write(TWO, out).diagnostics],
    "plan": [d.code for d in plan(TWO, out).diagnostics]}))
"""


def _on_tmpfs(tmp_path: Path, script: str) -> Any:
    """What ``script`` prints when run on a file system of 256 KiB that only it sees."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare to mount a file system")
    mounted = 'mount -t tmpfs -o size=256k tmpfs "$1" || exit 42; exec "$2" -c "$3" "$4" "$1"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, "sh"]
    arguments = [str(tmp_path), sys.executable, script, str(Path(__file__).parent)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode in (1, 42) and "Traceback" not in done.stderr:
        pytest.skip(f"cannot mount a file system: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_full_disk(tmp_path: Path) -> None:
    found = _on_tmpfs(tmp_path, _FULL)
    assert [code for code, _ in found["stopped"]] == ["CZ9017"]
    assert os.strerror(errno.ENOSPC) in found["stopped"][0][1]
    assert found["written"] > 10
    assert found["again"] == ["CZ9017"]
    assert found["valid"]
    assert found["temporary"] == []
    assert found["completed"] == []
    assert found["equal"]


def test_a_read_only_file_system(tmp_path: Path) -> None:
    found = _on_tmpfs(tmp_path, _READ_ONLY)
    assert found["same"] == []
    assert {code for code, _ in found["other"]} == {"CZ9017"}
    assert all(os.strerror(errno.EROFS) in message for _, message in found["other"])
    assert found["plan"] == ["CZ9017"] * len(found["other"])


def _as_nobody(directory: Path, act: Callable[[], WriteResult]) -> list[tuple[str, str]]:
    """Codes and files of what ``act`` gives in ``directory`` for a user without rights."""
    directory.chmod(0o777)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(directory)
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            found = [(d.code, d.place.file) for d in act().diagnostics]
            os.write(writing, json.dumps(found).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return [tuple(each) for each in json.loads(answer.read())]


def test_a_directory_that_is_not_writable(tmp_path: Path) -> None:
    write(ONE, tmp_path / "out")
    (tmp_path / "out").chmod(0o555)
    before = snapshot(tmp_path)
    assert _as_nobody(tmp_path, lambda: write(ONE, "out")) == []
    assert ("CZ9017", "out") in _as_nobody(tmp_path, lambda: write(TWO, "out"))
    assert snapshot(tmp_path) == before
    (tmp_path / "closed").mkdir(mode=0o555)
    (tmp_path / "closed").chmod(0o555)
    assert _as_nobody(tmp_path, lambda: write(ONE, "closed/out/deep")) == [("CZ9017", "closed/out")]


def test_an_inner_directory_that_is_not_writable_is_refused_before_anything_changes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _as_nobody(tmp_path, lambda: write(ONE, "out")) == []
    for path in ("tenants/x", "tenants/y"):
        (out / path).chmod(0o555)
    before = snapshot(out)
    expected = [("CZ9017", "out/tenants/x"), ("CZ9017", "out/tenants/y")]
    if os.geteuid() == 0:
        for path in ("tenants/x", "tenants/y"):
            os.chown(out / path, 0, 0)
    assert _as_nobody(tmp_path, lambda: write(TWO, "out")) == expected
    assert _as_nobody(tmp_path, lambda: plan(TWO, "out")) == expected  # type: ignore[arg-type,return-value]
    assert snapshot(out) == before


def test_what_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    many = tree({f"d/{i}": "x" for i in range(5)} | {"e": "1"})
    write(many, tmp_path / "out")
    (tmp_path / "out/e").chmod(0)
    for mode in (0o000, 0o444):
        (tmp_path / "out/d").chmod(mode)
        assert _as_nobody(tmp_path, lambda: write(many, "out")) == [("CZ9016", "out/d"), ("CZ9016", "out/e")]
    (tmp_path / "out/d").chmod(0o755)
    assert set(snapshot(tmp_path / "out")) == {*with_manifest(many), "d", ".cozygen"}


def test_a_file_that_someone_changes_during_the_run_is_kept(tmp_path: Path) -> None:
    """Before every single change in turn, a person edits every file that the run has not yet reached."""
    number = 0
    while True:
        out = tmp_path / f"out{number}"
        write(ONE, out)
        mine: list[Path] = []

        def edit(out: Path = out, mine: list[Path] = mine) -> None:
            for path in ("README.md", "platform/b.yaml", "tenants/y/r.yaml"):
                if not (out / path).exists() or (out / path).read_bytes() != TWO[path]:
                    (out / path).write_text("mine")
                    mine.append(out / path)

        with before_change(number, edit) as seen:
            result = write(TWO, out)
        if len(seen) <= number:
            break
        if seen[number] != "rename":
            assert codes(result) == (["CZ9026"] if mine else [])
            assert {path.read_text() for path in mine} <= {"mine"}
        number += 1
    assert number > 12


def test_a_file_that_someone_changes_before_it_is_removed_is_kept(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    victim = tmp_path / "tenants/x/r.yaml"
    with before_change(0, lambda: victim.write_text("mine") and None):
        assert codes(write(TWO, tmp_path)) == ["CZ9026"]
    assert victim.read_text() == "mine"
