"""The releases that cozygen knows, as they ship in ``bundles/<version>``.

Start-up counts, so each part of a release is read when it is first asked for, and each application and
package is built when it is first looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from cozygen.catalog.closed import as_written, closed
from cozygen.catalog.codec import application_from, package_from
from cozygen.catalog.model import Application, PackageSource
from cozygen.catalog.shared import expanded_definitions
from cozygen.data import data_directory
from cozygen.schema import did_you_mean

T = TypeVar("T")


class UnknownReleaseError(LookupError):
    """A Cozystack version that cozygen has no data for; ``known`` are those it has, ``hint`` may name one."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.known = versions()
        self.hint = did_you_mean(version, self.known)
        super().__init__(f"Cozystack {version} is not known; known are {', '.join(self.known)}")


class _Lazy(Mapping[str, T], Generic[T]):
    """A mapping whose values are built when they are first looked at, in a fixed order of names."""

    def __init__(self, documents: Mapping[str, Any], build: Callable[[str, Any], T]) -> None:
        self._documents = documents
        self._build = build
        self._built: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        found = self._built.get(name)
        if found is None:
            found = self._built[name] = self._build(name, self._documents[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, name: object) -> bool:
        return name in self._documents


class CatalogRelease:
    """What one Cozystack release offers; ``read`` gives one of its documents by file name."""

    def __init__(self, version: str, read: Callable[[str], Mapping[str, Any]]) -> None:
        self.version = version
        self._read = read

    def __repr__(self) -> str:
        return f"CatalogRelease({self.version!r})"

    @cached_property
    def applications(self) -> Mapping[str, Application]:
        """The applications by kind, those that only the tenant chart installs (``served`` False) included."""
        document = self._applications_document
        shared = expanded_definitions(document["$defs"])
        kinds = dict(sorted({**document["applications"], **self.platform.get("modules", {})}.items()))
        return _Lazy(kinds, lambda kind, item: application_from(kind, item, shared))

    @cached_property
    def packages(self) -> Mapping[str, PackageSource]:
        """The packages by short name."""
        return _Lazy(self._read("packages.json")["packages"], package_from)

    @cached_property
    def platform(self) -> Mapping[str, Any]:
        """The platform chart: its values, variants and bundles, as ``platform.json`` describes them."""
        return self._read("platform.json")

    @cached_property
    def _applications_document(self) -> Mapping[str, Any]:
        return self._read("applications.json")

    def application_of(self, name: str) -> Application | None:
        """The application that a definition's name, a plural, a singular or a kind in any case means."""
        return self.applications[self._kinds[name.lower()]] if name.lower() in self._kinds else None

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        documents = {**self._applications_document["applications"], **self.platform.get("modules", {})}
        out: dict[str, str] = {}
        for word in ("definition", "plural", "singular"):
            for kind, item in sorted(documents.items()):
                out.setdefault(item.get(word, kind.lower()), kind)
        return out | {kind.lower(): kind for kind in documents}

    def editor_schema(self, kind: str) -> Mapping[str, Any]:
        """The schema of a kind's values as people write them, with references to :attr:`editor_definitions`."""
        documents = {**self._applications_document["applications"], **self.platform.get("modules", {})}
        return as_written(closed(documents[kind]["values"]))

    @cached_property
    def editor_definitions(self) -> Mapping[str, Any]:
        """What ``#/$defs/...`` in editor schemas refers to."""
        return {name: closed(schema) for name, schema in self._applications_document["$defs"].items()}


def versions() -> tuple[str, ...]:
    """The releases that cozygen has data for, newest first."""
    found = [p.name for p in data_directory("bundles").iterdir() if (p / "applications.json").is_file()]
    return tuple(sorted(found, key=lambda v: [int(n) for n in v.lstrip("v").split(".")], reverse=True))


@cache
def load_release(version: str) -> CatalogRelease:
    """The release of that version (as v1.6.2); raises :class:`UnknownReleaseError` for any other."""
    directory = data_directory("bundles") / version
    if version not in versions():
        raise UnknownReleaseError(version)
    return CatalogRelease(version, lambda name: json.loads((directory / name).read_bytes()))


def release_of(version: str, documents: Mapping[str, Mapping[str, Any]]) -> CatalogRelease:
    """A release from documents at hand, such as those of an import; what is missing is empty."""
    empty: dict[str, Any] = {"$defs": {}, "applications": {}, "packages": {}}
    return CatalogRelease(version, lambda name: documents.get(name, empty))
