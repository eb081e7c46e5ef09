"""Reading a whole spec: layers of files in, entries and diagnostics out.

:func:`parse` cuts text into documents, parses what is needed at once, and tells which files the documents
name (:attr:`Parsed.references`). :func:`assemble` makes of it what concerns the whole platform,
:func:`assemble_tenants` the tenants of one family (:mod:`cozygen.spec.families`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import dirname, isabs, join, normpath
from typing import Any

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.record import Record
from cozygen.spec import codes
from cozygen.spec.blueprints import NOTHING, Spent, blueprint_problems, expand
from cozygen.spec.combine import combine, flatten
from cozygen.spec.documents import Documents, no_documents, read_source, read_text
from cozygen.spec.families import Family, Gathering, family_of, path_of
from cozygen.spec.model import Entry, Manifest, Spec
from cozygen.spec.shape_check import check_shape
from cozygen.spec.shapes.set import Shapes
from cozygen.spec.shapes.tenant import ROOT
from cozygen.spec.source import Inputs, Layer, Source
from cozygen.yamlio import Chunk, Map, Seq, cut, value_place


class Parsed(Record):
    """A spec's text in pieces, layer by layer.

    ``layers`` are the documents that were parsed at once, ``families`` the tenants by the name of their
    family. ``shared`` is the text of everything that no single family owns, with the number of its layer.
    """

    inputs: tuple[Layer, ...]
    layers: tuple[Documents, ...]
    families: Mapping[str, Family]
    shared: tuple[tuple[int, Chunk], ...]
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

    @property
    def tenants(self) -> Iterator[tuple[str, str]]:
        """The tenants that the text speaks of, each with a file that does."""
        for family in self.families.values():
            for late, early in zip(family.late, family.early, strict=True):
                yield from ((item.path, item.text.file) for item in late)
                yield from ((entry.name, entry.place.file) for item in early for entry in item.entries)

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
    """All text of all layers: what is plainly a tenant's is kept for its family, the rest is parsed."""
    inputs = tuple(layers)
    gathering = Gathering(len(inputs))
    documents: list[list[Documents]] = [[] for _ in inputs]
    shared: list[tuple[int, Chunk]] = []
    problems: list[Diagnostic] = []
    for number, layer in enumerate(inputs):
        for source in layer.sources:
            chunks, wrong = cut(source.data, source.name)
            empty = not wrong
            problems.extend(wrong)
            for chunk in chunks:
                path = path_of(chunk.text)
                if path is not None:
                    gathering.add_late(number, chunk, path)
                    empty = False
                    continue
                found, wrong = read_text(chunk)
                problems.extend(wrong)
                documents[number].append(found)
                empty = empty and not found.number and not wrong
                tenants = [t for entry in found.entries if entry.kind == "Tenant" for t in flatten(entry)]
                gathering.add_early(number, chunk, tenants)
                if _concerns_all(found):
                    shared.append((number, chunk))
            if empty:
                problems.append(no_documents(source.name))
    joined = tuple(Documents.joined(parts) for parts in documents)
    return Parsed(inputs, joined, gathering.families(), tuple(shared), tuple(problems))


def _concerns_all(documents: Documents) -> bool:
    """Whether there is more in it than tenants below root."""
    tenants = sum(1 for e in documents.entries if e.kind == "Tenant" and family_of(e.name) != ROOT)
    return tenants < documents.number


