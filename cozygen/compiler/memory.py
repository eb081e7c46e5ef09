"""What an earlier compile found, by a digest of everything it was found from.

A memory holds plain data only, so that the caller can put it into a file and read it back; it never decides
anything: what is recalled under a key is what computing it again would give. A compile keeps what it used,
so what is no longer needed is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.compiler.plain import Plain, diagnostics_of_plain, diagnostics_plain
from cozygen.compiler.result import FamilyResult, TenantResult
from cozygen.diagnostics import Place
from cozygen.layout.compose import TenantFiles
from cozygen.platform.facts import ClassUse, ClusterName, TenantFacts
from cozygen.platform.published import Published
from cozygen.platform.tenant import Member
from cozygen.spec.blueprints import Spent


class Memory:
    """``recall`` what was found, ``keep`` what was used; ``kept`` is what the next run can begin with."""

    def __init__(self, found: Mapping[bytes, Plain] | None = None) -> None:
        self._found = found or {}
        self.kept: dict[bytes, Plain] = {}

    def recall(self, key: bytes) -> Plain | None:
        """What is known under a key, or None. It stays known."""
        value = self._found.get(key)
        if value is not None:
            self.kept[key] = value
        return value

    def keep(self, key: bytes, value: Plain) -> None:
        """Remember something under a key."""
        self.kept[key] = value

    @property
    def changed(self) -> bool:
        """Whether there is anything that the next run would not know without this one."""
        return self.kept.keys() != self._found.keys()


def family_plain(result: FamilyResult, *, files: bool = False) -> Plain | None:
    """A family as plain data, with digests in the place of files unless these are asked for.

    None where it has resolved tenants, or diagnostics with values that are no plain data.
    """
    told = diagnostics_plain(result.diagnostics)
    if told is None or result.linked:
        return None
    tenants = tuple(
        (_facts_plain(t.facts), dict(t.files), t.index, _made_plain(t.made) if files else None)
        for t in result.tenants
    )
    return tenants, told, tuple(result.spent), result.laid_out


def family_of_plain(plain: Plain) -> FamilyResult:
    """The family that plain data stands for."""
    tenants, told, spent, laid_out = plain
    return FamilyResult(
        tuple(
            TenantResult(_facts(facts), digests, index, None if made is None else TenantFiles(*made))
            for facts, digests, index, made in tenants
        ),
        diagnostics_of_plain(told),
        Spent(*spent),
        laid_out,
    )


def _made_plain(made: TenantFiles | None) -> Plain:
    return None if made is None else (dict(made.files), made.index)


def _facts_plain(facts: TenantFacts) -> Plain:
    return (
        facts.path,
        facts.name,
        facts.namespace,
        None if facts.host is None else _placed(facts.host),
        tuple(map(_placed, facts.published)),
        tuple(map(_placed, facts.missing_classes)),
        tuple(map(_placed, facts.clusters)),
        tuple(map(_placed, facts.members)),
        facts.packages,
        facts.services,
        facts.has_plans,
        facts.awaited,
    )


def _placed(item: tuple[Any, ...]) -> Plain:
    """A tuple that ends with a place."""
    return (*item[:-1], tuple(item[-1]))


def _facts(plain: Plain) -> TenantFacts:
    path, name, namespace, host, published, missing, clusters, members, *rest = plain
    return TenantFacts(
        path,
        name,
        namespace,
        None if host is None else Published(host[0], host[1], Place(*host[2])),
        tuple(Published(name, owner, Place(*place)) for name, owner, place in published),
        tuple(ClassUse(name, user, Place(*place)) for name, user, place in missing),
        tuple(ClusterName(name, Place(*place)) for name, place in clusters),
        tuple(Member(name, level, group, Place(*place)) for name, level, group, place in members),
        *rest,
    )
