"""The manifest: which files of an output directory cozygen owns, with their digests.

It is written as JSON, ``.cozygen/manifest.json``, one file a line so that a review shows which files changed.
Git keeps every version of a file as a whole, and a digest does not compress. So a large tree's files are listed
in parts, ``.cozygen/manifest/00.json`` and so on, each file in a part that follows from its path alone: what
a change of one tenant adds to a repository is one part, not the list of all files.

Reading is tolerant: people merge and edit these files like any other, so what is wrong with them is a diagnostic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any
from zlib import crc32

from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.layout.tree import Facts, Tree, path_fault
from cozygen.record import Record

PATH = ".cozygen/manifest.json"
PARTS = ".cozygen/manifest"
VERSION = 1
WHOLE_MOST = 2000
"""So many files are listed in the manifest itself; more are listed in parts."""
NOTHING = b'{"version": 1, "platform": "", "files": {}}'
"""A part that lists no files."""

_COUNT = 64
_IS_PART = re.compile(rf"{re.escape(PARTS)}/[0-9a-f]{{2}}\.json").fullmatch
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch

MANIFEST_BROKEN = Code(
    "CZ9000",
    Severity.ERROR,
    "cozygen's record of an output directory cannot be read",
    why="The record says which files of the directory are cozygen's to change. Without it, nobody can tell "
    "generated files from files that a person put there, so nothing is written.",
    fix="Bring the file back from Git (after a merge conflict: either side will do) and render again. If "
    "there is no good version, delete it: files that already are as they should be are then taken over, "
    "and files that are not are named.",
)
MANIFEST_NEWER = Code(
    "CZ9001",
    Severity.ERROR,
    "the output directory was written by a newer cozygen",
    why="A newer release may own files in ways that this one does not understand, and would lose or keep the "
    "wrong ones.",
    fix="Use at least the cozygen release that wrote the directory; the record's own line names it.",
)


class Manifest(Record):
    """A tree without its bytes: the facts, the digest over all files, and each file's SHA-256 by path."""

    facts: Facts
    output: str
    files: Mapping[str, str]


def manifest_of(tree: Tree) -> Manifest:
    """The manifest that belongs to ``tree``."""
    return Manifest(tree.facts, tree.output, tree.digests)


def with_manifest(tree: Tree) -> dict[str, bytes]:
    """Everything that reaches Git: the tree's files and those of the manifest, in path order."""
    return dict(sorted([*encode(manifest_of(tree)).items(), *tree.files.items()]))


def is_own(path: str) -> bool:
    """Whether a file at ``path`` is the manifest, or may be a part of it."""
    return path == PATH or _IS_PART(path) is not None


def part_of(path: str) -> str:
    """The part that lists a file of a large tree: one for all in a directory near the top, such as a tenant's."""
    return _name(_hashed("/".join(path.split("/", 3)[:3])) % _COUNT)


@lru_cache(maxsize=64)
def _hashed(near: str) -> int:
    return crc32(near.encode())


def _name(number: int) -> str:
    return f"{PARTS}/{number:02x}.json"


def encode(manifest: Manifest) -> dict[str, bytes]:
    """The manifest's only byte form, by path, with the file that makes it valid at the end.

    Fixed key order, files sorted, one a line, a newline at the end of each file.
    """
    facts = manifest.facts
    head: dict[str, Any] = {
        "version": VERSION,
        "platform": facts.platform,
        "cozygen": facts.cozygen,
        "cozystack": facts.cozystack,
        "spec": facts.spec,
        "output": manifest.output,
    }
    if len(manifest.files) <= WHOLE_MOST:
        return {PATH: _written(head, manifest.files)}
    parts: dict[str, dict[str, str]] = {_name(number): {} for number in range(_COUNT)}
    for path, digest in manifest.files.items():
        parts[part_of(path)][path] = digest
    own = {"version": VERSION, "platform": facts.platform}
    out = {name: _written(own, files) for name, files in parts.items()}
    return {**out, PATH: _written({**head, "parts": _COUNT}, {})}


