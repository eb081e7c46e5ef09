"""Building a commit without a work tree, signing it, and verifying the signature."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_branch import FILE
from cozygen.deliver.git_process import Git, last_words
from cozygen.record import Record

_BUILD = "refs/cozygen/build"


class Person(Record):
    """Who, and when as git writes it (``1700000000 +0100``, ISO 8601); without a date it is now."""

    name: str
    email: str
    date: str | None = None


class Signing(Record):
    """``key`` is a file for ssh (private, or public with an agent), a key id or address for gpg."""

    key: str
    format: str


class Signatures(Record):
    """Who made a commit, and how it is signed."""

    author: Person
    committer: Person
    signing: Signing | None = None


def build_tree(git: Git, base: str | None, edits: Mapping[str, bytes | None]) -> str:
    """The tree of ``base`` with these files written, or removed where there are no bytes."""
    stream = b"".join(_stream(base, edits))
    git.read("fast-import", "--quiet", "--force", "--done", feed=stream)
    return git.ask("rev-parse", f"{_BUILD}^{{tree}}")


def make_commit(git: Git, tree: str, parents: list[str], message: str, by: Signatures) -> str:
    """A commit of ``tree``; if it is to be signed, its signature has been verified."""
    words = ["commit-tree", tree]
    for parent in parents:
        words += ["-p", parent]
    variables = {
        "GIT_AUTHOR_NAME": by.author.name,
        "GIT_AUTHOR_EMAIL": by.author.email,
        "GIT_COMMITTER_NAME": by.committer.name,
        "GIT_COMMITTER_EMAIL": by.committer.email,
    }
    if by.author.date:
        variables["GIT_AUTHOR_DATE"] = by.author.date
    if by.committer.date:
        variables["GIT_COMMITTER_DATE"] = by.committer.date
    if by.signing is None:
        return git.read(*words, feed=message.encode(), more=variables).decode().strip()
    settings = ["-c", f"gpg.format={'ssh' if by.signing.format == 'ssh' else 'openpgp'}"]
    result = git.run(*settings, *words, f"-S{by.signing.key}", feed=message.encode(), more=variables)
    if result.code != 0:
        raise _unsigned(by.signing, last_words(result.err))
    verify(git, result.text, by)
    return result.text


def verify(git: Git, commit: str, by: Signatures) -> None:
    """Raises unless the commit's signature is good and by the key that was asked for."""
    assert by.signing is not None
    if by.signing.format != "ssh":
        result = git.run("-c", "gpg.format=openpgp", "verify-commit", "--raw", commit)
        if result.code != 0 or "[GNUPG:] GOODSIG" not in result.err:
            raise _unsigned(by.signing, last_words(result.err))
        return
    with tempfile.TemporaryDirectory(prefix="cozygen-") as directory:
        allowed = Path(directory) / "allowed_signers"
        allowed.write_text(f"{by.committer.email} {public_key(by.signing)}\n")
        result = git.run(
            "-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", commit
        )
    if result.code != 0:
        raise _unsigned(by.signing, last_words(result.err))


def public_key(signing: Signing) -> str:
    """The public half of an SSH key: type and key, without the comment."""
    if signing.key.startswith(("key::", "ssh-", "ecdsa-", "sk-")):
        text = signing.key.removeprefix("key::")
    else:
        beside = Path(f"{signing.key}.pub")
        path = Path(signing.key) if signing.key.endswith(".pub") else beside
        try:
            text = path.read_text() if path.is_file() else _derived(signing)
        except (OSError, UnicodeDecodeError) as error:
            raise _unsigned(signing, f"cannot read {path}") from error
    words = text.split()
    if len(words) < 2:
        raise _unsigned(signing, "its public half cannot be read")
    return " ".join(words[:2])


def _derived(signing: Signing) -> str:
    import subprocess

    words = ["ssh-keygen", "-y", "-P", "", "-f", signing.key]
    try:
        found = subprocess.run(words, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unsigned(signing, "ssh-keygen gave no public key") from error
    return found.stdout


def _unsigned(signing: Signing, said: str) -> DeliveryError:
    message = (
        f"the commit could not be signed with {signing.format} key {signing.key}: {said or 'no signature'}"
    )
    return DeliveryError.of(codes.UNSIGNED, signing.key, message)


def _stream(base: str | None, edits: Mapping[str, bytes | None]) -> Iterator[bytes]:
    yield b"feature done\nreset %s\n" % _BUILD.encode()
    yield b"commit %s\ncommitter cozygen <cozygen> 0 +0000\ndata 0\n" % _BUILD.encode()
    if base is not None:
        yield f"from {base}\n".encode()
    for path, data in edits.items():
        if data is None:
            yield f"D {quoted(path)}\n".encode("utf-8", "surrogateescape")
    for path, data in edits.items():
        if data is not None:
            yield f"M {FILE} inline {quoted(path)}\n".encode("utf-8", "surrogateescape")
            yield b"data %d\n" % len(data)
            yield data
            yield b"\n"
    yield b"done\n"


def quoted(path: str) -> str:
    """A path as fast-import reads it."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
