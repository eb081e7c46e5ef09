"""The tree of a compiled platform: digests of everything, and bytes as far as somebody asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial

from cozygen.compiler.families import Compiled
from cozygen.compiler.memory import Memory
from cozygen.compiler.plain import key_of
from cozygen.layout.compose import (
    TenantFiles,
    index_file,
    index_parts,
    laid_out_facts,
    platform_files,
    tree_facts,
)
from cozygen.layout.tree import Tree
from cozygen.platform.model import Platform
from cozygen.record import replace

Make = Callable[[], Mapping[str, bytes]]


class _Stock:
    """Files by path that are made when they are asked for; each way to make some makes all that belong together."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self._made: dict[str, bytes] = {}
        self._makers: dict[str, Make] = {}

    def put(self, files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
        """Files that have been made, and their digests."""
        self._made.update(files)
        self.digests.update(digests)

    def promise(self, digests: Mapping[str, str], make: Make) -> None:
        """Files that can be made, and will have these digests."""
        self.digests.update(digests)
        self._makers.update(dict.fromkeys(digests, make))

    def get(self, path: str) -> bytes:
        """The bytes of a file. Raises ``RuntimeError`` where they are not those that were remembered."""
        known = self._made.get(path)
        if known is not None:
            return known
        for other, data in self._makers[path]().items():
            if hashlib.sha256(data).hexdigest() != self.digests.get(other):
                raise RuntimeError(f"what was remembered of {other} is not what the spec compiles to")
            self._made[other] = data
        return self._made[path]


def lay_out(platform: Platform, compiled: Compiled, memory: Memory) -> Tree:
    """The tree of a platform without errors."""
    stock = _Stock()
    tenants = compiled.in_order()
    fresh = {path: found.made for path, found in tenants.items() if found.made is not None}
    families = {t.facts.path: name for name, result in compiled.results.items() for t in result.tenants}

    def tenant(path: str) -> TenantFiles:
        if path not in fresh:
            fresh.update(compiled.make(families[path]))
        return fresh[path]

    def files_of(path: str) -> Mapping[str, bytes]:
        return tenant(path).files

    def index_of(name: str, paths: tuple[str, ...]) -> Mapping[str, bytes]:
        return {name: index_file(tenant(path).index for path in paths)}

    for path, found in tenants.items():
        if found.made is not None:
            stock.put(found.made.files, found.files)
        else:
            stock.promise(found.files, partial(files_of, path))
    indexed = [path for path, found in tenants.items() if found.index is not None]
    grouping = compiled.context.grouping
    assert grouping is not None
    for name, paths in index_parts(indexed, grouping).items():
        key = key_of("index", [compiled.key, *(text for p in paths for text in (p, tenants[p].index or ""))])
        _remembered(stock, memory, key, partial(index_of, name, paths))
    seen = replace(platform, facts={path: laid_out_facts(facts) for path, facts in platform.facts.items()})
    key = key_of("platform", [compiled.key, repr((indexed, list(seen.facts.values())))])
    _remembered(stock, memory, key, partial(platform_files, seen, indexed, grouping))
    return Tree.promised(stock.digests, stock.get, tree_facts(platform))


def _remembered(stock: _Stock, memory: Memory, key: bytes, make: Make) -> None:
    """Files that depend on what a key stands for: made now, or at need if their digests are known."""
    known = memory.recall(key)
    if known is not None:
        stock.promise(known, make)
        return
    files = make()
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    stock.put(files, digests)
    memory.keep(key, digests)
