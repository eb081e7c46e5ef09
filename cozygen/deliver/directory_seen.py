"""Files that were read before and need not be read again, as long as nobody has touched them.

A file counts as untouched if inode, size and both times are those of the moment it was read. A change within
one tick of the file system's clock could leave all of them as they are, so a file that was changed only just
before it was read is not remembered (Git's index does the same).
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from stat import S_ISREG

from cozygen.deliver.directory_descent import Identity, identity

_TICK = 50_000_000
"""Nanoseconds that the clocks of file systems may stand still, with room to spare."""
_COARSE_TICK = 3_000_000_000
"""The same for those that only count seconds."""

Record = tuple[str, tuple[int, int, int, int]]
"""The SHA-256 of a file, and its identity when it was read."""


class Seen:
    """What is known of an output directory's files by path; ``kept`` is what holds after this run."""

    def __init__(self, known: Mapping[str, Record] | None = None) -> None:
        self._known = known or {}
        self.kept: dict[str, Record] = {}

    def knows(self, path: str, digest: str) -> bool:
        """Whether a file of this digest was seen there."""
        record = self._known.get(path)
        return record is not None and record[0] == digest

    def same(self, path: str, status: os.stat_result) -> bool:
        """Whether the file is as it was when it was seen."""
        record = self._known[path]
        if not S_ISREG(status.st_mode) or record[1] != tuple(identity(status)):
            return False
        self.kept[path] = record
        return True

    def note(self, path: str, digest: str, status: os.stat_result) -> None:
        """Remember that the file, with this status just before it was read, has this digest."""
        found = identity(status)
        if settled(found, time.time_ns()):
            self.kept[path] = digest, (found.inode, found.size, found.modified, found.changed)

    @property
    def changed(self) -> bool:
        """Whether there is anything new to remember."""
        return self.kept != self._known


def settled(found: Identity, now: int) -> bool:
    """Whether a change after ``now`` would show in the file's times."""
    last = max(found.modified, found.changed)
    return now - last > (_COARSE_TICK if last % 1_000_000_000 == 0 else _TICK)
