"""Text of a document, and what it is read as."""

from __future__ import annotations

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio.node import Map


class Document(Record):
    """A YAML document: a mapping, and where it starts. ``text`` is what it was read from."""

    body: Map
    place: Place
    text: str


class Chunk(Record):
    """The text of one document, the file it stands in, and the number of lines before it."""

    file: str
    line: int
    text: str
