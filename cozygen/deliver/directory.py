"""Writing a rendered tree into a directory, and saying beforehand what that would do.

Only files whose bytes change are written, and only files that the directory's manifest lists are removed. A
run that finds a person's work in its way, or anything but plain files and directories, names all of it and
changes nothing. An interrupted run is completed by the next one (``directory_apply``), and two runs at once
wait for each other (``directory_root``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import closing

from cozygen.deliver.directory_apply import Application
from cozygen.deliver.directory_force import Force
from cozygen.deliver.directory_root import Root, make_root, open_root
from cozygen.deliver.directory_seen import Seen
from cozygen.deliver.directory_state import State, read_state
from cozygen.deliver.directory_survey import Survey, survey
from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree
from cozygen.record import Record

PATIENCE = 10.0
"""Seconds that a run waits for another one in the same directory."""


class WriteResult(Record):
    """What a run did, the manifest counted as a file like any other.

    With an error among the ``diagnostics`` the run was refused, and nothing was written or pruned, or it
    stopped on the way, and the counts say how far it came.
    """

    written: int
    unchanged: int
    pruned: int
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the directory now holds the tree."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)


class Plan(Record):
    """What a run would do: the paths it would write and remove, or the ``diagnostics`` that forbid it."""

    write: tuple[str, ...]
    prune: tuple[str, ...]
    unchanged: int
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the run would not be refused."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    @property
    def changes(self) -> bool:
        """Whether the run would change any file."""
        return bool(self.write or self.prune)


class _Found(Record):
    """What is known before the first change."""

    state: State
    survey: Survey
    manifest: Mapping[str, bytes]


def write(
    tree: Tree,
    directory: str | os.PathLike[str],
    *,
    force_paths: Collection[str] = (),
    patience: float = PATIENCE,
    seen: Seen | None = None,
) -> WriteResult:
    """Makes ``directory`` hold ``tree``, creating it and its parents if need be.

    ``seen`` is what is known of its files from earlier runs; this one adds to it.
    ``force_paths`` are paths below the directory whose edited or unowned files may be overwritten: files,
    directories with everything in them, or ``directory_force.EVERYTHING``. Links, special files, directories
    in the place of files and another platform's output are refused all the same.
    """
    root = make_root(directory)
    if isinstance(root, Diagnostic):
        return WriteResult(0, 0, 0, (root,))
    with closing(root):
        locked = root.lock(exclusive=True, patience=patience)
        notes = () if locked is None else (locked,)
        if locked is not None and locked.is_error:
            return WriteResult(0, 0, 0, notes)
        found = _look(root, tree, Force.of(force_paths), seen or Seen())
        if not isinstance(found, _Found):
            return WriteResult(0, 0, 0, (*notes, *found))
        unchanged = found.survey.unchanged + found.state.current
        if not _work(found):
            return WriteResult(0, unchanged, 0, notes)
        application = Application(root, tree, found.state, found.survey)
        stopped = application.run(found.manifest)
        diagnostics = notes if stopped is None else (*notes, stopped)
        return WriteResult(application.written, unchanged, application.pruned, diagnostics)


def plan(
    tree: Tree,
    directory: str | os.PathLike[str],
    *,
    force_paths: Collection[str] = (),
    patience: float = PATIENCE,
) -> Plan:
    """What ``write`` with the same arguments would do. Nothing is touched, and nothing is created."""
    root = open_root(directory)
    if root is None:
        return Plan(tuple(manifests.with_manifest(tree)), (), 0)
    if isinstance(root, Diagnostic):
        return Plan((), (), 0, (root,))
    with closing(root):
        locked = root.lock(exclusive=False, patience=patience)
        notes = () if locked is None else (locked,)
        if locked is not None and locked.is_error:
            return Plan((), (), 0, notes)
        found = _look(root, tree, Force.of(force_paths), Seen())
        if not isinstance(found, _Found):
            return Plan((), (), 0, (*notes, *found))
        writes = [change.path for change in found.survey.writes]
        if not found.state.current:
            writes.append(manifests.PATH)
        prunes = sorted(change.path for change in found.survey.prunes)
        return Plan(tuple(sorted(writes)), tuple(prunes), found.survey.unchanged + found.state.current, notes)


def _look(root: Root, tree: Tree, force: Force, seen: Seen) -> _Found | tuple[Diagnostic, ...]:
    manifest = manifests.encode(manifests.manifest_of(tree))
    state = read_state(root, tree, manifest)
    if isinstance(state, Diagnostic):
        return (state,)
    found = survey(root, tree, state, force, seen)
    refused = (*force.misspelt(root, (*tree.files, *state.known)), *found.diagnostics)
    return refused or _Found(state, found, manifest)


def _work(looked: _Found) -> bool:
    """Whether anything is to be done, be it only removing what an interrupted run left behind."""
    state, found = looked.state, looked.survey
    return bool(found.writes or found.prunes or state.pending or state.leftovers or not state.current)
