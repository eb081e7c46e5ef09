"""The text of a pull or merge request, as facts for its template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cozygen.review.attribution import PLUMBING, Owner
from cozygen.review.changes import Action, Changes, ObjectChange
from cozygen.review.fields import dotted, shown
from cozygen.review.summary import field_name

_SECTIONS_MOST = 60
_ITEMS_MOST = 20
_FIELDS_MOST = 8


def sections(changes: Changes) -> list[dict[str, Any]]:
    """What changed, a section an owner: tenants first, then the platform. Plumbing is only counted."""
    by_owner: dict[Owner, list[ObjectChange]] = {}
    for change in changes.objects:
        by_owner.setdefault(change.owner, []).append(change)
    ordered = sorted(by_owner.items(), key=lambda item: (not item[0].tenant, item[0]))
    return [
        {
            "owner": owner.label,
            "items": [_item(change) for change in found[:_ITEMS_MOST]],
            "more": max(len(found) - _ITEMS_MOST, 0),
        }
        for owner, found in ordered
        if owner.part != PLUMBING
    ][:_SECTIONS_MOST]


def counts(changes: Changes) -> dict[str, Any]:
    """How much changed: objects by what happened to them, files, tenants."""
    visible = [change for change in changes.objects if change.owner.part != PLUMBING]
    return {
        "objects": {action.value: _count(visible, action) for action in Action},
        "files": len(changes.files),
        "tenants": sum(1 for owner in changes.owners if owner.tenant),
        "plumbing": len(changes.objects) - len(visible),
        "detailed": changes.detailed,
    }


def _item(change: ObjectChange) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "title": _code(change.title),
        "fields": [
            {
                "name": _code(field_name(change, dotted(field.path))),
                "old": _code(shown(field.old)),
                "new": _code(shown(field.new)),
            }
            for field in change.fields[:_FIELDS_MOST]
        ],
        "more": max(len(change.fields) - _FIELDS_MOST, 0),
    }


def _count(found: Iterable[ObjectChange], action: Action) -> int:
    return sum(1 for change in found if change.action is action)


def _code(text: str) -> str:
    """Text that stays inside of Markdown's code marks."""
    return text.replace("`", "'").replace("\n", " ")
