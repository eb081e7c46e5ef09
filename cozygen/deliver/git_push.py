"""Handing a commit to the remote: fast-forward only, and knowing afterwards what became of it."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import Address
from cozygen.deliver.git_branch import Branch
from cozygen.deliver.git_process import Git, Result
from cozygen.deliver.git_verdict import failure, refusal, remote_lines

_JUDGING = ("pre-receive", "update", "proc-receive", "reference-transaction")


class Outcome(StrEnum):
    """What became of a push that did not fail: it arrived, or the branch had moved before."""

    ARRIVED = "arrived"
    LOST = "lost"


def push(branch: Branch, commit: str, base: str | None) -> Outcome:
    """Push ``commit``, whose parent is ``base``, to the branch.

    After anything but a clear answer the remote is asked what the branch points to, so that a connection that
    broke late is no reason to publish twice, or to say that nothing was published.
    """
    result = branch.git.run(
        "push", "--porcelain", "--no-verify", "--no-signed", "--recurse-submodules=no", "--no-follow-tags",
        "origin", f"{commit}:refs/heads/{branch.name}", timeout=branch.login.access.timeout,
    )  # fmt: skip
    if result.code == 0 and not result.late:
        return Outcome.ARRIVED
    refused = refusal(result)
    try:
        now = branch.head()
    except DeliveryError as error:
        raise _unknown(branch, commit, result, error) from error
    if now == commit:
        return Outcome.ARRIVED
    if now != base or (refused is not None and refused.lost):
        return Outcome.LOST
    if refused is not None:
        raise _refused(branch, result, refused.reason)
    raise failure(branch.login, "push to", result, f"; {branch.name} had not moved when asked afterwards")


def local_hooks(address: Address) -> list[str]:
    """The hooks of a repository on this machine that would judge a push. They are never run."""
    if address.directory is None:
        return []
    result = Git(None).run("-C", address.directory, "-c", "core.hooksPath=", "rev-parse", "--git-common-dir")
    directory = Path(address.directory, result.text) if result.code == 0 else Path(address.directory)
    folders = [directory / "hooks"]
    configured = Git(directory).run("config", "--local", "--type=path", "core.hooksPath")
    if configured.code == 0 and configured.text:
        folders += [Path(address.directory, configured.text), directory / configured.text]
    found = {
        name
        for folder in folders
        for name in _JUDGING
        if (folder / name).is_file() and os.access(folder / name, os.X_OK)
    }
    return sorted(found)


def _refused(branch: Branch, result: Result, reason: str) -> DeliveryError:
    where = branch.login.address.shown
    text = reason.lower()
    full = any(
        word in result.err.lower() + text for word in ("no space left", "quota", "file too large", "unpack")
    )
    said = branch.login.redact("; ".join(dict.fromkeys([reason, *remote_lines(result)])))
    if full:
        message = f"{where} could not store the push to {branch.name}: {said}"
        return DeliveryError.of(codes.REMOTE_FULL, where, message)
    message = f"{where} refused the push to {branch.name}: {said[:600]}"
    return DeliveryError.of(codes.REFUSED, where, message)


def _unknown(branch: Branch, commit: str, result: Result, after: DeliveryError) -> DeliveryError:
    first = failure(branch.login, "push to", result)
    message = (
        f"{first.diagnostic.message}; whether {commit[:12]} arrived is not known, since the remote does not "
        f"answer any more ({after.diagnostic.message})"
    )
    known = codes.SLOW if result.late else codes.CLOSED
    return DeliveryError.of(
        known, branch.login.address.shown, message, "push again: a commit that arrived stays"
    )
