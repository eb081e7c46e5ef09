"""Carrying out what a survey found, in an order that can be interrupted anywhere.

1. The record of what is about to be written (``directory_pending``), forced to disk.
2. Unfinished files of interrupted runs are removed.
3. Files that left the output are removed, then the directories that this emptied.
4. Each file is written under a temporary name beside its place and renamed into it.
5. The manifest, forced to disk, the parts that list a large tree's files before the rest. By then every file
   is as the new manifest says, so that any mixture of old and new parts does, with the record.
6. The record is removed.

Until step 5 the old manifest together with the record accounts for everything that may be found; from then on
the new manifest does. Nothing is forced to disk for single files; ``directory_pending`` says why.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import closing, suppress

from cozygen.deliver import directory_pending as pendings
from cozygen.deliver import directory_refusals as refusals
from cozygen.deliver.directory_descent import Descent, Identity, depth_first, identity, look
from cozygen.deliver.directory_pending import Pending
from cozygen.deliver.directory_root import Root
from cozygen.deliver.directory_state import OWN, State
from cozygen.deliver.directory_survey import Change, Survey
from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MANIFEST = manifests.PATH.rpartition("/")[2]
_PARTS = manifests.PARTS.rpartition("/")[2]
_SWAPPED = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EISDIR})
_STAYS = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EBUSY})


class _ChangedError(Exception):
    """A file is no longer the one that the survey saw."""


class Application:
    """One run's changes to a directory; ``written`` and ``pruned`` count them, even after a failure."""

    def __init__(self, root: Root, tree: Tree, state: State, found: Survey) -> None:
        self._root, self._tree, self._state, self._survey = root, tree, state, found
        self._temporary = pendings.temporary_name(os.urandom(8).hex())
        self._at = OWN
        self.written = 0
        self.pruned = 0

    def run(self, manifest: Mapping[str, bytes]) -> Diagnostic | None:
        """Makes the changes, with ``manifest`` as the new manifest; gives what stopped it, if anything."""
        try:
            with closing(Descent(self._root.fd)) as descent:
                own, fresh = descent.enter(OWN, make=True)
                if fresh:
                    _settle(self._root.fd)
                recorded = self._record(own)
                if recorded or self._state.leftovers:
                    self._sweep()
                self._prune()
                self._vacate()
                self._write()
                if not self._state.current:
                    self._replace_manifest(own, manifest)
                    self.written += 1
                if len(manifest) == 1 and look(own, _PARTS) is not None:
                    self._at = manifests.PARTS
                    _remove_empty(_PARTS, own)
                if recorded:
                    self._at = pendings.PATH
                    os.unlink(pendings.NAME, dir_fd=own)
        except _ChangedError:
            return refusals.changed(self._root.place(self._at))
        except OSError as error:
            place = self._root.place(self._at)
            return refusals.changed(place) if error.errno in _SWAPPED else refusals.cannot_write(place, error)
        return None

    def _replace_manifest(self, own: int, manifest: Mapping[str, bytes]) -> None:
        known = self._state.manifest
        parts = {path: data for path, data in manifest.items() if path != manifests.PATH}
        gone = known.keys() - manifest.keys()
        with closing(Descent(self._root.fd)) as descent:
            if parts or gone:
                below = descent.enter(manifests.PARTS, make=True)[0]
                for path, data in parts.items():
                    self._at = path
                    if known.get(path) != data:
                        self._put(below, path.rpartition("/")[2], data, durably=True)
                _settle(below)
            self._at = manifests.PATH
            self._put_durably(own, _MANIFEST, manifest[manifests.PATH])
            for path in sorted(gone):
                self._at = path
                os.unlink(path.rpartition("/")[2], dir_fd=below)

    def _record(self, own: int) -> bool:
        """Puts on record what this run is about to write; says whether there now is a record."""
        paths = [change.path for change in self._survey.writes]
        paths.extend(self._survey.adopted)
        before = self._state.pending
        if not paths:
            return before is not None
        pending = before or Pending(self._tree.facts.platform, {})
        digests = self._tree.digests
        self._at = pendings.PATH
        record = pendings.encode(pending.and_also({path: digests[path] for path in paths}))
        self._put_durably(own, pendings.NAME, record)
        return True

    def _sweep(self) -> None:
        """Removes unfinished files of earlier runs; all are in directories that those had on record."""
        pending = self._state.pending
        directories = {path.rpartition("/")[0] for path in (pending.files if pending is not None else ())}
        with closing(Descent(self._root.fd)) as descent:
            for directory in sorted({OWN, manifests.PARTS, *directories}, key=depth_first):
                self._at = directory
                try:
                    fd = descent.enter(directory)[0]
                except OSError:
                    continue
                with os.scandir(fd) as entries:
                    names = [e.name for e in entries if pendings.is_temporary(e.name)]
                for name in names:
                    with suppress(FileNotFoundError, IsADirectoryError):
                        os.unlink(name, dir_fd=fd)

    def _prune(self) -> None:
        with closing(Descent(self._root.fd)) as descent:
            for path, before in self._survey.prunes:
                self._at = path
                directory, _, name = path.rpartition("/")
                fd = descent.enter(directory)[0]
                if _unchanged(fd, name, before):
                    os.unlink(name, dir_fd=fd)
                    self.pruned += 1

    def _vacate(self) -> None:
        """Removes directories that cozygen filled and the tree no longer needs, if they are empty."""
        with closing(Descent(self._root.fd)) as descent:
            for path in self._survey.vacated:
                self._at = path
                directory, _, name = path.rpartition("/")
                try:
                    above = descent.enter(directory)[0]
                except OSError as error:
                    if error.errno not in _STAYS:
                        raise
                    continue
                _remove_empty(name, above)

    def _write(self) -> None:
        files, here, fd, fresh = self._tree.files, "", self._root.fd, False
        with closing(Descent(self._root.fd)) as descent:
            for change in self._survey.writes:
                self._at = change.path
                directory, _, name = change.path.rpartition("/")
                if directory != here:
                    fd, fresh = descent.enter(directory, make=True)
                    here = directory
                self._put(fd, name, files[change.path], over=None if fresh else change)
                self.written += 1

    def _put_durably(self, fd: int, name: str, data: bytes) -> None:
        self._put(fd, name, data, durably=True)
        _settle(fd)

    def _put(
        self, fd: int, name: str, data: bytes, *, over: Change | None = None, durably: bool = False
    ) -> None:
        """Puts a complete file at ``name`` in the directory ``fd``, or leaves what is there as it is.

        Only the file that ``over`` saw is replaced; without it, whatever is there.
        """
        temporary = self._temporary
        try:
            file = os.open(temporary, _CREATE, 0o666, dir_fd=fd)
            try:
                done = os.write(file, data)
                while done < len(data):
                    done += os.write(file, memoryview(data)[done:])
                if durably:
                    os.fsync(file)
            finally:
                os.close(file)
            if over is not None:
                _unchanged(fd, name, over.before)
            os.rename(temporary, name, src_dir_fd=fd, dst_dir_fd=fd)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=fd)
            raise


def _remove_empty(name: str, above: int) -> None:
    """Removes a directory, or leaves it if there is something in it."""
    try:
        os.rmdir(name, dir_fd=above)
    except OSError as error:
        if error.errno not in _STAYS:
            raise


def _settle(directory: int) -> None:
    """Forces the names in a directory to disk, where the file system knows how to do that for a directory."""
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def _unchanged(fd: int, name: str, before: Identity | None) -> bool:
    """Whether the file that was surveyed is still there; raises if another one is.

    Between this and the rename remain microseconds; POSIX has no rename that checks what it replaces.
    """
    status = look(fd, name)
    if status is None:
        return False
    if before is None or identity(status) != before:
        raise _ChangedError
    return True
