"""Storage classes and pools: that they have pools, disks, nodes enough, and a driver."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks import storage_codes as codes
from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.platform.model import Platform, Site
from cozygen.platform.storage import StorageClass
from cozygen.schema import did_you_mean


def storage_classes(platform: Platform) -> Iterator[Diagnostic]:
    """The classes and pools themselves."""
    site = platform.site
    storage = site.storage
    defaults = storage.defaults
    for extra in defaults[1:]:
        yield codes.TWO_DEFAULT_CLASSES.at(
            extra.at("default"),
            f"both {defaults[0].name} and {extra.name} are the default class",
            hint="keep default: true for one of them",
            related=[Related(defaults[0].name, defaults[0].at("default"))],
            values={"classes": [d.name for d in defaults]},
        )
    for item in storage.classes.values():
        if item.source == "linstor":
            yield from _linstor_class(item, site)
        elif item.source == "nfs" and not site.packages.has("nfs-driver"):
            yield _needs_package(item.name, "nfs-driver", item.at("nfs", key=True))
    if (
        storage.pools or any(c.source == "linstor" for c in storage.classes.values())
    ) and not site.packages.has("linstor"):
        yield _needs_package("storage", "linstor", storage.place)


def _linstor_class(item: StorageClass, site: Site) -> Iterator[Diagnostic]:
    pools = site.storage.pools
    if item.pool is None:
        yield codes.POOL_AMBIGUOUS.at(
            item.place,
            f"the class {item.name} names no pool, and there are {len(pools) or 'none'}",
            hint="write pool: "
            + (" or ".join(pools) if pools else "…, and add it under storage.pools; or external: true"),
            values={"class": item.name, "pools": list(pools)},
        )
        return
    if item.pool not in pools:
        yield codes.UNKNOWN_POOL.at(
            item.at("pool"),
            f"the class {item.name} names the pool {item.pool}, which is not defined",
            hint=did_you_mean(item.pool, pools) or "add it under storage.pools",
            values={"class": item.name, "pool": item.pool},
        )
        return
    nodes = site.hardware.with_pool(item.pool)
    if nodes and item.replicas > len(nodes):
        yield codes.TOO_FEW_STORAGE_NODES.at(
            item.at("replicas"),
            f"the class {item.name} keeps {item.replicas} copies, but the nodes with disks for the pool {item.pool} "
            f"are only {len(nodes)}",
            hint=f"write replicas: {len(nodes)}, or give {item.replicas - len(nodes)} more nodes disks for it",
            related=[Related("the pool", pools[item.pool].place)],
            values={"class": item.name, "replicas": item.replicas, "nodes": [n.name for n in nodes]},
        )


def pools(platform: Platform) -> Iterator[Diagnostic]:
    """Pools against the disks of the inventory."""
    site = platform.site
    for pool in site.storage.pools.values():
        own = "devices" in pool.body or "nodeSelector" in pool.body or pool.driver.startswith("file")
        if site.hardware.known and not own and not site.hardware.with_pool(pool.name):
            yield codes.POOL_WITHOUT_DISKS.at(
                pool.place,
                f"no node has a disk for the pool {pool.name}",
                hint=f"write pool: {pool.name} for data disks in Hardware",
                values={"pool": pool.name},
            )
    for node in site.hardware.nodes.values():
        for disk in node.data:
            if disk.pool is not None and disk.pool not in site.storage.pools:
                yield codes.UNKNOWN_POOL.at(
                    disk.place,
                    f"a disk of {node.name} is for the pool {disk.pool}, which is not defined",
                    hint=did_you_mean(disk.pool, site.storage.pools)
                    or "add it under storage.pools of the Platform",
                    values={"node": node.name, "pool": disk.pool},
                )
            if disk.device(node.name) is None and not (site.packages.talos and disk.raw_volume(node.name)):
                yield codes.DISK_WITHOUT_PATH.at(
                    disk.place,
                    f"nothing says under which path {node.name} sees this disk",
                    hint="add path: /dev/disk/by-id/…, or wwid; with bus and model beside it a serial number also does",
                    values={"node": node.name, "pool": disk.pool},
                )


def _needs_package(what: str, package: str, place: Place) -> Diagnostic:
    return codes.PACKAGE_FOR_STORAGE.at(
        place,
        f"{what} needs the package {package}, which this platform does not install",
        hint=f"add {package} to cozystack.packages.enable"
        if package != "linstor"
        else "use external or provisioner classes on this variant",
        values={"package": package},
    )