def _written(head: Mapping[str, Any], files: Mapping[str, str]) -> bytes:
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    quoted = encode_basestring
    listed = ",\n".join(f'    {quoted(path)}: "{digest}"' for path, digest in sorted(files.items()))
    lines.append(f'  "files": {{\n{listed}\n  }}' if listed else '  "files": {}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def decode(
    data: bytes, file: str, part: Callable[[str], bytes | None] = lambda _: None
) -> Manifest | Diagnostic:
    """The manifest in ``data``, or what is wrong with it; ``part`` gives the content of a part by its path.

    ``file`` is only named, never opened.
    """
    document = read_record(data, file)
    if isinstance(document, Diagnostic):
        return document
    texts = [document.get(key) for key in ("platform", "spec", "cozygen", "cozystack", "output")]
    platform, spec, cozygen, cozystack, output = (text if isinstance(text, str) else "" for text in texts)
    contents: dict[str, bytes | None] = {file: data}
    for name in _part_names(document):
        contents[f"{file.removesuffix(PATH)}{name}"] = part(name)
    files: dict[str, str] = {}
    for name, content in contents.items():
        found = _listed(content, name, file)
        if isinstance(found, Diagnostic):
            return found
        files.update(found)
    return Manifest(Facts(platform, spec, cozygen, cozystack), output, files)


def _part_names(document: Mapping[str, Any]) -> list[str]:
    count = document.get("parts")
    known = count if type(count) is int and 0 < count <= 256 else 0
    return [_name(number) for number in range(known)]


def _listed(data: bytes | None, file: str, manifest: str) -> Mapping[str, str] | Diagnostic:
    """The files that the manifest or a part of it lists."""
    if data is None:
        return broken(file, f"{manifest} refers to it, and it is not there")
    document = read_record(data, file)
    if isinstance(document, Diagnostic):
        return document
    files: dict[str, str] = document["files"]
    for path, digest in files.items():
        if not is_digest(digest):
            return broken(file, f"its entry for {path!r} is not a SHA-256 digest")
    return files


def read_record(data: bytes, file: str) -> dict[str, Any] | Diagnostic:
    """What the manifest and the record of an unfinished run share: a version, a platform, sane ``files``."""
    try:
        document = json.loads(data.decode())
    except json.JSONDecodeError as error:
        merged = b"\n<<<<<<< " in b"\n" + data
        reason = "it holds the marks of an unresolved merge" if merged else f"it is not JSON: {error.msg}"
        return broken(file, reason, error.lineno, error.colno)
    except (ValueError, RecursionError):
        return broken(file, "it is not JSON in UTF-8")
    if not isinstance(document, dict) or type(document.get("version")) is not int or document["version"] < 1:
        return broken(file, "it has no version, so it is not a file that cozygen wrote")
    if document["version"] > VERSION:
        writer = document.get("cozygen")
        by = f"cozygen {writer}" if isinstance(writer, str) else "a newer cozygen"
        return MANIFEST_NEWER.at(
            Place(file, 1, 1),
            f"{file} was written by {by} in format {document['version']}; "
            f"this cozygen knows format {VERSION}",
            hint="install that release, or a later one",
            values={"version": document["version"], "known": VERSION},
        )
    if not isinstance(document.get("platform"), str) or not isinstance(document.get("files"), dict):
        return broken(file, "it names no platform or no files")
    for path in document["files"]:
        fault = path_fault(path)
        if fault is not None:
            return broken(file, f"it lists {path!r}, a path that {fault}")
    return document


def is_digest(value: object) -> bool:
    """Whether ``value`` is a SHA-256 digest in lower-case hexadecimal."""
    return isinstance(value, str) and _DIGEST(value) is not None


def broken(file: str, reason: str, line: int = 1, column: int = 1) -> Diagnostic:
    """The diagnostic for a record at ``file`` that cannot be used."""
    return MANIFEST_BROKEN.at(
        Place(file, line, column),
        f"cannot use {file}: {reason}",
        hint="bring it back from Git, or delete it, and render again",
    )
