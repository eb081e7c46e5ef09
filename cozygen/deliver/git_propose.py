"""A proposal: the same commit as a push would make, on a branch of its own that only ever goes forward.

Where the target branch has moved since the last proposal, the new commit has two parents, the proposal's last
commit and the target's head, so that it merges without a conflict and nothing is forced.
"""

from __future__ import annotations

from dataclasses import replace

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

BASE = "Cozygen-Base"


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
        intruder = _intruder(own, tip, manner)
        if intruder is not None:
            return Publication(tip, changes=changes, diagnostics=(*notes, intruder))
        onto = own.git.ask("log", "-1", f"--format=%(trailers:key={BASE},valueonly,separator=%x2C)", tip)
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


def _intruder(own: Branch, tip: str, manner: Manner) -> Diagnostic | None:
    """Why the proposal's branch is not to be built upon, None where its last commit is one of cozygen's."""
    words = ("log", "-1", f"--format=%h%x00%an%x00%s%x00%(trailers:key={BASE},valueonly,separator=%x2C)", tip)
    short, author, subject, onto = own.git.ask(*words).split("\x00")
    if onto or Force.of(manner.overwrite).allows("."):
        return None
    message = f"the last commit of {own.name} is {short} “{subject}” by {author}, not one of cozygen's"
    return http_codes.PROPOSAL_EDITED.at(Place(own.name, 1, 1), message, hint=http_codes.PROPOSAL_EDITED.fix)
