"""Repositories that are large, strange or set a trap: nothing of theirs runs, and nothing of theirs is touched."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from git_world import bare, by_hand, git, listing, release, send, sound, target, tree

from cozygen.deliver.failures import DeliveryError


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare(tmp_path / "fleet.git")


def foreign_files(remote: Path, count: int) -> None:
    lines = ["commit refs/heads/main", "committer Jane <j@x> 1700000000 +0000", "data 0"]
    for number in range(count):
        lines += [f"M 100644 inline src/{number % 300}/{number}.txt", f"data {len(str(number))}", str(number)]
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
    stored = subprocess.run(["du", "-sk", cache], capture_output=True, text=True, check=True).stdout.split()[
        0
    ]
    assert int(stored) < 12_000, "the foreign files' contents were fetched"


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


def test_odd_directories_are_written_as_they_are(remote: Path) -> None:
    path = 'clusters/späti "west"\\1/*'
    send(tree(acme=1), target(remote, path=path))
    send(tree(acme=2), target(remote, path=path))
    names = git(remote, "ls-tree", "-r", "-z", "--name-only", "main").split("\0")
    assert f"{path}/tenants/acme/apps/releases.yaml" in names
    sound(remote)
