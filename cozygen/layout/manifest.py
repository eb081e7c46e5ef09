"""The manifest: which files of an output directory cozygen owns, with their digests.

It is written as JSON, ``.cozygen/manifest.json``, one file a line so that a review shows which files changed.
Reading is tolerant: people merge and edit this file like any other, so what is wrong with it is a diagnostic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.layout.tree import Facts, Tree, path_fault

PATH = ".cozygen/manifest.json"
VERSION = 1
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


@dataclass(frozen=True, slots=True)
class Manifest:
    """A tree without its bytes: the facts, the digest over all files, and each file's SHA-256 by path."""

    facts: Facts
    output: str
    files: Mapping[str, str]


def manifest_of(tree: Tree) -> Manifest:
    """The manifest that belongs to ``tree``."""
    return Manifest(tree.facts, tree.output, tree.digests)


def with_manifest(tree: Tree) -> dict[str, bytes]:
    """Everything that reaches Git: the tree's files and the manifest, in path order."""
    return dict(sorted([(PATH, encode(manifest_of(tree))), *tree.files.items()]))


def encode(manifest: Manifest) -> bytes:
    """The manifest's only byte form: fixed key order, files sorted, one a line, a newline at the end."""
    facts = manifest.facts
    head = {
        "version": VERSION,
        "platform": facts.platform,
        "cozygen": facts.cozygen,
        "cozystack": facts.cozystack,
        "spec": facts.spec,
        "output": manifest.output,
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    quoted = encode_basestring
    files = ",\n".join(f'    {quoted(path)}: "{digest}"' for path, digest in sorted(manifest.files.items()))
    lines.append(f'  "files": {{\n{files}\n  }}' if files else '  "files": {}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def decode(data: bytes, file: str) -> Manifest | Diagnostic:
    """The manifest in ``data``, or what is wrong with it. ``file`` is only named, never opened."""
    document = read_record(data, file)
    if isinstance(document, Diagnostic):
        return document
    texts = [document.get(key) for key in ("platform", "spec", "cozygen", "cozystack", "output")]
    platform, spec, cozygen, cozystack, output = (text if isinstance(text, str) else "" for text in texts)
    files = document["files"]
    for path, digest in files.items():
        if not is_digest(digest):
            return broken(file, f"its entry for {path!r} is not a SHA-256 digest")
    return Manifest(Facts(platform, spec, cozygen, cozystack), output, files)


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
