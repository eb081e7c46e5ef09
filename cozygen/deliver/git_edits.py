"""Edits that people made to published files: who, when, in which commit, and what, as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_branch import Branch
from cozygen.deliver.git_compare import Edit, What
from cozygen.deliver.git_state import Standing
from cozygen.diagnostics import Code, Diagnostic, Place
from cozygen.layout.tree import Tree
from cozygen.record import Record

NAMED = 20
"""So many edited files are named and shown."""

_DEPTHS = (50, 500)
_LINES_MOST = 60
_FORMAT = "%H%x00%an%x00%ae%x00%aI%x00%s%x00%(trailers:key=Cozygen-Output,valueonly,separator=%x2C)%x01"


class Commit(Record):
    """A commit in the history of the path; ``output`` is the digest that one of cozygen's own names."""

    id: str
    author: str
    email: str
    date: str
    subject: str
    output: str

    @property
    def label(self) -> str:
        """The commit as messages name it."""
        return f"{self.id[:12]} “{self.subject}” by {self.author} <{self.email}>, {self.date}"


class Explained(Record):
    """An edit with the commits that made it, newest first, and a diff from what cozygen wrote."""

    edit: Edit
    commits: tuple[Commit, ...]
    diff: str


def explain(branch: Branch, at: Standing, edits: Iterable[Edit], tree: Tree) -> list[Explained]:
    """The first edits with their authors and diffs. Looks back in the branch's history as far as is cheap."""
    chosen = list(edits)[:NAMED]
    if not chosen or at.head is None:
        return [Explained(edit, (), "") for edit in chosen]
    push = _last_push(branch, at)
    before = _before(branch, at, push, chosen) if push is not None else {}
    out = []
    for edit in chosen:
        old, label = before.get(edit.path), "published"
        if old is None and at.owned.get(edit.path) == tree.digests.get(edit.path):
            old = tree[edit.path]
        if old is None and edit.path in tree.digests:
            old, label = tree[edit.path], "compiled"
        shown = at.shown(edit.path)
        found = tuple(_history(branch, push.id if push else None, at.head, [shown]))
        out.append(Explained(edit, found, _diff(old, edit.content, shown, label)))
    return out


def diagnostics(at: Standing, explained: Iterable[Explained], total: int, code: Code) -> list[Diagnostic]:
    """One diagnostic an edit, and one that counts those that were not explained."""
    out = []
    for item in explained:
        edit, shown = item.edit, at.shown(item.edit.path)
        who = f" in {item.commits[0].label}" if item.commits else ""
        verb = {What.CHANGED: "edited", What.REMOVED: "removed", What.REPLACED: "replaced"}[edit.what]
        hint = f"bring the edit into the spec, or give it up with --overwrite {edit.path}"
        commits = [
            {"id": c.id, "author": c.author, "email": c.email, "date": c.date, "subject": c.subject}
            for c in item.commits
        ]
        values = {"path": edit.path, "what": edit.what.value, "diff": item.diff, "commits": commits}
        message = f"{shown} was {verb} by hand{who}"
        place = Place(shown, _first_line(item.diff), 1)
        out.append(code.at(place, message, hint=hint if code is codes.EDITED else None, values=values))
    rest = total - len(out)
    if rest > 0:
        text = f"{rest} more published files were edited by hand"
        out.append(
            code.at(Place(at.path or ".", 1, 1), text, hint="see cozygen drift", values={"count": rest})
        )
    return out


def _last_push(branch: Branch, at: Standing) -> Commit | None:
    """The newest commit of cozygen's own that wrote what the manifest says."""
    assert at.head is not None
    output = at.manifest.output if at.manifest is not None else ""
    for depth in (0, *_DEPTHS):
        try:
            if depth:
                branch.deepen(depth)
        except DeliveryError:
            return None  # an edit without its author is still an edit
        for commit in _history(branch, None, at.head, [at.path] if at.path else []):
            if output and commit.output == f"sha256:{output}":
                return commit
    return None


def _history(branch: Branch, since: str | None, head: str, paths: list[str]) -> Iterator[Commit]:
    words = ["log", f"--format={_FORMAT}", "--no-show-signature", "--max-count=1000", head]
    result = branch.git.run(*words, *([f"^{since}"] if since else []), "--", *paths)
    boundaries = set() if since else _boundaries(branch)
    for record in result.text.split("\x01"):
        parts = record.strip("\n").split("\x00")
        if len(parts) == 6 and (parts[0] not in boundaries or parts[5]):
            yield Commit(*parts)


def _boundaries(branch: Branch) -> set[str]:
    """Commits whose parents are not here: they seem to add everything."""
    try:
        return set((branch.store.repository / "shallow").read_text().split())
    except OSError:
        return set()


def _before(branch: Branch, at: Standing, push: Commit, edits: list[Edit]) -> Mapping[str, bytes]:
    found = branch.lookup(push.id, [at.shown(edit.path) for edit in edits])
    ids = {edit.path: found[at.shown(edit.path)].id for edit in edits if at.shown(edit.path) in found}
    try:
        contents = branch.contents(ids.values())
    except DeliveryError:
        return {}
    return {path: contents[item] for path, item in ids.items()}


def _diff(old: bytes | None, new: bytes | None, path: str, label: str) -> str:
    if (old is not None and b"\0" in old) or (new is not None and b"\0" in new):
        return "binary content differs"
    before = (old or b"").decode("utf-8", "replace").splitlines()
    after = (new or b"").decode("utf-8", "replace").splitlines()
    found = difflib.unified_diff(
        before, after, f"{path} ({label})", f"{path} (in the branch)", lineterm="", n=2
    )
    lines = list(found)
    if len(lines) > _LINES_MOST:
        lines = [*lines[:_LINES_MOST], f"… {len(lines) - _LINES_MOST} more lines"]
    return "\n".join(lines)


def _first_line(diff: str) -> int:
    for line in diff.split("\n"):
        if line.startswith("@@"):
            digits = line.split("+", 1)[1].split(" ", 1)[0].split(",")[0]
            return max(int(digits), 1)
    return 1
