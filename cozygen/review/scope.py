"""Patterns over the tenant tree: ``acme`` is one tenant, ``acme/*`` its children, ``acme/**`` all of it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from cozygen.platform.names import ROOT, parent_path
from cozygen.record import Record


class Scope(Record):
    """The tenants that some patterns match."""

    patterns: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> Scope:
        """The scope of patterns as people type them; raises ``ValueError`` for one with an empty step.

        A script that lost a variable would else turn its pattern ``$TEAM/**`` into one that matches everything.
        """
        listed = tuple(patterns)
        for pattern in listed:
            if not all(pattern.split("/")):
                raise ValueError(f"{pattern!r} is no pattern of tenants: a step of it is empty")
        return cls(listed)

    def holds(self, tenant: str) -> bool:
        """Whether a tenant is in it; ``**`` matches any number of steps, none as well."""
        steps = tenant.split("/")
        return any(_matches(pattern.split("/"), steps) for pattern in self.patterns)

    def is_top(self, tenant: str) -> bool:
        """Whether a tenant is in it and its parent is not: what it is, its parent grants."""
        above = parent_path(tenant)
        return self.holds(tenant) and (above is None or above == ROOT or not self.holds(above))

    @property
    def label(self) -> str:
        """The patterns as messages show them."""
        return ", ".join(self.patterns)


def _matches(pattern: list[str], steps: list[str]) -> bool:
    if not pattern:
        return not steps
    if pattern[0] == "**":
        return any(_matches(pattern[1:], steps[count:]) for count in range(len(steps) + 1))
    return bool(steps) and fnmatchcase(steps[0], pattern[0]) and _matches(pattern[1:], steps[1:])
