import os
import stat
from pathlib import Path

import pytest
from directory_world import MANIFEST, ONE, THREE, TWO, codes, everything, snapshot, tree

from cozygen.deliver.directory import WriteResult, plan, write
from cozygen.layout.manifest import with_manifest


def test_a_first_render_writes_everything(tmp_path: Path) -> None:
    assert write(ONE, tmp_path / "out") == WriteResult(written=5, unchanged=0, pruned=0)
    assert snapshot(tmp_path / "out") == everything(ONE)


def test_a_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    assert write(ONE, tmp_path / "a/b/c").ok
    assert snapshot(tmp_path / "a/b/c") == everything(ONE)


def test_the_directory_may_be_given_as_text_with_a_slash_and_as_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write(ONE, f"{tmp_path}/out//").ok
    monkeypatch.chdir(tmp_path / "out")
    assert write(ONE, ".") == WriteResult(0, 5, 0)
    assert write(ONE, "./") == WriteResult(0, 5, 0)


def test_an_unchanged_render_touches_nothing(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    before = {path: path.lstat() for path in (tmp_path, *tmp_path.rglob("*"))}
    assert write(ONE, tmp_path) == WriteResult(written=0, unchanged=5, pruned=0)
    for path, status in before.items():
        after = path.lstat()
        assert (after.st_ino, after.st_mtime_ns, after.st_ctime_ns) == (
            status.st_ino,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


def test_only_changed_files_are_written_and_only_owned_ones_removed(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    same = (tmp_path / "platform/a.yaml").lstat()
    assert write(TWO, tmp_path) == WriteResult(written=4, unchanged=1, pruned=1)
    assert snapshot(tmp_path) == everything(TWO)
    after = (tmp_path / "platform/a.yaml").lstat()
    assert (after.st_ino, after.st_mtime_ns) == (same.st_ino, same.st_mtime_ns)


def test_files_become_directories_and_directories_files(tmp_path: Path) -> None:
    for each in (ONE, THREE, TWO, THREE, ONE):
        assert write(each, tmp_path).ok
        assert snapshot(tmp_path) == everything(each)


def test_what_a_person_keeps_beside_the_output_stays(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "tenants/x/notes.txt").write_text("mine")
    (tmp_path / "tenants/empty").mkdir()
    (tmp_path / "own/dir").mkdir(parents=True)
    assert write(TWO, tmp_path).ok
    expected = everything(TWO) | {
        "tenants/x": "directory",
        "tenants/x/notes.txt": b"mine",
        "tenants/empty": "directory",
        "own": "directory",
        "own/dir": "directory",
    }
    assert snapshot(tmp_path) == expected


def test_an_owned_file_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "tenants/x/r.yaml").unlink()
    (tmp_path / "tenants/x").rmdir()
    assert write(ONE, tmp_path) == WriteResult(written=1, unchanged=4, pruned=0)
    assert snapshot(tmp_path) == everything(ONE)


def test_an_owned_file_that_was_deleted_and_is_not_needed_stays_away(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "tenants/x/r.yaml").unlink()
    assert write(TWO, tmp_path).pruned == 0
    assert snapshot(tmp_path) == everything(TWO)


def test_an_owned_file_that_was_emptied_is_written_again(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_bytes(b"")
    (tmp_path / "tenants/x/r.yaml").write_bytes(b"\0\0\0")
    assert write(ONE, tmp_path).ok
    assert snapshot(tmp_path) == everything(ONE)


def test_files_with_our_bytes_are_adopted(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("one\n")
    before = (tmp_path / "README.md").lstat().st_ino
    assert write(ONE, tmp_path) == WriteResult(written=4, unchanged=1, pruned=0)
    assert (tmp_path / "README.md").lstat().st_ino == before
    assert write(TWO, tmp_path).ok
    assert snapshot(tmp_path) == everything(TWO)


def test_a_lost_manifest_is_made_again(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert write(ONE, tmp_path) == WriteResult(written=1, unchanged=4, pruned=0)
    assert snapshot(tmp_path) == everything(ONE)


def test_an_empty_tree_removes_all_it_owns_but_not_the_directory(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    assert write(tree({}), tmp_path) == WriteResult(written=1, unchanged=0, pruned=4)
    assert snapshot(tmp_path) == everything(tree({}))


def test_a_hard_link_elsewhere_keeps_its_content(tmp_path: Path) -> None:
    write(ONE, tmp_path / "out")
    os.link(tmp_path / "out/README.md", tmp_path / "outside")
    write(TWO, tmp_path / "out")
    assert (tmp_path / "outside").read_text() == "one\n"


def test_files_and_directories_get_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(ONE, tmp_path / "out")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out/README.md").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "out/tenants/x").stat().st_mode) == 0o750


def test_a_name_that_changes_only_in_case(tmp_path: Path) -> None:
    for each in (tree({"Tenants/A": "1", "b": "1"}), tree({"tenants/a": "1", "b": "1"})):
        assert write(each, tmp_path).ok
        assert snapshot(tmp_path) == everything(each)


def test_a_file_system_that_ignores_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removing the old spelling there removes the new one, which therefore has to be written after it."""
    for name in ("open", "stat", "mkdir", "rmdir", "unlink"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda path, *a, real=real, **k: real(path.lower() if "dir_fd" in k else path, *a, **k)
        )
    rename = os.rename
    monkeypatch.setattr(os, "rename", lambda old, new, **k: rename(old.lower(), new.lower(), **k))
    for files in ({"T/A": "1", "T/b": "1"}, {"t/a": "1", "t/b": "2"}, {"T/a": "2", "T/b": "2"}):
        assert write(tree(files), tmp_path).ok
        assert snapshot(tmp_path) == everything(
            tree({path.lower(): text for path, text in files.items()})
        ) | {MANIFEST: with_manifest(tree(files))[MANIFEST]}


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    if not Path("/dev/fd").is_dir():
        pytest.skip("no /dev/fd to count descriptors in")
    before = len(os.listdir("/dev/fd"))
    for each in (ONE, TWO, THREE, ONE, tree({"a": "1"}, "other")):
        write(each, tmp_path)
        plan(each, tmp_path)
    assert len(os.listdir("/dev/fd")) == before


def test_a_plan_tells_what_a_run_would_do_and_touches_nothing(tmp_path: Path) -> None:
    first = plan(ONE, tmp_path / "out")
    assert first.write == (MANIFEST, *ONE)
    assert not (tmp_path / "out").exists()
    write(ONE, tmp_path / "out")
    before = snapshot(tmp_path), (tmp_path / "out").stat().st_mtime_ns
    found = plan(TWO, tmp_path / "out")
    assert found.write == (MANIFEST, "README.md", "platform/b.yaml", "tenants/y/r.yaml")
    assert found.prune == ("tenants/x/r.yaml",)
    assert (found.unchanged, found.ok, found.changes) == (1, True, True)
    assert (snapshot(tmp_path), (tmp_path / "out").stat().st_mtime_ns) == before
    assert not plan(ONE, tmp_path / "out").changes


def test_a_plan_is_refused_where_the_run_would_be(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_text("edited")
    assert codes(plan(TWO, tmp_path)) == codes(write(TWO, tmp_path)) == ["CZ9020"]
    assert plan(TWO, tmp_path, force_paths=["README.md"]).ok
    (tmp_path / "file").touch()
    assert codes(plan(ONE, tmp_path / "file")) == ["CZ9010"]
