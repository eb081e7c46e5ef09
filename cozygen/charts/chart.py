"""A kind's chart, prepared once: its defaults, its rules, and the schemas that values are held against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from cozygen.catalog.model import MAX_RELEASE_NAME, Application
from cozygen.charts.codes import MISSING_KEY, RELEASE_NAME, UNKNOWN_KEY
from cozygen.charts.names import derived_faults, derived_from_faults
from cozygen.charts.plain import SECRET_REF, plain
from cozygen.charts.registry import rules_of
from cozygen.charts.release import Fault, Path, Release, Surroundings
from cozygen.charts.shape import (
    count_faults,
    leads,
    null_faults,
    preset_faults,
    quantity_faults,
    quantity_paths,
    resource_faults,
    schema_faults,
    spoken,
)
from cozygen.charts.text import text_faults
from cozygen.charts.values import Values, defaults, matches, over, removed, replaced, without
from cozygen.diagnostics import Severity
from cozygen.schema import Schema

STAND_IN = "secret"  # what a reference to a Secret counts as: harmless text that is not empty
_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?").fullmatch
_is_reference = Schema(SECRET_REF).valid


class Chart:
    """What there is to know of an application kind in order to judge its releases."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.rules = rules_of(application.kind)
        self.defaults = defaults(application)
        self._secrets = tuple(path.split(".") for path in self.rules.secrets)
        self._tightest = min(
            (r.sort.most - len(r.template) + len("{release}") for r in self.rules.names), default=99
        )

    @cached_property
    def plain(self) -> Schema:
        """The schema of values that need no closer look."""
        rules = self.rules
        return Schema(plain(self.application.schema, self.defaults, rules))

    @cached_property
    def closed(self) -> Schema:
        """The chart's schema, which also tells unknown keys."""
        return Schema(spoken(self.application.closed_schema))

    @cached_property
    def _quantities(self) -> tuple[str, ...]:
        return tuple(quantity_paths(self.application.schema))

    def release(self, name: str, given: Values, around: Surroundings) -> Release:
        """The release of an application of this kind called ``name`` with the values ``given``."""
        known = self._resolved(given)
        return Release(
            self.application.kind,
            name,
            self.application.prefix + name,
            given,
            over(self.defaults, known),
            around,
        )

    def faults(self, release: Release) -> list[Fault]:
        """Everything that is wrong with ``release``, in the order of looking."""
        found = list(self._name_faults(release))
        rules = self.rules
        sound = release
        if not self.plain.valid(release.given):
            misshapen = list(self._misshapen(release))
            found += misshapen
            sound = self._sound(release, misshapen)
            found += self._closer(sound)
        if rules.derived:
            found += derived_from_faults(rules.derived, sound)
        if rules.check is not None:
            found += rules.check(sound) if sound is release else _apart(rules.check(sound), found)
        return found if len(found) < 2 else _once(found)

    def _name_faults(self, release: Release) -> Iterator[Fault]:
        name = release.release
        if len(name) > MAX_RELEASE_NAME:
            longest = self.application.max_name
            yield Fault(
                RELEASE_NAME,
                (),
                f"{release.kind} {release.name} becomes the release {name}, which has {len(name)} characters "
                f"where {MAX_RELEASE_NAME} are possible",
                f"choose a name of at most {longest} characters",
                {"release": name, "length": len(name), "limit": MAX_RELEASE_NAME, "longest": longest},
            )
        elif not _RELEASE(name) or not release.name:
            yield Fault(
                RELEASE_NAME,
                (),
                f'"{release.name}" cannot name an application: its release would be "{name}"',
                "use lower-case letters, digits and dashes, starting with a letter and not ending with a dash",
                {"release": name},
            )
        elif len(name) > self._tightest:
            yield from derived_faults(self.rules.names, release)

    def _misshapen(self, release: Release) -> Iterator[Fault]:
        """What Helm's check against the schema refuses, and keys that the chart does not know."""
        nulls = frozenset(removed(self.defaults, release.given))
        for fault in schema_faults(self.closed, release, nulls):
            if fault.code is not UNKNOWN_KEY or not self._known(fault.path):
                yield fault

    def _closer(self, release: Release) -> Iterator[Fault]:
        """What is wrong with single values that have the right type."""
        nulls = frozenset(removed(self.defaults, release.given))
        yield from null_faults(self.rules, release, self.defaults, nulls)
        yield from preset_faults(release.given)
        yield from resource_faults(self.rules, release)
        if any(kept.pods for kept in self.rules.resources):
            yield from quantity_faults(self._quantities, release.given)
        yield from count_faults(self.rules, release.given)
        yield from text_faults(self.rules.texts, release, self.rules.secrets)

    def _known(self, path: Path) -> bool:
        """Whether the chart reads a key that its schema does not list."""
        open_ended = (*(kept.path for kept in self.rules.resources), *self.rules.amounts)
        return any(leads(pattern, path[:-1]) for pattern in open_ended) or any(
            leads(pattern, path) for pattern in self.rules.hidden
        )

    def _sound(self, release: Release, faults: list[Fault]) -> Release:
        """``release`` without what its chart refuses or ignores, so that what follows may rely on types."""
        given: Any = self._resolved(release.given)
        for fault in faults:
            ignored = fault.code is UNKNOWN_KEY
            if fault.path and fault.code is not MISSING_KEY and (len(fault.path) == 1 or not ignored):
                given = without(given, fault.path)
        values = over(self.defaults, given)
        return Release(release.kind, release.name, release.release, given, values, release.around)

    def _resolved(self, given: Values) -> Values:
        out: Any = given
        for pattern in self._secrets:
            if not _leads_to_mapping(out, pattern, 0):
                continue
            for path, value in list(matches(out, pattern)):
                if isinstance(value, Mapping) and _is_reference(value):
                    out = replaced(out, path, STAND_IN)
        return out  # type: ignore[no-any-return]


def _leads_to_mapping(values: Any, pattern: list[str], index: int) -> bool:
    """Whether a mapping stands where ``pattern`` leads: the quick look before a closer one."""
    if not isinstance(values, dict):
        return False
    if index == len(pattern):
        return True
    step = pattern[index]
    if step != "*":
        return step in values and _leads_to_mapping(values[step], pattern, index + 1)
    return any(_leads_to_mapping(value, pattern, index + 1) for value in values.values())


def _apart(faults: Any, known: list[Fault]) -> Iterator[Fault]:
    """Those of ``faults`` that do not merely follow from ``known`` ones."""
    places = [f.path for f in known if f.code.severity is Severity.ERROR]
    for fault in faults:
        if not any(_related(fault.path, place) for place in places):
            yield fault


def _related(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return bool(shorter) and one[:shorter] == other[:shorter]


def _once(faults: list[Fault]) -> list[Fault]:
    seen: set[tuple[str, Path, str]] = set()
    out = []
    for fault in faults:
        key = (fault.code.id, fault.path, fault.message)
        if key not in seen:
            seen.add(key)
            out.append(fault)
    return out
