from collections.abc import Mapping
from typing import Any, Protocol

from cozygen.catalog.instancetypes import INSTANCE_TYPES, PREFERENCES
from cozygen.catalog.load import load_release
from cozygen.charts import Fault, Lookup, Surroundings, faults, release_of
from cozygen.record import replace

LOOKUP = Lookup(frozenset(INSTANCE_TYPES), PREFERENCES, frozenset({"root"}))
TENANT = dict.fromkeys(("etcd", "ingress", "monitoring", "seaweedfs"), "tenant-acme") | {
    "host": "acme.example.org"
}
AROUND = Surroundings("tenant-acme", TENANT, {"solver": "http01", "oidc-enabled": "false"}, LOOKUP)


class Judge(Protocol):
    def __call__(
        self, kind: str, values: Mapping[str, Any], name: str = "main", **around: Any
    ) -> list[str]: ...


def found(kind: str, values: Mapping[str, Any], name: str = "main", **around: Any) -> list[Fault]:
    """The faults of one application in an ordinary tenant; ``around`` replaces what it sees."""
    seen = replace(AROUND, **around)
    application = load_release(seen.version).applications[kind]
    return faults(release_of(application, name, values, seen), application)


def told(kind: str, values: Mapping[str, Any], name: str = "main", **around: Any) -> list[str]:
    """Faults as ``CZ1234 path.to.value`` lines."""
    return [f"{f.code.id} {'.'.join(map(str, f.path))}" for f in found(kind, values, name, **around)]
