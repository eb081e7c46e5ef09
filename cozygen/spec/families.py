"""Families: the tenants below one top-level tenant, and which text and entries of a spec speak of them.

Most tenants are written in a way that tells their path at a glance, so their text need not be parsed to know
whose it is. What is written otherwise is parsed first and then given to its family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cozygen.record import Record
from cozygen.spec.model import Entry
from cozygen.spec.shapes.tenant import ROOT
from cozygen.yamlio import Chunk

_PLAIN = re.compile(
    r"(?:---[ ]*\n)?(?:[ ]*(?:\#[^\n]*)?\n)*"
    r"apiVersion:[ ]+cozygen\.io/v1alpha1[ ]*\n"
    r"kind:[ ]+Tenant[ ]*\n"
    r"metadata:(?:"
    r"[ ]*\{[ ]*name:[ ]+([a-z][a-z0-9/]*)[ ]*[,}]|"
    r"[ ]*\n[ ]+name:[ ]+([a-z][a-z0-9/]*)[ ]*(?:[ ]\#[^\n]*)?\n)"
).match
_SEVERAL = re.compile(r"^(?:%|\.\.\.|---)", re.MULTILINE)

EVERYTHING = ""
"""The name of the one family of a spec whose tenants are not told apart."""


class Early(Record):
    """Tenants of one document that had to be parsed to know whose they are, and the document's text."""

    text: Chunk
    entries: tuple[Entry, ...]


class Late(Record):
    """A document that is parsed when its family is compiled, and the one tenant that it describes."""

    text: Chunk
    path: str


class Family(Record):
    """What a spec says of a family, layer by layer."""

    name: str
    late: tuple[tuple[Late, ...], ...]
    early: tuple[tuple[Early, ...], ...]


class Gathering:
    """Families while they are being gathered, from so many layers."""

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self.late: dict[str, list[list[Late]]] = {}
        self.early: dict[str, list[list[Early]]] = {}

    def add_late(self, layer: int, text: Chunk, path: str) -> None:
        """A document that describes the tenant ``path``."""
        found = self.late.setdefault(family_of(path), [[] for _ in range(self.layers)])
        found[layer].append(Late(text, path))

    def add_early(self, layer: int, text: Chunk, entries: list[Entry]) -> None:
        """Tenants that a document of another form holds; it may speak of several families."""
        by_family: dict[str, list[Entry]] = {}
        for entry in entries:
            by_family.setdefault(family_of(entry.name), []).append(entry)
        for name, found in by_family.items():
            early = Early(text, tuple(found))
            self.early.setdefault(name, [[] for _ in range(self.layers)])[layer].append(early)

    def families(self) -> dict[str, Family]:
        """All families by name, root's first."""
        names = sorted({*self.late, *self.early}, key=lambda name: (name != ROOT, name))
        return {name: self._family(name) for name in names}

    def _family(self, name: str) -> Family:
        no_late: list[list[Late]] = [[] for _ in range(self.layers)]
        no_early: list[list[Early]] = [[] for _ in range(self.layers)]
        return Family(
            name,
            tuple(map(tuple, self.late.get(name, no_late))),
            tuple(map(tuple, self.early.get(name, no_early))),
        )


def together(families: Mapping[str, Family], layers: int) -> Family:
    """All families as one, for a spec in which one may bring something for another."""
    found = families.values()
    late = tuple(
        tuple(
            sorted(
                (item for family in found for item in family.late[n]),
                key=lambda item: (item.text.file, item.text.line),
            )
        )
        for n in range(layers)
    )
    early = tuple(tuple(e for family in found for e in family.early[n]) for n in range(layers))
    return Family(EVERYTHING, late, early)


def path_of(text: str) -> str | None:
    """The tenant that a document describes, where its text tells at a glance; None where it has to be parsed.

    A document that may point at a file is parsed early, so that the file can be read.
    """
    found = _PLAIN(text)
    if found is None or "file" in text or "\\" in text:
        return None
    path = found.group(1) or found.group(2)
    if _SEVERAL.search(text, found.end()) or family_of(path) == ROOT:
        return None
    return path


def family_of(path: str) -> str:
    """The family of a tenant: its top-level ancestor's name, or root."""
    return path.partition("/")[0]
