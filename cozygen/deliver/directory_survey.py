"""Looking at an output directory before anything is changed: what to write, what to remove, what forbids it.

Unchanged files are found by their digest, or by being the very file that was read before (``directory_seen``).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from cozygen.deliver import directory_refusals as refusals
from cozygen.deliver.directory_descent import FILE, Descent, Identity, Kind, depth_first, identity, kind, look
from cozygen.deliver.directory_force import Force
from cozygen.deliver.directory_pending import is_torn
from cozygen.deliver.directory_removals import Removals
from cozygen.deliver.directory_root import Root
from cozygen.deliver.directory_seen import Seen
from cozygen.deliver.directory_state import State, digest_of, read_all
from cozygen.diagnostics import Diagnostic, ordered
from cozygen.layout.tree import Tree, ancestors, directories
from cozygen.record import Record


class Change(NamedTuple):
    """A path to write or remove, and the file that stood there when it was looked at, if any."""

    path: str
    before: Identity | None


class Survey(Record):
    """What a run has to do, or the ``diagnostics`` that forbid it.

    ``adopted`` are files that already have the right bytes but were not cozygen's. ``vacated`` are
    directories that cozygen filled and the tree no longer needs, inner ones first; they go if they are
    empty.
    """

    writes: tuple[Change, ...]
    prunes: tuple[Change, ...]
    adopted: tuple[str, ...]
    unchanged: int
    vacated: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def survey(root: Root, tree: Tree, state: State, force: Force, seen: Seen) -> Survey:
    """Looks at every path that the tree has or the directory's records list; changes nothing."""
    return _Surveyor(root, tree, state, force, seen).look()


