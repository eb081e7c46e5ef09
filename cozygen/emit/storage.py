"""LINSTOR satellite configurations and StorageClasses (facts: platform 6.1)."""

from __future__ import annotations

from typing import Any

from cozygen.platform.nodes import Hardware, Node
from cozygen.platform.storage import Storage, StorageClass, StoragePool

Object = dict[str, Any]
KEEP = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_LINSTOR = "linstor.csi.linbit.com"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_DRBD = {
    "property.linstor.csi.linbit.com/DrbdOptions/auto-quorum": "suspend-io",
    "property.linstor.csi.linbit.com/DrbdOptions/Resource/on-no-data-accessible": "suspend-io",
    "property.linstor.csi.linbit.com/DrbdOptions/Resource/on-suspended-primary-outdated": "force-secondary",
    "property.linstor.csi.linbit.com/DrbdOptions/Net/rr-conflict": "retry-connect",
}


def satellite_configurations(storage: Storage, hardware: Hardware, *, talos: bool) -> list[Object]:
    """One configuration for each node with disks for a pool, and one for each pool with devices of its own."""
    out = []
    for node in hardware.nodes.values():
        pools = [
            _pool(pool, devices)
            for pool in storage.pools.values()
            if (devices := node_devices(node, pool.name, talos=talos))
        ]
        if pools:
            out.append(
                _configuration(
                    f"cozygen-{node.name}", {"kubernetes.io/hostname": node.name}, pools, _policy(storage)
                )
            )
    for pool in storage.pools.values():
        selector = pool.body.get("nodeSelector")
        if selector is not None or "devices" in pool.body or not _pool_needs_disks(pool, hardware):
            own = _pool(pool, list(pool.body.get("devices") or ()))
            out.append(
                _configuration(f"cozygen-pool-{pool.name}", dict(selector or {}), [own], _policy(storage))
            )
    return out


def _pool_needs_disks(pool: StoragePool, hardware: Hardware) -> bool:
    return not pool.driver.startswith("file") or bool(hardware.with_pool(pool.name))


def node_devices(node: Node, pool: str, *, talos: bool) -> list[str]:
    """The device paths of a node's disks for a pool; on Talos a disk known by serial alone has its partition's."""
    out = []
    for disk in node.data:
        if disk.pool != pool:
            continue
        path = disk.device(node.name) or (disk.partition(node.name) if talos else None)
        if path is not None:
            out.append(path)
    return out


def _pool(pool: StoragePool, devices: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"name": pool.name}
    if pool.driver in ("zfs", "zfs-thin"):
        out["zfsPool" if pool.driver == "zfs" else "zfsThinPool"] = {"zPool": pool.backend}
    elif pool.driver == "lvm":
        out["lvmPool"] = {"volumeGroup": pool.backend}
    elif pool.driver == "lvm-thin":
        out["lvmThinPool"] = {"volumeGroup": pool.backend, "thinPool": pool.body.get("thinPool", pool.name)}
    else:
        directory = pool.body.get("directory", f"/var/lib/linstor-pools/{pool.name}")
        out["filePool" if pool.driver == "file" else "fileThinPool"] = {"directory": directory}
    if devices:
        out["source"] = {"hostDevices": devices}
    properties = pool.body.get("properties")
    if properties:
        out["properties"] = [{"name": key, "value": value} for key, value in sorted(properties.items())]
    return out


def _configuration(name: str, selector: dict[str, str], pools: list[Any], policy: str | None) -> Object:
    spec: dict[str, Any] = {"storagePools": pools}
    if selector:
        spec["nodeSelector"] = selector
    if policy:
        spec["deletionPolicy"] = policy
    return {
        "apiVersion": "piraeus.io/v1",
        "kind": "LinstorSatelliteConfiguration",
        "metadata": {"name": name, "annotations": dict(KEEP)},
        "spec": spec,
    }


def _policy(storage: Storage) -> str | None:
    """The most careful deletion policy that any pool states."""
    stated = {pool.body["deletionPolicy"] for pool in storage.pools.values() if "deletionPolicy" in pool.body}
    return next((policy for policy in ("Retain", "Evacuate", "Delete") if policy in stated), None)


def storage_classes(storage: Storage) -> list[Object]:
    """A StorageClass for every class that does not exist by other means."""
    return [_class(item) for item in storage.classes.values() if item.source != "external"]


def _class(item: StorageClass) -> Object:
    replicated = item.replicated
    provisioner, parameters, binding = {
        "linstor": (
            _LINSTOR,
            _linstor_parameters(item),
            "Immediate" if replicated else "WaitForFirstConsumer",
        ),
        "nfs": ("nfs.csi.k8s.io", dict(item.body.get("nfs") or {}), "Immediate"),
        "other": (str(item.body.get("provisioner")), {}, "Immediate"),
    }[item.source]
    parameters |= dict(item.body.get("parameters") or {})
    annotations = dict(KEEP)
    if item.default:
        annotations[_DEFAULT_CLASS] = "true"
    metadata: dict[str, Any] = {"name": item.name, "annotations": annotations}
    if item.body.get("labels"):
        metadata["labels"] = dict(item.body["labels"])
    out: Object = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": metadata,
        "provisioner": provisioner,
        "parameters": parameters,
        "volumeBindingMode": item.body.get("binding", binding),
        "allowVolumeExpansion": True,
    }
    mounts = list(item.body.get("mountOptions") or (["nfsvers=4.1"] if item.source == "nfs" else []))
    if mounts:
        out["mountOptions"] = mounts
    if "reclaimPolicy" in item.body:
        out["reclaimPolicy"] = item.body["reclaimPolicy"]
    return out


def _linstor_parameters(item: StorageClass) -> dict[str, str]:
    layers = [
        *(["drbd"] if item.replicated else []),
        *(["luks"] if item.body.get("encrypted") else []),
        "storage",
    ]
    out = {
        f"{_LINSTOR}/storagePool": item.pool or "",
        f"{_LINSTOR}/layerList": " ".join(layers),
        f"{_LINSTOR}/allowRemoteVolumeAccess": "true" if item.remote else "false",
    }
    if item.replicated:
        out[f"{_LINSTOR}/autoPlace"] = str(item.replicas)
        out |= _DRBD
    if item.body.get("encrypted"):
        out[f"{_LINSTOR}/encryption"] = "true"
    return out
