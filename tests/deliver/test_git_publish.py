"""Publishing to a branch: one commit that says what changed, nobody's work lost, nothing forced."""

from pathlib import Path

import pytest
from git_world import bare, by_hand, git, listing, release, send, sound, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_commit import Person, Signatures
from cozygen.layout.manifest import PATH as MANIFEST


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet.git")


def test_the_first_push_makes_the_branch_with_everything_below_the_path(remote: Path) -> None:
    done = send(tree(acme=2), target(remote))
    assert done.commit == git(remote, "rev-parse", "main")
    assert sorted(listing(remote)) == [
        f"clusters/prod/{MANIFEST}",
        "clusters/prod/platform/objects.yaml",
        "clusters/prod/tenants/acme/apps/releases.yaml",
    ]
    sound(remote)


def test_no_change_no_commit(remote: Path) -> None:
    first = send(tree(acme=2), target(remote))
    again = send(tree(acme=2), target(remote))
    assert (again.commit, again.head) == (None, first.commit)


def test_a_change_of_nothing_but_the_spec_s_digest_is_no_change(remote: Path) -> None:
    from cozygen.layout.tree import Facts, Tree

    one = tree(acme=2)
    send(one, target(remote))
    other = Tree.of(dict(one), Facts("prod", "1" * 64, "0.2.0", "v1.6.2"))
    assert send(other, target(remote)).commit is None


def test_the_message_says_what_changed_for_whom(remote: Path) -> None:
    send(tree(acme=2, globex=1), target(remote))
    send(tree(acme=3, globex=1), target(remote))
    assert git(remote, "log", "-1", "--format=%B", "main").split("\n\n")[:2] == [
        "acme: change Postgres main",
        "acme\n  ~ Postgres main: replicas",
    ]


def test_the_trailers_are_git_trailers(remote: Path) -> None:
    one = tree(acme=2)
    send(one, target(remote))
    assert git(remote, "log", "-1", "--format=%(trailers)", "main") == f"Cozygen-Output: sha256:{one.output}"


def test_a_file_that_is_no_longer_rendered_goes(remote: Path) -> None:
    send(tree(acme=2, globex=1), target(remote))
    send(tree(acme=2), target(remote))
    assert "clusters/prod/tenants/globex/apps/releases.yaml" not in listing(remote)


def test_foreign_files_stay_outside_and_inside_the_path(remote: Path) -> None:
    foreign = {"README.md": "ours", "clusters/other/x.yaml": "x", "clusters/prod/tenants/acme/notes.md": "n"}
    by_hand(remote, foreign)
    send(tree(acme=2), target(remote))
    send(tree(globex=2), target(remote))
    found = listing(remote)
    assert {name: found[name] for name in foreign} == foreign


def test_a_push_to_the_root_of_the_repository(remote: Path) -> None:
    by_hand(remote, {"README.md": "ours"})
    send(tree(acme=2), target(remote, path=""))
    assert {"README.md", "tenants/acme/apps/releases.yaml", MANIFEST} <= listing(remote).keys()


def test_two_sites_share_a_branch(remote: Path) -> None:
    send(tree("a", acme=1), target(remote, path="clusters/a"))
    send(tree("b", acme=2), target(remote, path="clusters/b"))
    assert send(tree("a", acme=1), target(remote, path="clusters/a")).commit is None
    assert len(listing(remote)) == 6


def test_an_edit_by_hand_is_shown_with_its_author_and_refused(remote: Path) -> None:
    send(tree(acme=2, globex=1), target(remote))
    path = "clusters/prod/tenants/acme/apps/releases.yaml"
    edit = by_hand(remote, {path: release("acme", replicas=9)}, "more replicas, now")
    by_hand(remote, {"README.md": "later"})
    done = send(tree(acme=2, globex=5), target(remote))
    assert done.refused
    assert done.commit is None
    (found,) = done.diagnostics
    assert found.code == "CZ9220"
    assert path in found.message
    assert "Jane <jane@example.org>" in found.message
    assert edit[:12] in found.message
    assert "-    replicas: 2\n+    replicas: 9" in found.values["diff"]
    assert git(remote, "log", "-1", "--format=%s", "main") == "by hand"


