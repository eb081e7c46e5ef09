"""Nothing is read, written or removed through a symbolic link, whenever it appears."""

import os
from pathlib import Path

import pytest
from directory_world import ONE, THREE, TWO, before_change, codes, everything, snapshot, tree

from cozygen.deliver.directory import write

OUTSIDE = {"r.yaml": b"precious", "a.yaml": b"a1\n", "b.yaml": b"precious", "x": "directory"}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    found = tmp_path / "outside"
    (found / "x").mkdir(parents=True)
    for name, content in OUTSIDE.items():
        if isinstance(content, bytes):
            (found / name).write_bytes(content)
    return found


def test_the_output_directory_is_a_link(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "out").symlink_to("outside")
    for path in (tmp_path / "out", f"{tmp_path}/out/", f"{tmp_path}/out/."):
        result = write(ONE, path)
        assert codes(result) == ["CZ9011"]
        assert "to outside" in result.diagnostics[0].message
        assert str(outside) in (result.diagnostics[0].hint or "")
    assert snapshot(outside) == OUTSIDE


def test_a_link_above_the_output_directory_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert write(ONE, tmp_path / "link/out").ok
    assert snapshot(tmp_path / "real/out") == everything(ONE)


@pytest.mark.parametrize("path", ["link", "link/out", "link/out/deep"])
def test_nothing_is_made_through_a_dangling_link(tmp_path: Path, path: str) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    result = write(ONE, tmp_path / path)
    assert codes(result) == ["CZ9010"]
    assert "nowhere" in result.diagnostics[0].message
    assert snapshot(tmp_path) == {"link": "link to nowhere"}


@pytest.mark.parametrize(
    "path", ["README.md", "platform", "platform/a.yaml", "tenants/x", "tenants/x/r.yaml"]
)
@pytest.mark.parametrize("target", ["outside", "nowhere", "outside/a.yaml", "."])
def test_a_link_on_the_way(tmp_path: Path, outside: Path, path: str, target: str) -> None:
    out = tmp_path / "out"
    for of in (ONE, TWO):
        for owned in (False, True):
            if owned:
                write(ONE, out)
                (out / path).rename(tmp_path / f"moved{of is ONE}")
            else:
                (out / path).parent.mkdir(parents=True)
            (out / path).symlink_to(tmp_path / target)
            before = snapshot(tmp_path)
            result = write(of, out)
            needed = owned or any(f"{p}/".startswith(f"{path}/") for p in of)
            assert codes(result) == (["CZ9024"] if needed else [])
            if needed:
                assert result.diagnostics[0].place.file == str(out / path)
                assert snapshot(tmp_path) == before
            assert snapshot(outside) == OUTSIDE
            out.rename(tmp_path / f"out-{of is ONE}-{owned}")


def test_a_link_beside_the_output_stays(tmp_path: Path, outside: Path) -> None:
    write(ONE, tmp_path / "out")
    (tmp_path / "out/tenants/x/link").symlink_to(outside)
    assert write(TWO, tmp_path / "out").ok
    assert (tmp_path / "out/tenants/x/link").is_symlink()
    assert snapshot(outside) == OUTSIDE


@pytest.mark.parametrize("swapped", ["tenants", "tenants/x", "platform", ".cozygen", "README.md"])
@pytest.mark.parametrize("of", [ONE, TWO, THREE], ids=["one", "two", "three"])
def test_a_directory_that_is_swapped_for_a_link_during_the_run(
    tmp_path: Path, outside: Path, swapped: str, of: object
) -> None:
    """Before every single change in turn, something turns into a link that leads outside."""
    number = 0
    while True:
        out = tmp_path / f"out{number}"
        write(TWO if of is ONE else ONE, out)

        def swap(out: Path = out) -> None:
            if (out / swapped).exists():
                os.replace(out / swapped, tmp_path / f"was{out.name}")
            if (out / swapped).parent.is_dir():
                (out / swapped).symlink_to(outside)

        with before_change(number, swap) as seen:
            write(of, out)  # type: ignore[arg-type]
        assert snapshot(outside) == OUTSIDE
        if len(seen) <= number:
            break
        number += 1
    assert number > 10


def test_a_link_that_is_planted_at_a_temporary_name_is_not_followed(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda size: b"\1" * size)
    for directory in ("", ".cozygen", "platform"):
        (tmp_path / "out" / directory).mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / directory / f".cozygen-{'01' * 8}.tmp").symlink_to(outside / "r.yaml")
    for _ in range(3):
        write(tree({"a": "1", "platform/b": "2"}), tmp_path / "out")
        assert snapshot(outside) == OUTSIDE
