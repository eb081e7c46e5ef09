"""A part: the objects that one Flux Kustomization applies, and what has to be Ready before it does.

The names are for good: a part that was renamed, or an object that moved from one part to another, would be
deleted by the Kustomization that no longer has it. So parts are named after the tenant and the kinds in
them, never after their number, order or the platform's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.record import Record, field

Object = dict[str, Any]


class HealthCheck(Record):
    """A HelmRelease that has to be Ready before the part counts as Ready."""

    namespace: str
    name: str


class Part(Record):
    """What one Kustomization applies.

    ``directory`` is relative to the site's directory in the repository. ``tenant`` is the path of the tenant
    whose artifact holds the directory, None for the platform's own parts. ``files`` are further files applied
    as they are, such as encrypted Secrets, by name; ``namespace`` is the one for those that name none.
    """

    name: str
    directory: str
    objects: tuple[Object, ...]
    depends_on: tuple[str, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    tenant: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    namespace: str | None = None
    interval: str = "1h0m0s"
    file_name: str = "objects.yaml"

    @property
    def encrypted(self) -> bool:
        """Whether Flux has to decrypt some of it."""
        return bool(self.files)
