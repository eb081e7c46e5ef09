import fcntl
import os
from pathlib import Path

import pytest
from directory_world import MANIFEST, ONE, PENDING, TWO, dying, snapshot, tree

from cozygen.deliver.directory import write
from cozygen.deliver.directory_compare import NAMED, compare
from cozygen.layout.tree import Tree


def _found(of: Tree, out: Path) -> list[tuple[str, str, int]]:
    """Codes, paths below the directory, and lines."""
    before = snapshot(out)
    found = compare(of, out)
    assert snapshot(out) == before
    for each in found:
        assert each.message.startswith(each.place.file) or each.code == "CZ9034"
    return [(each.code, os.path.relpath(each.place.file, out), each.place.line) for each in found]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write(ONE, tmp_path / "out")
    return tmp_path / "out"


def test_a_fresh_render_is_the_tree(out: Path) -> None:
    assert compare(ONE, out) == []
    assert compare(ONE, f"{out}/") == []


def test_another_tree_is_named_file_by_file(out: Path) -> None:
    assert _found(TWO, out) == [
        ("CZ9031", MANIFEST, 7),
        ("CZ9031", "README.md", 1),
        ("CZ9030", "platform/b.yaml", 1),
        ("CZ9032", "tenants/x/r.yaml", 1),
        ("CZ9031", "tenants/y/r.yaml", 1),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "line"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", 2),
        ("a\nb\nc\n", "a\nb\n", 3),
        ("a\nb\n", "a\nb\nc\n", 3),
        ("a\nb\n", "a\nb", 2),
        ("a\nb\n", "a\nb\n\n", 3),
        ("a\nb\n", "a\r\nb\r\n", 1),
        ("", "x", 1),
        ("x", "", 1),
        ("a\n\nü", "a\n\nö", 3),
        ("a\nb\0", "a\nc\0", 1),
    ],
)
def test_the_first_line_that_differs(tmp_path: Path, ours: str, theirs: str, line: int) -> None:
    of = tree({"f": ours})
    write(of, tmp_path)
    (tmp_path / "f").write_bytes(theirs.encode())
    assert _found(of, tmp_path) == [("CZ9031", "f", line)]


def test_a_missing_and_an_unexpected_file(out: Path) -> None:
    (out / "README.md").unlink()
    (out / "deep/er").mkdir(parents=True)
    (out / "deep/er/x").touch()
    (out / "deep/.git").mkdir()
    (out / "deep/.git/config").touch()
    assert _found(ONE, out) == [
        ("CZ9030", "README.md", 1),
        ("CZ9032", "deep/.git/config", 1),
        ("CZ9032", "deep/er/x", 1),
    ]


def test_git_at_the_top_and_empty_directories_do_not_count(out: Path) -> None:
    (out / ".git/hooks").mkdir(parents=True)
    (out / ".git/config").touch()
    (out / "empty/er").mkdir(parents=True)
    assert compare(ONE, out) == []


def test_a_lost_manifest_is_missing(out: Path) -> None:
    (out / MANIFEST).unlink()
    assert _found(ONE, out) == [("CZ9030", MANIFEST, 1)]


def test_links_and_special_files(out: Path) -> None:
    (out / "README.md").rename(out.parent / "readme")
    (out / "README.md").symlink_to("../readme")
    (out / "tenants").rename(out.parent / "tenants")
    (out / "tenants").symlink_to("../tenants")
    (out / "platform/a.yaml").unlink()
    os.mkfifo(out / "platform/a.yaml")
    (out / "link").symlink_to("nowhere")
    assert _found(ONE, out) == [
        ("CZ9024", "README.md", 1),
        ("CZ9024", "link", 1),
        ("CZ9025", "platform/a.yaml", 1),
        ("CZ9024", "tenants", 1),
    ]


def test_directories_and_files_that_took_each_others_place(out: Path) -> None:
    (out / "README.md").unlink()
    (out / "README.md").mkdir()
    (out / "README.md/x").touch()
    (out / "platform/a.yaml").unlink()
    (out / "platform").rmdir()
    (out / "platform").touch()
    assert _found(ONE, out) == [
        ("CZ9022", "README.md", 1),
        ("CZ9032", "README.md/x", 1),
        ("CZ9023", "platform", 1),
    ]


def test_a_render_that_did_not_finish(out: Path) -> None:
    with dying(8):
        write(TWO, out)
    unfinished = [path for code, path, _ in _found(TWO, out) if code == "CZ9033"]
    assert PENDING in unfinished
    assert len(unfinished) == 2


@pytest.mark.parametrize(("extra", "more"), [(NAMED, 0), (NAMED + 1, 1), (NAMED + 30, 30)])
def test_many_findings_are_counted(out: Path, extra: int, more: int) -> None:
    for number in range(extra):
        (out / f"x{number:03}").touch()
    found = compare(ONE, out)
    assert [each.code for each in found] == ["CZ9032"] * NAMED + ["CZ9034"] * bool(more)
    if more:
        assert found[-1].values == {"count": more}
        assert str(more) in found[-1].message


def test_a_directory_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    assert [each.code for each in compare(ONE, tmp_path / "none")] == ["CZ9035"]
    (tmp_path / "file").touch()
    assert [each.code for each in compare(ONE, tmp_path / "file")] == ["CZ9010"]
    (tmp_path / "link").symlink_to(tmp_path)
    assert [each.code for each in compare(ONE, tmp_path / "link")] == ["CZ9011"]
    assert not (tmp_path / "none").exists()


def test_names_that_are_not_utf_8_can_be_printed(out: Path) -> None:
    try:
        (out / os.fsdecode(b"\xff")).touch()
    except OSError as error:
        pytest.skip(f"the file system takes only UTF-8: {error}")
    (found,) = compare(ONE, out)
    assert found.message.encode()
    assert found.place.file.endswith("\\xff")


def test_a_directory_in_which_a_render_is_running_is_not_judged(out: Path) -> None:
    other = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert [each.code for each in compare(ONE, out, patience=0)] == ["CZ9014"]
    finally:
        os.close(other)
