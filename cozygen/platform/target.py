"""What a spec is compiled against: the Cozystack release it names, and application kinds that the user adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cozygen.catalog.definition import read_definition
from cozygen.catalog.load import CatalogRelease, UnknownReleaseError, load_release, versions
from cozygen.catalog.model import Application
from cozygen.diagnostics import Diagnostic, Place
from cozygen.platform import codes
from cozygen.spec.documents import read_sources
from cozygen.spec.model import Manifest, Source
from cozygen.spec.read import Parsed

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
                    manifest.place,
                    f"the kind {application.kind} exists already",
                    hint="give it another name",
                    values={"kind": application.kind},
                )
            )
            continue
        extra[application.kind] = application
    return release, extra, problems


def _definitions(parsed: Parsed, attachments: Mapping[str, Source]) -> Iterator[Manifest]:
    for documents in parsed.layers:
        yield from (m for m in documents.manifests if m.kind == DEFINITION)
    known = {source.name for layer in parsed.inputs for source in layer.sources}
    for path, source in sorted(attachments.items()):
        if path not in known and source.name not in known:
            documents, _ = read_sources([source])
            yield from (m for m in documents.manifests if m.kind == DEFINITION)
