"""The shape of a node, a group of nodes or the defaults of all: they differ in what has to be there."""

from __future__ import annotations

from cozygen.schema.build import Document, choice, flag, free, list_of, map_of, obj, quantity, text, whole
from cozygen.spec.shapes.common import host, labels
from cozygen.spec.shapes.hardware_links import address, links, prefix, removable

ROLES = ("controlplane", "worker")
BUSES = ("nvme", "ata", "scsi", "virtio")
DISK_TYPES = ("ssd", "hdd", "nvme", "sd")
ARCHITECTURES = ("amd64", "arm64")


def node(about: str = "", *, grouped: bool = False, within_group: bool = False) -> Document:
    """One machine, or what several have in common; what is missing in the end is a matter of checks."""
    fields: dict[str, Document] = {
        "role": choice(ROLES, "What the node runs: the control plane, or workloads alone."),
        "address": prefix("The node's address with its prefix length, such as 192.168.100.11/24."),
        "addresses": list_of(prefix(), "Further addresses of the node."),
        "gateway": address("The default gateway."),
        "public": public(),
        **links(),
        "dns": list_of(address(), "Name servers."),
        "searchDomains": list_of(host(), "Domains that short host names are looked up in."),
        "ntp": list_of(text(), "Time servers."),
        "disks": disks(),
        "boot": boot(),
        "cpu": whole("CPU threads.", low=1),
        "memory": quantity("Memory, such as 256Gi."),
        "architecture": choice(ARCHITECTURES, "The processor's architecture; by default amd64."),
        "gpus": map_of(whole(low=0), "GPUs: how many of each resource name."),
        "labels": labels("Node labels."),
        "annotations": labels("Node annotations."),
        "taints": map_of(text(), "Node taints: KEY: VALUE:EFFECT."),
        "region": text("The region, as topology.kubernetes.io/region names it."),
        "zone": text("The failure domain, as topology.kubernetes.io/zone names it."),
        "rack": text("The rack, for people."),
        "schedulable": flag("Whether a control plane also takes workloads; by default it does."),
        "hugepages": whole("Huge pages of 2 MiB that the kernel sets aside.", low=0),
        "sysctls": labels("Kernel parameters."),
        "patches": patches("Patches of these nodes' machine configuration."),
    }
    if grouped:
        fields["group"] = text("The group whose settings the node takes.")
    if within_group:
        del fields["address"]
    return obj({key: removable(field) for key, field in fields.items()}, about)


def public() -> Document:
    """How the node is reached from the internet, where that is not the cluster's network."""
    return obj(
        {
            "address": prefix("The public address with its prefix length."),
            "gateway": address("The gateway towards the internet."),
            "dhcp": flag("Whether DHCP gives the public address."),
            "link": text("The link that carries it; provider profiles know it."),
        },
        "The node's address towards the internet, where the cluster's network is another one.",
    )


def disks() -> Document:
    """The disks that the platform uses."""
    return obj(
        {
            "system": disk(system=True),
            "data": list_of(disk(system=False), "Disks for storage pools."),
            "ephemeral": quantity(
                "How much of the system disk containers and logs get, such as 100Gi; by default all of it."
            ),
        },
        "The node's disks. Those that are not named are left alone.",
    )


def disk(*, system: bool) -> Document:
    """A disk, by something that stays the same when the machine starts again."""
    fields: dict[str, Document] = {
        "path": text(
            "A stable device path, such as /dev/disk/by-id/nvme-…", pattern="^/dev/", says="is no device path"
        ),
        "wwid": text("The disk's World Wide ID, such as naa.5002538e000000aa or eui.0025385b61b005a3."),
        "serial": text("The disk's serial number."),
        "model": text("The disk's model, as the system shows it; globs are possible."),
        "bus": choice(BUSES, "How the disk is attached; with serial and model it gives the device path."),
    }
    if system:
        fields["type"] = choice(DISK_TYPES, "What kind of disk it is, where that tells it from the others.")
        fields["busPath"] = text("The disk's place on the bus; globs are possible.")
        size = text(
            "The disk's size, such as 480G, or a comparison, such as '<= 500G'.",
            pattern=r"^(<=|>=|<|>|==)? *[0-9]+(\.[0-9]+)?([KMGTP]i?)?$",
            says="is no size",
            hint="write a size with a unit, such as 480G, or a comparison, such as '<= 500G'",
        )
        fields["size"] = {
            **size,
            "type": ["string", "integer"],
        }  # a bare number lacks its unit, which is said
        return obj(
            fields,
            "The disk that the system is installed on.",
            hint="write how it is known: {serial: S4GENX0R100001}, or {path: /dev/disk/by-id/…}",
        )
    fields["size"] = quantity("The disk's size, such as 1920G.")
    fields["system"] = flag("Whether it is the rest of the system disk, beside what disks.ephemeral takes.")
    fields["pool"] = text("The storage pool that takes the disk.")
    return obj(
        fields,
        required=["pool"],
        hint="write how it is known, and its pool: {serial: S6ESNX0T200001, pool: data}",
    )


def boot() -> Document:
    """How the machine starts for the first time."""
    return obj(
        {
            "nics": list_of(text(), "Interfaces that boot from the network; by default the first one."),
            "uefi": flag("Whether it starts by UEFI; by default it does."),
            "leaseTime": whole("How long DHCP leases last, in seconds; by default 3600.", low=60),
        },
        "How the machine starts for the first time.",
    )


def patches(about: str) -> Document:
    """Raw parts of Talos machine configuration, for what the inventory has no word for."""
    part = free("A part of a machine configuration; with override: true it may replace what cozygen gives.")
    return list_of({**part, "properties": {"override": flag()}}, about)
