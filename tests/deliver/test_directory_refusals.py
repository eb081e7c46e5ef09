import os
import socket
from pathlib import Path

import pytest
from directory_world import MANIFEST, ONE, PENDING, THREE, TWO, codes, everything, snapshot, tree

from cozygen.deliver.directory import write
from cozygen.deliver.directory_force import EVERYTHING
from cozygen.layout.tree import Tree


def _refused(of: Tree, out: Path, code: str, *paths: str) -> None:
    """Writing is refused with one ``code`` for each of ``paths``, and changes nothing."""
    before = snapshot(out)
    result = write(of, out)
    assert (result.written, result.unchanged, result.pruned) == (0, 0, 0)
    assert [(d.code, d.place.file, d.place.line, d.place.column) for d in result.diagnostics] == [
        (code, str(out / path), 1, 1) for path in paths
    ]
    for diagnostic in result.diagnostics:
        assert diagnostic.place.file in diagnostic.message
        assert diagnostic.hint
    assert snapshot(out) == before


def test_files_that_were_edited_by_hand_are_all_named(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_text("one\nand more\n")
    (tmp_path / "tenants/x/r.yaml").write_text("x1")
    (tmp_path / "tenants/y/r.yaml").write_text("mine\n")
    _refused(TWO, tmp_path, "CZ9020", "README.md", "tenants/x/r.yaml", "tenants/y/r.yaml")
    _refused(ONE, tmp_path, "CZ9020", "README.md", "tenants/x/r.yaml", "tenants/y/r.yaml")


def test_an_edit_that_anticipates_the_output_is_no_edit(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_text("two\n")
    assert write(TWO, tmp_path).ok
    assert snapshot(tmp_path) == everything(TWO)


def test_an_unowned_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform/a.yaml").write_text("mine")
    (tmp_path / "README.md").write_bytes(b"")
    _refused(ONE, tmp_path, "CZ9021", "README.md", "platform/a.yaml")


def test_a_directory_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "README.md/x").mkdir(parents=True)
    _refused(ONE, tmp_path, "CZ9022", "README.md")


@pytest.mark.parametrize("foreign", ["platform/mine", "platform/deep/mine"])
def test_an_owned_directory_that_holds_more_does_not_become_a_file(tmp_path: Path, foreign: str) -> None:
    write(ONE, tmp_path)
    (tmp_path / foreign).parent.mkdir(exist_ok=True)
    (tmp_path / foreign).touch()
    _refused(THREE, tmp_path, "CZ9022", "platform")


def test_a_file_where_a_directory_should_be(tmp_path: Path) -> None:
    (tmp_path / "tenants").write_text("mine")
    _refused(ONE, tmp_path, "CZ9023", "tenants")


def test_an_edited_file_does_not_become_a_directory(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    (tmp_path / "tenants/y/r.yaml").write_text("mine")
    _refused(THREE, tmp_path, "CZ9020", "tenants/y/r.yaml")


@pytest.mark.parametrize("path", ["README.md", "platform/a.yaml", "tenants/x/r.yaml"])
def test_a_pipe_and_a_socket_in_the_way(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(ONE, tmp_path)
    (tmp_path / path).unlink()
    os.mkfifo(tmp_path / path)
    _refused(ONE, tmp_path, "CZ9025", path)
    _refused(TWO, tmp_path, "CZ9025", path)
    (tmp_path / path).unlink()
    monkeypatch.chdir((tmp_path / path).parent)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind((tmp_path / path).name)
    _refused(ONE, tmp_path, "CZ9025", path)
    _refused(TWO, tmp_path, "CZ9025", path)


def test_a_pipe_where_an_empty_file_should_be(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "z")
    _refused(tree({"z": ""}), tmp_path, "CZ9025", "z")


def test_a_device_in_the_way(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "z", 0o20666, os.makedev(1, 3))
    except OSError as error:
        pytest.skip(f"cannot make a device node: {error}")
    _refused(tree({"z": ""}), tmp_path, "CZ9025", "z")


def test_another_platforms_output(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    result = write(tree({"a": "1"}, "lab"), tmp_path)
    assert codes(result) == ["CZ9013"]
    assert "'prod'" in result.diagnostics[0].message
    assert "'lab'" in result.diagnostics[0].message
    assert codes(write(tree({"a": "1"}, "lab"), tmp_path, force_paths=[EVERYTHING])) == ["CZ9013"]
    assert snapshot(tmp_path) == everything(ONE)


def test_a_manifest_or_record_that_cannot_be_used(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    good = (tmp_path / MANIFEST).read_bytes()
    (tmp_path / MANIFEST).write_bytes(good.replace(b'"version": 1', b'"version": 2'))
    _refused(TWO, tmp_path, "CZ9001", MANIFEST)
    (tmp_path / MANIFEST).write_bytes(b"{}")
    _refused(TWO, tmp_path, "CZ9000", MANIFEST)
    (tmp_path / MANIFEST).write_bytes(good)
    (tmp_path / PENDING).write_text("[]")
    _refused(TWO, tmp_path, "CZ9000", PENDING)
    (tmp_path / PENDING).write_text('{"version": 1, "platform": "prod", "files": {"a": ["x"]}}')
    _refused(TWO, tmp_path, "CZ9000", PENDING)
    (tmp_path / PENDING).write_text('{"version": 1, "platform": "lab", "files": {}}')
    assert codes(write(TWO, tmp_path)) == ["CZ9013"]


def test_a_manifest_that_lists_paths_outside_is_not_followed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(ONE, out)
    (tmp_path / "victim").write_text("one\n")
    manifest = (out / MANIFEST).read_text()
    (out / MANIFEST).write_text(manifest.replace('"README.md"', '"../victim"'))
    _refused(TWO, out, "CZ9000", MANIFEST)
    assert (tmp_path / "victim").exists()


@pytest.mark.parametrize("path", [".cozygen", MANIFEST, PENDING])
def test_things_in_the_way_of_the_record_itself(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / path)
    _refused(ONE, tmp_path, "CZ9025", path)
    (tmp_path / path).unlink()
    (tmp_path / path).symlink_to("/etc")
    _refused(ONE, tmp_path, "CZ9024", path)
    (tmp_path / path).unlink()
    if path == ".cozygen":
        (tmp_path / path).touch()
        _refused(ONE, tmp_path, "CZ9023", path)
    else:
        (tmp_path / path).mkdir()
        _refused(ONE, tmp_path, "CZ9022", path)


@pytest.mark.parametrize(
    "force", [["README.md", "tenants/x/r.yaml"], ["./README.md", "tenants/"], [EVERYTHING]]
)
def test_forced_paths_are_overwritten_and_removed(tmp_path: Path, force: list[str]) -> None:
    write(ONE, tmp_path)
    (tmp_path / "README.md").write_text("edited")
    (tmp_path / "tenants/x/r.yaml").write_text("edited")
    assert codes(write(TWO, tmp_path)) == ["CZ9020", "CZ9020"]
    assert write(TWO, tmp_path, force_paths=force).ok
    assert snapshot(tmp_path) == everything(TWO)


def test_force_is_only_for_the_paths_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "tenants/x").mkdir(parents=True)
    (tmp_path / "tenants/x/r.yaml").write_text("mine")
    result = write(ONE, tmp_path, force_paths=["tenants/x"])
    assert [d.place.file for d in result.diagnostics] == [str(tmp_path / "README.md")]
    assert write(ONE, tmp_path, force_paths=["tenants/x", "README.md"]).ok


def test_a_misspelt_forced_path(tmp_path: Path) -> None:
    write(ONE, tmp_path)
    result = write(TWO, tmp_path, force_paths=["README", "tenants/x"])
    assert codes(result) == ["CZ9027"]
    assert "'README'" in result.diagnostics[0].message
    assert snapshot(tmp_path) == everything(ONE)


def test_force_does_not_reach_links_directories_and_special_files(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to("elsewhere")
    (tmp_path / "platform/a.yaml/x").mkdir(parents=True)
    (tmp_path / "tenants").touch()
    before = snapshot(tmp_path)
    assert codes(write(ONE, tmp_path, force_paths=[EVERYTHING])) == ["CZ9024", "CZ9022", "CZ9023"]
    assert snapshot(tmp_path) == before


def test_the_directory_is_a_file_or_below_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in ("file", "file/out", "file/a/out"):
        result = write(ONE, tmp_path / path)
        assert codes(result) == ["CZ9010"]
        assert str(tmp_path / "file") in result.diagnostics[0].message
    assert codes(write(ONE, "")) == ["CZ9010"]
    assert codes(write(ONE, "a\0b")) == ["CZ9010"]


@pytest.mark.parametrize("path", [".git", ".git/x", ".GIT/hooks", "sub/.git/a/b"])
def test_the_directory_is_inside_git(tmp_path: Path, path: str) -> None:
    assert codes(write(ONE, tmp_path / path)) == ["CZ9012"]
    assert snapshot(tmp_path) == {}


def test_a_git_work_tree_may_be_the_directory(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("mine")
    assert write(ONE, tmp_path).ok
    assert snapshot(tmp_path) == everything(ONE) | {".git": "directory", ".git/config": b"mine"}
