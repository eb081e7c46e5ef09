"""What a branch holds below our path, and whether that is still what cozygen wrote there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from cozygen.deliver import git_codes as codes
from cozygen.deliver.git_branch import FILE, Branch, Entry, content_id
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout import manifest as manifests
from cozygen.layout.manifest import Manifest
from cozygen.layout.tree import Tree, ancestors, directories


@dataclass(frozen=True, slots=True)
class Standing:
    """A commit of a branch as seen from ``path``; ``tree`` and ``manifest`` are None where there are none.

    ``files`` is everything below the path, ours or not, by path relative to it.
    """

    head: str | None
    path: str
    tree: str | None
    files: Mapping[str, Entry]
    manifest: Manifest | None

    @property
    def owned(self) -> Mapping[str, str]:
        """The files that cozygen wrote, with the SHA-256 that it wrote."""
        return self.manifest.files if self.manifest is not None else {}

    def shown(self, path: str) -> str:
        """A file as the repository names it."""
        return f"{self.path}/{path}" if self.path else path


class What(StrEnum):
    """How a published file differs from what cozygen wrote."""

    CHANGED = "changed"
    REMOVED = "removed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Edit:
    """A published file that someone changed, removed, or replaced by something that is no plain file."""

    path: str
    what: What
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
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


def standing(branch: Branch, head: str | None, path: str) -> Standing | Diagnostic:
    """What ``head`` holds below ``path``, or why nothing can be put there."""
    if head is None:
        return Standing(None, path, None, {}, None)
    above = [*reversed(list(ancestors(path))), path] if path else []
    for name, found_above in branch.lookup(head, above).items():
        if found_above.kind != "tree":
            message = (
                f"{name} is {describe(found_above)} in {branch.name}, and the output needs a directory there"
            )
            return codes.IN_THE_WAY.at(Place(name, 1, 1), message, hint="publish into another path")
    tree = branch.subtree(head, path)
    if tree is None:
        return Standing(head, path, None, {}, None)
    files = branch.files(tree)
    entry = files.get(manifests.PATH)
    files = {name: item for name, item in files.items() if name != manifests.PATH}
    found = Standing(head, path, tree, files, None)
    if entry is None:
        return found
    shown = found.shown(manifests.PATH)
    if not _plain(entry):
        return codes.IN_THE_WAY.at(Place(shown, 1, 1), f"{shown} is {describe(entry)}", hint="remove it")
    manifest = manifests.decode(branch.contents([entry.id])[entry.id], shown)
    if isinstance(manifest, Diagnostic):
        return manifest
    return Standing(head, path, tree, files, manifest)


def compare(branch: Branch, at: Standing, tree: Tree) -> Comparison:
    """What publishing ``tree`` would do to what stands."""
    changed = _Changed()
    unsure = []
    for path in sorted({*at.owned, *tree.digests}):
        entry = at.files.get(path)
        if entry is None or not _plain(entry):
            changed.odd(path, entry, at.owned.get(path), tree.digests.get(path))
        elif at.owned.get(path) != tree.digests.get(path):
            unsure.append(path)
    unsure += _unlike(branch, at, tree)
    contents = branch.contents({at.files[path].id for path in unsure})
    old = {path: contents[at.files[path].id] for path in unsure}
    for path, data in old.items():
        changed.plain(path, data, at.owned.get(path), tree.digests.get(path))
    blocked = changed.blocked | _obstacles(at, tree, changed.remove)
    edits = tuple(sorted(changed.edits, key=lambda edit: edit.path))
    clean = not edits and not blocked
    return Comparison(tuple(sorted(changed.write)), tuple(sorted(changed.remove)), edits, blocked, old, clean)


@dataclass(slots=True)
class _Changed:
    """What was found so far; ``written`` and ``wanted`` are digests of what cozygen wrote, and is to write."""

    write: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    blocked: dict[str, str] = field(default_factory=dict)

    def odd(self, path: str, entry: Entry | None, written: str | None, wanted: str | None) -> None:
        """Nothing stands at the path, or no plain file."""
        if wanted is not None:
            self.write.append(path)
        elif entry is not None:
            self.remove.append(path)
        if written is None and entry is not None:
            self.blocked[path] = describe(entry)
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
    if at.tree is not None and at.tree in branch.store.clean_trees():
        return []
    same = [path for path, digest in tree.digests.items() if at.owned.get(path) == digest]
    plain = [path for path in same if path in at.files and _plain(at.files[path])]
    return [path for path in plain if at.files[path].id != content_id(tree[path], branch.store.object_format)]


def describe(entry: Entry) -> str:
    """What stands somewhere, in words."""
    if entry.kind == "commit":
        return "a submodule"
    return {"120000": "a symbolic link", "100755": "an executable file", "040000": "a directory"}.get(
        entry.mode, "a file"
    )


def _plain(entry: Entry) -> bool:
    return entry.kind == "blob" and entry.mode == FILE


def _obstacles(at: Standing, tree: Tree, removed: Iterable[str]) -> dict[str, str]:
    """Files where directories have to be and directories where files have to be, but for those that go anyway."""
    going = set(removed)
    out = {path: describe(at.files[path]) for path in directories(tree.digests) & at.files.keys() - going}
    tops = directories(path for path in at.files if path not in going)
    out |= dict.fromkeys(tree.digests.keys() & tops, "a directory")
    return dict(sorted(out.items()))
