"""What a chart rule looks at: one release with everything its templates can see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cozygen.diagnostics import Code
from cozygen.record import Record, field

Path = tuple[str | int, ...]


class Lookup(Record):
    """What the chart can look up in the cluster before it renders.

    ``disks`` are the VMDisks of the release's own namespace, ``packages`` the Packages that exist by their
    short names, ``apis`` the served API groups with their versions (``v1.edp.epam.com/v1``). ``pools`` are
    the worker pools (MachineDeployments) of the namespace by name, with the release that owns each.
    """

    instance_types: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()
    disks: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    apis: frozenset[str] = frozenset()
    pools: Mapping[str, str] = field(default_factory=dict)


class Surroundings(Record):
    """What all releases of a namespace see alike.

    ``tenant`` and ``cluster`` are the ``_namespace`` and ``_cluster`` content of the namespace's
    ``cozystack-values`` Secret, under upstream's own keys. ``version`` is the Cozystack release whose charts
    are installed.
    """

    namespace: str
    tenant: Mapping[str, Any] = field(default_factory=dict)
    cluster: Mapping[str, Any] = field(default_factory=dict)
    lookup: Lookup = field(default_factory=Lookup)
    version: str = "v1.6.2"


class Release(Record):
    """One application as its chart sees it.

    ``name`` is what the spec calls it, ``release`` the Helm release's name. ``given`` is what the spec says;
    ``values`` is that over the chart's own defaults, merged as Helm merges (a null removes the default),
    with a stand-in text where the spec refers to a Secret.
    """

    kind: str
    name: str
    release: str
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    around: Surroundings

    @property
    def namespace(self) -> str:
        """Where the release is installed."""
        return self.around.namespace

    @property
    def lookup(self) -> Lookup:
        """What the chart can look up."""
        return self.around.lookup

    def tenant(self, key: str) -> str:
        """A pointer or setting of the tenant (``host``, ``ingress``, ...); empty where it has none."""
        return str(self.around.tenant.get(key) or "")

    def cluster(self, key: str, default: str = "") -> str:
        """A setting of the platform; ``default`` where it is absent or empty."""
        return str(self.around.cluster.get(key) or default)

    def since(self, version: str) -> bool:
        """Whether the charts are those of ``version`` or of a later one."""
        return _numbers(self.around.version) >= _numbers(version)


class Fault(Record):
    """Why a release would fail: the value (by its path in ``given``) that causes it, and what would work.

    ``path`` may lead to something that the spec does not say; the diagnostic then stands at what exists
    nearest above it. The empty path means the release's name. ``on_key`` says that the last key of the path
    itself is at fault, not what it holds.
    """

    code: Code
    path: Path
    message: str
    hint: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    on_key: bool = False


@cache
def _numbers(version: str) -> tuple[int, ...]:
    core = version.lstrip("v").split("-")[0]
    return tuple(int(part) for part in core.split(".") if part.isdigit())
