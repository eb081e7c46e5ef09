"""What a branch holds below our path, as far as the tree that is to be published there meets it."""

from __future__ import annotations

from collections.abc import Mapping

from cozygen.deliver import git_codes as codes
from cozygen.deliver.git_branch import Branch, Entry, content_id
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout import manifest as manifests
from cozygen.layout.manifest import Manifest
from cozygen.layout.tree import Tree, ancestors, directories
from cozygen.record import Record, field, replace

GLANCED = 500
"""So many paths are looked up one by one, instead of listing everything."""


class Standing(Record):
    """A commit of a branch as seen from ``path``; ``tree`` and ``manifest`` are None where there are none.

    ``files`` is everything below the path but the manifest, ours or not, by path relative to it. ``wanted`` are
    the digests of the tree that is to stand there, and ``renewed`` what the files of the manifest have to become
    for it, None for those that go. ``clean`` says that nobody edited what cozygen wrote. Of a clean tree, files,
    manifest and ``wanted`` may leave out what is the same on both sides.
    """

    head: str | None
    path: str
    tree: str | None = None
    files: Mapping[str, Entry] = field(default_factory=dict)
    manifest: Manifest | None = None
    wanted: Mapping[str, str] = field(default_factory=dict)
    renewed: Mapping[str, bytes | None] = field(default_factory=dict)
    clean: bool = False

    @property
    def owned(self) -> Mapping[str, str]:
        """The files that cozygen wrote, with the SHA-256 that it wrote."""
        return self.manifest.files if self.manifest is not None else {}

    def shown(self, path: str) -> str:
        """A file as the repository names it."""
        return f"{self.path}/{path}" if self.path else path


def standing(
    branch: Branch, head: str | None, path: str, tree: Tree, *, whole: bool = False
) -> Standing | Diagnostic:
    """What ``head`` holds below ``path``, or why nothing can be put there; with ``whole``, all of it."""
    at = Standing(head, path, wanted=tree.digests)
    own = manifests.encode(manifests.manifest_of(tree))
    if head is None:
        return replace(at, renewed=own)
    above = [*reversed(list(ancestors(path))), path] if path else []
    there = branch.lookup(head, above)
    for name, entry in there.items():
        if entry.kind != "tree":
            message = f"{name} is {entry.described} in {branch.name}, and the output needs a directory there"
            return codes.IN_THE_WAY.at(Place(name, 1, 1), message, hint="publish into another path")
    found = there[path].id if path in there else None if path else branch.subtree(head, "")
    if found is None:
        return replace(at, renewed=own)
    at = replace(at, tree=found, clean=found in branch.store.clean_trees())
    seen = _glance(branch, at, own) if at.clean and not whole else None
    return seen or _look(branch, at, own)


def _look(branch: Branch, at: Standing, own: Mapping[str, bytes]) -> Standing | Diagnostic:
    """Everything that stands there."""
    assert at.tree is not None
    files = branch.files(at.tree)
    there = {name: entry for name, entry in files.items() if manifests.is_own(name)}
    for name, entry in there.items():
        if not entry.is_plain:
            shown = at.shown(name)
            return codes.IN_THE_WAY.at(Place(shown, 1, 1), f"{shown} is {entry.described}", hint="remove it")
    at = replace(
        at,
        files={name: entry for name, entry in files.items() if name not in there},
        renewed=_renewed(branch, there, own),
    )
    if manifests.PATH not in there:
        return at
    contents = branch.contents({entry.id for entry in there.values()})
    data = {name: contents[entry.id] for name, entry in there.items()}
    manifest = manifests.decode(data[manifests.PATH], at.shown(manifests.PATH), data.get)
    return manifest if isinstance(manifest, Diagnostic) else replace(at, manifest=manifest)


def _glance(branch: Branch, at: Standing, own: Mapping[str, bytes]) -> Standing | None:
    """The same of a clean tree without what is the same on both sides; None where that takes a closer look.

    Parts of the manifest that stay as they are need not be read, nor files that they list.
    """
    assert at.tree is not None
    there = branch.lookup(at.tree, [manifests.PATH, f"{manifests.PARTS}/"])
    if there.keys() != own.keys():
        return None
    renewed = _renewed(branch, there, own)
    read = {*renewed, manifests.PATH}
    contents = branch.contents({there[name].id for name in read})
    manifest = _partly({name: contents[there[name].id] for name in read}, at.shown(manifests.PATH))
    wanting = _partly({name: own[name] for name in read}, manifests.PATH)
    if isinstance(manifest, Diagnostic) or isinstance(wanting, Diagnostic):
        return None
    wanted = wanting.files
    written = manifest.files
    changed = [path for path in {*written, *wanted} if written.get(path) != wanted.get(path)]
    added = [path for path in changed if path not in written]
    asked = {*changed, *directories(added)}
    if len(asked) > GLANCED:
        return None
    found = branch.lookup(at.tree, asked)
    if any(found[path].kind == "tree" for path in added if path in found):
        return None
    files = {path: entry for path, entry in found.items() if entry.kind != "tree"}
    return replace(at, files=files, manifest=manifest, wanted=wanted, renewed=renewed)


def _partly(data: Mapping[str, bytes], file: str) -> Manifest | Diagnostic:
    """The manifest without the parts that are not at hand."""
    return manifests.decode(data[manifests.PATH], file, lambda name: data.get(name, manifests.NOTHING))


def _renewed(branch: Branch, there: Mapping[str, Entry], own: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """The files of the manifest that are to be written, and without bytes those that are to go."""
    form = branch.store.object_format
    stale = {
        name: data
        for name, data in own.items()
        if name not in there or there[name].id != content_id(data, form)
    }
    return {**dict.fromkeys(there.keys() - own.keys()), **stale}
