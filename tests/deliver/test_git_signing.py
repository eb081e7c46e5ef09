"""Commits signed with SSH and GPG keys, verified by the run that made them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from git_world import ME, bare, git, send, target, tree

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_commit import Signatures, Signing


def signed(key: str, form: str) -> Signatures:
    return Signatures(ME.author, ME.committer, Signing(key, form))


def ssh_key(path: Path, passphrase: str = "") -> Path:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)]
    subprocess.run(words, check=True)
    return path


@pytest.mark.parametrize("keep_public", [True, False])
def test_an_ssh_key(tmp_path: Path, keep_public: bool) -> None:
    remote, key = bare(tmp_path / "fleet.git"), ssh_key(tmp_path / "key")
    public = key.with_suffix(".pub").read_text()
    if not keep_public:
        key.with_suffix(".pub").unlink()
    send(tree(acme=1), target(remote), by=signed(str(key), "ssh"))
    (tmp_path / "allowed").write_text(f"robot@example.org {public}")
    git(remote, "-c", f"gpg.ssh.allowedSignersFile={tmp_path / 'allowed'}", "verify-commit", "main")


def test_a_gpg_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    words = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    try:
        subprocess.run(
            [*words, "--quick-generate-key", "robot@example.org", "ed25519", "sign"],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"gpg makes no key here: {error}")
    remote = bare(tmp_path / "fleet.git")
    send(tree(acme=1), target(remote), by=signed("robot@example.org", "gpg"))
    git(remote, "verify-commit", "main")
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env={**os.environ}, check=False)


@pytest.mark.parametrize("form", ["ssh", "gpg"])
def test_a_key_that_is_not_there(tmp_path: Path, form: str) -> None:
    remote = bare(tmp_path / "fleet.git")
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(remote), by=signed("/nowhere/key", form))
    assert caught.value.code == "CZ9224"
    assert git(remote, "branch") == ""


def test_a_locked_key_does_not_ask(tmp_path: Path) -> None:
    remote = bare(tmp_path / "fleet.git")
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(remote), by=signed(str(ssh_key(tmp_path / "key", "secret")), "ssh"))
    assert caught.value.code == "CZ9224"


def test_a_signature_that_does_not_verify_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote, key = bare(tmp_path / "fleet.git"), ssh_key(tmp_path / "key")
    other = ssh_key(tmp_path / "other")
    key.with_suffix(".pub").write_text(other.with_suffix(".pub").read_text())
    with pytest.raises(DeliveryError) as caught:
        send(tree(acme=1), target(remote), by=signed(str(key), "ssh"))
    assert caught.value.code == "CZ9224"
    assert git(remote, "branch") == ""
