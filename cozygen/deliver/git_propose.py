"""A proposal: the same commit as a push would make, on a branch of its own that only ever goes forward.

Where the target branch has moved since the last proposal, the new commit has two parents, the proposal's last
commit and the target's head, so that it merges without a conflict and nothing is forced.
"""

from __future__ import annotations

from cozygen.deliver import git_codes, http_codes
from cozygen.deliver.directory_force import Force
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_branch import Branch
from cozygen.deliver.git_commit import build_tree, make_commit
from cozygen.deliver.git_publish import (
    Describe,
    Manner,
    Publication,
    Target,
    changes_between,
    files_of,
    guarded,
    prepare,
    with_branch,
)
from cozygen.deliver.git_push import Outcome, push
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout.tree import Tree
from cozygen.record import replace

BASE = "Cozygen-Base"
_LOOKED_BACK = 50


def propose(tree: Tree, target: Target, name: str, describe: Describe, manner: Manner) -> Publication:
    """Make the branch ``name`` the target's branch with ``tree`` in it; ``head`` of the result is its head."""
    refused = guarded(target)
    if refused is not None:
        return refused

    def work(base: Branch) -> Publication:
        own = Branch.of(base.store, base.login, name)
        for attempt in range(1, manner.attempts + 1):
            done = _attempt((base, own), tree, target, describe, manner)
            if done is not None:
                return replace(done, attempts=attempt)
        where = base.login.address.shown
        message = f"{name} of {where} moved during each of {manner.attempts} attempts"
        raise DeliveryError.of(git_codes.RACE, where, message)

    return with_branch(target, manner.cache, work)


def _attempt(
    branches: tuple[Branch, Branch], tree: Tree, target: Target, describe: Describe, manner: Manner
) -> Publication | None:
    base, own = branches
    head = base.latest()
    if head is None:
        where = base.login.address.shown
        message = f"{where} has no branch {base.name}"
        raise DeliveryError.of(http_codes.NO_BASE, where, message)
    prepared = prepare(base, head, tree, target, manner)
    if isinstance(prepared, Publication):
        return prepared
    at, found, notes = prepared
    changes = changes_between(base, at, found, tree)
    if not changes:
        return Publication(head, diagnostics=notes)
    built = build_tree(base.git, head, files_of(at, found, tree))
    tip = own.latest()
    parents = [head]
    if tip is not None and tip != head:
        onto = _onto(branches, tip, head)
        if onto is None and not Force.of(manner.overwrite).allows("."):
            return Publication(tip, changes=changes, diagnostics=(*notes, _intruder(own, tip)))
        if onto == head and own.git.ask("rev-parse", f"{tip}^{{tree}}") == built:
            return Publication(tip, None, changes, diagnostics=notes)
        parents = [tip] if onto == head else [tip, head]
    message = describe(changes, at.manifest is None).rstrip("\n") + f"\n{BASE}: {head}\n"
    if manner.dry_run:
        return Publication(tip, None, changes, message, diagnostics=notes)
    commit = make_commit(base.git, built, parents, message, manner.by)
    if push(own, commit, tip) is Outcome.LOST:
        return None
    own.remember(commit)
    return Publication(commit, commit, changes, message, diagnostics=notes)


def _onto(branches: tuple[Branch, Branch], tip: str, head: str) -> str | None:
    """The target's commit that the proposal stands on, None where its last commit holds someone else's work.

    A merge of the target by a forge's button to update the branch is nobody's work, if it changed nothing else.
    """
    base, own = branches
    stated = _stated(own, tip)
    if stated:
        return stated
    for branch in branches:
        branch.deepen(_LOOKED_BACK)
    at, onto = tip, None
    for _ in range(_LOOKED_BACK):
        parents = own.git.run("log", "-1", "--format=%P", at).text.split()
        if len(parents) != 2 or _merged_by_hand(own, at) or not _is_below(base, parents[1], head):
            return None
        onto = onto or parents[1]
        if _stated(own, parents[0]):
            return onto
        at = parents[0]
    return None


def _stated(own: Branch, commit: str) -> str:
    """The target's commit that one of cozygen's own commits names."""
    words = ("log", "-1", f"--format=%(trailers:key={BASE},valueonly,separator=%x2C)", commit)
    return own.git.run(*words).text


def _merged_by_hand(own: Branch, merge: str) -> bool:
    """Whether a merge holds a file that is as in none of its parents."""
    found = own.git.run("diff-tree", "--no-commit-id", "-r", "-c", "--name-only", merge)
    return found.code != 0 or bool(found.text)


def _is_below(base: Branch, commit: str, head: str) -> bool:
    return base.git.run("merge-base", "--is-ancestor", commit, head).code == 0


def _intruder(own: Branch, tip: str) -> Diagnostic:
    """Why the proposal's branch is not to be built upon."""
    short, author, subject = own.git.ask("log", "-1", "--format=%h%x00%an%x00%s", tip).split("\x00")
    message = f"the last commit of {own.name} is {short} “{subject}” by {author}, not one of cozygen's"
    return http_codes.PROPOSAL_EDITED.at(Place(own.name, 1, 1), message, hint=http_codes.PROPOSAL_EDITED.fix)
