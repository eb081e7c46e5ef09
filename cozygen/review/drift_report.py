"""Drift as diagnostics, at the places of the spec, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cozygen.diagnostics import Code, Diagnostic, Related
from cozygen.platform.model import Platform
from cozygen.review import drift_codes as codes
from cozygen.review.attribution import GROUP
from cozygen.review.drift import Difference, Drift, SchemaOf, State, Verdict
from cozygen.review.fields import ABSENT, shown
from cozygen.review.managers import known
from cozygen.review.objects import Body, labels_of
from cozygen.review.remedy import Remedy, place_of, remedy, spec_path

_CODES: Mapping[State, Code] = {
    State.CHANGED: codes.CHANGED,
    State.MISSING: codes.MISSING,
    State.EXTRA: codes.EXTRA,
}
_NAMED = 4


def schemas(platform: Platform) -> SchemaOf:
    """The values schema of a release's application, by the application label."""

    def of(body: Body) -> Mapping[str, Any] | None:
        application = platform.site.applications.get(
            str(labels_of(body).get(f"{GROUP}/application.kind", ""))
        )
        return application.schema if application is not None else None

    return of


def diagnostics(found: Iterable[Drift], platform: Platform) -> Iterator[Diagnostic]:
    """One diagnostic an object; frozen defaults beside real changes get one of their own."""
    for item in found:
        way = remedy(item, platform)
        yield _diagnostic(item, way, platform)
        frozen = item.of(Verdict.FROZEN)
        if frozen and item.state is State.CHANGED:
            yield codes.FROZEN.at(way.place, _frozen(item, len(frozen)), hint=f"to tidy up: {way.tidy}")


def as_data(item: Drift, platform: Platform) -> dict[str, Any]:
    """The stable shape of one drift for programs."""
    way = remedy(item, platform)
    return {
        "state": item.state.value,
        "kind": item.ref.kind,
        "group": item.ref.group,
        "namespace": item.ref.namespace,
        "name": item.ref.name,
        "tenant": item.owner.tenant or None,
        "title": item.title,
        "rendered": item.wanted.place.file if item.wanted is not None else None,
        "back": way.back,
        "tidy": way.tidy,
        "adopt": way.adopt,
        "author": item.author or None,
        "file": way.place.file,
        "line": way.place.line,
        "fields": [_field(item, difference, platform) for difference in item.differences],
    }


def _field(item: Drift, difference: Difference, platform: Platform) -> dict[str, Any]:
    place = place_of(item, difference, platform)
    return {
        "path": spec_path(item, difference, platform),
        "verdict": difference.verdict.value,
        "spec": None if difference.wanted is ABSENT else difference.wanted,
        "found": None if difference.found is ABSENT else difference.found,
        "by": difference.by.manager if difference.by is not None else None,
        "at": difference.by.time if difference.by is not None else None,
        "file": place.file,
        "line": place.line,
    }


def _diagnostic(item: Drift, way: Remedy, platform: Platform) -> Diagnostic:
    values = {"object": item.ref.label}
    if item.state is State.FROZEN:
        hint = f"to tidy up: {way.tidy}"
        return codes.FROZEN.at(way.place, _message(item, platform), hint=hint, values=values)
    keep = [Related(f"to keep it, {way.adopt}", way.place)]
    hint = f"to undo it: {way.back}"
    return _CODES[item.state].at(way.place, _message(item, platform), hint=hint, related=keep, values=values)


def _message(item: Drift, platform: Platform) -> str:
    whose = f"{item.title} of {item.owner.label}" if item.owner.tenant else item.ref.label
    if item.state is State.MISSING:
        return f"{whose} is not there ({item.ref.label}){_who(item, ()) if item.author else ''}"
    if item.state is State.EXTRA:
        return f"{whose} is not in the spec ({item.ref.label}){_who(item, ()) if item.author else ''}"
    if item.state is State.FROZEN:
        return _frozen(item, len(item.differences))
    real = item.of(Verdict.CHANGED, Verdict.ADDED, Verdict.REMOVED)
    parts = [
        f"{spec_path(item, d, platform)} is {shown(d.found)} instead of {shown(d.wanted)}"
        if d.verdict is Verdict.CHANGED
        else f"{spec_path(item, d, platform)} ({shown(d.wanted)}) is missing"
        if d.verdict is Verdict.REMOVED
        else f"{spec_path(item, d, platform)} is {shown(d.found)}, which the spec does not say"
        for d in real[:_NAMED]
    ]
    more = f" and {len(real) - _NAMED} more fields" if len(real) > _NAMED else ""
    return f"{whose}: {'; '.join(parts)}{more}{_who(item, real)}"


def _who(item: Drift, real: tuple[Difference, ...]) -> str:
    if item.author:
        return f" (in {item.author})"
    people = {f"{d.by.label}, {d.by.time}" if d.by.time else d.by.label for d in real if d.by is not None}
    if people:
        return f" (by {'; '.join(sorted(people))})"
    if item.found is not None and not known(item.found.body):
        return " (the dump does not say by whom; take it with --show-managed-fields)"
    return ""


def _frozen(item: Drift, count: int) -> str:
    values = "1 default" if count == 1 else f"{count} defaults"
    return f"{item.title} of {item.owner.label}: {values} of the chart stand in the release, left there by an edit"
