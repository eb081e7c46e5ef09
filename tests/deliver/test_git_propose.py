"""Proposals: a branch of their own that only goes forward, and merges without a conflict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_world import ME, bare, by_hand, git, listing, release, send, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_propose import propose
from cozygen.deliver.git_publish import Manner, Publication
from cozygen.layout.tree import Tree
from cozygen.review.summary import message

OWN = "cozygen/prod"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = bare(tmp_path / "fleet.git")
    send(tree(acme=1), target(path))
    return path


def suggest(of: Tree, remote: Path, **manner: Any) -> Publication:
    trailers = {"Cozygen-Output": f"sha256:{of.output}"}
    manners = Manner(**{"by": ME, **manner})
    return propose(
        of, target(remote), OWN, lambda c, first: message("prod", c, trailers, first=first), manners
    )


def merges(remote: Path) -> bool:
    """Whether the proposal merges into main without a conflict."""
    git(remote, "merge-tree", "--write-tree", "main", OWN)
    return True


def test_a_proposal_is_one_commit_on_main(remote: Path) -> None:
    before = git(remote, "rev-parse", "main")
    done = suggest(tree(acme=2), remote)
    assert git(remote, "rev-parse", OWN) == done.commit
    assert git(remote, "rev-parse", f"{OWN}^") == before == git(remote, "rev-parse", "main")


def test_the_same_proposal_again_is_no_commit(remote: Path) -> None:
    first = suggest(tree(acme=2), remote)
    again = suggest(tree(acme=2), remote)
    assert (again.commit, again.head) == (None, first.commit)
    assert again.changes


def test_another_state_goes_on_top(remote: Path) -> None:
    first = suggest(tree(acme=2), remote)
    suggest(tree(acme=3), remote)
    assert git(remote, "rev-parse", f"{OWN}^") == first.commit
    assert "replicas: 3" in listing(remote, OWN)["clusters/prod/tenants/acme/apps/releases.yaml"]


def test_when_main_moved_the_proposal_takes_it_in(remote: Path) -> None:
    first = suggest(tree(acme=2), remote)
    moved = by_hand(remote, {"README.md": "new"})
    suggest(tree(acme=2), remote)
    assert git(remote, "log", "-1", "--format=%P", OWN).split() == [first.commit, moved]
    assert listing(remote, OWN)["README.md"] == "new"
    assert merges(remote)
    assert git(remote, "diff", "--name-only", f"main...{OWN}").splitlines() == [
        "clusters/prod/.cozygen/manifest.json",
        "clusters/prod/tenants/acme/apps/releases.yaml",
    ]


def test_after_a_squash_merge_the_next_proposal_is_clean(remote: Path) -> None:
    suggest(tree(acme=2), remote)
    send(tree(acme=2), target(remote))
    suggest(tree(acme=2, globex=1), remote)
    changed = git(remote, "diff", "--name-only", f"main...{OWN}").splitlines()
    assert changed == [
        "clusters/prod/.cozygen/manifest.json",
        "clusters/prod/tenants/globex/apps/releases.yaml",
    ]


def test_nothing_to_propose(remote: Path) -> None:
    done = suggest(tree(acme=1), remote)
    assert (done.commit, done.changes) == (None, None)
    assert OWN not in git(remote, "branch")


def test_edits_by_hand_on_main_are_refused(remote: Path) -> None:
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": release("acme", replicas=7)})
    assert [item.code for item in suggest(tree(acme=2), remote).diagnostics] == ["CZ9220"]


def test_someone_else_s_commit_on_the_proposal_is_not_lost(remote: Path) -> None:
    suggest(tree(acme=2), remote)
    blob = git(remote, "commit-tree", f"{OWN}^{{tree}}", "-p", OWN, "-m", "a reviewer's fix")
    git(remote, "update-ref", f"refs/heads/{OWN}", blob)
    done = suggest(tree(acme=3), remote)
    assert [item.code for item in done.diagnostics] == ["CZ9234"]
    assert git(remote, "rev-parse", OWN) == blob
    assert not suggest(tree(acme=3), remote, overwrite=["."]).refused


def merge(remote: Path, files: str, *parents: str) -> str:
    """A merge as a forge makes it, on the proposal's branch."""
    words = [word for parent in parents for word in ("-p", parent)]
    made = git(remote, "commit-tree", files, *words, "-m", "Merge branch 'main' into cozygen/prod")
    git(remote, "update-ref", f"refs/heads/{OWN}", made)
    return made


def test_a_merge_of_main_by_the_forge_s_button_is_nobody_s_work(remote: Path) -> None:
    suggest(tree(acme=2), remote)
    moved = by_hand(remote, {"README.md": "new"})
    made = merge(remote, git(remote, "merge-tree", "--write-tree", OWN, "main"), OWN, "main")
    assert (suggest(tree(acme=2), remote).commit, git(remote, "rev-parse", OWN)) == (None, made)
    by_hand(remote, {"README.md": "newer"})
    again = suggest(tree(acme=3), remote)
    assert git(remote, "log", "-1", "--format=%P", OWN).split() == [made, git(remote, "rev-parse", "main")]
    assert again.commit is not None
    assert moved in git(remote, "rev-list", OWN)
    assert merges(remote)


def test_a_merge_that_changes_something_or_takes_in_something_else_is_kept(remote: Path) -> None:
    suggest(tree(acme=2), remote)
    first = git(remote, "rev-parse", OWN)
    moved = by_hand(remote, {"README.md": "new"})
    by_hand(remote, {"README.md": "evil"})
    merge(remote, "main^{tree}", first, moved)
    assert [item.code for item in suggest(tree(acme=3), remote).diagnostics] == ["CZ9234"]
    feature = git(remote, "commit-tree", "main^{tree}", "-p", "main", "-m", "a feature")
    merge(remote, git(remote, "merge-tree", "--write-tree", first, feature), first, feature)
    assert [item.code for item in suggest(tree(acme=3), remote).diagnostics] == ["CZ9234"]


def test_there_has_to_be_a_branch_to_propose_to(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError) as caught:
        suggest(tree(acme=1), bare(tmp_path / "empty.git"))
    assert caught.value.code == "CZ9235"
