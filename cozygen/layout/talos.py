"""``talos/``: what people and Talos' own tools take from the tree. Flux never applies any of it."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.boot import boot_to_talos, bootbox_values, reservations
from cozygen.emit.talos.install import COZYSTACK_IMAGE, FACTORY, installer_image
from cozygen.emit.talos.node import node_patch
from cozygen.emit.talos.schematic import schematic_id, schematic_text
from cozygen.layout.tree import SECRETS
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import API_PORT, Cluster, cluster_of, minor, section
from cozygen.platform.model import Platform
from cozygen.platform.nodes import Hardware, Node
from cozygen.templates import render
from cozygen.yamlio import dump, dump_all

BOOTBOX = "bootbox"
_IGNORED = """\
# Whole machine configurations and what else holds secrets in plain text.
/configs/
/secrets.yaml
talosconfig
kubeconfig
"""


def talos_files(platform: Platform, header: str) -> dict[str, bytes]:
    """The files of a platform whose machines run Talos; nothing for any other."""
    site = platform.site
    if not site.hardware.known or not site.packages.talos:
        return {}
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
    files["talos/runbook.md"] = render("talos-runbook.md.j2", runbook_facts(platform, cluster))
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


def runbook_facts(platform: Platform, cluster: Cluster) -> dict[str, Any]:
    """What the runbook's template shows."""
    site = platform.site
    planes = [node for node in site.hardware.control_planes if node.address is not None]
    nodes = [
        {
            "name": node.name,
            "role": node.role,
            "address": str(node.address.ip),
            "reach": str((node.reach or node.address).ip),
        }
        for node in (*planes, *(n for n in site.hardware.nodes.values() if not n.control_plane))
        if node.address is not None
    ]
    nowhere = {"name": "NODE", "address": "ADDRESS", "reach": "ADDRESS", "role": "controlplane"}
    first = nodes[0] if nodes else nowhere
    image = installer_image(cluster)
    return {
        "platform": site.name,
        "cluster": cluster.name,
        "endpoint": cluster.endpoint,
        "talos": cluster.talos,
        "minor": minor(cluster.talos),
        "kubernetes": cluster.kubernetes,
        "contract": cluster.contract,
        "image": image,
        "own_image": image.startswith(COZYSTACK_IMAGE),
        "factory": f"https://{FACTORY}",
        "factory_image": image.startswith(FACTORY),
        "schematic": schematic_id(cluster.schematic),
        "boot_images": boot_images(site.hardware, cluster),
        "nodes": nodes,
        "first": first,
        "public": any(node["reach"] != node["address"] for node in nodes),
        "unknown": [node.name for node in site.hardware.nodes.values() if reached_by_dhcp(node)],
        "outside": outside_endpoint(cluster, first["reach"], first["address"]),
        "shared": [str(item.address) for item in cluster.shared],
        "recipients": bool(section(cluster.body, "secrets").get("age")),
        "bootbox": site.packages.has(BOOTBOX),
        "reservations": any(True for _ in reservations(site.hardware)),
        "path": f"{site.delivery.path}/" if site.delivery.path else "",
        "secrets": SECRETS,
    }


def boot_images(hardware: Hardware, cluster: Cluster) -> list[str]:
    """The file names of the Image Factory's boot images for these machines."""
    suffix = "-secureboot" if cluster.secure_boot else ""
    kinds = sorted({str(node.body.get("architecture", "amd64")) for node in hardware.nodes.values()})
    return [f"metal-{kind}{suffix}.{form}" for kind in kinds for form in ("iso", "raw.xz")]


def reached_by_dhcp(node: Node) -> bool:
    """Whether the address under which people reach the machine is known to its provider alone."""
    public = section(node.body, "public")
    return public.get("dhcp") is True and "address" not in public


def outside_endpoint(cluster: Cluster, reach: str, own: str) -> str | None:
    """The API server's URL from outside of the machines' network, where the endpoint is an address of that alone."""
    endpoint = parse_address(cluster.host)
    if reach == own or endpoint is None or str(endpoint) == reach:
        return None
    return f"https://{f'[{reach}]' if ':' in reach else reach}:{API_PORT}"
