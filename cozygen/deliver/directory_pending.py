"""The record of an unfinished run, ``.cozygen/pending.json``: what it was about to put at which path.

It is on disk before the first change and goes after the manifest has been replaced. A run that finds one
knows that the file at such a path may be of the generation that the manifest lists or of any one that the
record lists, and that all of them are cozygen's. A run that is interrupted in its turn adds to the record,
so any number of interruptions with any specs in between is covered.

**After a loss of power** files may also be torn. The record and the manifest are forced to disk, the files
are not: one fsync a file would cost more than the whole render. Renaming a complete file into place means
that the name leads to the old content, the new content, or new content of which only the first part reached
the disk, the rest being cut off or read as zero bytes. ``is_torn`` takes exactly that for cozygen's: a
beginning of what is to be written now, nothing else but zero bytes after it, at a path that the record
lists. At every other owned path only a file without any content (empty, or all zero bytes) is taken so,
which is what file systems leave when the loss came just after the record was removed. Neither holds a byte
that a person typed and cozygen cannot write again; any other unknown content counts as an edit and is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import dumps
from json.encoder import encode_basestring

from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.record import Record

NAME = "pending.json"
PATH = f".cozygen/{NAME}"
_TEMPORARY = re.compile(r"\.cozygen-[0-9a-f]{16}\.tmp").fullmatch


class Pending(Record):
    """What unfinished runs of ``platform`` were about to write: the digests by path."""

    platform: str
    files: Mapping[str, tuple[str, ...]]

    def and_also(self, digests: Mapping[str, str]) -> Pending:
        """What is on record and what another run is about to write."""
        files = dict(self.files)
        for path, digest in digests.items():
            known = files.get(path, ())
            if digest not in known:
                files[path] = (*known, digest)
        return Pending(self.platform, files)


def encode(pending: Pending) -> bytes:
    """The record's byte form, one path a line."""
    lines = ",\n".join(
        f"    {encode_basestring(path)}: {dumps(digests)}" for path, digests in sorted(pending.files.items())
    )
    head = f'  "version": {manifests.VERSION},\n  "platform": {dumps(pending.platform)}'
    return f'{{\n{head},\n  "files": {{\n{lines}\n  }}\n}}\n'.encode()


def decode(data: bytes, file: str) -> Pending | Diagnostic:
    """The record in ``data``, or what is wrong with it. ``file`` is only named, never opened."""
    document = manifests.read_record(data, file)
    if isinstance(document, Diagnostic):
        return document
    files: dict[str, tuple[str, ...]] = {}
    for path, digests in document["files"].items():
        if not isinstance(digests, list) or not all(map(manifests.is_digest, digests)):
            return manifests.broken(file, f"its entry for {path!r} is not a list of SHA-256 digests")
        files[path] = tuple(digests)
    return Pending(document["platform"], files)


def temporary_name(token: str) -> str:
    """The name under which a run writes each file before it is renamed; ``token`` is 16 hex digits."""
    return f".cozygen-{token}.tmp"


def is_temporary(name: str) -> bool:
    """Whether ``name`` is one that only a run's unfinished file has."""
    return _TEMPORARY(name) is not None


def is_torn(found: bytes, wanted: bytes, *, in_flight: bool) -> bool:
    """Whether ``found`` is what a loss of power can leave of a file, and holds no one's work."""
    rest = found.rstrip(b"\0")
    return not rest or (in_flight and wanted.startswith(rest))
