"""Names and labels that charts form, held against what Kubernetes takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cozygen.charts.codes import LABEL_INVALID, NAME_INVALID, NAME_TOO_LONG, NAMES_MEET
from cozygen.charts.condition import holds
from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.text import Shape
from cozygen.charts.values import matches

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch
_LABEL_1123 = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?").fullmatch
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?").fullmatch
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?").fullmatch
_SEGMENT = re.compile(r"(?!\.{1,2}$)[^/%\n]*").fullmatch

Form = Callable[[str], object]
PLAIN_CHARACTERS = "lower-case letters, digits and dashes, with a letter or digit at both ends"


class Sort(NamedTuple):
    """A sort of object: what to call it, how long its name may be, and the form of the name."""

    noun: str
    most: int
    fits: Form


OBJECT = Sort("object", 253, _SUBDOMAIN)
SECRET = Sort("Secret", 253, _SUBDOMAIN)
SERVICE = Sort("Service", 63, _LABEL_1035)
NAMESPACE = Sort("Namespace", 63, _LABEL_1123)
JOB = Sort("Job", 63, _SUBDOMAIN)  # its name becomes a label of its pod
CRON_JOB = Sort("CronJob", 52, _SUBDOMAIN)  # the time of each run is appended
LABEL = Sort("label", 63, _LABEL_VALUE)
LABEL_KEY = Sort("label key", 63, re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]").fullmatch)
ROLE = Sort("Role", 2**16, _SEGMENT)
CONFIG_KEY = Sort("ConfigMap key", 253, re.compile(r"[-._a-zA-Z0-9]+").fullmatch)


class Derived(NamedTuple):
    """A name that the chart makes of the release's name: ``{release}`` in ``template`` stands for it."""

    template: str
    sort: Sort
    when: str = ""
    since: str = ""


class DerivedFrom(NamedTuple):
    """A name that the chart makes of the texts at ``path`` (see :func:`values.matches`).

    ``{text}`` in ``template`` stands for the text as ``spell`` spells it, ``{key}`` for the map key above it,
    spelt the same way; ``unless`` are texts that make no object. ``written`` is how the name gets into YAML.
    """

    path: str
    template: str
    sort: Sort
    spell: Callable[[str], str] = str
    when: str = ""
    unless: tuple[str, ...] = ()
    written: Shape = Shape.BARE


def kebab(text: str) -> str:
    """Near to Sprig's ``kebabcase``: lower case, with dashes for spaces, underscores and humps."""
    return re.sub(r"[-_\s]", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text)).lower()


def dashed(text: str) -> str:
    """With dashes for underscores."""
    return text.replace("_", "-")


def derived_faults(rules: tuple[Derived, ...], release: Release) -> Iterator[Fault]:
    """Names made of the release's name alone that are too long: the tightest of them."""
    tightest: tuple[int, Derived] | None = None
    for rule in rules:
        room = rule.sort.most - len(rule.template.replace("{release}", ""))
        if len(release.release) <= room or (tightest and tightest[0] <= room):
            continue
        if holds(rule.when, release) and (not rule.since or release.since(rule.since)):
            tightest = (room, rule)
    if tightest:
        room, rule = tightest
        yield too_long(release, rule.template.format(release=release.release), rule.sort, rule.when)


def too_long(release: Release, made: str, sort: Sort, when: str = "") -> Fault:
    """The release's name makes ``made`` too long."""
    over = len(made) - sort.most
    fits = len(release.name) - over
    why = f" (since {spoken})" if (spoken := _spoken(when)) else ""
    return Fault(
        NAME_TOO_LONG,
        (),
        f"{release.kind} {release.name}: the chart makes the {sort.noun} {made}{why}, "
        f"which has {len(made)} characters where {sort.most} are possible",
        f"choose a name of at most {fits} characters, {over} fewer",
        {"object": made, "length": len(made), "limit": sort.most, "longest": fits},
    )


def _read_back(name: str, written: Shape) -> str:
    """The name as it comes out of the chart's YAML, which may cut something off it."""
    from cozygen.charts.fragment import reading  # reads YAML in full, which most specs never need

    found = reading(name, written)
    return str(found.value) if found.valid else name


def derived_from_faults(rules: tuple[DerivedFrom, ...], release: Release) -> Iterator[Fault]:
    """Names made of keys and texts of the values that Kubernetes refuses."""
    seen: set[Path] = set()
    for rule in rules:
        pattern = rule.path.split(".")
        if not holds(rule.when, release):
            continue
        made: dict[str, str] = {}
        for path, text in matches(release.values, pattern):
            if not isinstance(text, str) or text in rule.unless or path in seen:
                continue
            name = rule.template.format(
                release=release.release,
                text=rule.spell(text),
                key=rule.spell(str(path[1])) if len(path) > 1 else "",
            )
            if not rule.sort.fits(name):
                name = _read_back(name, rule.written)
            fault = text_fault(path, text, name, rule.sort, on_key=pattern[-1] == "~")
            if fault is None and made.setdefault(name, text) != text:
                fault = Fault(
                    NAMES_MEET,
                    path,
                    f"{text} and {made[name]} both become the {rule.sort.noun} {name}; only one of them will exist",
                    "rename one of the two",
                    {"object": name, "found": text, "other": made[name]},
                    on_key=pattern[-1] == "~",
                )
            if fault:
                seen.add(path)
                yield fault


def text_fault(path: Path, text: str, made: str, sort: Sort, *, on_key: bool = False) -> Fault | None:
    """What is wrong with the name or label ``made`` of ``text``, if anything."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    values = {"found": text, "object": made, "length": len(made), "limit": sort.most}
    is_label = sort in (LABEL, LABEL_KEY)
    if len(made) > sort.most:
        code = LABEL_INVALID if is_label else NAME_TOO_LONG
        fits = len(text) - (len(made) - sort.most)
        hint = f"shorten it to at most {fits} characters" if fits > 0 else "shorten the names it is made of"
        return Fault(
            code,
            path,
            f'"{shown}" makes the {sort.noun} {made[:60]}…, which has {len(made)} characters where '
            f"{sort.most} are possible",
            hint,
            values | {"longest": fits},
            on_key,
        )
    if not sort.fits(made):
        what = (
            f'"{shown}" is no possible {sort.noun}'
            if made == text
            else f'"{shown}" makes the {sort.noun} {made}'
        )
        hint = "use letters, digits, '-', '_' and '.'" if is_label else f"use {PLAIN_CHARACTERS}"
        return Fault(
            LABEL_INVALID if is_label else NAME_INVALID,
            path,
            f"{what}{'' if made == text else ', which Kubernetes refuses'}",
            hint,
            values,
            on_key,
        )
    return None


def is_dns_label(text: str) -> bool:
    """Whether ``text`` is a DNS label: lower-case letters, digits, dashes inside, at most 63."""
    return len(text) <= 63 and _LABEL_1123(text) is not None


def _spoken(when: str) -> str:
    """A condition in words: ``external & !sharding`` is "external is set and sharding is not"."""
    words = []
    for term in (part.strip() for part in when.split("&")):
        if not term or term.startswith("@"):
            continue
        if "=" in term:
            words.append(term.replace("!=", " is not ").replace("=", " is "))
        else:
            words.append(f"{term[1:]} is not set" if term.startswith("!") else f"{term} is set")
    return " and ".join(words)
