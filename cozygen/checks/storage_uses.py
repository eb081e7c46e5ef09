"""The StorageClasses that applications name, against those that the Platform describes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from cozygen.catalog.model import Application
from cozygen.charts import merged
from cozygen.charts.values import defaults
from cozygen.checks import storage_codes as codes
from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import App
from cozygen.schema import did_you_mean

REPLICATED = "replicated"
_NAMES = ("storageClass", "storageClassName")
Path = tuple[str, ...]


@cache
def class_paths(application: Application) -> tuple[Path, ...]:
    """The paths of an application's values that name a StorageClass; ``*`` is any entry."""
    return tuple(_paths(application.schema, (), application.schema))


@cache
def default_uses(application: Application) -> tuple[str, ...]:
    """The classes that volumes of an application name where its values say nothing of it."""
    return tuple(name for name, _ in _uses(application, defaults(application)))


def _paths(schema: Any, path: Path, root: Any) -> Iterator[Path]:
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for name, item in schema.get("properties", {}).items():
        if name in _NAMES and item.get("type") == "string":
            yield (*path, name)
        else:
            yield from _paths(item, (*path, name), root)
    for word in ("additionalProperties", "items"):
        if isinstance(schema.get(word), dict):
            yield from _paths(schema[word], (*path, "*"), root)


def class_uses(app: App) -> Iterator[tuple[str, Place]]:
    """The classes that an application's volumes name, empty for the default one, each with its place."""
    tops = {path[0] for path in class_paths(app.application)}
    if tops.isdisjoint(app.given):
        for name in default_uses(app.application):
            yield name, app.place
    else:
        for name, path in _uses(app.application, merged(app.application, app.given)):
            yield name, app.at(*path)


def _uses(application: Application, values: Any) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for path in class_paths(application):
        for name, at in _walk(values, path, ()):
            if name or "*" not in path:  # an empty class in an entry falls back to the application's own
                yield name, at


def _walk(value: Any, path: Path, at: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    if not path:
        if isinstance(value, str):
            yield value, at
        return
    head, rest = path[0], path[1:]
    if head != "*":
        if isinstance(value, dict) and head in value:
            yield from _walk(value[head], rest, (*at, head))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, rest, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, rest, (*at, index))


def storage_uses(platform: Platform) -> Iterator[Diagnostic]:
    """Every class that an application names; one diagnostic for each class that is missing."""
    storage = platform.site.storage
    missing: dict[str, list[tuple[str, Place]]] = {}
    for tenant in platform.tenants.values():
        for app in (*tenant.apps, *(s.app for s in tenant.services.values() if s.enabled)):
            for name, place in class_uses(app):
                if name not in storage.classes and (name or not storage.defaults):
                    missing.setdefault(name, []).append((f"{app.label} in {tenant.path}", place))
    if not storage.stated:
        if missing:
            yield _unstated(platform.site, missing)
        return
    for name, users in sorted(missing.items()):
        yield _missing(name, users, platform.site)


def _unstated(site: Site, missing: dict[str, list[tuple[str, Place]]]) -> Diagnostic:
    names = sorted(name or "the default class" for name in missing)
    who, place = next(iter(missing.values()))[0]
    return codes.STORAGE_UNSTATED.at(
        site.at("storage", key=True),
        f"the Platform describes no StorageClasses, but applications ask for {', '.join(names)}",
        hint="describe them under storage.classes",
        related=[Related(who, place)],
        values={"classes": names},
    )


def _missing(name: str, users: list[tuple[str, Place]], site: Site) -> Diagnostic:
    (who, place), *others = users
    others = [other for other in dict.fromkeys(others) if other != (who, place)]
    more = f" (and {len(others)} more)" if others else ""
    related = [Related(other, where) for other, where in others[:4]]
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
