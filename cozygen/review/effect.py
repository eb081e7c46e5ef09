"""What a change of the spec does to the rendered objects, for whom, and which lines cause it.

Two platforms are laid out in the same, simplest way, so that a tenant more or less does not re-plumb the
others, and compared object by object. What only waits or brings objects to the cluster is nobody's; what
delivers the platform is the platform's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.layout.compose import lay_out
from cozygen.layout.flux import FLEET
from cozygen.layout.tree import Tree
from cozygen.platform.model import Platform
from cozygen.platform.names import path_of
from cozygen.record import Record, replace
from cozygen.review import effect_codes as codes
from cozygen.review.attribution import PLATFORM, PLUMBING, Owner
from cozygen.review.changes import Action, FileChange, ObjectChange, compare
from cozygen.review.fields import ABSENT, differing, dotted, lookup
from cozygen.review.scope import Scope
from cozygen.yamlio import Map, deep_place

_NAMED = 3
_PROSE = (".md",)
_GRANTED = frozenset({"quota", "host", "schedulingClass", "services", "_metadata"})
"""What of a tenant's spec becomes the tenant's own release."""


class Sides(Record):
    """The platform before and after a change."""

    base: Platform
    now: Platform


def leaving(sides: Sides, scope: Scope, *, grants: bool = True) -> list[Diagnostic]:
    """What the change does outside of the scope, one diagnostic for each owner that it reaches.

    Without ``grants``, the own releases of the topmost tenants of the scope count as outside.
    """
    outside: dict[Owner, list[ObjectChange]] = {}
    granted: dict[Owner, list[ObjectChange]] = {}
    files: dict[Owner, list[str]] = {}
    before, after = _simplest(sides.base), _simplest(sides.now)
    changes = compare(_files(before, after), most=1 << 62)
    for change in changes.objects:
        for owner in owners_of(change):
            if not owner.tenant or not scope.holds(owner.tenant):
                outside.setdefault(owner, []).append(change)
            elif not grants and change.title == "tenant" and scope.is_top(owner.tenant):
                granted.setdefault(owner, []).append(change)
    for path in changes.files:
        if path.startswith("talos/") and not path.endswith(_PROSE):
            files.setdefault(Owner(PLATFORM), []).append(path)
    out = [_diagnostic(owner, found, sides, scope) for owner, found in sorted(outside.items())]
    out += [_granted(owner, found, sides) for owner, found in sorted(granted.items())]
    if files and Owner(PLATFORM) not in outside:
        out.append(_machines(files[Owner(PLATFORM)], sides, scope))
    return out


def owners_of(change: ObjectChange) -> Iterator[Owner]:
    """Everyone whom a changed object concerns; nobody for what only waits."""
    if change.owner.part == PLUMBING:
        yield from _plumbing(change)
    elif change.ref.kind == "KeycloakRealmUser":
        yield from _account(change)
    else:
        yield change.owner


def _plumbing(change: ObjectChange) -> Iterator[Owner]:
    """A Kustomization concerns the tenant that it is named after; the source and the root, the platform."""
    if change.ref.kind == "ConfigMap":
        return
    if change.ref.kind == "Kustomization" and change.ref.name != FLEET:
        namespace = change.ref.name.partition(".")[0]
        if namespace.startswith("tenant-"):
            yield Owner("tenant", path_of(namespace))
        return
    yield Owner(PLATFORM)


def _account(change: ObjectChange) -> Iterator[Owner]:
    """An account concerns the tenants whose groups it enters or leaves, and the platform if more changes."""
    sides = [item.body if item is not None else {} for item in (change.old, change.new)]
    groups = [set(_strings(lookup(side, ("spec", "groups")))) for side in sides]
    for group in sorted(groups[0] ^ groups[1]):
        namespace, _, level = group.rpartition("-")
        if level == "admin" and namespace.endswith("-super"):
            namespace = namespace.removesuffix("-super")
        yield Owner("tenant", path_of(namespace)) if namespace.startswith("tenant-") else Owner(PLATFORM)
    if change.action is Action.CHANGED and any(
        field.path[:2] != ("spec", "groups") for field in change.fields
    ):
        yield Owner(PLATFORM)


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _simplest(platform: Platform) -> Tree:
    delivery = replace(platform.site.delivery, mode="direct")
    return lay_out(replace(platform, site=replace(platform.site, delivery=delivery)))


def _files(before: Tree, after: Tree) -> Iterator[FileChange]:
    for path in sorted({*before, *after}):
        if before.digests.get(path) != after.digests.get(path):
            yield FileChange(path, before.get(path), after.get(path))


def _diagnostic(owner: Owner, found: list[ObjectChange], sides: Sides, scope: Scope) -> Diagnostic:
    whose = f"the tenant {owner.tenant}" if owner.tenant else "the platform"
    place, related = _cause(owner, sides)
    names = ", ".join(_named(change) for change in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return codes.LEAVES.at(
        place,
        f"this changes {whose}, which {scope.label} does not cover: {names}{more}",
        hint="make it a change of its own, for the owners there to approve",
        related=related,
        values={"owner": owner.label, "objects": [change.ref.label for change in found]},
    )


def _granted(owner: Owner, found: list[ObjectChange], sides: Sides) -> Diagnostic:
    place, related = _cause(owner, sides, _GRANTED)
    names = ", ".join(_named(change) for change in found)
    message = f"this changes what the parent of {owner.tenant} grants it: {names}"
    return codes.GRANTS.at(place, message, hint="ask the owners of the parent", related=related)


def _machines(paths: list[str], sides: Sides, scope: Scope) -> Diagnostic:
    place, related = _cause(Owner(PLATFORM), sides)
    message = (
        f"this changes machine configuration, which {scope.label} does not cover: {', '.join(paths[:_NAMED])}"
    )
    return codes.LEAVES.at(place, message, related=related, values={"owner": PLATFORM, "files": paths})


def _named(change: ObjectChange) -> str:
    fields = ", ".join(dict.fromkeys(dotted(field.path[-2:]) for field in change.fields[:_NAMED]))
    verb = {Action.ADDED: "is added", Action.REMOVED: "is removed", Action.CHANGED: "changes"}[change.action]
    return f"{change.title} {verb}" + (f" in {fields}" if fields else "")


def _cause(owner: Owner, sides: Sides, keys: frozenset[str] | None = None) -> tuple[Place, list[Related]]:
    """The first line of the spec that differs, in what the owner comes from or what that depends on.

    With ``keys`` only the parts of a document under these count.
    """
    for before, after, fallback in _chain(owner, sides):
        if before is not None and after is not None:
            found = [f for f in differing(before, after) if keys is None or f.path[0] in keys]
            if not found:
                continue
            places = [_place(field.path, field.new is ABSENT, after, fallback) for field in found]
            return places[0], [Related("and here", place) for place in dict.fromkeys(places[1 : _NAMED + 1])]
        if before is not after:
            return fallback, []
    return sides.now.site.place, []


def _place(path: tuple[str | int, ...], gone: bool, after: Map, fallback: Place) -> Place:
    """The place of a field in the spec as it is now; of one that is gone, what stands nearest above it."""
    return deep_place(after, path[:-1] if gone else path, fallback, key=not gone)


def _chain(owner: Owner, sides: Sides) -> Iterable[tuple[Map | None, Map | None, Place]]:
    """The documents that an owner's objects come from, nearest first: the tenant, its ancestors, the Platform."""
    now, base = sides.now.tenants, sides.base.tenants
    path = owner.tenant
    at = now.get(path) or base.get(path)
    while at is not None:
        here, there = now.get(at.path), base.get(at.path)
        place = here.place if here is not None else (at.parent or at).place
        yield _body(there), _body(here), place
        at = at.parent
    yield sides.base.site.body, sides.now.site.body, sides.now.site.place
    yield from _others(now, base)


def _others(
    now: Mapping[str, Any], base: Mapping[str, Any]
) -> Iterator[tuple[Map | None, Map | None, Place]]:
    """Any other tenant that differs: what it runs or refers to may be what an object depends on."""
    for path in sorted({*now, *base}):
        here, there = now.get(path), base.get(path)
        if here is not None:
            yield _body(there), _body(here), here.place
        elif there is not None and there.parent is not None:
            yield _body(there), None, there.parent.place


def _body(tenant: Any) -> Map | None:
    return tenant.body if tenant is not None else None
