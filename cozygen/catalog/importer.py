"""The data documents of a release, made from the definitions and package sources that it ships.

Pure: takes files by their names relative to wherever they were read, gives documents and diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.catalog import codes
from cozygen.catalog.codec import Document, applications_document, packages_document
from cozygen.catalog.definition import read_definition
from cozygen.catalog.model import Application, PackageSource, artifact_name
from cozygen.catalog.source import read_source
from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.record import replace
from cozygen.schema import did_you_mean
from cozygen.yamlio import read_documents

_Placed = dict[str, tuple[Place, Application]]
_PlacedSources = dict[str, tuple[Place, PackageSource]]


def import_release(files: Mapping[str, bytes], version: str) -> tuple[dict[str, Document], list[Diagnostic]]:
    """``applications.json`` and ``packages.json`` of a release, and everything that did not fit.

    Documents of other kinds are passed over; what a file is follows from its content, not from its name.
    """
    applications: _Placed = {}
    sources: _PlacedSources = {}
    found: list[Diagnostic] = []
    for name in sorted(files):
        documents, problems = read_documents(files[name], name)
        found += [codes.NOT_READABLE.at(p.place, p.message, hint=p.hint) for p in problems if p.is_error]
        for document in documents:
            found += _take(document.body, document.place, applications, sources)
    found += _unknown_dependencies(sources)
    owned, unowned = _with_packages(applications, sources)
    documents_out = {
        "applications.json": applications_document(version, owned),
        "packages.json": packages_document(version, [source for _, source in sources.values()]),
    }
    return documents_out, found + unowned


def _take(
    body: Mapping[str, object], place: Place, applications: _Placed, sources: _PlacedSources
) -> Iterator[Diagnostic]:
    if body.get("kind") == "ApplicationDefinition":
        application, found = read_definition(body, place)
        yield from found
        if application is not None:
            yield from _claims(application, place, applications)
            applications.setdefault(application.kind, (place, application))
    elif body.get("kind") == "PackageSource":
        source, found = read_source(body, place)
        yield from found
        if source is not None:
            if source.name in sources:
                first = sources[source.name][0]
                yield codes.TAKEN_TWICE.at(
                    place,
                    f"the package {source.name} has another source",
                    hint="rename or remove one of the two",
                    values={"package": source.name},
                    related=[Related("the other one", first)],
                )
            sources.setdefault(source.name, (place, source))


def _claims(application: Application, place: Place, taken: _Placed) -> Iterator[Diagnostic]:
    for other_place, other in taken.values():
        for what in ("kind", "plural", "definition"):
            value = getattr(application, what)
            if value == getattr(other, what):
                yield codes.TAKEN_TWICE.at(
                    place,
                    f"the {what} {value} is taken by another definition",
                    hint="rename or remove one of the two",
                    related=[Related("the other one", other_place)],
                    values={what: value},
                )
                return


def _unknown_dependencies(sources: _PlacedSources) -> Iterator[Diagnostic]:
    for place, source in sources.values():
        for variant in source.variants.values():
            for name in variant.depends_on:
                if name not in sources:
                    yield codes.NO_SUCH_COMPONENT.at(
                        place,
                        f"{source.name}[{variant.name}] depends on the package {name}, which has no source",
                        hint=did_you_mean(name, sources),
                        values={"package": source.name, "found": name},
                    )


def _with_packages(
    applications: _Placed, sources: _PlacedSources
) -> tuple[list[Application], list[Diagnostic]]:
    """Each application with the package whose component is its chart."""
    owners = {
        artifact_name(source.name, variant.name, component.name): source.name
        for _, source in sources.values()
        for variant in source.variants.values()
        for component in variant.components
    }
    out, found = [], []
    for place, application in applications.values():
        owner = owners.get(application.chart.name)
        if owner is None and application.chart.kind == "ExternalArtifact":
            found.append(
                codes.NO_SUCH_COMPONENT.at(
                    place,
                    f"no package brings {application.chart.name}, the chart of {application.kind}",
                    hint=did_you_mean(application.chart.name, owners),
                    values={"found": application.chart.name},
                )
            )
        out.append(replace(application, package=owner))
    return out, found
