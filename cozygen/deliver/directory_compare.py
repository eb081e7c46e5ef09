"""Whether a directory is exactly what a tree is: the same files, the same bytes, nothing else.

This is what a check in CI asks of a committed output. Empty directories do not count, because Git does not
keep them; ``.git`` at the top is left out, for the directory may be a whole work tree, and so are the paths
that a tree leaves to people (``tree.BESIDE``).
"""

from __future__ import annotations

import os
from contextlib import closing
from hashlib import sha256

from cozygen.deliver import directory_codes as codes
from cozygen.deliver import directory_pending as pendings
from cozygen.deliver import directory_refusals as refusals
from cozygen.deliver.directory import PATIENCE
from cozygen.deliver.directory_descent import FILE, Descent, Kind
from cozygen.deliver.directory_root import Root, open_root
from cozygen.deliver.directory_state import digest_of
from cozygen.diagnostics import Diagnostic, Place, ordered
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import BESIDE, Tree, ancestors, directories

NAMED = 20
"""How many findings are named before the rest is counted."""

_AGAIN = "run cozygen render and commit the result"


def compare(tree: Tree, directory: str | os.PathLike[str], *, patience: float = PATIENCE) -> list[Diagnostic]:
    """What keeps ``directory`` from being ``tree`` with its manifest; nothing if they are the same.

    One diagnostic a file, in path order, the first ``NAMED`` of them and one that counts the rest. A text
    file that differs is named with the first line that does.
    """
    root = open_root(directory)
    if root is None:
        place = refusals.place_of(os.fspath(directory))
        return [codes.ABSENT.at(place, f"{place.file} does not exist", hint=_AGAIN)]
    if isinstance(root, Diagnostic):
        return [root]
    with closing(root):
        locked = root.lock(exclusive=False, patience=patience)
        if locked is not None and locked.is_error:
            return [locked]
        found = ordered(_Comparison(root, tree).run())
    named, rest = found[:NAMED], len(found) - NAMED
    if rest > 0:
        files = "1 more file differs" if rest == 1 else f"{rest} more files differ"
        named.append(
            codes.MORE.at(root.place(), f"{files} in {root.path}", hint=_AGAIN, values={"count": rest})
        )
    return named


class _Comparison:
    def __init__(self, root: Root, tree: Tree) -> None:
        self._root = root
        self._tree = tree
        self._own = manifests.encode(manifests.manifest_of(tree))
        self._expected = {
            **tree.digests,
            **{path: sha256(data).hexdigest() for path, data in self._own.items()},
        }
        self._directories = directories(self._expected)
        self._found: list[Diagnostic] = []
        self._seen: set[str] = set()
        self._closed: set[str] = set()
        """Paths that hide what should be below them, so that each is reported once."""

    def run(self) -> list[Diagnostic]:
        with closing(Descent(self._root.fd)) as descent:
            waiting = [""]
            while waiting:
                directory = waiting.pop()
                try:
                    fd = descent.enter(directory)[0]
                    entries = _entries(fd)
                except OSError as error:
                    self._found.append(refusals.cannot_read(self._root.place(directory), error))
                    self._closed.add(directory)
                    continue
                waiting.extend(reversed(self._directory(fd, directory, entries)))
        for path in self._expected.keys() - self._seen:
            if "" not in self._closed and self._closed.isdisjoint((path, *ancestors(path))):
                place = self._root.place(path)
                self._found.append(codes.MISSING.at(place, f"{place.file} is missing", hint=_AGAIN))
        return self._found

    def _directory(self, fd: int, directory: str, entries: list[tuple[str, Kind]]) -> list[str]:
        """Judges what is in one directory; gives its subdirectories."""
        inner = []
        for name, what in entries:
            path = f"{directory}/{name}" if directory else name
            if path == ".git" or path in BESIDE or f"{path}/" in BESIDE:
                continue
            if what is Kind.FILE:
                self._file(fd, name, path)
            elif what is Kind.DIRECTORY:
                inner.append(path)
                if path in self._expected:
                    place = self._place(path)
                    message = f"{place.file} is a directory, and the spec gives a file"
                    self._hide(path, codes.DIRECTORY_IN_THE_WAY.at(place, message, hint=_AGAIN))
            else:
                self._hide(path, refusals.obstacle(self._place(path), what))
        return inner

    def _file(self, fd: int, name: str, path: str) -> None:
        place = self._place(path)
        if path in self._expected:
            self._seen.add(path)
            self._bytes(fd, name, path, place)
        elif path in self._directories:
            message = f"{place.file} is a file, and the spec gives a directory"
            self._hide(path, codes.FILE_IN_THE_WAY.at(place, message, hint=_AGAIN))
        elif path == pendings.PATH or pendings.is_temporary(name):
            message = f"{place.file} was left behind by a render that did not finish"
            self._found.append(codes.UNFINISHED.at(place, message, hint="run cozygen render"))
        else:
            message = f"{place.file} is not part of what the spec gives"
            self._found.append(codes.UNEXPECTED.at(place, message, hint="remove it, or move it elsewhere"))

    def _bytes(self, fd: int, name: str, path: str, place: Place) -> None:
        try:
            file = os.open(name, FILE, dir_fd=fd)
            try:
                if digest_of(file) == self._expected[path]:
                    return
                expected = self._own[path] if path in self._own else self._tree[path]
                os.lseek(file, 0, os.SEEK_SET)
                found = _read_beyond(file, len(expected))
            finally:
                os.close(file)
        except OSError as error:
            self._found.append(refusals.cannot_read(place, error))
            return
        line = _first_difference(found, expected)
        message = f"{place.file} differs from what the spec gives, first in line {line}"
        at = Place(place.file, line, 1)
        self._found.append(codes.DIFFERENT.at(at, message, hint=_AGAIN, values={"line": line}))

    def _hide(self, path: str, finding: Diagnostic | None) -> None:
        self._closed.add(path)
        if finding is not None:
            self._found.append(finding)

    def _place(self, path: str) -> Place:
        return self._root.place(path)


def _entries(fd: int) -> list[tuple[str, Kind]]:
    """Names and kinds in a directory, in order of name."""
    found = []
    with os.scandir(fd) as entries:
        for entry in entries:
            if entry.is_symlink():
                what = Kind.SYMLINK
            elif entry.is_dir(follow_symlinks=False):
                what = Kind.DIRECTORY
            elif entry.is_file(follow_symlinks=False):
                what = Kind.FILE
            else:
                what = Kind.SPECIAL
            found.append((entry.name, what))
    return sorted(found, key=lambda item: item[0])


def _read_beyond(file: int, size: int) -> bytes:
    """Up to one byte more than ``size``, which is enough to tell where another content differs."""
    found = b""
    while len(found) <= size and (chunk := os.read(file, size + 1 - len(found))):
        found += chunk
    return found


def _first_difference(found: bytes, expected: bytes) -> int:
    """The first line, from 1, in which two texts differ; 1 for what is not text."""
    if b"\0" in found or b"\0" in expected:
        return 1
    pairs = enumerate(zip(found.split(b"\n"), expected.split(b"\n"), strict=False), 1)
    shorter = min(found.count(b"\n"), expected.count(b"\n")) + 1
    return next((number for number, (ours, theirs) in pairs if ours != theirs), shorter)
