"""The StorageClasses that the volumes of an application name, in its values or in its chart's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from cozygen.catalog.model import Application
from cozygen.charts import merged
from cozygen.charts.values import defaults
from cozygen.diagnostics import Place
from cozygen.platform.tenant import App

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