def test_an_edit_of_a_file_that_changes_as_well_is_shown_against_what_was_published(remote: Path) -> None:
    send(tree(acme=2), target(remote))
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": release("acme", replicas=9)})
    (found,) = send(tree(acme=3), target(remote)).diagnostics
    assert "-    replicas: 2\n+    replicas: 9" in found.values["diff"]


def test_an_edit_that_the_spec_caught_up_with_is_fine(remote: Path) -> None:
    send(tree(acme=2), target(remote))
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": release("acme", replicas=9)})
    done = send(tree(acme=9), target(remote))
    assert not done.refused
    assert send(tree(acme=9), target(remote)).commit is None


def test_a_removed_file_is_an_edit(remote: Path) -> None:
    send(tree(acme=2), target(remote))
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": None})
    (found,) = send(tree(acme=2), target(remote)).diagnostics
    assert "was removed by hand" in found.message


def test_an_edit_is_overwritten_when_it_was_given_up(remote: Path) -> None:
    send(tree(acme=2), target(remote))
    path = "clusters/prod/tenants/acme/apps/releases.yaml"
    by_hand(remote, {path: release("acme", replicas=9)})
    done = send(tree(acme=2), target(remote), overwrite=["tenants/acme"])
    assert [item.code for item in done.diagnostics] == ["CZ9226"]
    assert listing(remote)[path] == release("acme")


def test_giving_up_one_edit_does_not_give_up_another(remote: Path) -> None:
    send(tree(acme=2, globex=2), target(remote))
    edits = {
        f"clusters/prod/tenants/{t}/apps/releases.yaml": release(t, replicas=9) for t in ("acme", "globex")
    }
    by_hand(remote, edits)
    done = send(tree(acme=2, globex=2), target(remote), overwrite=["tenants/acme"])
    assert done.refused
    assert sorted(item.code for item in done.diagnostics) == ["CZ9220", "CZ9226"]


def test_a_misspelt_overwrite_is_refused(remote: Path) -> None:
    assert send(tree(acme=2), target(remote), overwrite=["tenants/acne"]).refused


def test_a_foreign_file_in_the_way_is_refused(remote: Path) -> None:
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": "mine"})
    (found,) = send(tree(acme=2), target(remote)).diagnostics
    assert found.code == "CZ9221"
    assert not send(tree(acme=2), target(remote), overwrite=["."]).refused


def test_a_foreign_file_with_the_very_content_is_taken_over(remote: Path) -> None:
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": release("acme")})
    assert not send(tree(acme=2), target(remote)).refused


@pytest.mark.parametrize(
    "where", ["clusters", "clusters/prod", "clusters/prod/tenants", "clusters/prod/tenants/acme"]
)
def test_a_link_where_a_directory_belongs_is_refused(remote: Path, where: str) -> None:
    by_hand(remote, {where: "/etc"}, mode="120000")
    done = send(tree(acme=2), target(remote), overwrite=["."])
    assert [item.code for item in done.diagnostics] == ["CZ9221"]
    assert "symbolic link" in done.diagnostics[0].message


