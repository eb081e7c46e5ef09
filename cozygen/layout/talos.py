"""``talos/``: what people and Talos' own tools take from the tree. Flux never applies any of it."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.boot import boot_to_talos, bootbox_values, reservations
from cozygen.emit.talos.node import node_patch
from cozygen.emit.talos.schematic import schematic_id, schematic_text
from cozygen.layout.talos_runbook import BOOTBOX, talos_runbook
from cozygen.platform.machines.cluster import Cluster, cluster_of, section
from cozygen.platform.model import Platform
from cozygen.yamlio import dump, dump_all

_IGNORED = """\
# Whole machine configurations and what else holds secrets in plain text.
/configs/
/secrets.yaml
talosconfig
kubeconfig
"""


def talos_files(platform: Platform, header: str) -> dict[str, bytes]:
    """The files of a platform whose machines run Talos."""
    site = platform.site
    cluster = cluster_of(site)
    files = {
        f"talos/nodes/{node.name}.yaml": patch_text(platform, node.name, cluster, header)
        for node in site.hardware.nodes.values()
    }
    files["talos/schematic.yaml"] = schematic_text(cluster.schematic)
    files["talos/schematic.id"] = schematic_id(cluster.schematic) + "\n"
    files["talos/.gitignore"] = _IGNORED
    recipients = list(section(cluster.body, "secrets").get("age") or ())
    if recipients:
        files["talos/.sops.yaml"] = header + dump(sops_rules(recipients))
    files |= _first_boot(platform, cluster, header)
    files["talos/runbook.md"] = talos_runbook(platform, cluster)
    return {path: text.encode() for path, text in files.items()}


def patch_text(platform: Platform, name: str, cluster: Cluster, header: str) -> str:
    """A node's patch as its file holds it."""
    hardware = platform.site.hardware
    return header + dump_all(node_patch(hardware.nodes[name], cluster, hardware).documents)


def sops_rules(recipients: list[str]) -> dict[str, Any]:
    """Rules by which ``sops`` encrypts the bundle, and patches with secrets, for everyone who may read them."""
    return {"creation_rules": [{"path_regex": r"\.sops\.yaml$", "age": ",".join(recipients)}]}


def _first_boot(platform: Platform, cluster: Cluster, header: str) -> dict[str, str]:
    hardware = platform.site.hardware
    lines = list(reservations(hardware))
    commands = [boot_to_talos(node, cluster) for node in hardware.nodes.values()]
    files = {"talos/boot/boot-to-talos.txt": header + "\n".join(commands)}
    if lines:
        files["talos/boot/dnsmasq.conf"] = header + "\n".join(lines) + "\n"
    if platform.site.packages.has(BOOTBOX):
        files["talos/boot/bootbox.yaml"] = header + dump(bootbox_values(hardware))
    return files
