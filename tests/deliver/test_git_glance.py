"""A branch that is as cozygen left it needs no listing of all its files, and is judged as if there were one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_world import bare, by_hand, git, listing, send, target, tree

from cozygen.deliver.git_branch import Branch
from cozygen.deliver.git_publish import Publication
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree

NEW = "clusters/prod/tenants/new"
BASE = {"acme": 1, "globex": 1, "initech": 1, "hooli": 1}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees of four files and more are listed in four parts."""
    monkeypatch.setattr(manifests, "WHOLE_MOST", 3)
    monkeypatch.setattr(manifests, "_COUNT", 4)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet.git")


def said(done: Publication) -> tuple[Any, ...]:
    files = dict(done.changes.files) if done.changes is not None else None
    return files, [(item.code, item.message) for item in done.diagnostics], done.message


def both(after: Tree, remote: Path, cache: Path) -> Publication:
    """What a run says that remembers, once it is certain that one that remembers nothing says the same."""
    found = send(after, target(remote), cache=cache, dry_run=True)
    assert said(found) == said(send(after, target(remote), dry_run=True))
    return found


FEWER = {"acme": 1, "globex": 1, "initech": 1}


@pytest.mark.parametrize(
    ("after", "most"),
    [
        (BASE, 3),
        ({**BASE, "acme": 2}, 3),
        ({**BASE, "acme": 2}, 99),
        ({**BASE, "new": 1}, 3),
        (FEWER, 3),
        ({"acme": 1}, 3),
    ],
    ids=["nothing", "changed", "changed-whole", "added", "removed", "few"],
)
def test_changes(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: dict[str, int], most: int
) -> None:
    monkeypatch.setattr(manifests, "WHOLE_MOST", most)
    by_hand(remote, {"clusters/prod/tenants/acme/notes.md": "ours"})
    send(tree(**BASE), target(remote), cache=tmp_path / "cache")
    by_hand(remote, {"README.md": "elsewhere"})
    both(tree(**after), remote, tmp_path / "cache")
    with monkeypatch.context() as only:
        if len(after) > 2:
            only.delattr(Branch, "files")
        send(tree(**after), target(remote), cache=tmp_path / "cache")
    found = listing(remote)
    assert found["clusters/prod/tenants/acme/notes.md"] == "ours"
    assert {name.split("/")[3] for name in found if name.endswith("releases.yaml")} == after.keys()
    assert send(tree(**after), target(remote)).commit is None


@pytest.mark.parametrize("where", [f"{NEW}/apps/releases.yaml", NEW, f"{NEW}/apps/releases.yaml/x"])
def test_what_stands_in_the_way_of_a_new_file(remote: Path, tmp_path: Path, where: str) -> None:
    by_hand(remote, {where: "mine"})
    send(tree(**BASE), target(remote), cache=tmp_path / "cache")
    done = both(tree(**BASE, new=1), remote, tmp_path / "cache")
    assert {item.code for item in done.diagnostics} == {"CZ9221"}


def test_an_edit_makes_a_closer_look_necessary(remote: Path, tmp_path: Path) -> None:
    send(tree(**BASE), target(remote), cache=tmp_path / "cache")
    by_hand(remote, {"clusters/prod/tenants/globex/apps/releases.yaml": "edited\n"})
    done = both(tree(**{**BASE, "acme": 2}), remote, tmp_path / "cache")
    assert [item.code for item in done.diagnostics] == ["CZ9220"]


def test_a_part_that_somebody_removed_is_not_guessed_at(remote: Path, tmp_path: Path) -> None:
    send(tree(**BASE), target(remote), cache=tmp_path / "cache")
    parts = [name for name in listing(remote) if f"{manifests.PARTS}/" in name]
    by_hand(remote, {parts[1]: None})
    done = both(tree(**{**BASE, "acme": 2}), remote, tmp_path / "cache")
    assert [item.code for item in done.diagnostics] == ["CZ9000"]


def test_what_a_push_adds_is_what_changed(remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    many = {f"t{number}": 1 for number in range(manifests.WHOLE_MOST + 1)}
    send(tree(**many), target(remote))
    send(tree(**{**many, "t7": 2}), target(remote))
    added = git(remote, "rev-list", "--objects", "main~1..main").splitlines()
    sizes = git(
        remote, "cat-file", "--batch-check=%(objecttype) %(objectsize) %(rest)", feed="\n".join(added)
    ).splitlines()
    files = {name: int(size) for kind, size, name in (line.split(" ", 2) for line in sizes) if kind == "blob"}
    assert sorted(files) == [
        "clusters/prod/.cozygen/manifest.json",
        f"clusters/prod/{manifests.part_of('tenants/t7/apps/releases.yaml')}",
        "clusters/prod/tenants/t7/apps/releases.yaml",
    ]
    assert sum(files.values()) < 10_000
