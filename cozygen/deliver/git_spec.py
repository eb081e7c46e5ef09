"""Where the spec itself comes from: the commit that holds exactly the bytes that were compiled."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import Address, parse_address
from cozygen.deliver.git_branch import content_id
from cozygen.deliver.git_process import Git


@dataclass(frozen=True, slots=True)
class SpecCommit:
    """A commit of the spec's repository; ``dirty`` says that some compiled file differs from it."""

    id: str
    date: str
    dirty: bool
    source: str | None

    @property
    def label(self) -> str:
        """The commit as trailers and annotations name it."""
        return f"{self.id}-dirty" if self.dirty else self.id


def spec_commit(files: Mapping[str, bytes]) -> SpecCommit | None:
    """The commit checked out where the files are, None where they are in no repository or in several.

    Contents are compared by git's ids of the bytes that were read, so no filter, hook or monitor runs.
    """
    paths = {os.path.realpath(name): data for name, data in files.items() if os.path.exists(name)}
    if not paths or len(paths) < len(files):
        return None
    folder = os.path.commonpath([os.path.dirname(path) for path in paths])
    try:
        git = Git(None)
        top = git.run("-C", folder, "rev-parse", "--show-toplevel")
        head = git.run("-C", folder, "log", "-1", "--no-show-signature", "--format=%H %cI")
        if top.code != 0 or head.code != 0:
            return None
        listing = git.run("-C", top.text, "ls-tree", "-r", "-z", "--full-tree", "HEAD")
        remote = git.run("-C", top.text, "config", "--local", "--get", "remote.origin.url")
    except DeliveryError:
        return None
    ids = {}
    for record in listing.out.split(b"\0"):
        facts, _, path = record.partition(b"\t")
        if path:
            ids[os.fsdecode(path)] = facts.split()[2].decode()
    commit, _, date = head.text.partition(" ")
    kind = "sha256" if len(commit) == 64 else "sha1"
    root = Path(os.path.realpath(top.text))
    dirty = any(
        not Path(path).is_relative_to(root)
        or ids.get(str(Path(path).relative_to(root))) != content_id(data, kind)
        for path, data in paths.items()
    )
    return SpecCommit(commit, date, dirty, _source(remote.text) if remote.code == 0 else None)


def repository_root() -> Path | None:
    """The top of the repository that one stands in, None outside of any."""
    try:
        top = Git(None).run("-C", os.getcwd(), "rev-parse", "--show-toplevel")
    except DeliveryError:
        return None
    return Path(os.path.realpath(top.text)) if top.code == 0 and top.text else None


def _source(url: str) -> str | None:
    """The remote's address without passwords, None for a local one."""
    address = parse_address(url) if url else ""
    return address.url if isinstance(address, Address) and address.scheme != "file" else None
