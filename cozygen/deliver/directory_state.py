"""What an output directory says about itself: its manifest and the record of an unfinished run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256

from cozygen.deliver import directory_codes as codes
from cozygen.deliver import directory_pending as pendings
from cozygen.deliver.directory_descent import FILE, Descent, Kind, kind, look
from cozygen.deliver.directory_pending import Pending
from cozygen.deliver.directory_refusals import cannot_read, file_in_the_way, obstacle
from cozygen.deliver.directory_root import Root
from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree, folded
from cozygen.record import Record, field

OWN = ".cozygen"
_CHUNK = 1 << 20


class State(Record):
    """What was found in ``.cozygen``.

    ``known`` gives, for every path that cozygen owns, the digests of all generations that may stand there;
    ``respelled`` the tree's paths that differ from an owned path only in case. ``manifest`` are the manifest's
    files, ``current`` says that they already are the tree's, ``leftovers`` that an unfinished file or an empty
    directory lies in ``.cozygen``.
    """

    known: Mapping[str, tuple[str, ...]]
    pending: Pending | None
    respelled: frozenset[str]
    manifest: Mapping[str, bytes]
    current: bool
    leftovers: bool


def read_state(root: Root, tree: Tree, wanted: Mapping[str, bytes]) -> State | Diagnostic:
    """What ``root`` says, for a run that will make ``wanted`` its manifest; or why it cannot be used."""
    found = _read_own(root)
    if isinstance(found, Diagnostic):
        return found
    known: dict[str, tuple[str, ...]] = {}
    current = found.manifest == wanted
    if current:
        known = {path: (digest,) for path, digest in tree.digests.items()}
    elif manifests.PATH in found.manifest:
        file = root.place(manifests.PATH).file
        manifest = manifests.decode(found.manifest[manifests.PATH], file, found.manifest.get)
        if isinstance(manifest, Diagnostic):
            return manifest
        if manifest.facts.platform != tree.facts.platform:
            return _other_platform(root, manifest.facts.platform, tree)
        known = {path: (digest,) for path, digest in manifest.files.items()}
    if found.pending is None:
        return State(known, None, _respell(known, tree), found.manifest, current, found.leftovers)
    pending = pendings.decode(found.pending, root.place(pendings.PATH).file)
    if isinstance(pending, Diagnostic):
        return pending
    if pending.platform != tree.facts.platform:
        return _other_platform(root, pending.platform, tree)
    for path, digests in pending.files.items():
        known[path] = (*known.get(path, ()), *digests)
    return State(known, pending, _respell(known, tree), found.manifest, current, found.leftovers)


def read_all(file: int) -> bytes:
    """Everything from here to the end of an open file."""
    chunks = []
    while chunk := os.read(file, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def digest_of(file: int) -> str:
    """The SHA-256 of everything from here to the end of an open file, which may be of any size."""
    total = sha256()
    while chunk := os.read(file, _CHUNK):
        total.update(chunk)
    return total.hexdigest()


class _Own(Record):
    manifest: Mapping[str, bytes] = field(default_factory=dict)
    pending: bytes | None = None
    leftovers: bool = False


def _read_own(root: Root) -> _Own | Diagnostic:
    """The raw content of ``.cozygen``."""
    contents: dict[str, bytes] = {}
    leftovers = False
    for directory in (OWN, manifests.PARTS):
        descent = Descent(root.fd)
        try:
            fd = descent.enter(directory)[0]
            with os.scandir(fd) as entries:
                names = sorted(entry.name for entry in entries)
            for path in (f"{directory}/{name}" for name in names):
                if manifests.is_own(path) or path == pendings.PATH:
                    found = _read(root, fd, path)
                    if isinstance(found, Diagnostic):
                        return found
                    contents |= {path: found} if found is not None else {}
            unused = directory == manifests.PARTS and not names
            leftovers = leftovers or unused or any(map(pendings.is_temporary, names))
        except FileNotFoundError:
            continue
        except OSError as error:
            place, kind_found = root.place(directory), descent.obstacle()
            if kind_found is Kind.FILE:
                return file_in_the_way(place)
            return obstacle(place, kind_found) or cannot_read(place, error)
        finally:
            descent.close()
    return _Own(
        {path: data for path, data in contents.items() if path != pendings.PATH},
        contents.get(pendings.PATH),
        leftovers,
    )


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
