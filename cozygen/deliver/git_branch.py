"""A branch of the remote as it is now: its head, the files below a path, and their contents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha1, sha256
from typing import NamedTuple

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError, MisuseError
from cozygen.deliver.git_access import Login
from cozygen.deliver.git_process import Git, Result, StoreError, last_words
from cozygen.deliver.git_store import Store
from cozygen.deliver.git_verdict import failure, is_local
from cozygen.record import Record

FILE = "100644"
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--depth=1")


class Entry(NamedTuple):
    """What stands at a path: git's mode and type, and the id of the content."""

    mode: str
    kind: str
    id: str

    @property
    def is_plain(self) -> bool:
        """Whether it is a file like those that cozygen writes: no link, not executable."""
        return self.kind == "blob" and self.mode == FILE

    @property
    def described(self) -> str:
        """What it is, in words."""
        if self.kind == "commit":
            return "a submodule"
        return {"120000": "a symbolic link", "100755": "an executable file", "040000": "a directory"}.get(
            self.mode, "a file"
        )


class NotPartialError(StoreError):
    """The remote hands out whole branches only, not single files."""


class OtherFormatError(StoreError):
    """The remote names objects by SHA-256."""


class Branch(Record):
    """A branch in a store. Every method but ``head``, ``latest`` and ``contents`` works without the remote."""

    store: Store
    login: Login
    git: Git
    name: str

    @classmethod
    def of(cls, store: Store, login: Login, name: str) -> Branch:
        """The branch; raises for what git does not take as a branch's name."""
        git = Git(store.repository, login, store.lock)
        whole = name.startswith("refs/") or name == "HEAD"
        if whole or name.startswith("-") or git.run("check-ref-format", f"refs/heads/{name}").code != 0:
            hint = f"write {name.removeprefix('refs/heads/')}" if name.startswith("refs/heads/") else None
            raise MisuseError.of(
                codes.NOT_BRANCHLIKE, login.address.shown, f"{name!r} is no branch name", hint
            )
        return cls(store, login, git, name)

    @property
    def ref(self) -> str:
        """Where the store keeps what it knows of the branch."""
        return f"refs/cozygen/heads/{self.name}"

    def head(self) -> str | None:
        """The commit that the remote's branch points to now, None if there is no such branch."""
        result = self._talk("ls-remote", "--quiet", "origin", f"refs/heads/{self.name}")
        if result.code != 0:
            raise failure(self.login, "read", result)
        for line in result.text.splitlines():
            found, _, ref = line.partition("\t")
            if ref == f"refs/heads/{self.name}":
                return found
        return None

    def latest(self) -> str | None:
        """The branch's head, with all that is needed to build on it in the store; None if there is no branch."""
        known = self.known()
        if known is not None:
            head = self.head()
            if head is None or head == known:
                return head
        words = [*_FETCH, *(["--filter=blob:none"] if self.store.partial else [])]
        with self.store.fetching():
            result = self._talk(*words, "origin", f"+refs/heads/{self.name}:{self.ref}")
        if result.code == 0:
            return self.known()
        if "couldn't find remote ref" in result.err:
            return None
        if "mismatched algorithms" in result.err:
            raise OtherFormatError(failure(self.login, "fetch from", result).diagnostic)
        raise self._failed(result)

    def known(self) -> str | None:
        """The head that the store has, with everything that is needed to build on it."""
        return self.git.run("rev-parse", "--quiet", "--verify", f"{self.ref}^{{commit}}").text or None

    def remember(self, commit: str) -> None:
        """Note that the remote's branch now points to this commit."""
        self.git.ask("update-ref", self.ref, commit)

    def lookup(self, within: str, paths: Iterable[str]) -> dict[str, Entry]:
        """What stands at these paths of a commit or tree, as far as anything does; in it, after a slash."""
        listed = sorted(path for path in paths if path)
        return (
            _entries(self.git.read("ls-tree", "-z", "--full-tree", within, "--", *listed)) if listed else {}
        )

    def files(self, tree: str) -> dict[str, Entry]:
        """Everything in a tree and below it, by path."""
        return _entries(self.git.read("ls-tree", "-r", "-z", "--full-tree", tree))

    def subtree(self, commit: str, path: str) -> str | None:
        """The id of the tree at ``path``, None if there is none."""
        if not path:
            return self.git.ask("rev-parse", f"{commit}^{{tree}}")
        entry = self.lookup(commit, [path]).get(path)
        return entry.id if entry is not None and entry.kind == "tree" else None

    def contents(self, ids: Collection[str]) -> dict[str, bytes]:
        """The contents of files by their ids, fetched if they are not in the store."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        found, missing = self._local(wanted)
        if missing:
            self.bring(missing)
            more, lost = self._local(missing)
            if lost:
                message = f"{self.login.address.shown} does not hand out {lost[0]}, which its branch names"
                raise DeliveryError.of(codes.CORRUPT, self.login.address.shown, message)
            found |= more
        return found

    def deepen(self, depth: int) -> None:
        """Fetch so many commits of the branch's history, without the files of older ones."""
        words = [*_FETCH[:-1], f"--depth={depth}", *(["--filter=blob:none"] if self.store.partial else [])]
        with self.store.fetching():
            result = self._talk(*words, "origin", f"+refs/heads/{self.name}:refs/cozygen/history/{self.name}")
        if result.code != 0:
            raise self._failed(result)

    def bring(self, ids: Iterable[str]) -> None:
        """Fetch single files."""
        words = (
            "-c",
            "fetch.negotiationAlgorithm=noop",
            *_FETCH[:-1],
            "--filter=blob:none",
            "--stdin",
            "origin",
        )
        with self.store.fetching():
            result = self._talk(*words, feed="".join(f"{item}\n" for item in ids).encode())
        if result.code != 0:
            error = self._failed(result)
            if "not allow request" in result.err or "not our ref" in result.err:
                raise NotPartialError(error.diagnostic)
            raise error

    def _local(self, ids: list[str]) -> tuple[dict[str, bytes], list[str]]:
        out = self.git.read("cat-file", "--batch", feed="".join(f"{item}\n" for item in ids).encode())
        found: dict[str, bytes] = {}
        missing = []
        at = 0
        for wanted in ids:
            end = out.index(b"\n", at)
            words = out[at:end].decode().split()
            at = end + 1
            if len(words) == 3:
                size = int(words[2])
                found[wanted] = out[at : at + size]
                at += size + 1
            else:
                missing.append(wanted)
        return found, missing

    def _failed(self, result: Result) -> DeliveryError:
        """The error of a fetch, whose fault it was: the remote's, or that of the disk under the store."""
        if not is_local(result):
            return failure(self.login, "fetch from", result)
        where = str(self.store.directory)
        message = f"cannot keep what {self.login.address.shown} sends in {where}: {last_words(result.err)}"
        return DeliveryError.of(codes.LOCAL_STORE, where, message)

    def _talk(self, *arguments: str, feed: bytes = b"") -> Result:
        return self.git.run(*arguments, feed=feed, timeout=self.login.access.timeout)


def _entries(listing: bytes) -> dict[str, Entry]:
    out = {}
    for record in listing.split(b"\0"):
        if record:
            head, _, path = record.partition(b"\t")
            mode, kind, found = head.decode().split(" ")
            out[path.decode("utf-8", "surrogateescape")] = Entry(mode, kind, found)
    return out


def content_id(data: bytes, object_format: str) -> str:
    """Git's id of a file's content."""
    digest = sha256() if object_format == "sha256" else sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()
