"""What a chart rule looks at: one release with everything its templates can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cozygen.diagnostics import Code

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the chart can look up in the cluster before it renders.

    ``disks`` are the VMDisks of the release's own namespace, ``packages`` the Packages that exist by their
    short names.
    """

    instance_types: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()
    disks: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Release:
    """One application as its chart sees it.

    ``given`` is what the spec says; ``values`` is that over the chart's own defaults, merged as Helm merges
    (a null removes the default). ``tenant`` and ``cluster`` are the ``_namespace`` and ``_cluster`` content
    of the namespace's ``cozystack-values`` Secret, under upstream's own keys.
    """

    kind: str
    name: str
    release: str
    namespace: str
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    tenant: Mapping[str, Any] = field(default_factory=dict)
    cluster: Mapping[str, Any] = field(default_factory=dict)
    lookup: Lookup = Lookup()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a release would fail: the value (by its path in ``given``) that causes it, and what would work.

    ``path`` may lead to something that the spec does not say; the diagnostic then stands at what exists
    nearest above it. The empty path means the release's name.
    """

    code: Code
    path: Path
    message: str
    hint: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    on_key: bool = False
