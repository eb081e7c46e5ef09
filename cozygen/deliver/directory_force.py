"""Which files a person has given up: paths that a run may overwrite or remove although they were edited."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cozygen.deliver import directory_codes as codes
from cozygen.deliver.directory_root import Root
from cozygen.diagnostics import Diagnostic
from cozygen.layout.tree import ancestors, directories
from cozygen.record import Record

EVERYTHING = "."


class Force(Record):
    """Paths below the output directory: files, directories with all that is in them, or ``EVERYTHING``.

    Force is for the content of regular files. Directories, links and special files in the way stay refused,
    because what would be lost with them cannot be named.
    """

    paths: frozenset[str]

    @classmethod
    def of(cls, paths: Collection[str]) -> Force:
        """Force for ``paths`` as people type them, with or without a slash at the end."""
        return cls(frozenset(path.rstrip("/").removeprefix("./") or EVERYTHING for path in paths))

    def allows(self, path: str) -> bool:
        """Whether the file at ``path`` was given up."""
        if not self.paths:
            return False
        return not self.paths.isdisjoint((EVERYTHING, path, *ancestors(path)))

    def misspelt(self, root: Root, owned: Iterable[str]) -> list[Diagnostic]:
        """Diagnostics for forced paths that are neither among the ``owned`` paths nor directories of them."""
        if self.paths <= {EVERYTHING}:
            return []
        owned = set(owned)
        unknown = self.paths - owned - directories(owned) - {EVERYTHING}
        return [
            codes.NOTHING_TO_FORCE.at(
                root.place(path),
                f"{path!r} is not a path of the output in {root.path}, so there is nothing to force",
                hint="give the path below the output directory",
            )
            for path in sorted(unknown)
        ]
