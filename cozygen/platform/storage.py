"""Storage pools and StorageClasses."""

from __future__ import annotations

from collections.abc import Mapping

from cozygen.diagnostics import Place
from cozygen.record import Record
from cozygen.yamlio import Map, deep_place, key_place


class StoragePool(Record):
    """A LINSTOR storage pool; ``backend`` is its name on the nodes."""

    name: str
    driver: str
    backend: str
    body: Map
    place: Place


class StorageClass(Record):
    """A StorageClass. ``source`` says what stands behind it: linstor, nfs, other or external."""

    name: str
    source: str
    pool: str | None
    replicas: int
    default: bool
    body: Map
    place: Place

    @property
    def replicated(self) -> bool:
        """Whether DRBD keeps copies on several nodes."""
        return self.source == "linstor" and self.replicas > 1

    @property
    def remote(self) -> bool:
        """Whether a volume may be used from a node that has no copy."""
        stated = self.body.get("remote")
        return bool(stated) if stated is not None else self.replicated

    def at(self, *path: str | int, key: bool = False) -> Place:
        """The place of something in the class's entry."""
        return deep_place(self.body, path, self.place, key=key)


class Storage(Record):
    """All pools and classes. ``stated`` is False where the spec does not speak of classes at all."""

    stated: bool
    pools: Mapping[str, StoragePool]
    classes: Mapping[str, StorageClass]
    place: Place

    @property
    def defaults(self) -> tuple[StorageClass, ...]:
        """The classes that are marked as default; there should be one."""
        return tuple(item for item in self.classes.values() if item.default)


def link_storage(site: Map, fallback: Place) -> Storage:
    """The Platform's storage section."""
    section = site.get("storage") or Map()
    place = key_place(site, "storage") or fallback
    pools_map: Map = section.get("pools") or Map()
    pools = {}
    for name, body in pools_map.items():
        pools[name] = StoragePool(
            name, body["driver"], body.get("name", name), body, key_place(pools_map, name) or place
        )
    classes_map: Map = section.get("classes") or Map()
    only = next(iter(pools)) if len(pools) == 1 else None
    classes = {}
    for name, stated in classes_map.items():
        body = stated if stated is not None else Map()
        source = (
            "external"
            if body.get("external")
            else "nfs"
            if "nfs" in body
            else "other"
            if "provisioner" in body
            else "linstor"
        )
        pool = body.get("pool", only) if source == "linstor" else None
        where = key_place(classes_map, name) or place
        classes[name] = StorageClass(
            name, source, pool, body.get("replicas", 1), body.get("default") is True, body, where
        )
    return Storage("classes" in section, dict(sorted(pools.items())), dict(sorted(classes.items())), place)
