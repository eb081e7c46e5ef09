"""Going down into the output directory, one name at a time, never through a symbolic link.

Every directory is opened relative to its parent's descriptor with ``O_NOFOLLOW``. A directory that someone
swaps for a link during a run therefore either was opened before, and is still the one that was checked, or
cannot be opened at all.
"""

from __future__ import annotations

import os
import stat
from enum import Enum
from typing import NamedTuple

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Opening with ``O_NONBLOCK`` does not wait for the other end of a pipe."""


class Kind(Enum):
    """What stands at a name."""

    NOTHING = "nothing"
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symbolic link"
    SPECIAL = "pipe, socket or device"


class Identity(NamedTuple):
    """Which file this is, and in which state: equal as long as nobody has written or replaced it.

    The device is left out because overlay file systems report it differently by name and by descriptor.
    """

    inode: int
    size: int
    modified: int
    changed: int


def identity(status: os.stat_result) -> Identity:
    """The identity of the file that ``status`` describes."""
    return Identity(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def kind(status: os.stat_result) -> Kind:
    """The kind of thing that ``status`` describes."""
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.DIRECTORY
    return Kind.SYMLINK if stat.S_ISLNK(mode) else Kind.SPECIAL


def look(directory: int, name: str) -> os.stat_result | None:
    """The status of what ``name`` itself is, link or not; None if there is nothing."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


class Descent:
    """Keeps the directories between the root and the current one open, so that neighbours are cheap.

    Best used in an order in which a directory's subdirectories follow it (``depth_first``).
    """

    def __init__(self, root: int) -> None:
        """Starts at the open directory ``root``, which stays the caller's to close."""
        self._root = root
        self._open: list[tuple[str, int]] = []
        self.at = ""
        """The directory that ``enter`` opened last or failed to open."""
        self.above = root
        """The descriptor of the directory that ``at`` stands in."""

    def enter(self, directory: str, *, make: bool = False) -> tuple[int, bool]:
        """The descriptor of ``directory`` (a relative path, "" for the root), and whether it was made now.

        Raises ``OSError`` for a directory that is missing, a link or no directory, with ``at`` and ``above``
        saying where. With ``make``, what is missing is made.
        """
        opened = self._open
        while opened and not f"{directory}/".startswith(f"{opened[-1][0]}/"):
            os.close(opened.pop()[1])
        here, fd = opened[-1] if opened else ("", self._root)
        fresh = False
        if here == directory:
            self.at = here
            return fd, False
        for name in directory[len(here) :].strip("/").split("/"):
            here = f"{here}/{name}" if here else name
            self.at, self.above = here, fd
            fresh = make and _made(fd, name)
            fd = os.open(name, DIRECTORY, dir_fd=fd)
            opened.append((here, fd))
        return fd, fresh

    def obstacle(self) -> Kind:
        """What stands where ``enter`` failed."""
        try:
            status = look(self.above, self.at.rpartition("/")[2])
        except OSError:
            return Kind.NOTHING
        return Kind.NOTHING if status is None else kind(status)

    def close(self) -> None:
        """Closes every descriptor but the root's."""
        while self._open:
            os.close(self._open.pop()[1])


def depth_first(directory: str) -> str:
    """Sort key that puts every directory right before what is in it."""
    return directory.replace("/", "\0")


def _made(above: int, name: str) -> bool:
    try:
        os.mkdir(name, dir_fd=above)
    except FileExistsError:
        return False
    return True
