"""A branch against what the spec compiles to: what was edited by hand, and what is only older."""

from __future__ import annotations

from pathlib import Path

from cozygen.deliver.git_branch import Branch
from cozygen.deliver.git_compare import compare
from cozygen.deliver.git_edits import Explained, explain
from cozygen.deliver.git_publish import Target, with_branch
from cozygen.deliver.git_state import standing
from cozygen.diagnostics import Diagnostic
from cozygen.layout.tree import BESIDE, Tree
from cozygen.record import Record, field
from cozygen.review.changes import FileChange


class BranchDrift(Record):
    """``edited`` are files that someone changed, ``older`` those that an older spec compiled to.

    ``strangers`` are files among ours that cozygen never wrote. File changes go from the spec to the branch.
    """

    head: str | None
    edited: tuple[FileChange, ...] = ()
    older: tuple[FileChange, ...] = ()
    strangers: tuple[str, ...] = ()
    explained: tuple[Explained, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def branch_drift(tree: Tree, target: Target, cache: Path | None = None) -> BranchDrift:
    """What keeps a branch from being the tree."""

    def work(branch: Branch) -> BranchDrift:
        head = branch.latest()
        at = standing(branch, head, target.path, tree, whole=True)
        if isinstance(at, Diagnostic):
            return BranchDrift(head, diagnostics=(at,))
        found = compare(branch, at, tree)
        paths = sorted({*found.write, *found.remove, *(edit.path for edit in found.edits)})
        ids = {
            path: at.files[path].id for path in paths if path in at.files and at.files[path].kind == "blob"
        }
        contents = branch.contents(ids.values())
        edited = {edit.path for edit in found.edits} | set(found.blocked)
        changes = {
            path: FileChange(path, tree.get(path), contents[ids[path]] if path in ids else None)
            for path in paths
        }
        known = {*at.owned, *tree.digests}
        top = {path.partition("/")[0] for path in known}
        strangers = [
            path
            for path in at.files
            if path not in known and path.partition("/")[0] in top and not _is_beside(path)
        ]
        return BranchDrift(
            head,
            tuple(change for path, change in changes.items() if path in edited),
            tuple(change for path, change in changes.items() if path not in edited),
            tuple(sorted(strangers)),
            tuple(explain(branch, at, found.edits, tree)),
        )

    return with_branch(target, cache, work)


def _is_beside(path: str) -> bool:
    """Whether a tree leaves the path to people."""
    return any(path == item or (item.endswith("/") and path.startswith(item)) for item in BESIDE)
