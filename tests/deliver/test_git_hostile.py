"""Repositories that are large, strange or set a trap: nothing of theirs runs, and nothing of theirs is touched."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from git_world import bare, by_hand, git, listing, release, send, sound, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_spec import spec_commit


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet.git")


def foreign_files(remote: Path, count: int) -> None:
    """So many files of someone else, of a few contents that do not compress."""
    chance = random.Random(7)
    lines = []
    for number in range(20):
        lines += ["blob", f"mark :{number + 1}", "data 40000", f"{chance.getrandbits(160_000):040000x}"]
    lines += ["commit refs/heads/main", "committer Jane <j@x> 1700000000 +0000", "data 0"]
    lines += [f"M 100644 :{n % 20 + 1} src/{n % 300}/{n}.txt" for n in range(count)]
    git(remote, "fast-import", "--quiet", feed="\n".join([*lines, "", ""]))


def test_a_repository_of_a_hundred_thousand_foreign_files(remote: Path, tmp_path: Path) -> None:
    foreign_files(remote, 100_000)
    cache = tmp_path / "cache"
    send(tree(acme=1), target(remote), cache=cache)
    send(tree(acme=2), target(remote), cache=cache)
    assert git(remote, "diff", "--name-only", "main~2", "main").splitlines() == [
        "clusters/prod/.cozygen/manifest.json",
        "clusters/prod/platform/objects.yaml",
        "clusters/prod/tenants/acme/apps/releases.yaml",
    ]
    (store,) = cache.glob("*/git")
    foreign = git(remote, "rev-parse", "main:src/7/7.txt")
    kept = git(store, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    assert f"{foreign} blob" not in kept, "the foreign files' contents were fetched"


def test_submodules_and_lfs_stay_as_they_are(remote: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"
    modules = '[submodule "lib"]\n\tpath = lib\n\turl = https://no-such-host.invalid/lib.git\n'
    attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
    by_hand(remote, {".gitattributes": attributes, "big.bin": pointer, ".gitmodules": modules})
    by_hand(remote, {"lib": "1" * 40}, mode="160000")
    send(tree(acme=1), target(remote))
    send(tree(acme=2), target(remote))
    assert git(remote, "ls-tree", "main", "lib").split()[:3] == ["160000", "commit", "1" * 40]
    assert git(remote, "show", "main:big.bin") == pointer.rstrip("\n")
    assert git(remote, "show", "main:.gitmodules") == modules.rstrip("\n")


def test_attributes_do_not_change_what_is_published(remote: Path) -> None:
    by_hand(
        remote,
        {".gitattributes": "* text eol=crlf filter=lfs working-tree-encoding=UTF-16 ident export-ignore\n"},
    )
    send(tree(acme=1), target(remote))
    assert listing(remote)["clusters/prod/tenants/acme/apps/releases.yaml"] == release("acme", replicas=1)


def test_a_submodule_where_our_files_belong_is_refused(remote: Path) -> None:
    by_hand(remote, {"clusters/prod": "1" * 40}, mode="160000")
    (found,) = send(tree(acme=1), target(remote)).diagnostics
    assert found.code == "CZ9221"
    assert "submodule" in found.message


ALL_HOOKS = (
    "pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-push", "post-checkout", "post-merge",
    "post-receive", "post-update", "push-to-checkout", "pre-auto-gc", "post-rewrite", "fsmonitor-watchman",
    "post-index-change", "applypatch-msg", "sendemail-validate",
)  # fmt: skip


def trap(directory: Path, marker: Path) -> None:
    """Every hook, and every setting that names a program, writes a file when it runs."""
    program = directory / "trap.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {marker}\n')
    program.chmod(0o755)
    hooks = directory / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ALL_HOOKS:
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(program)
    for key in (
        "core.fsmonitor", "core.sshCommand", "core.askPass", "core.editor", "core.pager", "core.gitProxy",
        "core.alternateRefsCommand", "credential.helper", "gpg.program", "gpg.ssh.program",
        "uploadpack.packObjectsHook", "diff.external", "filter.lfs.clean", "filter.lfs.smudge",
        "filter.lfs.process", "gc.recentObjectsHook", "remote.origin.uploadpack", "remote.origin.receivepack",
        "merge.evil.driver", "sequence.editor", "trailer.x.command", "interactive.diffFilter",
    ):  # fmt: skip
        git(directory, "config", key, str(program))
    git(directory, "config", "receive.denyCurrentBranch", "updateInstead")
    git(directory, "config", "receive.autogc", "true")
    git(directory, "config", "gc.auto", "1")
    git(directory, "config", "url.ext::sh -c touch% /tmp/never.insteadOf", "file://")
    git(directory, "config", "protocol.ext.allow", "always")


def test_no_hook_and_no_setting_of_the_target_runs_anything(remote: Path, tmp_path: Path) -> None:
    by_hand(remote, {".gitattributes": "* filter=lfs merge=evil diff=evil\n"})
    marker = tmp_path / "ran"
    trap(remote, marker)
    (remote / "objects/info/alternates").write_text(str(bare(tmp_path / "other.git") / "objects") + "\n")
    send(tree(acme=1), target(remote))
    by_hand(remote, {"clusters/prod/tenants/acme/apps/releases.yaml": "edited\n"})
    assert not marker.exists(), marker.read_text()
    git(tmp_path, "clone", "--quiet", str(remote), "w")
    git(tmp_path / "w", "push", "--quiet", "origin", "HEAD:refs/heads/other")
    assert marker.exists(), "the trap is none"
    marker.unlink()
    assert send(tree(acme=2), target(remote), cache=tmp_path / "cache").refused
    send(tree(acme=2), target(remote), cache=tmp_path / "cache", overwrite=["."])
    assert not marker.exists(), marker.read_text()


@pytest.mark.parametrize("name", ["pre-receive", "update", "reference-transaction"])
def test_hooks_that_judge_pushes_to_a_local_repository_are_neither_run_nor_passed_by(
    remote: Path, tmp_path: Path, name: str
) -> None:
    marker = tmp_path / "ran"
    path = remote / "hooks" / name
    path.write_text(f"#!/bin/sh\ntouch {marker}\n")
    path.chmod(0o755)
    done = send(tree(acme=1), target(remote))
    assert [item.code for item in done.diagnostics] == ["CZ9223"]
    assert not marker.exists()
    assert git(remote, "branch") == ""


def test_the_configuration_of_the_user_and_of_here_does_not_count(
    remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    here = tmp_path / "here"
    here.mkdir()
    git(here, "init", "--quiet")
    trap(here / ".git", marker)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text((here / ".git/config").read_text())
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.sshCommand={marker}'")
    monkeypatch.setenv("GIT_DIR", str(here / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(here / ".git"))
    monkeypatch.chdir(here)
    done = send(tree(acme=1), target(remote), cache=tmp_path / "cache")
    assert done.commit is not None
    assert not marker.exists(), marker.read_text()


def test_a_spec_s_repository_that_lacks_objects_fetches_nothing(tmp_path: Path) -> None:
    """Git would fetch what is missing with whatever program the repository's configuration names."""
    here = tmp_path / "here"
    here.mkdir()
    git(here, "init", "--quiet", "--initial-branch=main")
    (here / "spec.yaml").write_text("a: 1\n")
    git(here, "add", "spec.yaml")
    git(here, "commit", "--quiet", "--message", "spec")
    trap(here / ".git", tmp_path / "ran")
    for key, value in (("url", "file:///x"), ("promisor", "true"), ("partialCloneFilter", "blob:none")):
        git(here, "config", f"remote.origin.{key}", value)
    git(here, "config", "core.repositoryFormatVersion", "1")
    git(here, "config", "extensions.partialClone", "origin")
    git(here, "config", "--unset", "url.ext::sh -c touch% /tmp/never.insteadOf")
    files = {str(here / "spec.yaml"): b"a: 1\n"}
    assert spec_commit(files)
    tree_id = git(here, "rev-parse", "main^{tree}")
    (here / ".git/objects" / tree_id[:2] / tree_id[2:]).unlink()
    (tmp_path / "ran").unlink(missing_ok=True)
    found = spec_commit(files)
    assert found is None or found.dirty
    assert not (tmp_path / "ran").exists()
    subprocess.run(["git", "-C", str(here), "ls-tree", "HEAD"], capture_output=True, check=False)
    assert (tmp_path / "ran").exists(), "the trap is none"


