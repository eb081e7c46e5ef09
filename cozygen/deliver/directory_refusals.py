"""The wording of what a run refuses and what the operating system refuses it."""

from __future__ import annotations

import errno
import os

from cozygen.deliver import directory_codes as codes
from cozygen.deliver.directory_descent import Kind
from cozygen.diagnostics import Diagnostic, Place

_HINTS = {
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "your disk quota is used up; free some of it and run again",
    errno.EFBIG: "the process may not write files of that size (ulimit -f); raise the limit and run again",
    errno.EROFS: "the file system is mounted read-only",
    errno.EACCES: "give your user the permission to write there",
    errno.EPERM: "give your user the permission to write there; look for an immutable flag",
    errno.EIO: "the disk reports a fault; see the system's log",
}


def place_of(directory: str, path: str = "") -> Place:
    """The start of the file at ``path`` below ``directory``; bytes that are not UTF-8 are spelt out."""
    joined = os.path.join(directory, path) if path else directory
    return Place(os.fsencode(joined).decode("utf-8", "backslashreplace"), 1, 1)


def cannot_read(place: Place, error: OSError) -> Diagnostic:
    """The operating system would not let cozygen read what is at ``place``."""
    return codes.CANNOT_READ.at(
        place, f"cannot read {place.file}: {error.strerror}", values={"errno": _name(error)}
    )


def cannot_write(place: Place, error: OSError) -> Diagnostic:
    """The operating system would not let cozygen change what is at ``place``."""
    return codes.CANNOT_WRITE.at(
        place,
        f"cannot write {place.file}: {error.strerror}",
        hint=_HINTS.get(error.errno or 0),
        values={"errno": _name(error)},
    )


def replaced(place: Place) -> Diagnostic:
    """The output directory's path no longer leads to what was opened there."""
    return codes.CHANGED_MEANWHILE.at(
        place, f"{place.file} was replaced or removed while cozygen opened it", hint="run again"
    )


def changed(place: Place) -> Diagnostic:
    """Something wrote to ``place`` between the look and the write."""
    return codes.CHANGED_MEANWHILE.at(
        place,
        f"{place.file} was changed by something else during the run, which stopped there",
        hint="look at the file and run again: the run completes what is there",
    )


def obstacle(place: Place, found: Kind) -> Diagnostic | None:
    """Something at ``place`` that no run removes; None for a regular file, a directory or nothing."""
    if found is Kind.SYMLINK:
        return codes.SYMLINK_INSIDE.at(
            place,
            f"{place.file} is a symbolic link; nothing is read, written or removed through links",
            hint="remove the link and run again",
        )
    if found is Kind.SPECIAL:
        return codes.SPECIAL_FILE.at(
            place, f"{place.file} is a {found.value}", hint="remove it, then run again"
        )
    return None


def edited(place: Place, path: str, verb: str) -> Diagnostic:
    """A person changed the file that cozygen wrote at ``path``, and the run would ``verb`` it."""
    return codes.EDITED.at(
        place,
        f"{place.file} was edited by hand: its content is neither what cozygen wrote nor what it would write",
        hint=f"bring the change into the spec and restore the file, or {verb} it with --force {path}",
    )


def unowned(place: Place, path: str) -> Diagnostic:
    """A person's file stands at ``path``, where one of the output belongs."""
    return codes.UNOWNED.at(
        place,
        f"{place.file} is in the way: cozygen did not write it, and its content is not the output's",
        hint=f"move the file elsewhere, or overwrite it with --force {path}",
    )


def file_in_the_way(place: Place) -> Diagnostic:
    """A person's file stands where the output needs a directory."""
    return codes.FILE_IN_THE_WAY.at(
        place,
        f"{place.file} is a file that cozygen did not write, and the output needs a directory there",
        hint="move the file elsewhere",
    )


def directory_in_the_way(place: Place, foreign: Place) -> Diagnostic:
    """A directory stands where the output needs a file, and ``foreign`` in it is not cozygen's."""
    return codes.DIRECTORY_IN_THE_WAY.at(
        place,
        f"{place.file} is a directory, and the output needs a file there; "
        f"{foreign.file} is not cozygen's to remove",
        hint="move the directory elsewhere",
    )


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, str(error.errno))
