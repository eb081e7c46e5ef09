"""What changed between two trees, object by object.

Only files whose bytes differ are read. An object that moved to another file did not change. Beyond
``DETAILED`` files nothing is read, and changes are counted by the tenant whose directory a file is in: nobody
reads a list that long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from cozygen.record import Record
from cozygen.review.attribution import Owner, owner_of, owner_of_path, title_of
from cozygen.review.fields import Field, differing
from cozygen.review.objects import Object, Ref, read_objects

DETAILED = 400
"""So many changed files are read object by object."""


class Action(StrEnum):
    """What happened to an object."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class FileChange(Record):
    """A file with its bytes on both sides, None where it is not there."""

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def action(self) -> Action:
        """What happened to the file."""
        if self.old is None:
            return Action.ADDED
        return Action.REMOVED if self.new is None else Action.CHANGED


class ObjectChange(Record):
    """An object that was added, changed or removed; ``path`` is the file it stands in, or stood in."""

    action: Action
    ref: Ref
    title: str
    owner: Owner
    path: str
    fields: tuple[Field, ...] = ()
    old: Object | None = None
    new: Object | None = None


class Changes(Record):
    """All changes; without ``objects`` where there are too many to read. ``owners`` counts files by owner."""

    files: Mapping[str, Action]
    objects: tuple[ObjectChange, ...]
    owners: Mapping[Owner, int]
    detailed: bool

    def __bool__(self) -> bool:
        return bool(self.files)


def compare(changed: Iterable[FileChange], most: int = DETAILED) -> Changes:
    """The changes in these files, which are all that differ; paths are relative to the rendered tree."""
    listed = sorted(changed, key=lambda item: item.path)
    owners: dict[Owner, int] = {}
    for item in listed:
        owner = owner_of_path(item.path)
        owners[owner] = owners.get(owner, 0) + 1
    files = {item.path: item.action for item in listed}
    if len(listed) > most:
        return Changes(files, (), owners, False)
    return Changes(files, tuple(_objects(listed)), owners, True)


def _objects(files: Iterable[FileChange]) -> list[ObjectChange]:
    before: dict[Ref, Object] = {}
    after: dict[Ref, Object] = {}
    for item in files:
        for data, side in ((item.old, before), (item.new, after)):
            if data is not None and item.path.endswith((".yaml", ".yml", ".json")):
                side.update((found.ref, found) for found in read_objects(data, item.path)[0])
    out = []
    for ref in {**before, **after}:
        change = object_change(before.get(ref), after.get(ref))
        if change is not None:
            out.append(change)
    return sorted(out, key=lambda c: (c.owner, c.title, c.ref))


def object_change(old: Object | None, new: Object | None) -> ObjectChange | None:
    """What happened between two states of one object, None where nothing did."""
    item = new or old
    if item is None:
        return None
    action = Action.ADDED if old is None else Action.REMOVED if new is None else Action.CHANGED
    fields: tuple[Field, ...] = ()
    if old is not None and new is not None:
        fields = tuple(differing(old.body, new.body))
        if not fields:
            return None
    owner = owner_of(item.ref, item.body, item.place.file)
    title = title_of(item.ref, item.body)
    return ObjectChange(action, item.ref, title, owner, item.place.file, fields, old, new)
