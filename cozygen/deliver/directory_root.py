"""The output directory itself: finding or making it, opening it once, and locking it.

Everything after this goes through the one file descriptor that is opened here, so it does not matter what
becomes of the path while a run is under way. Parents may be symbolic links, as ``/tmp`` is on macOS; the
directory itself may not.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time

from cozygen.deliver import directory_codes as codes
from cozygen.deliver.directory_refusals import cannot_read, cannot_write, place_of, replaced
from cozygen.diagnostics import Diagnostic, Place
from cozygen.record import Record

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PAUSE = 0.02


class Root(Record):
    """An open output directory: its descriptor, and its path as the user gave it."""

    fd: int
    path: str

    def place(self, path: str = "") -> Place:
        """Where ``path`` below the directory stands, for a diagnostic."""
        return place_of(self.path, path)

    def close(self) -> None:
        """Gives the descriptor back, and the lock with it."""
        os.close(self.fd)

    def lock(self, *, exclusive: bool, patience: float) -> Diagnostic | None:
        """Locks the directory against other runs, waiting up to ``patience`` seconds.

        The lock is on the directory, so it leaves no file behind, and the kernel drops it when the process
        dies. Gives an error if another run holds it, a warning where the file system has no such locks.
        """
        kind = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self.fd, kind)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return codes.BUSY.at(
                        self.place(),
                        f"another render is running in {self.path}, and did not end within {patience:g} s",
                        hint="wait until it has ended and run again",
                    )
                time.sleep(_PAUSE)
            except OSError as error:
                return codes.NO_LOCKS.at(
                    self.place(),
                    f"the file system of {self.path} cannot lock a directory ({error.strerror})",
                    hint="make sure that no other render uses the directory",
                )
            else:
                return self._still_there()

    def _still_there(self) -> Diagnostic | None:
        try:
            now = os.stat(self.path, follow_symlinks=False)
        except OSError:
            now = None
        if now is not None and os.path.samestat(now, os.fstat(self.fd)):
            return None
        return replaced(self.place())


def open_root(directory: str | os.PathLike[str]) -> Root | Diagnostic | None:
    """The directory, opened; None if it does not exist."""
    path = _usable(directory)
    return path if isinstance(path, Diagnostic) else _open(path)


def make_root(directory: str | os.PathLike[str]) -> Root | Diagnostic:
    """The directory, opened, and made before with its parents if it does not exist."""
    path = _usable(directory)
    if isinstance(path, Diagnostic):
        return path
    return _make(path) or _open(path) or replaced(place_of(path))


def _usable(directory: str | os.PathLike[str]) -> str | Diagnostic:
    path = _without_tail(os.fspath(directory))
    if not path or "\0" in path:
        return codes.NOT_A_DIRECTORY.at(place_of("."), "the path of the output directory is empty or no path")
    if ".git" in os.path.realpath(path).lower().split(os.sep):
        return codes.INSIDE_GIT.at(
            place_of(path), f"{path} is inside a .git directory", hint="give a directory of the work tree"
        )
    return path


def _open(path: str) -> Root | Diagnostic | None:
    try:
        return Root(os.open(path, _FLAGS), path)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            return _not_a_directory(path)
        return cannot_read(place_of(path), error)


def _without_tail(path: str) -> str:
    """``path`` without the trailing slashes and dots that would make the kernel follow a link at its end."""
    while len(path) > 1 and path.endswith(("/", "/.")):
        path = path[:-1] if path.endswith("/") else path[:-2] or "/"
    return path


def _make(path: str) -> Diagnostic | None:
    missing = []
    head = path
    while head and not os.path.lexists(head):
        missing.append(head)
        head = os.path.dirname(head)
    if missing and head and not os.path.isdir(head):
        return _not_a_directory(head)
    for each in reversed(missing):
        try:
            os.mkdir(each)
        except FileExistsError:
            continue
        except OSError as error:
            return cannot_write(place_of(each), error)
    return None


def _not_a_directory(path: str) -> Diagnostic:
    try:
        mode = os.stat(path, follow_symlinks=False).st_mode
        target = os.readlink(path) if stat.S_ISLNK(mode) else None
    except OSError as error:
        return codes.NOT_A_DIRECTORY.at(place_of(path), f"{path} is not a directory: {error.strerror}")
    if target is None:
        return codes.NOT_A_DIRECTORY.at(
            place_of(path), f"{path} is not a directory", hint="give another path, or move away what is there"
        )
    if not os.path.isdir(path):
        return codes.NOT_A_DIRECTORY.at(
            place_of(path),
            f"{path} is a symbolic link to {target}, which is not a directory",
            hint="remove the link, or give another path",
        )
    return codes.OUTPUT_IS_SYMLINK.at(
        place_of(path),
        f"{path} is a symbolic link to {target}",
        hint=f"give {os.path.realpath(path)} instead",
        values={"target": target},
    )
