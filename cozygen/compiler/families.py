"""Compiling all families: which there are, what is known of them, and how tenants map to sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from cozygen.compiler.family import Context, compile_family
from cozygen.compiler.memory import Memory, family_of_plain, family_plain
from cozygen.compiler.plain import key_of
from cozygen.compiler.result import FamilyResult, TenantResult
from cozygen.diagnostics import Diagnostic
from cozygen.layout.compose import TenantFiles
from cozygen.platform.facts import TenantFacts
from cozygen.platform.grouping import grouped
from cozygen.platform.tenant import Tenant
from cozygen.record import Record, field, replace
from cozygen.spec.blueprints import NOTHING
from cozygen.spec.families import EVERYTHING, Family, family_of, together
from cozygen.spec.read import Parsed
from cozygen.spec.shapes.tenant import ROOT
from cozygen.spec.source import Source

Work = Callable[[Family], FamilyResult]
Spread = Callable[[Work, Sequence[Family]], Iterable[FamilyResult]]
"""Doing some work for each of many families, in whatever way; results in the same order."""


def one_by_one(work: Work, families: Sequence[Family]) -> Iterator[FamilyResult]:
    """The plainest way to spread work."""
    return map(work, families)


class Means(Record):
    """What the caller brings to a compile: whether it keeps resolved tenants, its memory, a way to spread work.

    ``fingerprint`` stands for the compiler itself: what another one remembered does not count.
    """

    keep: bool = True
    memory: Memory = field(default_factory=Memory)
    spread: Spread = one_by_one
    fingerprint: bytes = b""


class Compiled(Record, dict=True):
    """All families, compiled. ``tenants`` are the resolved ones that were kept, root at least."""

    context: Context
    key: bytes
    families: Mapping[str, Family]
    results: Mapping[str, FamilyResult]
    tenants: Mapping[str, Tenant]
    facts: Mapping[str, TenantFacts]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the tenants, each on its own."""
        return [item for result in self.results.values() for item in result.diagnostics]

    def in_order(self) -> dict[str, TenantResult]:
        """Every tenant's result by path, parents before children."""
        found = {t.facts.path: t for result in self.results.values() for t in result.tenants}
        return {path: found[path] for path in self.facts}

    def make(self, name: str) -> dict[str, TenantFiles]:
        """The files of a family's tenants by path, made now."""
        root = None if name in (ROOT, EVERYTHING) else self.tenants[ROOT]
        result = compile_family(self.families[name], replace(self.context, root=root, keep=False))
        return {t.facts.path: t.made for t in result.tenants if t.made is not None}


def compile_families(
    parsed: Parsed, attachments: Mapping[str, Source], context: Context, means: Means, *, lay_out: bool
) -> Compiled:
    """Compile every family, or recall what compiling it gave.

    How tenants are grouped depends on all of their paths, blueprints' children included, and their files
    depend on that. So it is taken from what the text tells at first, and done again in the rare case that
    there turns out to be more.
    """
    known = frozenset(path for path, _ in parsed.tenants)
    context = replace(context, known=known, keep=means.keep)
    if lay_out:
        context = replace(context, grouping=grouped(known, context.site.delivery))
    shared = key_of("shared", _shared(parsed, attachments, means.fingerprint))
    compiled = _compile(parsed, context, shared, means)
    if lay_out:
        grouping = grouped(compiled.facts, context.site.delivery)
        if grouping != context.grouping:
            compiled = _compile(parsed, replace(context, grouping=grouping), shared, means)
    return compiled


def _shared(parsed: Parsed, attachments: Mapping[str, Source], fingerprint: bytes) -> Iterator[str | bytes]:
    """What any family may depend on besides its own text."""
    yield fingerprint
    yield str(len(parsed.inputs))
    for number, chunk in parsed.shared:
        yield from (str(number), chunk.file, str(chunk.line), chunk.text)
    for path in sorted(attachments):
        yield from (path, attachments[path].name, attachments[path].data)


def _compile(parsed: Parsed, context: Context, shared: bytes, means: Means) -> Compiled:
    key = key_of("context", (shared, repr((context.grouping, context.check))))
    layers = len(parsed.inputs)
    empty = Family(ROOT, ((),) * layers, ((),) * layers)
    first = compile_family(parsed.families.get(ROOT, empty), replace(context, keep=True))
    root = next(t for t in first.linked if t.path == ROOT)
    families = {name: family for name, family in parsed.families.items() if name != ROOT}
    if all(family_of(t.path) == ROOT for t in first.linked):
        below = replace(context, root=root)
        results = {ROOT: first, **_each(families, below, key, means)}
        spent = NOTHING
        for result in results.values():
            spent = spent.plus(result.spent)
        if not spent.too_much:
            everyone = {ROOT: parsed.families.get(ROOT, empty), **families}
            return _compiled(context, key, everyone, results, root)
    # A blueprint of root brings other tenants, or blueprints come to too much in all: see everything at once.
    whole = together(parsed.families or {ROOT: empty}, layers)
    result = compile_family(whole, replace(context, keep=True))
    root = next(t for t in result.linked if t.path == ROOT)
    return _compiled(context, key, {EVERYTHING: whole}, {EVERYTHING: result}, root)


def _each(
    families: Mapping[str, Family], context: Context, key: bytes, means: Means
) -> dict[str, FamilyResult]:
    """The results of families below root, recalled as far as they are known and no tenants are to be kept."""
    memory = means.memory
    keys = {} if means.keep else {name: _key(family, key) for name, family in families.items()}
    results: dict[str, FamilyResult] = {}
    for name, own in keys.items():
        plain = memory.recall(own)
        if plain is not None:
            results[name] = family_of_plain(plain)
    missing = [family for name, family in families.items() if name not in results]
    for family, result in zip(
        missing, means.spread(lambda f: compile_family(f, context), missing), strict=True
    ):
        results[family.name] = result
        # What is wrong with a family may be told by names in others, so only one without errors is remembered.
        plain = None if means.keep or result.failed else family_plain(result)
        if plain is not None:
            memory.keep(keys[family.name], plain)
    return {name: results[name] for name in families}


def _key(family: Family, key: bytes) -> bytes:
    """What a family's result depends on: the context, and all of its text with where it stands."""

    def parts() -> Iterator[str | bytes]:
        yield key
        yield family.name
        for number, documents in enumerate(zip(family.late, family.early, strict=True)):
            for chunk in (item.text for items in documents for item in items):
                yield from (str(number), chunk.file, str(chunk.line), chunk.text)

    return key_of("family", parts())


def _compiled(
    context: Context,
    key: bytes,
    families: Mapping[str, Family],
    results: Mapping[str, FamilyResult],
    root: Tenant,
) -> Compiled:
    facts = [t.facts for result in results.values() for t in result.tenants]
    facts.sort(key=lambda item: (item.path.count("/") if item.path != ROOT else -1, item.path))
    linked = {t.path: t for result in results.values() for t in result.linked}
    by_path = {item.path: item for item in facts}
    tenants = {path: linked[path] for path in by_path if path in linked}
    return Compiled(context, key, families, results, {ROOT: root, **tenants}, by_path)
