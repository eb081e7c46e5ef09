"""From text to documents that remember their places.

The text is cut at the ``---`` lines, so that one broken document does not hide what is wrong in the others,
and each piece is parsed by libyaml. What is refused here is what no later pass could make sense of, or what
Go and Python would read differently: syntax errors, duplicate keys, unknown tags, keys that are not text,
alias bombs, absurd sizes and depths.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from cozygen.diagnostics import Diagnostic, Place
from cozygen.limits import MAX_BYTES
from cozygen.yamlio import codes, swift
from cozygen.yamlio.document import Chunk, Document
from cozygen.yamlio.node import Origin

_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_NOT_SPLITTABLE = re.compile(r"^(?:%|\.\.\.)", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def read_documents(data: bytes, file: str) -> tuple[list[Document], list[Diagnostic]]:
    """All documents of a file that can be read, and what is wrong with the rest.

    Empty documents are left out. ``file`` is only named, never opened.
    """
    chunks, problems = cut(data, file)
    documents: list[Document] = []
    for chunk in chunks:
        found, wrong = read_chunk(chunk)
        documents.extend(found)
        problems.extend(wrong)
    return documents, problems


def cut(data: bytes, file: str) -> tuple[list[Chunk], list[Diagnostic]]:
    """A file's text in pieces of one document each, or why it is no text."""
    text = _decode(data, Place(file, 1, 1))
    if isinstance(text, Diagnostic):
        return [], [text]
    if "\n---" not in text and "\n..." not in text and not text.startswith(("%", "...")):
        return ([Chunk(file, 0, text)] if text.strip() else []), []
    return [Chunk(file, line, piece) for line, piece in _pieces(text)], []


def read_chunk(chunk: Chunk) -> tuple[list[Document], list[Diagnostic]]:
    """The documents of a piece of text: one, or several where the text could not be cut."""
    origin = Origin(chunk.file, chunk.line)
    simple = swift.read(chunk.text, origin)
    if simple is not None:
        body, line, column = simple
        return [Document(body, origin.place(line, column), chunk.text)], []
    from cozygen.yamlio import libyaml  # takes a while to import, and most text does not need it

    return libyaml.read(chunk)


def _decode(data: bytes, start: Place) -> str | Diagnostic:
    if len(data) > MAX_BYTES:
        return codes.TOO_LARGE.at(
            start,
            f"the file has more than the {MAX_BYTES:,} bytes that are read",
            hint="split the spec into several files of one directory",
            values={"limit": MAX_BYTES},
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return codes.NOT_TEXT.at(
            Place(start.file, line, 1),
            f"the file is not UTF-8 text (byte {error.start} is 0x{data[error.start]:02x})",
            hint="save the file as UTF-8, or name only YAML files",
            values={"offset": error.start},
        )
    control = _CONTROL.search(text)
    if control:
        before = text[: control.start()]
        return codes.NOT_TEXT.at(
            Place(start.file, before.count("\n") + 1, len(before) - before.rfind("\n")),
            f"the file holds the control character 0x{ord(control.group()):02x}, so it is not YAML",
            hint="remove the character; inside a value write it as an escape in double quotes",
            values={"character": f"0x{ord(control.group()):02x}"},
        )
    return text


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of one document each, with the number of lines before them."""
    if _NOT_SPLITTABLE.search(text):
        yield 0, text
        return
    starts = [match.start() for match in _SEPARATOR.finditer(text)]
    bounds = [0, *(s for s in starts if s > 0), len(text)]
    line = 0
    for begin, end in itertools.pairwise(bounds):
        chunk = text[begin:end]
        if chunk.strip() not in ("", "---"):
            yield line, chunk
        line += chunk.count("\n")
