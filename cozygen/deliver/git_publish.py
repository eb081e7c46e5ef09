"""Publishing a tree on a branch: read what stands, refuse what would lose work, build, push, start over if need be."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from cozygen.deliver import directory_codes
from cozygen.deliver import git_codes as codes
from cozygen.deliver import git_edits as edits
from cozygen.deliver.directory_force import Force
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_access import Login
from cozygen.deliver.git_branch import Branch, NotPartialError, OtherFormatError
from cozygen.deliver.git_commit import Signatures, build_tree, make_commit
from cozygen.deliver.git_compare import Comparison, compare
from cozygen.deliver.git_process import require_git
from cozygen.deliver.git_push import Outcome, local_hooks, push
from cozygen.deliver.git_state import Standing, standing
from cozygen.deliver.git_store import open_store
from cozygen.deliver.git_verdict import TRANSIENT
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout.tree import Tree
from cozygen.record import Record, field, replace
from cozygen.review.changes import DETAILED, Changes, FileChange
from cozygen.review.changes import compare as changes_of

RETRIES = 2
"""So often an attempt is run again after the connection broke."""

PAUSE = 0.2
"""Half the seconds before the first of them; twice as long before the next."""

_STORE_FAULTS = frozenset({codes.LOCAL_STORE.id, codes.CORRUPT.id, codes.GIT_FAILED.id})
"""What a damaged cache can look like, and a damaged remote too: a fresh store tells them apart."""

T = TypeVar("T")
Describe = Callable[[Changes, bool], str]
"""The message of a commit, from what changed and whether it is the first one."""


class Target(Record):
    """Where to: a branch, and the directory in it (no slashes at its ends; empty is the root)."""

    login: Login
    branch: str
    path: str


class Manner(Record):
    """How: whose commit, what may be overwritten, how often a lost race is run again, where the cache is."""

    by: Signatures
    overwrite: Collection[str] = ()
    attempts: int = 10
    cache: Path | None = None
    dry_run: bool = False


class Publication(Record):
    """What a run did. With an error among the ``diagnostics`` it was refused and nothing was published.

    ``commit`` is the new commit, or None; ``head`` is what the branch points to now as far as is known.
    ``message`` is the commit's, or what it would be.
    """

    head: str | None
    commit: str | None = None
    changes: Changes | None = None
    message: str = ""
    attempts: int = 1
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    @property
    def refused(self) -> bool:
        """Whether something spoke against publishing."""
        return any(item.is_error for item in self.diagnostics)


def publish(tree: Tree, target: Target, describe: Describe, manner: Manner) -> Publication:
    """Make the branch hold ``tree`` below the path, with one commit, or none if it does already."""
    refused = guarded(target)
    if refused is not None:
        return refused

    def work(branch: Branch) -> Publication:
        return _publish(branch, tree, target, describe, manner)

    return with_branch(target, manner.cache, work)


def guarded(target: Target) -> Publication | None:
    """The refusal to push into a repository on this machine whose hooks would run as the user."""
    hooks = local_hooks(target.login.address)
    if not hooks:
        return None
    where = target.login.address.shown
    message = f"{where} has the hooks {', '.join(hooks)}, which would judge the push"
    refusal = codes.LOCAL_HOOKS.at(Place(where, 1, 1), message, hint=codes.LOCAL_HOOKS.fix)
    return Publication(None, diagnostics=(refusal,))


def with_branch(target: Target, cache: Path | None, work: Callable[[Branch], T]) -> T:
    """Do some work on a branch; what fails because of the local store is done again with a fresh one."""
    require_git()
    partial, object_format = True, "sha1"
    while True:
        with open_store(target.login.address, cache, object_format=object_format, partial=partial) as store:
            try:
                return work(Branch.of(store, target.login, target.branch))
            except OtherFormatError:
                if object_format == "sha256":
                    raise
                object_format = "sha256"
            except NotPartialError:
                if not partial:
                    raise
                store.discard()
                partial = False
            except DeliveryError as error:
                if not store.kept or error.code not in _STORE_FAULTS:
                    raise
                store.discard()
                cache = None


def _publish(branch: Branch, tree: Tree, target: Target, describe: Describe, manner: Manner) -> Publication:
    """Attempt after attempt, each on the branch's head of then."""
    broken: list[DeliveryError] = []
    for attempt in range(1, manner.attempts + 1):
        try:
            done = _attempt(branch, tree, target, describe, manner)
        except DeliveryError as error:
            broken.append(error)
            if error.code not in TRANSIENT or len(broken) > RETRIES or attempt == manner.attempts:
                raise
            time.sleep(PAUSE * 2 ** len(broken))
            continue
        if done is not None:
            return replace(done, attempts=attempt)
        time.sleep(random.uniform(0, min(0.05 * 2**attempt, 2.0)))
    where = target.login.address.shown
    message = f"{target.branch} of {where} moved during each of {manner.attempts} attempts"
    raise DeliveryError.of(codes.RACE, where, message)


