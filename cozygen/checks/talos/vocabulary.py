"""What expressions in CEL may speak of, by what they are about: the environments of Talos 1.13 (its ``cel/celenv``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cozygen.checks.talos.expression import Vocabulary

_UNITS = frozenset(f"{unit}{kind}" for unit in "KMGTPE" for kind in ("B", "iB")) - {"KB"} | {"kB"}
_CLASSES = frozenset(("Besteffort", "Burstable", "Guaranteed", "Podruntime", "System"))
_DISK_FIELDS = (
    "size io_size sector_size readonly model serial modalias wwid bus_path sub_system transport rotational cdrom "
    "dev_path pretty_size secondary_disks uuid symlinks"
)
_VOLUME_FIELDS = (
    "size sector_size io_size name uuid label block_size filesystem_block_size probed_size partition_uuid "
    "partition_type partition_label partition_index type device_path parent dev_path parent_dev_path pretty_size "
    "offset"
)
_LINK_FIELDS = (
    "index type link_index flags hardware_addr broadcast_addr mtu queue_disc master_index operational_state kind "
    "slave_kind bus_path pciid driver driver_version firmware_version product_id vendor_id product vendor "
    "link_state speed_megabits port duplex vlan bridge_master bond_master wireguard permanent_addr alias alt_names "
    "vrf_master"
)
_DISK, _VOLUME, _LINK = (frozenset(text.split()) for text in (_DISK_FIELDS, _VOLUME_FIELDS, _LINK_FIELDS))
_PRESSURE = [
    f"memory_{kind}_{span}" for kind in ("some", "full") for span in ("avg10", "avg60", "avg300", "total")
]
_USAGE = [f"memory_{kind}" for kind in ("current", "peak", "max")]
_OOM = [
    *(f"{change}{name}" for change in ("", "d_") for name in _PRESSURE),
    *(f"{change}qos_{name}" for change in ("", "d_") for name in (*_PRESSURE, *_USAGE)),
]
VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "disk": Vocabulary({"disk": _DISK, "system_disk": None}, _UNITS, frozenset({"glob"})),
        "volume": Vocabulary({"volume": _VOLUME, "disk": _DISK}, _UNITS),
        "link": Vocabulary({"link": _LINK}, functions=frozenset({"glob", "mac"})),
        "pressure": Vocabulary(
            dict.fromkeys([*_OOM, "time_since_trigger"]),
            _UNITS | _CLASSES,
            frozenset({"multiply_qos_vectors"}),
        ),
        "ranking": Vocabulary(dict.fromkeys([*_USAGE, "path", "class"]), _UNITS | _CLASSES),
    }
)
"""Vocabularies by what an expression picks or judges."""
