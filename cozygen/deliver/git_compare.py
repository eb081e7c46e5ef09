"""What publishing a tree does to what stands, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256

from cozygen.deliver.git_branch import Branch, Entry, content_id
from cozygen.deliver.git_state import Standing
from cozygen.layout.tree import Tree, directories
from cozygen.record import Record


class What(StrEnum):
    """How a published file differs from what cozygen wrote."""

    CHANGED = "changed"
    REMOVED = "removed"
    REPLACED = "replaced"


class Edit(Record):
    """A published file that someone changed, removed, or replaced by something that is no plain file."""

    path: str
    what: What
    content: bytes | None = None


class Comparison(Record):
    """A tree against what stands: what is to be written and removed, and what speaks against it.

    ``old`` has the contents of files that change, as far as they were looked at. ``blocked`` are paths that
    something else stands at, with a word for what it is.
    """

    write: tuple[str, ...]
    remove: tuple[str, ...]
    edits: tuple[Edit, ...]
    blocked: Mapping[str, str]
    old: Mapping[str, bytes]
    clean: bool


def compare(branch: Branch, at: Standing, tree: Tree) -> Comparison:
    """What publishing ``tree`` would do to what stands."""
    changed = _Changed()
    unsure = []
    owned, wanted = at.owned, at.wanted
    for path in sorted({*owned, *wanted}):
        if at.clean and owned.get(path) == wanted.get(path):
            continue
        entry = at.files.get(path)
        if entry is None or not entry.is_plain:
            changed.odd(path, entry, owned.get(path), wanted.get(path))
        elif owned.get(path) != wanted.get(path):
            unsure.append(path)
    if not at.clean:
        unsure += _unlike(branch, at, tree)
    contents = branch.contents({at.files[path].id for path in unsure})
    old = {path: contents[at.files[path].id] for path in unsure}
    for path, data in old.items():
        changed.plain(path, data, owned.get(path), wanted.get(path))
    blocked = changed.blocked | _obstacles(at, changed.remove)
    edits = tuple(sorted(changed.edits, key=lambda edit: edit.path))
    clean = not edits and not blocked
    return Comparison(tuple(sorted(changed.write)), tuple(sorted(changed.remove)), edits, blocked, old, clean)


class _Changed:
    """What was found so far; ``written`` and ``wanted`` are digests of what cozygen wrote, and is to write."""

    def __init__(self) -> None:
        self.write: list[str] = []
        self.remove: list[str] = []
        self.edits: list[Edit] = []
        self.blocked: dict[str, str] = {}

    def odd(self, path: str, entry: Entry | None, written: str | None, wanted: str | None) -> None:
        """Nothing stands at the path, or no plain file."""
        if wanted is not None:
            self.write.append(path)
        elif entry is not None:
            self.remove.append(path)
        if written is None and entry is not None:
            self.blocked[path] = entry.described
        elif written is not None and (entry is not None or wanted is not None):
            self.edits.append(Edit(path, What.REMOVED if entry is None else What.REPLACED))

    def plain(self, path: str, data: bytes, written: str | None, wanted: str | None) -> None:
        """A file stands at the path, and it may differ from what was written or is wanted."""
        digest = sha256(data).hexdigest()
        if digest == wanted:
            return
        (self.remove if wanted is None else self.write).append(path)
        if written is None:
            self.blocked[path] = "a file that cozygen did not write"
        elif digest != written:
            self.edits.append(Edit(path, What.CHANGED, data))


def _unlike(branch: Branch, at: Standing, tree: Tree) -> list[str]:
    """Files that should be as they were written and are wanted, and are not."""
    same = [path for path, digest in at.wanted.items() if at.owned.get(path) == digest]
    plain = [path for path in same if path in at.files and at.files[path].is_plain]
    return [path for path in plain if at.files[path].id != content_id(tree[path], branch.store.object_format)]


def _obstacles(at: Standing, removed: Iterable[str]) -> dict[str, str]:
    """Files where directories have to be and directories where files have to be, but for those that go anyway."""
    staying = at.files.keys() - at.wanted.keys() - set(removed)
    if not staying:
        return {}
    ours = [*at.wanted, *at.renewed]
    out = {path: at.files[path].described for path in staying & directories(ours)}
    out |= dict.fromkeys(directories(staying).intersection(ours), "a directory")
    return dict(sorted(out.items()))