def test_a_checked_out_branch_is_not_pushed_to(tmp_path: Path) -> None:
    work = tmp_path / "w"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "commit", "--quiet", "--allow-empty", "--message", "begin")
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(work))
    assert caught.value.code == "CZ9206"
    assert "checked out" in str(caught.value)
    assert os.listdir(work) == [".git"]


def test_a_repository_of_another_user_can_be_published_to(remote: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    for path in [remote, *remote.rglob("*")]:
        os.chown(path, 65534, 65534, follow_symlinks=False)
    assert send(tree(acme=1), target(remote)).commit


def test_names_that_are_no_utf_8(remote: Path) -> None:
    """Foreign names of any bytes stay, beside our files and elsewhere."""
    lines = [b"commit refs/heads/main", b"committer J <j@x> 1700000000 +0000", b"data 0"]
    for name in (rb"caf\351/\377.txt", rb"clusters/prod/tenants/\377", rb"new\nline\ttab"):
        lines += [b'M 100644 inline "%s"' % name, b"data 1", b"x"]
    subprocess.run(
        ["git", "-C", str(remote), "fast-import", "--quiet"], input=b"\n".join([*lines, b"", b""]), check=True
    )
    before = git(remote, "ls-tree", "-r", "main").splitlines()
    send(tree(acme=1), target(remote))
    assert send(tree(acme=1), target(remote)).commit is None
    assert set(before) < set(git(remote, "ls-tree", "-r", "main").splitlines())


def test_a_branch_and_a_tag_of_one_name(remote: Path) -> None:
    by_hand(remote, {"README.md": "ours"})
    git(remote, "tag", "prod", "main")
    tagged = git(remote, "rev-parse", "refs/tags/prod")
    done = send(tree(acme=1), target(remote, branch="prod"))
    assert done.commit == git(remote, "rev-parse", "refs/heads/prod")
    assert git(remote, "rev-parse", "refs/tags/prod") == tagged
    assert send(tree(acme=1), target(remote, branch="prod")).commit is None


@pytest.mark.parametrize("name", ["feature/ü", "a'b;c", "@", "x$(touch${IFS}y)", "heads/main"])
def test_odd_branch_names(remote: Path, name: str) -> None:
    done = send(tree(acme=1), target(remote, branch=name))
    assert done.commit == git(remote, "rev-parse", f"refs/heads/{name}")
    assert send(tree(acme=1), target(remote, branch=name)).commit is None


def test_a_branch_below_another_one_cannot_be(remote: Path) -> None:
    by_hand(remote, {"README.md": "ours"})
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(remote, branch="main/sub"))
    assert caught.value.code == "CZ9206"
    assert "'refs/heads/main' exists" in str(caught.value)


def test_odd_directories_are_written_as_they_are(remote: Path) -> None:
    path = 'clusters/späti "west"\\1/*'
    send(tree(acme=1), target(remote, path=path))
    send(tree(acme=2), target(remote, path=path))
    names = git(remote, "ls-tree", "-r", "-z", "--name-only", "main").split("\0")
    assert f"{path}/tenants/acme/apps/releases.yaml" in names
    sound(remote)