def _attempt(
    branch: Branch, tree: Tree, target: Target, describe: Describe, manner: Manner
) -> Publication | None:
    """One attempt; None if the branch moved meanwhile."""
    head = branch.latest()
    prepared = prepare(branch, head, tree, target, manner)
    if isinstance(prepared, Publication):
        return prepared
    at, found, notes = prepared
    changes = changes_between(branch, at, found, tree)
    if not changes and at.manifest is not None:
        if found.clean and at.tree:
            branch.store.remember_clean(at.tree)
        return Publication(head, diagnostics=notes)
    message = describe(changes, at.manifest is None)
    if manner.dry_run:
        return Publication(head, None, changes, message, diagnostics=notes)
    built = build_tree(branch.git, head, files_of(at, found, tree))
    commit = make_commit(branch.git, built, [head] if head else [], message, manner.by)
    if push(branch, commit, head) is Outcome.LOST:
        return None
    branch.remember(commit)
    written = branch.subtree(commit, target.path)
    if written is not None:
        branch.store.remember_clean(written)
    return Publication(commit, commit, changes, message, diagnostics=notes)


def prepare(
    branch: Branch, head: str | None, tree: Tree, target: Target, manner: Manner
) -> Publication | tuple[Standing, Comparison, tuple[Diagnostic, ...]]:
    """What stands and what is to change, or a refusal."""
    at = standing(branch, head, target.path, tree, whole=bool(manner.overwrite))
    if isinstance(at, Diagnostic):
        return Publication(head, diagnostics=(at,))
    if at.manifest is not None and at.manifest.facts.platform != tree.facts.platform:
        message = (
            f"{target.path or 'the root'} of {target.branch} holds the output of platform "
            f"{at.manifest.facts.platform!r}, not of {tree.facts.platform!r}"
        )
        refusal = codes.OTHER_PLATFORM.at(
            Place(target.path or ".", 1, 1), message, hint=codes.OTHER_PLATFORM.fix
        )
        return Publication(head, diagnostics=(refusal,))
    found = compare(branch, at, tree)
    notes = _judged(branch, at, found, tree, Force.of(manner.overwrite))
    if any(note.is_error for note in notes):
        return Publication(head, diagnostics=notes)
    return at, found, notes


def changes_between(branch: Branch, at: Standing, found: Comparison, tree: Tree) -> Changes:
    """The change as objects, as far as there are few enough of them to be read."""
    paths = [*found.write, *found.remove]
    old = dict(found.old)
    if len(paths) <= DETAILED:
        ids = {path: at.files[path].id for path in paths if path in at.files and path not in old}
        ids = {path: item for path, item in ids.items() if at.files[path].kind == "blob"}
        contents = branch.contents(ids.values())
        old |= {path: contents[item] for path, item in ids.items()}
    going = set(found.remove)
    return changes_of(
        FileChange(
            path,
            old.get(path, b"") if path in at.files else None,
            None if path in going else tree[path] if len(paths) <= DETAILED else b"",
        )
        for path in paths
    )


def files_of(at: Standing, found: Comparison, tree: Tree) -> dict[str, bytes | None]:
    """The files to write, and without bytes those to remove, as the repository names them."""
    files: dict[str, bytes | None] = {at.shown(path): None for path in found.remove}
    files |= {at.shown(path): tree[path] for path in found.write}
    return files | {at.shown(path): data for path, data in at.renewed.items()}


def _judged(
    branch: Branch, at: Standing, found: Comparison, tree: Tree, force: Force
) -> tuple[Diagnostic, ...]:
    """What speaks against publishing: hand-made edits and things in the way that were not given up."""
    out: list[Diagnostic] = []
    refused = [edit for edit in found.edits if not force.allows(edit.path)]
    given_up = [edit for edit in found.edits if force.allows(edit.path)]
    for listed, code in ((refused, codes.EDITED), (given_up, codes.REPLACED)):
        explained = edits.explain(branch, at, listed, tree)
        out.extend(edits.diagnostics(at, explained, len(listed), code))
    for path, what in found.blocked.items():
        if what.startswith("a file") and path in tree.digests and force.allows(path):
            continue
        shown = at.shown(path)
        hint = "move it elsewhere" + (f", or give --overwrite {path}" if what.startswith("a file") else "")
        out.append(
            codes.IN_THE_WAY.at(Place(shown, 1, 1), f"{shown} is {what}, and the output needs it", hint=hint)
        )
    named = sorted(force.paths - {"."})
    known = {*tree.digests, *at.owned} if named else set()
    for path in named:
        if path not in known and not any(item.startswith(f"{path}/") for item in known):
            message = f"--overwrite {path} is not a path of the output"
            out.append(directory_codes.NOTHING_TO_FORCE.at(Place(path, 1, 1), message))
    return tuple(out)
