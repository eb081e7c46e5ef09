"""What a rule finds in a machine configuration, and the codes that rules report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.diagnostics import Code, Severity
from cozygen.emit.talos.document import MAIN, Document, Key
from cozygen.record import Record

UNKNOWN_KIND = Code(
    "CZ9123",
    Severity.ERROR,
    "not a document of a machine configuration",
    why="Talos refuses a whole configuration for one document whose kind it does not know.",
    fix="Correct the kind, or leave it out to patch machine and cluster.",
)
UNKNOWN_FIELD = Code(
    "CZ9124",
    Severity.ERROR,
    "not a field of a machine configuration",
    why="Talos refuses a whole configuration for one field that it does not know. Some fields of earlier "
    "versions became documents of their own.",
    fix="Correct the field's name, or use the document that took its place.",
)
FIELD_MISSING = Code(
    "CZ9130",
    Severity.ERROR,
    "a machine configuration without what it needs",
    why="Talos refuses a configuration that lacks this, so the machine would stay as it is. With raw patches "
    "it is easy to remove more than was meant.",
    fix="Put the field back, or correct the patch that removes it.",
)
FIELD_VALUE = Code(
    "CZ9131",
    Severity.ERROR,
    "a value that Talos refuses",
    why="Talos validates a configuration as a whole before it applies any of it. One wrong value and the "
    "machine stays as it is.",
    fix="Correct the value as the message says.",
)
FIELD_CONFLICT = Code(
    "CZ9132",
    Severity.ERROR,
    "parts of a machine configuration that exclude each other",
    why="Talos refuses a configuration that says two things which cannot both hold.",
    fix="Keep one of the two.",
)
PLATFORM_NEED = Code(
    "CZ9133",
    Severity.ERROR,
    "a machine configuration that Cozystack cannot run on",
    why="Cozystack brings its own network, proxy and storage, and reaches the API server in one fixed way. A "
    "patch takes away what one of them needs, so nodes never become Ready or volumes are never made.",
    fix="Take this part of the patch out.",
)


class Finding(Record):
    """Something wrong at a path of a document; ``message`` has no place in it."""

    code: Code
    key: Key
    path: tuple[str | int, ...]
    message: str
    hint: str

    @property
    def where(self) -> str:
        """The place in words: the document and the path in it."""
        name = " ".join(part for part in self.key if part)
        path = ".".join(str(step) for step in self.path)
        return ": ".join(part for part in (name, path) if part)


class Configuration:
    """Documents by kind and name, with ways to look into them."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    @property
    def main(self) -> Document:
        """The document with machine and cluster; empty where there is none."""
        return next((d for d in self.documents if "kind" not in d), {})

    @property
    def control_plane(self) -> bool:
        """Whether it is the configuration of a control plane."""
        return at(self.main, "machine", "type") in ("controlplane", "init")

    def of(self, *kinds: str) -> Iterator[tuple[Key, Document]]:
        """The documents of these kinds with their keys."""
        for document in self.documents:
            if document.get("kind") in kinds:
                yield (str(document["kind"]), str(document.get("name") or "")), document

    def one(self, kind: str) -> Document:
        """The document of a kind that is there once; empty where there is none."""
        return next((document for _, document in self.of(kind)), {})


def at(value: Any, *path: str | int) -> Any:
    """What is at a path, None where there is nothing."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def missing(path: tuple[str | int, ...], message: str, hint: str, key: Key = MAIN) -> Finding:
    """Something that has to be there and is not."""
    return Finding(FIELD_MISSING, key, path, message, hint)


def value(path: tuple[str | int, ...], message: str, hint: str, key: Key = MAIN) -> Finding:
    """A value that Talos refuses."""
    return Finding(FIELD_VALUE, key, path, message, hint)


def conflict(path: tuple[str | int, ...], message: str, hint: str, key: Key = MAIN) -> Finding:
    """Two things that exclude each other."""
    return Finding(FIELD_CONFLICT, key, path, message, hint)