def assemble(
    parsed: Parsed, attachments: Mapping[str, Source], shapes: Shapes
) -> tuple[Spec, list[Diagnostic]]:
    """What concerns the whole platform, in the shapes of the targeted release; tenants are left out."""
    problems = list(parsed.problems)
    others = ((e for e in documents.entries if e.kind != "Tenant") for documents in parsed.layers)
    combined, twice = combine(others)
    problems.extend(twice)
    blueprints: dict[str, Entry] = {}
    kept: list[Entry] = []
    for entry in combined.values():
        fitted = fit(entry, shapes, problems)
        if fitted is None:
            continue
        if fitted.kind == "Blueprint":
            blueprints[fitted.name] = fitted
            problems.extend(blueprint_problems(fitted))
        else:
            kept.append(fitted)
    manifests = [m for documents in parsed.layers for m in documents.manifests]
    manifests.extend(_attached(parsed, attachments, problems))
    spec = Spec(
        _only_platform(kept, parsed, problems, stated=any(kind == "Platform" for kind, _ in combined)),
        blueprints,
        tuple(e for e in kept if e.kind == "Hardware"),
        tuple(e for e in kept if e.kind == "Policy"),
        tuple(e for e in kept if e.kind == "Waiver"),
        tuple(manifests),
        tuple(sorted(attachments)),
        digest(Inputs(parsed.inputs, attachments)),
    )
    return spec, problems


class Tenants(Record):
    """The tenants of a family by path, parents before children; what blueprints took; what is wrong.

    ``broken`` are those that the text speaks of and that cannot be read.
    """

    entries: Mapping[str, Entry]
    broken: frozenset[str]
    spent: Spent
    problems: list[Diagnostic]


def assemble_tenants(
    family: Family, blueprints: Mapping[str, Entry], shapes: Shapes, known: Collection[str] = ()
) -> Tenants:
    """The tenants of a family, in the shapes of the targeted release, blueprints worked in.

    ``known`` are names of tenants elsewhere, for suggestions.
    """
    problems: list[Diagnostic] = []
    broken: set[str] = set()
    layers = [list(_entries(family, number, problems, broken)) for number in range(len(family.late))]
    combined, twice = combine(layers, known)
    problems.extend(twice)
    tenants = {}
    for entry in combined.values():
        fitted = fit(entry, shapes, problems)
        if fitted is None:
            broken.add(entry.name)
        else:
            tenants[fitted.name] = fitted
    spent = NOTHING
    if any(entry.body.get("blueprints") for entry in tenants.values()):
        tenants, spent = _expanded(tenants, blueprints, shapes, problems)
    ordered = dict(sorted(tenants.items(), key=lambda item: (item[0].count("/"), item[0])))
    return Tenants(ordered, frozenset(broken - tenants.keys()), spent, problems)


def _entries(family: Family, number: int, problems: list[Diagnostic], broken: set[str]) -> Iterator[Entry]:
    """What one layer says of a family, in reading order."""
    found = [entry for item in family.early[number] for entry in item.entries]
    for late in family.late[number]:
        documents, wrong = read_text(late.text)
        problems.extend(wrong)
        found.extend(documents.entries)
        if not documents.entries:
            broken.add(late.path)
    yield from sorted(found, key=lambda entry: entry.place) if family.early[number] else found


def fit(entry: Entry, shapes: Shapes, problems: list[Diagnostic]) -> Entry | None:
    """What of an entry has the right shape."""
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
) -> tuple[dict[str, Entry], Spent]:
    expanded, spent, wrong = expand(
        tenants, blueprints, shapes.editor_tenant, lambda entry: fit(entry, shapes, problems)
    )
    problems.extend(wrong)
    out = {}
    for path, entry in expanded.items():
        fitted = entry if entry is tenants.get(path) else fit(entry, shapes, problems)
        if fitted is not None:
            out[path] = fitted
    return out, spent


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
    if stated or any(item.is_error for item in parsed.problems):
        return None  # there is one, or may be in what cannot be read: what is wrong with it has been said
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
            documents, wrong = read_source(source)
            problems.extend(problem for problem in wrong if problem.is_error)
            yield from documents.manifests


def digest(inputs: Inputs) -> str:
    """A digest of all content that the compile depends on; names of files do not count, their order does."""
    total = hashlib.sha256()
    for source in (*(s for layer in inputs.layers for s in layer.sources), *inputs.attachments.values()):
        total.update(len(source.data).to_bytes(8, "big"))
        total.update(source.data)
    return total.hexdigest()