def by_directory(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The paths' directories in depth-first order, each with its paths."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(path.rpartition("/")[0], []).append(path)
    for directory in sorted(groups, key=depth_first):
        yield directory, groups[directory]


class _Surveyor:
    def __init__(self, root: Root, tree: Tree, state: State, force: Force, seen: Seen) -> None:
        self.root, self.tree, self.state, self.force, self.seen = root, tree, state, force, seen
        self.plain: set[str] = set()
        """Directories that are known to be directories, and no links to one."""
        self.in_flight = state.pending.files if state.pending is not None else {}
        self.descent = Descent(root.fd)
        self.writes: list[Change] = []
        self.prunes: list[Change] = []
        self.adopted: list[str] = []
        self.unchanged = 0
        self.diagnostics: list[Diagnostic] = []
        self.files_in_the_way: set[str] = set()
        self.directories_in_the_way: list[str] = []

    def look(self) -> Survey:
        try:
            return self._look()
        finally:
            self.descent.close()

    def _look(self) -> Survey:
        for directory, paths in by_directory(self.tree.files):
            self._wanted(directory, paths)
        leaving = [path for path in self.state.known if path not in self.tree.files]
        for directory, paths in by_directory(leaving):
            self._leaving(directory, paths)
        emptied: set[str] = set()
        if leaving:
            emptied = directories(leaving) - directories(self.tree.files)
        self._judge_obstacles(emptied)
        return Survey(
            tuple(self.writes),
            tuple(self.prunes),
            tuple(self.adopted),
            self.unchanged,
            tuple(sorted(emptied, key=depth_first, reverse=True)),
            tuple(ordered(self.diagnostics)),
        )

    def _wanted(self, directory: str, paths: list[str]) -> None:
        if self._untouched(directory, paths):
            return
        fd = self._enter(directory, wanted=True)
        if fd is None:
            self.writes.extend(Change(path, None) for path in paths)
            return
        before = len(self.writes)
        cut = len(directory) + 1 if directory else 0
        digests, open_, close = self.tree.digests, os.open, os.close
        for path in paths:
            try:
                file = open_(path[cut:], FILE, dir_fd=fd)
            except FileNotFoundError:
                self.writes.append(Change(path, None))
                continue
            except OSError as error:
                self._closed(fd, path, error)
                continue
            try:
                status = os.fstat(file)
                if S_ISREG(status.st_mode) and digest_of(file) == digests[path]:
                    self.seen.note(path, digests[path], status)
                    self._same(path, status)
                else:
                    self._differs(path, file, status)
            except OSError as error:
                self.diagnostics.append(refusals.cannot_read(self.root.place(path), error))
            finally:
                close(file)
        if len(self.writes) > before:
            self._writable(fd, directory)

    def _untouched(self, directory: str, paths: list[str]) -> bool:
        """Whether all of these files are as they were when they were read last, which needs no reading."""
        digests, seen = self.tree.digests, self.seen
        if not all(seen.knows(path, digests[path]) for path in paths):
            return False
        try:
            for above in (*ancestors(f"{directory}/"),) if directory else ():
                if above not in self.plain:
                    status = os.stat(above, dir_fd=self.root.fd, follow_symlinks=False)
                    if not S_ISDIR(status.st_mode):
                        return False
                    self.plain.add(above)
            found = [os.stat(path, dir_fd=self.root.fd, follow_symlinks=False) for path in paths]
        except OSError:
            return False
        if not all(seen.same(path, status) for path, status in zip(paths, found, strict=True)):
            return False
        for path, status in zip(paths, found, strict=True):
            self._same(path, status)
        return True

    def _leaving(self, directory: str, paths: list[str]) -> None:
        fd = self._enter(directory, wanted=False)
        if fd is None:
            return
        before = len(self.prunes)
        for path in paths:
            try:
                file = os.open(path.rpartition("/")[2], FILE, dir_fd=fd)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._closed(fd, path, error)
                continue
            try:
                self._departs(path, file, os.fstat(file))
            except OSError as error:
                self.diagnostics.append(refusals.cannot_read(self.root.place(path), error))
            finally:
                os.close(file)
        if len(self.prunes) > before:
            self._writable(fd, directory)

    def _enter(self, directory: str, *, wanted: bool) -> int | None:
        descent = self.descent
        try:
            return descent.enter(directory)[0]
        except FileNotFoundError:
            if wanted:
                self._writable(descent.above, descent.at.rpartition("/")[0])
        except OSError as error:
            found = descent.obstacle()
            place = self.root.place(descent.at)
            if found is not Kind.FILE:
                self.diagnostics.append(refusals.obstacle(place, found) or refusals.cannot_read(place, error))
            elif wanted:
                self.files_in_the_way.add(descent.at)
        return None

    def _closed(self, fd: int, path: str, error: OSError) -> None:
        """Something is there that cannot be opened as a file, or the whole directory cannot be entered."""
        place = self.root.place(path)
        if not os.access(".", os.X_OK, dir_fd=fd):
            self.diagnostics.append(refusals.cannot_read(self.root.place(path.rpartition("/")[0]), error))
            return
        status = look(fd, path.rpartition("/")[2])
        refused = refusals.obstacle(place, kind(status)) if status is not None else None
        self.diagnostics.append(refused or refusals.cannot_read(place, error))

    def _same(self, path: str, status: os.stat_result) -> None:
        if path in self.state.respelled:
            self.writes.append(Change(path, identity(status)))
            return
        self.unchanged += 1
        if self.tree.digests[path] not in self.state.known.get(path, ()):
            self.adopted.append(path)

    def _differs(self, path: str, file: int, status: os.stat_result) -> None:
        found, place = kind(status), self.root.place(path)
        refused = refusals.obstacle(place, found)
        if refused is not None:
            self.diagnostics.append(refused)
        elif found is Kind.DIRECTORY:
            self.directories_in_the_way.append(path)
            self.writes.append(Change(path, None))
        elif self.force.allows(path) or self._is_ours(path, file):
            self.writes.append(Change(path, identity(status)))
        elif path in self.state.known:
            self.diagnostics.append(refusals.edited(place, path, "overwrite"))
        else:
            self.diagnostics.append(refusals.unowned(place, path))

    def _departs(self, path: str, file: int, status: os.stat_result) -> None:
        found, place = kind(status), self.root.place(path)
        if found is Kind.DIRECTORY:
            return
        refused = refusals.obstacle(place, found)
        if refused is not None:
            self.diagnostics.append(refused)
        elif self.force.allows(path) or self._is_ours(path, file):
            self.prunes.append(Change(path, identity(status)))
        else:
            self.diagnostics.append(refusals.edited(place, path, "remove"))

    def _is_ours(self, path: str, file: int) -> bool:
        known = self.state.known.get(path)
        if known is None:
            return False
        os.lseek(file, 0, os.SEEK_SET)
        found = read_all(file)
        if sha256(found).hexdigest() in known:
            return True
        return is_torn(found, self.tree.files.get(path, b""), in_flight=path in self.in_flight)

    def _writable(self, fd: int, directory: str) -> None:
        if os.access(".", os.W_OK | os.X_OK, dir_fd=fd):
            return
        code = errno.EROFS if os.fstatvfs(fd).f_flag & os.ST_RDONLY else errno.EACCES
        error = OSError(code, os.strerror(code))
        self.diagnostics.append(refusals.cannot_write(self.root.place(directory), error))

    def _judge_obstacles(self, emptied: set[str]) -> None:
        """Files and directories in the way are fine if all of it is cozygen's own and about to go."""
        place = self.root.place
        for path in self.files_in_the_way - self.state.known.keys():
            self.diagnostics.append(refusals.file_in_the_way(place(path)))
        pruned = {change.path for change in self.prunes}
        removals = Removals(self.descent, emptied, pruned, sweeps=bool(self.in_flight))
        for path in self.directories_in_the_way:
            try:
                foreign = removals.leave(path)
            except OSError as error:
                self.diagnostics.append(refusals.cannot_read(place(path), error))
                continue
            if foreign is not None:
                self.diagnostics.append(refusals.directory_in_the_way(place(path), place(foreign)))
