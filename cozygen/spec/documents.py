"""From files to documents: which of the YAML is cozygen's, and of which kind and name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cozygen.diagnostics import Diagnostic, Place
from cozygen.record import Record
from cozygen.schema import did_you_mean
from cozygen.spec import codes
from cozygen.spec.model import API_VERSION, Entry, Manifest, empty_map
from cozygen.spec.source import Source
from cozygen.yamlio import Chunk, Document, Map, cut, read_chunk, value_place
from cozygen.yamlio.node import key_place

_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE-SECRET-KEY-1")
KINDS = ("Platform", "Tenant", "Hardware", "Blueprint", "Policy", "Waiver")
_ENVELOPE = ("apiVersion", "kind", "metadata", "spec")


class Documents(Record):
    """Documents of some files, in the order of files and lines."""

    entries: tuple[Entry, ...]
    manifests: tuple[Manifest, ...]
    number: int
    """How many documents there are, those included that are neither."""

    @classmethod
    def joined(cls, parts: Iterable[Documents]) -> Documents:
        """The documents of several pieces of text."""
        found = tuple(parts)
        return cls(
            tuple(entry for part in found for entry in part.entries),
            tuple(manifest for part in found for manifest in part.manifests),
            sum(part.number for part in found),
        )


def read_source(source: Source) -> tuple[Documents, list[Diagnostic]]:
    """All documents of a file."""
    chunks, problems = cut(source.data, source.name)
    parts = []
    for chunk in chunks:
        found, wrong = read_text(chunk)
        parts.append(found)
        problems.extend(wrong)
    return Documents.joined(parts), problems


def read_text(chunk: Chunk) -> tuple[Documents, list[Diagnostic]]:
    """The documents of a piece of text."""
    entries: list[Entry] = []
    manifests: list[Manifest] = []
    documents, problems = read_chunk(chunk)
    for document in documents:
        problems.extend(private_keys(document))
        item = _classify(document, problems)
        if isinstance(item, Entry):
            entries.append(item)
        elif isinstance(item, Manifest):
            manifests.append(item)
    return Documents(tuple(entries), tuple(manifests), len(documents)), problems


def no_documents(file: str) -> Diagnostic:
    """That a file says nothing."""
    return codes.NO_DOCUMENTS.at(Place(file, 1, 1), "the file holds no YAML document")


def private_keys(document: Document) -> Iterator[Diagnostic]:
    """Private keys anywhere in a document, comments included: they have reached Git all the same."""
    for match in _PRIVATE_KEY.finditer(document.text):
        before = document.text[: match.start()]
        line = document.body.origin.line + before.count("\n") + 1
        place = Place(document.place.file, line, match.start() - before.rfind("\n"))
        yield codes.PRIVATE_KEY.at(
            place,
            f"a private key stands here: {match.group()}",
            hint="take it out, and replace the key everywhere",
        )


def _classify(document: Document, problems: list[Diagnostic]) -> Entry | Manifest | None:
    body = document.body
    kind, version = body.get("kind"), body.get("apiVersion")
    at_kind = value_place(body, "kind") or document.place
    if version != API_VERSION:
        if kind in KINDS or str(version).startswith("cozygen.io"):
            problems.append(
                codes.UNKNOWN_API_VERSION.at(
                    value_place(body, "apiVersion") or at_kind,
                    f"a {kind} of apiVersion {version} is not known here"
                    if version
                    else f"a document of kind {kind} has no apiVersion",
                    hint=f"write apiVersion: {API_VERSION}",
                    values={"apiVersion": version, "kind": kind},
                )
            )
            if kind not in KINDS or version not in (None, ""):
                return None
        else:
            return _foreign(document, problems)
    if kind not in KINDS:
        problems.append(
            codes.UNKNOWN_KIND.at(
                at_kind,
                f"the kind {kind} is not known here" if kind else "the document has no kind",
                hint=did_you_mean(str(kind), KINDS),
                values={"kind": kind, "known": list(KINDS)},
            )
        )
        return None
    return _entry(str(kind), document, problems)


def _foreign(document: Document, problems: list[Diagnostic]) -> Manifest | None:
    body = document.body
    version, kind = str(body.get("apiVersion")), str(body.get("kind"))
    manifest = Manifest(version, kind, body, document.text, document.place)
    if version == "cozystack.io/v1alpha1" and kind == "ApplicationDefinition":
        return manifest
    if version == "v1" and kind == "Secret" and isinstance(body.get("sops"), Map):
        return manifest
    if set(body) == {"sites"}:  # cozygen.yaml, when a spec directory is also the repository's root
        return None
    problems.append(
        codes.FOREIGN_DOCUMENT.at(
            document.place,
            f"a {kind} of {version} is not part of a spec and is ignored"
            if "kind" in body
            else "the document has neither a kind nor an apiVersion of cozygen's and is ignored",
            hint="move the file out of the spec's directories",
            values={"apiVersion": body.get("apiVersion"), "kind": body.get("kind")},
        )
    )
    return None


def _entry(kind: str, document: Document, problems: list[Diagnostic]) -> Entry | None:
    body = document.body
    for key in body:
        if key not in _ENVELOPE:
            problems.append(_unknown(body, key, _ENVELOPE, document.place))
    metadata = body.get("metadata")
    if not isinstance(metadata, Map) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        where = key_place(body, "metadata") or document.place
        if isinstance(metadata, Map) and "name" in metadata:
            where = value_place(metadata, "name") or where
        problems.append(
            codes.NO_NAME.at(
                where, f"the {kind} has no name", hint="write metadata: {name: …}; a number needs quotes"
            )
        )
        return None
    spec = body.get("spec")
    place = value_place(metadata, "name") or document.place
    if spec is not None and not isinstance(spec, Map):
        problems.append(
            codes.WRONG_TYPE.at(
                value_place(body, "spec") or place,
                "spec has to be a mapping",
                hint="write the keys below spec",
            )
        )
        return None
    removed = "spec" in body and spec is None
    return Entry(
        kind,
        metadata["name"],
        REMOVED if removed else spec if spec is not None else empty_map(body),
        metadata,
        place,
    )


def _unknown(container: Map, key: str, known: Iterable[str], fallback: Place) -> Diagnostic:
    return codes.UNKNOWN_KEY.at(
        key_place(container, key) or fallback,
        f"the key {key} is not known here",
        hint=did_you_mean(key, known),
        values={"key": key, "known": sorted(known)},
    )


# The body of what is written as `spec:` or, for a child tenant, `name:`, with nothing below it: in the first layer
# it is an empty one, in an upper layer it removes the entry.
REMOVED = Map()
