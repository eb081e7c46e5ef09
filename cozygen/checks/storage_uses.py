"""The StorageClasses that applications name, against those that the Platform describes."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks import storage_codes as codes
from cozygen.diagnostics import Diagnostic, Related
from cozygen.platform.facts import ClassUse
from cozygen.platform.model import Platform, Site
from cozygen.schema import did_you_mean

REPLICATED = "replicated"


def storage_uses(platform: Platform) -> Iterator[Diagnostic]:
    """Every class that an application names; one diagnostic for each class that is missing."""
    storage = platform.site.storage
    missing: dict[str, list[ClassUse]] = {}
    for facts in platform.facts.values():
        for use in facts.missing_classes:
            missing.setdefault(use.storage_class, []).append(use)
    if not storage.stated:
        if missing:
            yield _unstated(platform.site, missing)
        return
    for name, users in sorted(missing.items()):
        yield _missing(name, users, platform.site)


def _unstated(site: Site, missing: dict[str, list[ClassUse]]) -> Diagnostic:
    names = sorted(name or "the default class" for name in missing)
    _, who, place = next(iter(missing.values()))[0]
    return codes.STORAGE_UNSTATED.at(
        site.at("storage", key=True),
        f"the Platform describes no StorageClasses, but applications ask for {', '.join(names)}",
        hint="describe them under storage.classes",
        related=[Related(who, place)],
        values={"classes": names},
    )


def _missing(name: str, users: list[ClassUse], site: Site) -> Diagnostic:
    (_, who, place), *others = users
    others = [other for other in dict.fromkeys(others) if other != users[0]]
    more = f" (and {len(others)} more)" if others else ""
    related = [Related(other.user, other.place) for other in others[:4]]
    values = {"class": name, "users": len(users), "known": list(site.storage.classes)}
    if not name:
        return codes.NO_DEFAULT_CLASS.at(
            site.storage.place,
            f"{who}{more} asks for a volume without naming a class, and "
            f"{'none of ' + ', '.join(site.storage.classes) if site.storage.classes else 'no class'} has default: true",
            hint="write default: true for one class"
            if site.storage.classes
            else "add a class with default: true under storage.classes",
            related=[Related(who, place), *related],
            values=values,
        )
    if name == REPLICATED:
        return codes.NO_REPLICATED.at(
            place,
            f"{who}{more} keeps its volumes in the class replicated, which the Platform does not define",
            hint="add storage.classes.replicated, or name another class there",
            related=related,
            values=values,
        )
    return codes.UNKNOWN_CLASS.at(
        place,
        f"{who}{more} names the StorageClass {name}, which the Platform does not define",
        hint=did_you_mean(name, site.storage.classes) or "add it under storage.classes",
        related=related,
        values=values,
    )
