"""What is asked of Talos: contract, versions, the image and its extensions, keys of disks."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.emit.talos.contract import CONTRACTS
from cozygen.emit.talos.schematic import certain, writable
from cozygen.platform.machines.cluster import Cluster, minor, section
from cozygen.platform.machines.schematic import NEEDED, OFFICIAL, official_name
from cozygen.platform.model import Site
from cozygen.schema.suggest import closest
from cozygen.yamlio import Map

UNKNOWN_CONTRACT = Code(
    "CZ9100",
    Severity.ERROR,
    "a form of machine configuration that is not supported",
    why="Talos changes the form of its machine configuration with its minor versions. cozygen writes those "
    "that Cozystack's releases run on; in another one a machine would refuse or misread the documents.",
    fix="Use a contract that the message names, or leave contract and version to cozygen.",
)
VERSION_CONTRACT = Code(
    "CZ9101",
    Severity.ERROR,
    "Talos version and contract do not belong together",
    why="A machine reads its configuration by the contract of the Talos it runs. Documents of another "
    "contract it may refuse.",
    fix="Use a Talos of the contract's minor version, or leave the contract out.",
)
KUBERNETES_VERSION = Code(
    "CZ9102",
    Severity.ERROR,
    "a Kubernetes version that does not run here",
    why="Talos starts the Kubernetes versions it was tested with, and Cozystack needs at least 1.33 and does "
    "not support 1.36 yet. Early releases of 1.33 end the controller manager on LINSTOR's volumes.",
    fix="Use a version that the message names.",
)
UNKNOWN_EXTENSION = Code(
    "CZ9103",
    Severity.ERROR,
    "unknown system extension",
    why="The Image Factory refuses a schematic with an extension that it does not offer for this Talos.",
    fix="Correct the name; official extensions are named siderolabs/NAME.",
)
MISSING_EXTENSION = Code(
    "CZ9104",
    Severity.ERROR,
    "an image without what Cozystack's storage needs",
    why="LINSTOR replicates with DRBD and keeps volumes in ZFS pools. Without their kernel modules in the "
    "image no volume is ever made.",
    fix="Add siderolabs/drbd and siderolabs/zfs to the schematic's extensions.",
)
SCHEMATIC_TEXT = Code(
    "CZ9105",
    Severity.ERROR,
    "a text that a schematic cannot hold",
    why="A schematic's ID is the digest of the text that the Image Factory writes. For text outside of "
    "printable ASCII, or kernel arguments with spaces, that text is not certain.",
    fix="Use printable ASCII, and one list entry for each kernel argument.",
)
NEEDS_SCHEMATIC = Code(
    "CZ9106",
    Severity.ERROR,
    "Cozystack's own image does not do this",
    why="The image that Cozystack ships is for amd64 without Secure Boot. Other machines need an image of the "
    "Image Factory.",
    fix="Write talos.schematic with the extensions, siderolabs/drbd and siderolabs/zfs among them.",
)
KEY_SERVER = Code(
    "CZ9107",
    Severity.ERROR,
    "a disk key without its server",
    why="A key of the kind kms comes from a server. Without its address the disk cannot be opened.",
    fix="Write the server's endpoint, https://HOST:PORT.",
)
_LOW, _HIGH, _FIXED = (1, 33, 0), (1, 36, 0), (1, 33, 10)


def versions(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    """Contract, versions, image, and the keys of encrypted disks."""
    yield from _contract(site, cluster)
    yield from _kubernetes(site, cluster)
    yield from _schematic(site, cluster)
    yield from _hardware(site, cluster)
    yield from _keys(site, cluster)


def _at(site: Site, key: str) -> Place:
    return site.hardware.at("talos", key)


def _contract(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    known, asked = ", ".join(CONTRACTS), cluster.body.get("contract", cluster.contract)
    key = "contract" if "contract" in cluster.body else "version"
    if cluster.contract not in CONTRACTS:
        yield UNKNOWN_CONTRACT.at(
            _at(site, key),
            f"the contract {asked} is not supported; supported is {known}",
            hint=f"write a version of Talos {known}, which is what Cozystack ships, or leave {key} out",
            values={"contract": cluster.contract, "supported": list(CONTRACTS)},
        )
    elif minor(cluster.talos) != cluster.contract:
        yield VERSION_CONTRACT.at(
            _at(site, key),
            f"Talos {cluster.talos} does not read the contract {cluster.contract}",
            hint="leave contract out",
            values={"talos": cluster.talos, "contract": cluster.contract},
        )


def _kubernetes(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    version = tuple(int(part) for part in cluster.kubernetes.removeprefix("v").split("."))
    fault = None
    if version < _LOW or version >= _HIGH:
        fault = f"is not in the range from v1.{_LOW[1]} to v1.{_HIGH[1] - 1} that Cozystack and Talos share"
    elif version < _FIXED:
        fault = f"ends the controller manager on LINSTOR's volumes, which v1.{_FIXED[1]}.{_FIXED[2]} mends"
    if fault is not None:
        yield KUBERNETES_VERSION.at(
            _at(site, "kubernetes"),
            f"Kubernetes {cluster.kubernetes} {fault}",
            hint="write kubernetes: v1.34.3, or leave it out",
            values={"kubernetes": cluster.kubernetes},
        )


def _schematic(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    stated = cluster.body.get("schematic")
    if not isinstance(stated, Map):
        return
    hardware = site.hardware
    for index, name in enumerate(stated.get("extensions") or ()):
        if official_name(name) not in OFFICIAL:
            yield UNKNOWN_EXTENSION.at(
                hardware.at("talos", "schematic", "extensions", index),
                f"there is no extension {name} for Talos {cluster.talos}",
                hint=_named_like(name) or "take it out",
                values={"extension": name},
            )
    options = (stated.get("overlay") or {}).get("options") or {}
    for key, option in options.items():
        if not certain({key: option}):
            yield SCHEMATIC_TEXT.at(
                hardware.at("talos", "schematic", "overlay", "options", key),
                f"the overlay's option {key} is neither text nor a number, or has no plain name",
                hint="use names of letters, and texts, whole numbers, true or false, lists or mappings of those",
                values={"option": key},
            )
    lacking = [name for name in NEEDED if name not in cluster.schematic.extensions]
    if lacking:
        yield MISSING_EXTENSION.at(
            hardware.at("talos", "schematic", "extensions"),
            f"the schematic lacks {' and '.join(lacking)}",
            hint=f"add {' and '.join(lacking)}",
            values={"missing": lacking},
        )
    for index, text in enumerate(stated.get("kernelArgs") or ()):
        if not writable(text) or any(char.isspace() for char in text):
            yield SCHEMATIC_TEXT.at(
                hardware.at("talos", "schematic", "kernelArgs", index),
                f"{text!r} is no kernel argument",
                hint="write one argument an entry, without spaces",
                values={"argument": text},
            )
    for index, item in enumerate(stated.get("meta") or ()):
        if not writable(item["value"]):
            yield SCHEMATIC_TEXT.at(
                hardware.at("talos", "schematic", "meta", index, "value"),
                f"the value of the META key {item['key']} is not plain text",
                hint="use printable ASCII",
                values={"key": item["key"]},
            )


def _named_like(name: str) -> str | None:
    """The official extension that may be meant: what all of their names begin with tells nothing."""
    short = {full.removeprefix("siderolabs/") for full in OFFICIAL}
    found = closest(name.rpartition("/")[2], short)
    return f"did you mean siderolabs/{found[0]}?" if found else None


def _hardware(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    if cluster.schematic.custom or "image" in cluster.body:
        return
    if cluster.secure_boot:
        yield NEEDS_SCHEMATIC.at(
            _at(site, "secureBoot"),
            "secureBoot needs a schematic of one's own",
            hint="write talos.schematic.extensions",
            values={"secureBoot": True},
        )
    for node in site.hardware.nodes.values():
        architecture = node.body.get("architecture", "amd64")
        if architecture != "amd64":
            yield NEEDS_SCHEMATIC.at(
                node.at("architecture"),
                f"{node.name}: the architecture {architecture} needs a schematic of one's own",
                hint="write talos.schematic.extensions",
                values={"node": node.name, "architecture": architecture},
            )


def _keys(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    for volume, body in section(cluster.body, "encryption").items():
        for index, key in enumerate(body.get("keys") or ()):
            if key.get("type") == "kms" and "endpoint" not in key:
                yield KEY_SERVER.at(
                    site.hardware.at("talos", "encryption", volume, "keys", index),
                    f"the kms key {index} of {volume} has no endpoint",
                    hint="write endpoint: https://HOST:4050",
                    values={"volume": volume},
                )
