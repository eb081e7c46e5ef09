"""Reading a whole spec: layers of files in, a :class:`Spec` and diagnostics out.

Two steps, since a spec may point at further files: :func:`parse` turns text into documents and tells which
files they name (:attr:`Parsed.references`); :func:`assemble` takes those and does the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, isabs, join, normpath
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.spec import codes
from cozygen.spec.blueprints import blueprint_problems, expand
from cozygen.spec.combine import combine
from cozygen.spec.documents import Documents, read_sources
from cozygen.spec.model import Entry, Inputs, Layer, Manifest, Source, Spec
from cozygen.spec.shape_check import check_shape
from cozygen.spec.shapes.set import Shapes
from cozygen.yamlio import Map, Seq, value_place


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of every layer, and what is wrong with the files."""

    inputs: tuple[Layer, ...]
    layers: tuple[Documents, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def references(self) -> tuple[str, ...]:
        """The files that the documents point at, resolved against the files that name them."""
        found = (reference(place, text) for text, place in self._mentions())
        return tuple(sorted({path for path in found if path is not None}))

    @property
    def version(self) -> str | None:
        """The Cozystack version that the Platform names, the last layer's first."""
        for documents in reversed(self.layers):
            for entry in documents.entries:
                cozystack = entry.body.get("cozystack") if entry.kind == "Platform" else None
                if isinstance(cozystack, Map) and isinstance(cozystack.get("version"), str):
                    return str(cozystack["version"])
        return None

    @property
    def version_place(self) -> Place | None:
        """Where the version stands."""
        for documents in reversed(self.layers):
            for entry in documents.entries:
                cozystack = entry.body.get("cozystack") if entry.kind == "Platform" else None
                if isinstance(cozystack, Map) and "version" in cozystack:
                    return value_place(cozystack, "version")
        return None

    def _mentions(self) -> Iterator[tuple[str, Place]]:
        for documents in self.layers:
            for entry in documents.entries:
                yield from file_mentions(entry.body, entry.kind)


def file_mentions(body: Any, kind: str) -> Iterator[tuple[str, Place]]:
    """The files that a document names: external applications of a Platform, secrets of a tenant."""
    if not isinstance(body, Map):
        return
    if kind == "Platform":
        listed = body.get("applications")
        for item in listed if isinstance(listed, Seq) else ():
            yield from _file(item)
        return
    if kind == "Blueprint":
        body = body.get("template")
    if isinstance(body, Map):
        secrets, children = body.get("secrets"), body.get("tenants")
        for item in secrets.values() if isinstance(secrets, Map) else ():
            yield from _file(item)
        for child in children.values() if isinstance(children, Map) else ():
            yield from file_mentions(child, "Tenant")


def _file(item: Any) -> Iterator[tuple[str, Place]]:
    if isinstance(item, Map) and isinstance(item.get("file"), str):
        place = value_place(item, "file")
        if place is not None:
            yield item["file"], place


def reference(place: Place, text: str) -> str | None:
    """The path of a file named at ``place``, relative to the file that names it; None if it is absolute."""
    return None if isabs(text) or "\\" in text or "\0" in text else normpath(join(dirname(place.file), text))


def parse(layers: Iterable[Layer]) -> Parsed:
    """All documents of all layers."""
    inputs = tuple(layers)
    documents, problems = [], []
    for layer in inputs:
        found, wrong = read_sources(layer.sources)
        documents.append(found)
        problems.extend(wrong)
    return Parsed(inputs, tuple(documents), tuple(problems))


def assemble(
    parsed: Parsed, attachments: Mapping[str, Source], shapes: Shapes
) -> tuple[Spec, list[Diagnostic]]:
    """The spec that the documents make, in the shapes of the targeted release."""
    problems = list(parsed.problems)
    combined, twice = combine(documents.entries for documents in parsed.layers)
    problems.extend(twice)
    tenants, blueprints = {}, {}
    kept: list[Entry] = []
    for entry in combined.values():
        fitted = _fit(entry, shapes, problems)
        if fitted is None:
            continue
        if fitted.kind == "Tenant":
            tenants[fitted.name] = fitted
        elif fitted.kind == "Blueprint":
            blueprints[fitted.name] = fitted
            problems.extend(blueprint_problems(fitted))
        else:
            kept.append(fitted)
    if any(entry.body.get("blueprints") for entry in tenants.values()):
        tenants = _expanded(tenants, blueprints, shapes, problems)
    manifests = [m for documents in parsed.layers for m in documents.manifests]
    manifests.extend(_attached(parsed, attachments, problems))
    spec = Spec(
        _only_platform(kept, parsed, problems, stated=any(kind == "Platform" for kind, _ in combined)),
        dict(sorted(tenants.items(), key=lambda item: (item[0].count("/"), item[0]))),
        tuple(e for e in kept if e.kind == "Hardware"),
        tuple(e for e in kept if e.kind == "Policy"),
        tuple(e for e in kept if e.kind == "Waiver"),
        tuple(manifests),
        tuple(sorted(attachments)),
        digest(Inputs(parsed.inputs, attachments)),
    )
    return spec, problems


def _fit(entry: Entry, shapes: Shapes, problems: list[Diagnostic]) -> Entry | None:
    metadata, wrong = check_shape(entry.metadata, shapes.metadata, entry.place)
    problems.extend(wrong)
    body, wrong = check_shape(entry.body, shapes.of(entry.kind), entry.place)
    problems.extend(wrong)
    if body is None:
        return None
    if body is entry.body and metadata is entry.metadata:
        return entry
    return Entry(entry.kind, entry.name, body, metadata if metadata is not None else Map(), entry.place)


def _expanded(
    tenants: Mapping[str, Entry], blueprints: Mapping[str, Entry], shapes: Shapes, problems: list[Diagnostic]
) -> dict[str, Entry]:
    expanded, wrong = expand(
        tenants, blueprints, shapes.editor_tenant, lambda entry: _fit(entry, shapes, problems)
    )
    problems.extend(wrong)
    out = {}
    for path, entry in expanded.items():
        fitted = entry if entry is tenants.get(path) else _fit(entry, shapes, problems)
        if fitted is not None:
            out[path] = fitted
    return out


def _only_platform(
    entries: list[Entry], parsed: Parsed, problems: list[Diagnostic], *, stated: bool
) -> Entry | None:
    platforms = [e for e in entries if e.kind == "Platform"]
    if platforms:
        for other in platforms[1:]:
            problems.append(
                codes.TWO_PLATFORMS.at(
                    other.place,
                    f"there are two Platforms, {platforms[0].name} and {other.name}; a site has exactly one",
                    hint="merge them, or give each site its own layers in cozygen.yaml",
                    related=[Related("the first Platform", platforms[0].place)],
                    values={"platforms": [p.name for p in platforms]},
                )
            )
        return platforms[0]
    if stated:
        return None  # there is one, and what is wrong with it has been said
    files = [source.name for layer in parsed.inputs for source in layer.sources]
    names = ", ".join(layer.name for layer in parsed.inputs)
    if files:
        problems.append(
            codes.NO_PLATFORM.at(
                Place(files[0], 1, 1),
                f"no document of kind Platform in {names} ({len(files)} file{'s' * (len(files) > 1)} read)",
                hint="add one, or name the directory that holds it as a further layer",
                values={"files": len(files)},
            )
        )
    else:
        problems.append(
            codes.NO_SPEC_FILES.at(
                Place(names, 1, 1), f"no YAML file in {names}", hint="run cozygen init to begin a spec"
            )
        )
    return None


def _attached(
    parsed: Parsed, attachments: Mapping[str, Source], problems: list[Diagnostic]
) -> Iterator[Manifest]:
    seen = {source.name for layer in parsed.inputs for source in layer.sources}  # these are read already
    for text, place in parsed._mentions():
        path = reference(place, text)
        source = attachments.get(path) if path is not None else None
        if source is None or path is None:
            problems.append(
                codes.ATTACHMENT_MISSING.at(
                    place,
                    f"the file {text} cannot be read"
                    if path is not None
                    else f"the path {text} is not relative to this file",
                    hint="name a file that exists inside the spec's directories, relative to this one",
                    values={"file": text, "resolved": path},
                )
            )
        elif path not in seen:
            seen.add(path)
            documents, wrong = read_sources([source])
            problems.extend(problem for problem in wrong if problem.is_error)
            yield from documents.manifests


def digest(inputs: Inputs) -> str:
    """A digest of all content that the compile depends on; names of files do not count, their order does."""
    total = hashlib.sha256()
    for source in (*(s for layer in inputs.layers for s in layer.sources), *inputs.attachments.values()):
        total.update(len(source.data).to_bytes(8, "big"))
        total.update(source.data)
    return total.hexdigest()
