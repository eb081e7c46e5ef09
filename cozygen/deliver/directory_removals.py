"""Whether a directory that stands where a file should be is gone once a run has removed what is its own."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet

from cozygen.deliver.directory_descent import Descent
from cozygen.deliver.directory_pending import is_temporary


class Removals:
    """What a run is going to remove: ``directories`` that it empties, ``files``, and, if it ``sweeps``, the
    unfinished files of earlier runs.
    """

    def __init__(
        self, descent: Descent, directories: AbstractSet[str], files: AbstractSet[str], *, sweeps: bool
    ) -> None:
        self._descent, self._directories, self._files, self._sweeps = descent, directories, files, sweeps

    def leave(self, directory: str) -> str | None:
        """The first thing at or below ``directory`` that stays, if any; may raise ``OSError``."""
        if directory not in self._directories:
            return directory
        with os.scandir(self._descent.enter(directory)[0]) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        for name, is_directory in found:
            path = f"{directory}/{name}"
            if is_directory:
                stays = self.leave(path)
                if stays is not None:
                    return stays
            elif path not in self._files and not (self._sweeps and is_temporary(name)):
                return path
        return None
