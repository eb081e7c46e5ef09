"""A change in words: the message of a commit, and the facts for the text of a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cozygen.record import Record
from cozygen.review.attribution import PLATFORM, PLUMBING, Owner
from cozygen.review.changes import Action, Changes, ObjectChange
from cozygen.review.fields import dotted, shown

SUBJECT_MOST = 72
_OWNERS_MOST = 60
_LINES_MOST = 12
_FIELDS_MOST = 6
_TITLES_MOST = 3
_SIGN = {Action.ADDED: "+", Action.CHANGED: "~", Action.REMOVED: "-"}
_VERB = {Action.ADDED: "add", Action.CHANGED: "change", Action.REMOVED: "remove"}


class Lines(Record):
    """What happened to one owner: a heading, a line an object, and how many lines were left out."""

    heading: str
    lines: tuple[str, ...]
    more: int = 0


def subject(site: str, changes: Changes, *, first: bool) -> str:
    """One line that says what changed and for whom."""
    if first:
        tenants = sum(1 for owner in changes.owners if owner.tenant)
        what = f"{_count(tenants, 'tenant')} and the platform" if tenants else "the platform"
        return _cut(f"{site}: publish {what}")
    visible = [change for change in changes.objects if change.owner.part != PLUMBING]
    if not visible:
        return _cut(f"{site}: {_files(changes)}")
    owners = list(dict.fromkeys(change.owner for change in visible))
    what = _what(visible)
    if len(owners) == 1:
        return _cut(f"{owners[0].label}: {what}")
    return _cut(f"{_whom(owners)}: {what}")


def lines(changes: Changes) -> list[Lines]:
    """What changed, owner by owner: tenants, then the platform, then what only brings objects to the cluster."""
    if not changes.detailed:
        return [
            Lines(owner.label, (_count(number, "changed file"),))
            for owner, number in sorted(changes.owners.items(), key=lambda item: _order(item[0]))
        ]
    by_owner: dict[Owner, list[ObjectChange]] = {}
    for change in changes.objects:
        by_owner.setdefault(change.owner, []).append(change)
    out = []
    for owner, found in sorted(by_owner.items(), key=lambda item: _order(item[0])):
        if owner.part == PLUMBING:
            out.append(Lines("Flux objects", (_tally(found),)))
            continue
        heading = _heading(owner, found)
        texts = [_line(change) for change in found]
        out.append(Lines(heading, tuple(texts[:_LINES_MOST]), max(len(texts) - _LINES_MOST, 0)))
    machines = [path for path in changes.files if path.startswith("talos/")]
    if machines:
        out.append(Lines("machine configuration", (_count(len(machines), "changed file"),)))
    return out


def message(site: str, changes: Changes, trailers: Mapping[str, str], *, first: bool) -> str:
    """The whole commit message: subject, what changed for whom, trailers."""
    parts = [subject(site, changes, first=first), ""]
    if not first:
        found = lines(changes)
        for item in found[:_OWNERS_MOST]:
            parts.append(item.heading)
            parts.extend(f"  {line}" for line in item.lines)
            if item.more:
                parts.append(f"  and {item.more} more")
        if len(found) > _OWNERS_MOST:
            parts.append(f"and {len(found) - _OWNERS_MOST} more tenants")
        if found:
            parts.append("")
    parts.extend(f"{key}: {value}" for key, value in trailers.items())
    return "\n".join(parts) + "\n"


def facts(changes: Changes) -> dict[str, Any]:
    """The change as plain data, for JSON and for templates."""
    return {
        "files": {action.value: sum(1 for a in changes.files.values() if a is action) for action in Action},
        "objects": [
            {
                "action": change.action.value,
                "owner": change.owner.label,
                "tenant": change.owner.tenant or None,
                "title": change.title,
                "kind": change.ref.kind,
                "namespace": change.ref.namespace,
                "name": change.ref.name,
                "file": change.path,
                "fields": [
                    {"path": dotted(f.path), "old": shown(f.old), "new": shown(f.new)} for f in change.fields
                ],
            }
            for change in changes.objects
        ],
        "detailed": changes.detailed,
    }


def _whom(owners: list[Owner]) -> str:
    names = ", ".join(owner.label for owner in owners)
    if len(names) <= 40:
        return names
    tenants = _count(sum(1 for owner in owners if owner.tenant), "tenant")
    return tenants if all(owner.tenant for owner in owners) else f"platform and {tenants}"


def _what(visible: list[ObjectChange]) -> str:
    first = visible[0]
    own = next((change for change in visible if change.title == "tenant"), None)
    if own is not None and own.action is not Action.CHANGED and len({c.owner for c in visible}) == 1:
        rest = len(visible) - 1
        return f"{_VERB[own.action]} tenant" + (f" with {_count(rest, 'object')}" if rest else "")
    titles = list(dict.fromkeys(change.title for change in visible))
    if len({change.action for change in visible}) > 1 or len(titles) > _TITLES_MOST:
        return _tally(visible)
    if len(titles) == 1 and len(visible) > 1:
        return f"{_VERB[first.action]} {first.title} {len(visible)} times"
    return f"{_VERB[first.action]} {_listed(titles)}"


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _tally(found: Iterable[ObjectChange]) -> str:
    counts = dict.fromkeys(Action, 0)
    for change in found:
        counts[change.action] += 1
    return ", ".join(f"{number} {action.value}" for action, number in counts.items() if number)


def _heading(owner: Owner, found: list[ObjectChange]) -> str:
    own = next((change for change in found if change.title == "tenant"), None)
    if own is not None and own.action is Action.ADDED:
        return f"{owner.label} (new tenant)"
    if own is not None and own.action is Action.REMOVED:
        return f"{owner.label} (tenant removed)"
    return owner.label


def _line(change: ObjectChange) -> str:
    text = f"{_SIGN[change.action]} {change.title}"
    if not change.fields:
        return text
    names = list(dict.fromkeys(field_name(change, dotted(field.path)) for field in change.fields))
    listed = ", ".join(names[:_FIELDS_MOST])
    more = len(names) - _FIELDS_MOST
    return f"{text}: {listed}" + (f" and {more} more" if more > 0 else "")


def field_name(change: ObjectChange, path: str) -> str:
    """A field as people know it: the values of a release by their names in the chart."""
    return path.removeprefix("spec.values.") if change.ref.kind == "HelmRelease" else path


def _files(changes: Changes) -> str:
    tenants = sum(1 for owner in changes.owners if owner.tenant)
    files = _count(len(changes.files), "rendered file")
    if not changes.detailed and tenants:
        return f"change {files} of {_count(tenants, 'tenant')}"
    return f"change {files}"


def _order(owner: Owner) -> tuple[int, str]:
    rank = 0 if owner.tenant else 1 if owner.part == PLATFORM else 2
    return rank, owner.label


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _cut(text: str) -> str:
    return text if len(text) <= SUBJECT_MOST else text[: SUBJECT_MOST - 1].rstrip() + "…"
