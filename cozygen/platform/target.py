"""What a spec is compiled against: the Cozystack release it names, and application kinds that the user adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.catalog.definition import read_definition
from cozygen.catalog.load import CatalogRelease, UnknownReleaseError, load_release, versions
from cozygen.catalog.model import Application
from cozygen.diagnostics import Diagnostic, Place
from cozygen.platform import codes
from cozygen.spec.documents import read_source
from cozygen.spec.model import Manifest
from cozygen.spec.read import Parsed, file_mentions, reference
from cozygen.spec.source import Source
from cozygen.yamlio import deep_place

DEFINITION = "ApplicationDefinition"


def target(
    parsed: Parsed, attachments: Mapping[str, Source]
) -> tuple[CatalogRelease, dict[str, Application], list[Diagnostic]]:
    """The release (the newest where the spec names none that is known), added kinds, and what is wrong."""
    problems: list[Diagnostic] = []
    version = parsed.version
    try:
        release = load_release(version or versions()[0])
    except UnknownReleaseError as unknown:
        release = load_release(versions()[0])
        problems.append(
            codes.UNKNOWN_VERSION.at(
                parsed.version_place or Place("", 1, 1),
                f"Cozystack {version} is not known; known are {', '.join(unknown.known)}",
                hint=unknown.hint or f"write version: {versions()[0]}",
                values={"version": version, "known": list(unknown.known)},
            )
        )
    extra: dict[str, Application] = {}
    for manifest in _definitions(parsed, attachments):
        application, found = read_definition(manifest.body, manifest.place)
        problems.extend(found)
        if application is None:
            continue
        taken = release.applications.get(application.kind) or extra.get(application.kind)
        if taken is not None:
            problems.append(
                codes.KIND_TAKEN.at(
                    deep_place(manifest.body, ("spec", "application", "kind"), manifest.place),
                    f"the kind {application.kind} exists already"
                    + (
                        f" in Cozystack {release.version}" if application.kind in release.applications else ""
                    ),
                    hint=f"give it another name, such as My{application.kind}",
                    values={"kind": application.kind},
                )
            )
            continue
        extra[application.kind] = application
    problems.extend(_without_definition(parsed, attachments))
    return release, extra, problems


def _without_definition(parsed: Parsed, attachments: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """Files that a Platform names under applications and that hold no definition."""
    platforms = [e for documents in parsed.layers for e in documents.entries if e.kind == "Platform"]
    for text, place in (found for entry in platforms for found in file_mentions(entry.body, entry.kind)):
        path = reference(place, text)
        if path is None or path not in attachments:
            continue  # that it is missing is said where the spec is put together
        documents, wrong = read_source(attachments[path])
        broken = any(problem.is_error for problem in wrong)
        if not broken and not any(m.kind == DEFINITION for m in documents.manifests):
            yield codes.NO_DEFINITION.at(
                place,
                f"the file {text} holds no {DEFINITION}",
                hint=f"name a file with a document of kind {DEFINITION} of cozystack.io/v1alpha1",
                values={"file": text},
            )


def _definitions(parsed: Parsed, attachments: Mapping[str, Source]) -> Iterator[Manifest]:
    for documents in parsed.layers:
        yield from (m for m in documents.manifests if m.kind == DEFINITION)
    known = {source.name for layer in parsed.inputs for source in layer.sources}
    for path, source in sorted(attachments.items()):
        if path not in known and source.name not in known:
            documents, _ = read_source(source)
            yield from (m for m in documents.manifests if m.kind == DEFINITION)
