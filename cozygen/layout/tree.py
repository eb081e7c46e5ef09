"""The rendered tree: every output file's bytes by path, and the facts about where they came from.

Paths come from validated names, so a path that could leave the output directory, land in ``.git`` or not
survive a checkout on another operating system is a bug of the compiler, and raises ``ValueError``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cozygen.record import Record

OWN_PREFIX = ".cozygen"
"""Names that start so, in any case spelling, are cozygen's own bookkeeping and no output file has them."""

SECRETS = "talos/secrets.sops.yaml"
"""Where the cluster's encrypted secrets are kept: people's own file beside the output files."""
BESIDE = (SECRETS, "talos/configs/")
"""Paths beside the output files that are people's own and never part of a tree; a slash takes all below it."""

_PART = r"[a-z0-9][a-z0-9._-]{0,254}"
_PLAIN = re.compile(rf"{_PART}(?:/{_PART})*").fullmatch
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


class Facts(Record):
    """What a tree was made from: the platform's name, the spec's SHA-256, and the two versions."""

    platform: str
    spec: str
    cozygen: str
    cozystack: str


class _Promised(Mapping[str, bytes]):
    """Files whose bytes are made when they are asked for."""

    def __init__(self, paths: tuple[str, ...], read: Callable[[str], bytes]) -> None:
        self._paths, self._known, self._read = paths, frozenset(paths), read

    def __getitem__(self, path: str) -> bytes:
        if path not in self._known:
            raise KeyError(path)
        return self._read(path)

    def __contains__(self, path: object) -> bool:
        return path in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@dataclass(frozen=True, slots=True)
class Tree(Mapping[str, bytes]):
    """Output files by relative POSIX path, in path order, with their SHA-256 digests.

    Made by ``Tree.of`` from bytes, or by ``Tree.promised`` from digests and a way to get the bytes.

    ``output`` is the digest over everything: the SHA-256 of what ``sha256sum`` prints for all files in path
    order. The manifest is derived from a tree and is not one of these files (``manifest.with_manifest``).
    """

    files: Mapping[str, bytes]
    facts: Facts
    digests: Mapping[str, str]
    output: str

    @classmethod
    def of(cls, files: Mapping[str, bytes], facts: Facts) -> Tree:
        """A tree of ``files``; raises ``ValueError`` for a path that no output file may have."""
        sha256 = hashlib.sha256
        digests = {path: sha256(data).hexdigest() for path, data in files.items()}
        return cls._of(MappingProxyType({path: files[path] for path in sorted(files)}), digests, facts)

    @classmethod
    def promised(cls, digests: Mapping[str, str], read: Callable[[str], bytes], facts: Facts) -> Tree:
        """A tree whose bytes are made when they are asked for; raises ``ValueError`` as ``of`` does."""
        return cls._of(_Promised(tuple(sorted(digests)), read), digests, facts)

    @classmethod
    def recalled(
        cls, digests: Mapping[str, str], output: str, read: Callable[[str], bytes], facts: Facts
    ) -> Tree:
        """A tree that was made before: its digests in path order, and the digest over everything."""
        return cls(_Promised(tuple(digests), read), facts, MappingProxyType(dict(digests)), output)

    @classmethod
    def _of(cls, files: Mapping[str, bytes], digests: Mapping[str, str], facts: Facts) -> Tree:
        _check(digests)
        ordered = {path: digests[path] for path in sorted(digests)}
        output = hashlib.sha256("".join(f"{d}  {path}\n" for path, d in ordered.items()).encode())
        return cls(files, facts, MappingProxyType(ordered), output.hexdigest())

    def __getitem__(self, path: str) -> bytes:
        return self.files[path]

    def __contains__(self, path: object) -> bool:
        return path in self.digests

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def path_fault(path: str) -> str | None:
    """Why ``path`` cannot be an output file's path on its own, or None when it can."""
    if _PLAIN(path) is not None:
        return None
    if path.startswith("/"):
        return "is absolute"
    for part in path.split("/"):
        fault = _part_fault(part)
        if fault is not None:
            return fault
    return None


def ancestors(path: str) -> Iterator[str]:
    """The directories above ``path``, nearest first; the root itself is not among them."""
    parent = path.rpartition("/")[0]
    while parent:
        yield parent
        parent = parent.rpartition("/")[0]


def directories(paths: Iterable[str]) -> set[str]:
    """Every directory that the files at ``paths`` need, without the root."""
    found: set[str] = set()
    for path in paths:
        for parent in ancestors(path):
            if parent in found:
                break
            found.add(parent)
    return found


def folded(path: str) -> str:
    """What a file system that ignores case and Unicode composition takes ``path`` for."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _check(paths: Iterable[str]) -> None:
    all_lower = True
    for path in paths:
        fault = path_fault(path)
        if fault is not None:
            raise ValueError(f"output path {path!r} {fault}")
        all_lower = all_lower and path.isascii() and path == path.lower()
    needed = directories(paths)
    both = sorted(needed.intersection(paths))
    if both:
        raise ValueError(f"output path {both[0]!r} is both a file and a directory")
    if all_lower:
        return
    seen: dict[str, str] = {}
    for path in sorted([*paths, *needed]):
        other = seen.setdefault(folded(path), path)
        if other != path:
            raise ValueError(f"output paths {other!r} and {path!r} differ only in case")


def _part_fault(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"has the component {part!r}"
    if "\\" in part:
        return "contains a backslash"
    if any(unicodedata.category(char) in _UNSEEN for char in part):
        return "contains a control, invisible or half character"
    if len(part.encode()) > 255:
        return "has a component of more than 255 bytes"
    name = part.partition(":")[0].rstrip(" .").lower()
    if name in (".git", "git~1"):
        return "enters Git's own directory"
    if folded(part).startswith(OWN_PREFIX):
        return f"has a component that starts with {OWN_PREFIX}, which is kept for cozygen itself"
    return None
