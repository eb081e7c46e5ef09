"""The shape of a Hardware document: the nodes of the management cluster."""

from __future__ import annotations

from cozygen.schema.build import Document, choice, flag, list_of, map_of, obj, quantity, text, whole
from cozygen.spec.shapes.common import host, labels

ROLES = ("controlplane", "worker")
BUSES = ("nvme", "ata", "scsi", "virtio")


def hardware_shape() -> Document:
    """Machines with their addresses, disks and capacity."""
    return obj(
        {
            "endpoint": obj(
                {
                    "vip": address("The virtual address that the control planes share."),
                    "dnsNames": list_of(host(), "DNS names under which the API server is reached."),
                },
                "How the management cluster's API server is reached.",
            ),
            "nodes": map_of(node(), "Nodes by host name."),
        },
        "Machines of the management cluster.",
        required=["nodes"],
    )


def node() -> Document:
    """One machine."""
    return obj(
        {
            "role": choice(ROLES, "What the node runs: the control plane, or workloads alone."),
            "address": prefix("The node's address with its prefix length, such as 192.168.100.11/24."),
            "addresses": list_of(prefix(), "Further addresses of the node."),
            "gateway": address("The default gateway."),
            "nics": map_of(
                obj({"mac": mac(), "mtu": whole("MTU in bytes.", low=576, high=9216)}, required=["mac"]),
                "Network interfaces by a name of your choice.",
            ),
            "disks": obj(
                {"system": disk(), "data": list_of(disk(pool=True), "Disks for storage pools.")},
                "The node's disks. Those that are not named are left alone.",
            ),
            "cpu": whole("CPU threads.", low=1),
            "memory": quantity("Memory, such as 256Gi."),
            "gpus": map_of(whole(low=0), "GPUs: how many of each resource name."),
            "labels": labels("Node labels."),
            "taints": map_of(text(), "Node taints: KEY: VALUE:EFFECT."),
            "zone": text("The failure domain, as topology.kubernetes.io/zone names it."),
            "rack": text("The rack, for people."),
            "schedulable": flag("Whether a control plane also takes workloads; by default it does."),
        },
        required=["role", "address"],
    )


def disk(*, pool: bool = False) -> Document:
    """A disk, by something that stays the same when the machine starts again."""
    fields: dict[str, Document] = {
        "path": text(
            "A stable device path, such as /dev/disk/by-id/nvme-…", pattern="^/dev/", says="is no device path"
        ),
        "wwid": text("The disk's World Wide ID, such as naa.5002538e000000aa or eui.0025385b61b005a3."),
        "serial": text("The disk's serial number."),
        "model": text("The disk's model, as the system shows it; globs are possible."),
        "bus": choice(BUSES, "How the disk is attached; with serial and model it gives the device path."),
        "size": quantity("The disk's size, such as 1920G."),
    }
    if pool:
        fields["pool"] = text("The storage pool that takes the disk.")
    return obj(
        fields, "" if pool else "The disk that the system is installed on.", required=["pool"] if pool else []
    )


def address(about: str = "") -> Document:
    """An IP address."""
    return text(about)


def prefix(about: str = "") -> Document:
    """An IP address with a prefix length."""
    return text(about)


def mac() -> Document:
    """A MAC address in any of the usual spellings."""
    return text(
        "The permanent MAC address.",
        pattern=r"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$|^[0-9A-Fa-f]{12}$|^([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}$",
        says="is no MAC address",
        hint="write six pairs of hexadecimal digits, such as 52:54:00:12:34:01",
    )
