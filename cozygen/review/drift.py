"""What a cluster holds against what the spec compiles to, object by object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from cozygen.record import Record
from cozygen.review.attribution import Owner, owner_of, title_of
from cozygen.review.fields import ABSENT, Field, Path, differing, lookup
from cozygen.review.frozen import defaulted
from cozygen.review.live import SSA_MERGE, Coverage, applied_by, is_default, made_by_a_release, stripped
from cozygen.review.managers import Change, owners
from cozygen.review.objects import Body, Object, Ref, labels_of

SchemaOf = Callable[[Body], Mapping[str, Any] | None]
"""The values schema of the application that a release is, None for any other object."""
FROM_REPOSITORY = "apps.cozystack.io-kustomize.toolkit.fluxcd.io/name"
"""What Flux's own label becomes on an application that came from a tenant's repository."""

_VALUES: Path = ("spec", "values")


class Verdict(StrEnum):
    """What is the matter with a field."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    FROZEN = "frozen default"


class State(StrEnum):
    """What is the matter with an object. ``FROZEN`` is nothing but defaults that an edit left behind."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    FROZEN = "frozen"


class Difference(Record):
    """A field that is not as the spec has it: ``wanted`` in the spec, ``found`` in the cluster."""

    path: Path
    wanted: Any
    found: Any
    verdict: Verdict
    by: Change | None = None


class Drift(Record):
    """An object that is not as the spec has it; one of ``wanted`` and ``found`` may be missing.

    ``author`` and ``undo`` are who did it and what undoes it, where that does not follow from the object.
    """

    state: State
    ref: Ref
    title: str
    owner: Owner
    wanted: Object | None
    found: Object | None
    differences: tuple[Difference, ...] = ()
    author: str = ""
    undo: str = ""

    def of(self, *verdicts: Verdict) -> tuple[Difference, ...]:
        """The differences of some sort."""
        return tuple(item for item in self.differences if item.verdict in verdicts)


def drift(wanted: Iterable[Object], live: Iterable[Object], schema_of: SchemaOf) -> list[Drift]:
    """Every object that differs, is missing, or is there although the spec does not have it."""
    desired = {item.ref: item for item in wanted}
    found = {item.ref: item for item in live}
    coverage = Coverage(found.values())
    out: list[Drift] = []
    for ref, item in desired.items():
        there = found.get(ref)
        if there is not None:
            compared = _compared(item, there, schema_of)
            if compared is not None:
                out.append(compared)
        elif coverage.covers(ref):
            out.append(_whole(State.MISSING, item, item, None))
    parts = {item.ref.name for item in desired.values() if item.ref.kind == "Kustomization"}
    parts |= {name for item in found.values() if item.ref in desired and (name := applied_by(item.body))}
    for ref, item in found.items():
        if ref not in desired and _unexpected(item, parts):
            out.append(_whole(State.EXTRA, item, None, item))
    return sorted(out, key=lambda d: (d.owner, d.title, d.ref))


def in_files(wanted: Iterable[Object], found: Iterable[Object], schema_of: SchemaOf) -> list[Drift]:
    """The same between two versions of a file, where everything counts that one has and the other has not."""
    ours, theirs = {item.ref: item for item in wanted}, {item.ref: item for item in found}
    out = []
    for ref in {**ours, **theirs}:
        here, there = ours.get(ref), theirs.get(ref)
        if here is not None and there is not None:
            compared = _compared(here, there, schema_of)
            out.extend([] if compared is None else [compared])
        elif here is not None:
            out.append(_whole(State.MISSING, here, here, None))
        elif there is not None:
            out.append(_whole(State.EXTRA, there, None, there))
    return sorted(out, key=lambda d: (d.owner, d.title, d.ref))


def _compared(wanted: Object, there: Object, schema_of: SchemaOf) -> Drift | None:
    found = tuple(_differences(wanted.body, there.body, wanted.ref, schema_of))
    if not found:
        return None
    frozen = all(item.verdict is Verdict.FROZEN for item in found)
    whole = _whole(State.FROZEN if frozen else State.CHANGED, wanted, wanted, there)
    return Drift(whole.state, whole.ref, whole.title, whole.owner, wanted, there, found)


def _whole(state: State, item: Object, wanted: Object | None, found: Object | None) -> Drift:
    owner = owner_of(item.ref, item.body, item.place.file if wanted is not None else "")
    return Drift(state, item.ref, title_of(item.ref, item.body), owner, wanted, found)


def _differences(wanted: Body, there: Body, ref: Ref, schema_of: SchemaOf) -> Iterator[Difference]:
    if "sops" in wanted:
        return  # encrypted in the tree, decrypted in the cluster
    ours, theirs = stripped(wanted), stripped(there)
    ours["apiVersion"] = theirs.get("apiVersion")
    overlay = (wanted.get("metadata", {}).get("annotations") or {}).get(SSA_MERGE) == "Merge"
    schema = schema_of(there) or schema_of(wanted) if ref.kind == "HelmRelease" else None
    given = lookup(ours, _VALUES)
    expected = defaulted({} if given is ABSENT else given, schema) if schema is not None else {}
    for field in differing(ours, theirs):
        yield from _judged(field, expected, overlay, ref, there)


def _judged(field: Field, expected: Any, overlay: bool, ref: Ref, there: Body) -> Iterator[Difference]:
    """One differing field, taken apart where only some of what was added is a default."""
    by = next(iter(owners(there, field.path)), None)
    if field.new is ABSENT:
        if not (isinstance(field.old, Mapping) and not field.old):
            yield Difference(field.path, field.old, field.new, Verdict.REMOVED, by)
        return
    if field.old is not ABSENT:
        yield Difference(field.path, field.old, field.new, Verdict.CHANGED, by)
        return
    in_values = field.path[:2] == _VALUES
    if overlay and not in_values:
        return
    if in_values:
        yield from _added(field.path, field.new, lookup(expected, field.path[2:]), there)
    elif not is_default(ref, field.path, field.new) and not (by is not None and by.is_controller):
        yield Difference(field.path, ABSENT, field.new, Verdict.ADDED, by)


def _added(path: Path, value: Any, default: Any, there: Body) -> Iterator[Difference]:
    if isinstance(value, Mapping) and isinstance(default, Mapping) and value:
        for key, below in value.items():
            yield from _added((*path, key), below, default.get(key, ABSENT), there)
        return
    frozen = default is not ABSENT and not list(differing(default, value))
    by = next(iter(owners(there, path)), None)
    yield Difference(path, ABSENT, value, Verdict.FROZEN if frozen else Verdict.ADDED, by)


def _unexpected(item: Object, parts: set[str]) -> bool:
    """Whether the object is an application, or Flux's to remove, and nothing of the spec made it."""
    if made_by_a_release(item.body):
        return False
    name = applied_by(item.body)
    if name is not None and name in parts:
        return True
    labels = labels_of(item.body)
    application = "apps.cozystack.io/application.kind" in labels
    if FROM_REPOSITORY in labels:
        return False
    return item.ref.kind == "HelmRelease" and item.ref.namespace.startswith("tenant-") and application
