"""One site's drift, as ``cozygen drift`` finds it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from cozygen.cli.reading import outside
from cozygen.deliver.git_codes import EDITED
from cozygen.deliver.git_drift import BranchDrift, branch_drift
from cozygen.deliver.git_edits import diagnostics as edit_diagnostics
from cozygen.deliver.git_publish import Target
from cozygen.deliver.git_state import Standing
from cozygen.diagnostics import Diagnostic, Place
from cozygen.layout.tree import Tree
from cozygen.platform.delivery import OCI, Delivery
from cozygen.platform.model import Platform
from cozygen.record import Record, field, replace
from cozygen.review import drift_codes as codes
from cozygen.review.changes import FileChange, compare
from cozygen.review.drift import Drift, State, drift, in_files
from cozygen.review.drift_report import as_data, diagnostics, schemas
from cozygen.review.objects import Object, read_objects
from cozygen.review.summary import subject

_NOT_APPLIED = ("bootstrap/", "talos/")


class Found(Record):
    """What was found for a site, as diagnostics and as data."""

    diagnostics: tuple[Diagnostic, ...]
    details: dict[str, Any] = field(default_factory=dict)


def read_dumps(names: Iterable[str]) -> tuple[list[Object], list[Diagnostic]]:
    """The objects of dumps as kubectl prints them; ``-`` is standard input."""
    objects: list[Object] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            outside(f"{name}: {error.strerror}")
        found, wrong = read_objects(data, name)
        objects.extend(found)
        errors = [item for item in wrong if item.is_error]
        problems.extend(codes.UNREADABLE.at(item.place, item.message, hint=item.hint) for item in errors)
        if not found and not wrong:
            message = f"{name} holds no objects"
            problems.append(codes.UNREADABLE.at(Place(name, 1, 1), message, hint=codes.UNREADABLE.fix))
    return objects, problems


def watched(delivery: Delivery, to: str | None) -> Delivery:
    """The delivery, if what Flux watches there, or what is named instead, is a branch."""
    if to is None and delivery.kind == OCI:
        raise click.UsageError(
            "what a registry holds is not compared; give --dump FILE, or --to URL of a repository"
        )
    return delivery


def cluster_drift(tree: Tree, platform: Platform, live: list[Object], *, ignore_extra: bool) -> Found:
    """The spec against a dump."""
    found = drift(_applied(tree), live, schemas(platform))
    if ignore_extra:
        found = [item for item in found if item.state is not State.EXTRA]
    return _found(found, platform, {"source": "dump", "objects": len(live)})


def drift_of_branch(tree: Tree, platform: Platform, target: Target, cache: Path | None) -> Found:
    """The spec against a branch."""
    there = branch_drift(tree, target, cache)
    details = {
        "source": "branch",
        "remote": target.login.address.shown,
        "branch": target.branch,
        "path": target.path,
        "head": there.head,
        "older": [change.path for change in there.older],
        "strangers": list(there.strangers),
    }
    edited = list(_edited(there, platform))
    result = _found(edited, platform, details)
    seen = {item.wanted.place.file for item in edited if item.wanted} | {
        item.found.place.file for item in edited if item.found
    }
    place = Standing(there.head, target.path)
    silent = [item for item in there.explained if item.edit.path not in seen]
    notes = [
        *there.diagnostics,
        *result.diagnostics,
        *edit_diagnostics(place, silent, len(silent), EDITED),
        *_older(there, tree, target),
    ]
    notes += [
        codes.STRANGER.at(
            Place(place.shown(path), 1, 1), f"{place.shown(path)} is not one of cozygen's files"
        )
        for path in there.strangers
    ]
    return Found(tuple(notes), result.details)


def _edited(there: BranchDrift, platform: Platform) -> Iterator[Drift]:
    """The objects in edited files, with who edited them."""
    authors = {item.edit.path: item.commits[0].label for item in there.explained if item.commits}
    for change in there.edited:
        for item in in_files(
            _read(change.old, change.path), _read(change.new, change.path), schemas(platform)
        ):
            undo = f"cozygen push --overwrite {change.path}"
            yield replace(item, author=authors.get(change.path, ""), undo=undo)


def _older(there: BranchDrift, tree: Tree, target: Target) -> Iterator[Diagnostic]:
    if not there.older or there.diagnostics:
        return
    changes = compare(FileChange(item.path, item.new, item.old) for item in there.older)
    what = subject(tree.facts.platform, changes, first=there.head is None)
    files = "1 file" if len(there.older) == 1 else f"{len(there.older)} files"
    message = f"{target.branch} of {target.login.address.shown} is behind the spec in {files} ({what})"
    yield codes.BEHIND.at(Place(target.path or ".", 1, 1), message, hint="run cozygen push")


def _found(found: list[Drift], platform: Platform, details: dict[str, Any]) -> Found:
    data = [as_data(item, platform) for item in found]
    return Found(tuple(diagnostics(found, platform)), {**details, "drift": data})


def _applied(tree: Tree) -> Iterator[Object]:
    """Every object of a tree that Flux applies."""
    for path in tree:
        if path.endswith(".yaml") and not path.startswith(_NOT_APPLIED):
            yield from read_objects(tree[path], path)[0]


def _read(data: bytes | None, path: str) -> list[Object]:
    return read_objects(data, path)[0] if data is not None and path.endswith(".yaml") else []


def print_diffs(found: Found) -> None:
    """The diffs of edited files that hold no changed object."""
    for item in found.diagnostics:
        if item.values.get("diff"):
            click.echo(f"{item.values['diff']}\n", err=True)
