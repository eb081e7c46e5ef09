"""What an output directory says about itself: its manifest and the record of an unfinished run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cozygen.deliver import directory_codes as codes
from cozygen.deliver import directory_pending as pendings
from cozygen.deliver.directory_descent import FILE, Descent, Kind, kind, look
from cozygen.deliver.directory_pending import Pending
from cozygen.deliver.directory_refusals import cannot_read, file_in_the_way, obstacle
from cozygen.deliver.directory_root import Root
from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree, folded

OWN = ".cozygen"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class State:
    """What was found in ``.cozygen``.

    ``known`` gives, for every path that cozygen owns, the digests of all generations that may stand there;
    ``respelled`` the tree's paths that differ from an owned path only in case. ``current`` says that the
    manifest already is the tree's, ``leftovers`` that an unfinished file lies in ``.cozygen``.
    """

    known: Mapping[str, tuple[str, ...]]
    pending: Pending | None
    respelled: frozenset[str]
    current: bool
    leftovers: bool


def read_state(root: Root, tree: Tree, wanted: bytes) -> State | Diagnostic:
    """What ``root`` says, for a run that will make ``wanted`` its manifest; or why it cannot be used."""
    found = _read_own(root)
    if isinstance(found, Diagnostic):
        return found
    known: dict[str, tuple[str, ...]] = {}
    current = found.manifest == wanted
    if current:
        known = {path: (digest,) for path, digest in tree.digests.items()}
    elif found.manifest is not None:
        manifest = manifests.decode(found.manifest, root.place(manifests.PATH).file)
        if isinstance(manifest, Diagnostic):
            return manifest
        if manifest.facts.platform != tree.facts.platform:
            return _other_platform(root, manifest.facts.platform, tree)
        known = {path: (digest,) for path, digest in manifest.files.items()}
    if found.pending is None:
        return State(known, None, _respell(known, tree), current, found.leftovers)
    pending = pendings.decode(found.pending, root.place(pendings.PATH).file)
    if isinstance(pending, Diagnostic):
        return pending
    if pending.platform != tree.facts.platform:
        return _other_platform(root, pending.platform, tree)
    for path, digests in pending.files.items():
        known[path] = (*known.get(path, ()), *digests)
    return State(known, pending, _respell(known, tree), current, found.leftovers)


def read_all(file: int) -> bytes:
    """Everything from here to the end of an open file."""
    chunks = []
    while chunk := os.read(file, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


@dataclass(frozen=True, slots=True)
class _Own:
    manifest: bytes | None = None
    pending: bytes | None = None
    leftovers: bool = False


def _read_own(root: Root) -> _Own | Diagnostic:
    """The raw content of ``.cozygen``."""
    descent = Descent(root.fd)
    try:
        fd = descent.enter(OWN)[0]
        manifest = _read(root, fd, manifests.PATH)
        pending = _read(root, fd, pendings.PATH)
        with os.scandir(fd) as entries:
            leftovers = any(pendings.is_temporary(entry.name) for entry in entries)
    except FileNotFoundError:
        return _Own()
    except OSError as error:
        place = root.place(OWN)
        found = descent.obstacle()
        if found is Kind.FILE:
            return file_in_the_way(place)
        return obstacle(place, found) or cannot_read(place, error)
    finally:
        descent.close()
    if isinstance(manifest, Diagnostic):
        return manifest
    if isinstance(pending, Diagnostic):
        return pending
    return _Own(manifest, pending, leftovers)


def _read(root: Root, fd: int, path: str) -> bytes | Diagnostic | None:
    name = path.rpartition("/")[2]
    status = look(fd, name)
    if status is None:
        return None
    found = kind(status)
    if found is not Kind.FILE:
        place = root.place(path)
        return obstacle(place, found) or codes.DIRECTORY_IN_THE_WAY.at(
            place,
            f"{place.file} is a directory, and cozygen keeps a file of its own there",
            hint="move the directory elsewhere",
        )
    try:
        file = os.open(name, FILE, dir_fd=fd)
        try:
            return read_all(file)
        finally:
            os.close(file)
    except OSError as error:
        return cannot_read(root.place(path), error)


def _other_platform(root: Root, other: str, tree: Tree) -> Diagnostic:
    ours = tree.facts.platform
    return codes.OTHER_PLATFORM.at(
        root.place(),
        f"{root.path} holds the output of platform {other!r}, not of {ours!r}",
        hint=f"give {ours!r} another directory; if {other!r} was renamed, remove what is in this one first",
        values={"found": other, "rendered": ours},
    )


def _respell(known: dict[str, tuple[str, ...]], tree: Tree) -> frozenset[str]:
    """Tree paths whose other case spelling is going away; they inherit its digests in ``known``.

    Where the file system ignores case, both spellings are one file: it is cozygen's, and removing the old
    name removes the new one, so that it has to be written again.
    """
    leaving = {folded(path): path for path in known if path not in tree.files}
    if not leaving:
        return frozenset()
    respelled = {path: leaving[fold] for path in tree.files if (fold := folded(path)) in leaving}
    for path, old in respelled.items():
        known[path] = (*known.get(path, ()), *known[old])
    return frozenset(respelled)
