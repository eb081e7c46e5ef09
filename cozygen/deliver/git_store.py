"""The private repository in which commits are built: a cache a remote, or a fresh one for this run.

It has no work tree, no hooks and no configuration but cozygen's. A lock keeps two runs out of one store, and
git's own processes hold it too, so that what a killed run left behind is only cleared once they have ended.
What does not work any more is thrown away: nothing in a store is worth keeping.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_access import local_program
from cozygen.deliver.git_address import Address
from cozygen.record import Record

LOOSE_MOST = 6000
PACKS_MOST = 40
_CLEAN = "cozygen-clean"


class Store(Record):
    """A bare repository and the open lock on it. ``partial`` says that file contents are fetched as needed."""

    directory: Path
    lock: int
    address: Address
    object_format: str
    partial: bool
    kept: bool

    @property
    def repository(self) -> Path:
        """Git's own directory."""
        return self.directory / "git"

    @contextmanager
    def fetching(self) -> Iterator[None]:
        """While this lasts, git knows that the remote keeps what is missing here.

        At all other times it does not, so that no local command goes out to fetch anything on its own.
        """
        if not self.partial:
            yield
            return
        self.configure(promisor=True)
        try:
            yield
        finally:
            self.configure(promisor=False)

    def prepare(self) -> None:
        """Make the repository, by hand, so that no template and no hook gets in."""
        for name in ("objects/pack", "objects/info", "refs/heads", "info"):
            (self.repository / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self.repository / "HEAD", "ref: refs/heads/none\n")
        self.configure(promisor=False)

    def configure(self, *, promisor: bool) -> None:
        """Write git's configuration of this repository."""
        lines = ["[core]", "\tbare = true", "\trepositoryformatversion = 1", "\tlogAllRefUpdates = false"]
        if self.object_format != "sha1":
            lines += ["[extensions]", f"\tobjectFormat = {self.object_format}"]
        lines += ['[remote "origin"]', f"\turl = {_quoted(self.address.url)}"]
        if promisor:
            lines += ["\tpromisor = true", "\tpartialCloneFilter = blob:none"]
        if self.address.scheme == "file":
            lines += [f"\tuploadpack = {_quoted(local_program('upload-pack'))}"]
            lines += [f"\treceivepack = {_quoted(local_program('receive-pack'))}"]
        _replace(self.repository / "config", "\n".join(lines) + "\n")

    def clean_trees(self) -> set[str]:
        """Trees that were found to be exactly what a manifest says."""
        try:
            return set((self.directory / _CLEAN).read_text().split())
        except (OSError, UnicodeDecodeError):
            return set()

    def remember_clean(self, tree: str) -> None:
        """Keep in mind that this tree is exactly what its manifest says."""
        known = [item for item in sorted(self.clean_trees()) if item != tree][-15:]
        _replace(self.directory / _CLEAN, "\n".join([*known, tree]) + "\n")

    def discard(self) -> None:
        """Throw away what is in the store and begin anew; the lock stays."""
        shutil.rmtree(self.repository, ignore_errors=True)
        (self.directory / _CLEAN).unlink(missing_ok=True)
        self.prepare()


@contextmanager
def open_store(
    address: Address, cache: Path | None, *, object_format: str = "sha1", partial: bool = True
) -> Iterator[Store]:
    """The store for a remote: the one kept under ``cache`` if nobody else is in it, else one for this run."""
    with ExitStack() as stack:
        try:
            name = f"{sha256(address.url.encode()).hexdigest()[:24]}-{object_format}"
            claimed = None if cache is None else _claim(cache / name)
            if claimed is None:
                fresh = tempfile.TemporaryDirectory(prefix="cozygen-", ignore_cleanup_errors=True)
                directory = Path(stack.enter_context(fresh))
                lock = _lock(directory)
                assert lock is not None
            else:
                directory, lock = claimed
            stack.callback(os.close, lock)
            _clear(directory)
            store = Store(directory, lock, address, object_format, partial, claimed is not None)
            store.prepare()
        except OSError as error:
            raise _unusable(error, cache) from error
        yield store


def _unusable(error: OSError, cache: Path | None) -> DeliveryError:
    where = str(error.filename or cache or tempfile.gettempdir())
    return DeliveryError.of(codes.LOCAL_STORE, where, f"cannot use {where}: {error.strerror}")


def _claim(directory: Path) -> tuple[Path, int] | None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if directory.stat().st_uid != os.geteuid():
        return None  # someone else's: whatever is in it is not to be trusted
    lock = _lock(directory)
    return None if lock is None else (directory, lock)


def _lock(directory: Path) -> int | None:
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _clear(directory: Path) -> None:
    """Remove what an interrupted run left, or all of it once it has grown."""
    repository = directory / "git"
    if not repository.is_dir():
        return
    objects = repository / "objects"
    packs = sum(1 for _ in (objects / "pack").glob("*.pack"))
    sample = objects / "17"  # git's own way to guess the number of loose objects
    loose = 256 * sum(1 for _ in sample.iterdir()) if sample.is_dir() else 0
    if packs > PACKS_MOST or loose > LOOSE_MOST:
        shutil.rmtree(repository)
        return
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "fast_import_crash_*"):
        for path in repository.glob(pattern):
            path.unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text)
    temporary.replace(path)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
