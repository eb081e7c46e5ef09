"""What can be wrong with storage."""

from cozygen.diagnostics import Code, Severity

UNKNOWN_CLASS = Code(
    "CZ7001",
    Severity.ERROR,
    "unknown StorageClass",
    why="A volume that names a class which does not exist is never made, and the application waits for it.",
    fix="Correct the name, or add the class under storage.classes of the Platform. A class that exists by "
    "other means is added with external: true.",
)
NO_DEFAULT_CLASS = Code(
    "CZ7002",
    Severity.ERROR,
    "no default StorageClass",
    why="Volumes that name no class get the default one. Without a default they are never made; the modules "
    "etcd and monitoring and most databases ask for such volumes.",
    fix="Write default: true for one class.",
)
TWO_DEFAULT_CLASSES = Code(
    "CZ7003",
    Severity.ERROR,
    "two default StorageClasses",
    why="Of several default classes Kubernetes takes the newest, so where a volume lands depends on the order "
    "in which the classes were made.",
    fix="Keep default: true for one class.",
)
NO_REPLICATED = Code(
    "CZ7004",
    Severity.ERROR,
    "no StorageClass replicated",
    why="Charts name the class replicated by default: tenant clusters, VM disks, the logs of monitoring. "
    "Their volumes are never made without it.",
    fix="Add a class named replicated under storage.classes, or name another class in these applications.",
)
UNKNOWN_POOL = Code(
    "CZ7005",
    Severity.ERROR,
    "unknown storage pool",
    why="A class or a disk names a pool that the Platform does not define, so LINSTOR has nowhere to put a "
    "volume.",
    fix="Correct the name, or add the pool under storage.pools.",
)
POOL_AMBIGUOUS = Code(
    "CZ7006",
    Severity.ERROR,
    "a StorageClass without a pool",
    why="With several pools, or none, nothing says where volumes of the class are kept.",
    fix="Name the pool.",
)
POOL_WITHOUT_DISKS = Code(
    "CZ7007",
    Severity.ERROR,
    "a storage pool without disks",
    why="No node of the inventory has a disk for the pool, so it has no room at all.",
    fix="Give disks to the pool in Hardware, or name devices and nodeSelector of the pool.",
)
TOO_FEW_STORAGE_NODES = Code(
    "CZ7008",
    Severity.ERROR,
    "more replicas than storage nodes",
    why="LINSTOR keeps each copy on another node. With fewer nodes than copies no volume of the class can be "
    "placed.",
    fix="Lower replicas to the number of nodes with the pool, or give the pool disks on more nodes.",
)
DISK_WITHOUT_PATH = Code(
    "CZ7009",
    Severity.ERROR,
    "a disk without a device path",
    why="LINSTOR takes disks by device path. What the inventory says about this disk gives none.",
    fix="Give the disk a path below /dev/disk/by-id, or its wwid.",
)
STORAGE_UNSTATED = Code(
    "CZ7010",
    Severity.WARNING,
    "storage is not described",
    why="The Platform says nothing about StorageClasses, so whether the volumes that applications ask for can "
    "be made was not checked. The platform brings no class of its own.",
    fix="Describe the classes under storage.classes; those that exist by other means with external: true.",
)
PACKAGE_FOR_STORAGE = Code(
    "CZ7011",
    Severity.ERROR,
    "storage needs a package that is not installed",
    why="The classes or pools are served by a driver whose package the platform does not install, so no "
    "volume is ever made.",
    fix="Enable the package, or take the class out.",
)
