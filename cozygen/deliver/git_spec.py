"""Where the spec itself comes from: the commit that holds exactly the bytes that were compiled."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import Address, parse_address
from cozygen.deliver.git_branch import content_id
from cozygen.deliver.git_process import Git
from cozygen.record import Record


class SpecCommit(Record):
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
    try:
        paths = dict(zip(_real_paths(files), files.values(), strict=True))
    except OSError:
        return None
    folders = {os.path.dirname(path) for path in paths}
    if not folders:
        return None
    folder = os.path.commonpath(folders)
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
    root = os.path.join(os.path.realpath(top.text), "")
    dirty = any(
        not path.startswith(root) or ids.get(path[len(root) :]) != content_id(data, kind)
        for path, data in paths.items()
    )
    return SpecCommit(commit, date, dirty, _source(remote.text) if remote.code == 0 else None)


def _real_paths(names: Iterable[str]) -> Iterator[str]:
    """Where files really are; raises if there is none. Thousands of them in one directory have it resolved once."""
    directories: dict[str, str] = {}
    for name in names:
        above, base = os.path.split(name)
        if above not in directories:
            directories[above] = os.path.realpath(above)
        path = os.path.join(directories[above], base)
        yield os.path.realpath(path) if stat.S_ISLNK(os.lstat(path).st_mode) else path


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
