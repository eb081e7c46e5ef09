"""What the checks on packages and platform values look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cozygen.catalog.load import CatalogRelease
from cozygen.diagnostics import Place
from cozygen.platform.packages_set import PackageSet
from cozygen.platform.packages_values import Path
from cozygen.record import Record
from cozygen.yamlio import Map, deep_place


class View(Record):
    """Platform values as they are written, and what they lead to.

    ``given`` are the values with their places, in upstream's shape; ``place`` is where the variant stands,
    and so the place of everything that follows from it without being written.
    """

    given: Map
    packages: PackageSet
    place: Place

    @property
    def release(self) -> CatalogRelease:
        """The targeted release."""
        return self.packages.release

    def at(self, *path: str | int, key: bool = False) -> Place:
        """Where a value is written, or what stands nearest above it."""
        return deep_place(self.given, path, self.place, key=key)

    def written(self, *path: str | int) -> bool:
        """Whether a value is written at all."""
        here: Any = self.given
        for step in path:
            if isinstance(here, list):
                here = dict(enumerate(here))
            if not isinstance(here, Mapping) or step not in here:
                return False
            here = here[step]
        return True

    def exactly(self, *path: str | int) -> Place:
        """Where a value is written, else where the variant stands that brings it."""
        return self.at(*path) if self.written(*path) else self.place

    def value(self, path: str) -> Any:
        """The value that the chart sees at a dotted path; None where there is none."""
        here: Any = self.packages.values
        for step in path.split("."):
            here = here.get(step) if isinstance(here, Mapping) else None
        return here

    def text(self, path: str) -> str:
        """The text that the chart sees at a path; empty where there is none, or something else."""
        found = self.value(path)
        return found if isinstance(found, str) else ""

    def items(self, path: str) -> list[Any]:
        """The list that the chart sees at a path; empty where there is none, or something else."""
        found = self.value(path)
        return found if isinstance(found, list) else []

    def mapping(self, path: str) -> Mapping[str, Any]:
        """The mapping that the chart sees at a path; empty where there is none, or something else."""
        found = self.value(path)
        return found if isinstance(found, Mapping) else {}

    def on(self, path: str) -> bool:
        """Whether a switch is on."""
        return self.value(path) is True


def said(path: Path) -> str:
    """A platform value as the spec calls it."""
    if path[:2] == ("bundles", "enabledPackages"):
        return "packages.enable"
    if path[:2] == ("bundles", "disabledPackages"):
        return "packages.disable"
    return ".".join(str(step) for step in path)


def listed(names: Iterable[str], most: int = 6) -> str:
    """Names in a sentence: the first few, and how many more."""
    found = list(names)
    if len(found) > most + 1:
        return f"{', '.join(found[:most])} and {len(found) - most} more"
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)