@pytest.mark.parametrize("what", ["file", "link", "submodule", "directory"])
def test_what_stands_where_the_manifest_belongs_is_kept(
    remote: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("cozygen.layout.manifest.WHOLE_MOST", 1)
    mode = {"link": "120000", "submodule": "160000"}.get(what, "100644")
    text = "1" * 40
    for where in ("clusters/prod/.cozygen", "clusters/prod/.cozygen/manifest", f"clusters/prod/{MANIFEST}"):
        path = f"{where}/x" if what == "directory" else where
        if what == "directory" and where != f"clusters/prod/{MANIFEST}":
            continue
        by_hand(remote, {path: text}, mode=mode)
        before = git(remote, "rev-parse", "main")
        done = send(tree(acme=2), target(remote), overwrite=["."])
        assert {item.code for item in done.diagnostics} <= {"CZ9221", "CZ9000"}
        assert done.refused, where
        assert git(remote, "rev-parse", "main") == before
        by_hand(remote, {path: None})


def test_another_platform_s_output_is_not_replaced(remote: Path) -> None:
    send(tree("blue", acme=2), target(remote))
    assert [item.code for item in send(tree("green", acme=2), target(remote)).diagnostics] == ["CZ9222"]


def test_a_broken_manifest_is_not_guessed_at(remote: Path) -> None:
    send(tree(acme=2), target(remote))
    by_hand(remote, {f"clusters/prod/{MANIFEST}": "<<<<<<< HEAD\n"})
    assert [item.code for item in send(tree(acme=3), target(remote)).diagnostics] == ["CZ9000"]


def test_author_committer_and_dates(remote: Path) -> None:
    by = Signatures(
        Person("Ann", "ann@x", "2026-01-02T03:04:05+0100"), Person("Bob", "bob@x", "@1700000000 +0000")
    )
    send(tree(acme=2), target(remote), by=by)
    shown = git(remote, "log", "-1", "--format=%an %ae %ad %cn %ce %ct", "--date=iso-strict", "main")
    assert shown == "Ann ann@x 2026-01-02T03:04:05+01:00 Bob bob@x 1700000000"


def test_the_same_push_gives_the_same_commit(tmp_path: Path) -> None:
    by = Signatures(Person("A", "a@x", "@1700000000 +0000"), Person("A", "a@x", "@1700000000 +0000"))
    commits = {send(tree(acme=2), target(bare(tmp_path / name)), by=by).commit for name in ("a.git", "b.git")}
    assert len(commits) == 1


def test_a_dry_run_pushes_nothing(remote: Path) -> None:
    done = send(tree(acme=2), target(remote), dry_run=True)
    assert (done.commit, bool(done.changes), git(remote, "branch")) == (None, True, "")


def test_a_cache_gives_the_same_as_none(remote: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for replicas in (1, 2, 3):
        send(tree(acme=replicas), target(remote), cache=cache)
        by_hand(remote, {"README.md": str(replicas)})
    assert send(tree(acme=3), target(remote)).commit is None
    assert git(remote, "rev-list", "--count", "main") == "6"
    path = "clusters/prod/tenants/acme/apps/releases.yaml"
    by_hand(remote, {path: release("acme", replicas=9)})
    assert send(tree(acme=3), target(remote), cache=cache).refused


def test_a_damaged_cache_is_replaced(remote: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    send(tree(acme=1), target(remote), cache=cache)
    for path in sorted(cache.rglob("objects/??/*")):
        path.chmod(0o600)
        path.write_bytes(b"rubbish")
    send(tree(acme=2), target(remote), cache=cache)
    assert git(remote, "log", "-1", "--format=%s", "main") == "acme: change Postgres main"
    sound(remote)


def test_a_repository_that_names_objects_by_sha256(tmp_path: Path) -> None:
    remote = bare(tmp_path / "new.git", "--object-format=sha256")
    work = tmp_path / "w"
    work.mkdir()
    git(work, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    git(work, "commit", "--quiet", "--allow-empty", "--message", "begin")
    git(work, "push", "--quiet", str(remote), "main")
    done = send(tree(acme=1), target(remote))
    assert done.commit is not None
    assert len(done.commit) == 64
    assert send(tree(acme=1), target(remote)).commit is None


@pytest.mark.parametrize("name", ["-f", "a..b", "refs/../x", "a b", "", "HEAD", "refs/heads/main", "x.lock"])
def test_what_is_no_branch_name_is_refused(remote: Path, name: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(remote, branch=name))
    assert caught.value.code == "CZ9225"
