"""A revision of the repository that one stands in, as files: without filters, hooks or a work tree of git's."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_process import Git, last_words
from cozygen.layout.manifest import PATH as MANIFEST

_LARGEST = 64 << 20


def write_revision(revision: str, directory: Path) -> tuple[str, Path]:
    """Write what the current branch began from at ``revision``; gives the commit, and where "here" is in it.

    That is the merge base: what others did on the other branch since is not part of the change. Rendered trees
    are left out, and so are links that lead outside.
    """
    git = Git(None)
    prefix = _ask(git, "rev-parse", "--show-prefix")
    top = _ask(git, "rev-parse", "--show-toplevel")
    wanted = _ask(
        git, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", of=revision
    )
    base = _ask(git, "merge-base", wanted, "HEAD", of=revision)
    listing = git.run("-C", top, "ls-tree", "-r", "-z", "-l", "--full-tree", base).out
    entries = [_entry(record) for record in listing.split(b"\0") if record]
    rendered = {path.removesuffix(MANIFEST) for _, _, _, path in entries if path.endswith(f"/{MANIFEST}")}
    chosen = [
        (mode, item, path)
        for mode, item, size, path in entries
        if mode in ("100644", "100755", "120000") and size <= _LARGEST
        if not any(f"{parent}/" in rendered for parent in PurePosixPath(path).parents)
    ]
    contents = _contents(git, top, [item for _, item, _ in chosen])
    for (mode, _, path), data in zip(chosen, contents, strict=True):
        _write(directory, path, data, link=mode == "120000")
    here = directory / prefix
    here.mkdir(parents=True, exist_ok=True)
    return base, here


def _ask(git: Git, *words: str, of: str = "") -> str:
    result = git.run("-C", os.getcwd(), *words)
    if result.code != 0 or (of and not result.text):
        where = of or os.getcwd()
        if of and words[0] == "merge-base":
            said = "it has no common ancestor with what is checked out; fetch more of the history"
        else:
            said = last_words(result.err) or "there is no such revision here"
        message = f"cannot compare with {where}: {said}"
        raise DeliveryError.of(codes.GIT_FAILED, where, message, "fetch it, or name another")
    return result.text


def _entry(record: bytes) -> tuple[str, str, int, str]:
    head, _, path = record.partition(b"\t")
    mode, _, item, size = head.decode().split()
    return mode, item, int(size) if size.isdigit() else 0, os.fsdecode(path)


def _contents(git: Git, top: str, ids: list[str]) -> list[bytes]:
    out = git.run("-C", top, "cat-file", "--batch", feed="".join(f"{item}\n" for item in ids).encode()).out
    found = []
    at = 0
    for _ in ids:
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[2])
        found.append(out[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


def _write(directory: Path, path: str, data: bytes, *, link: bool) -> None:
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not link:
        target.write_bytes(data)
        return
    leads_to = os.fsdecode(data)
    if Path(os.path.normpath(target.parent / leads_to)).is_relative_to(directory):
        target.symlink_to(leads_to)
