"""The shape of a Hardware document: the machines of the management cluster, and how Talos runs on them."""

from __future__ import annotations

from cozygen.schema.build import Document, list_of, map_of, obj, text
from cozygen.spec.shapes.common import host
from cozygen.spec.shapes.hardware_links import address
from cozygen.spec.shapes.hardware_node import node
from cozygen.spec.shapes.hardware_talos import talos


def hardware_shape() -> Document:
    """Machines with their addresses, disks and capacity; what many have in common stands in groups."""
    return obj(
        {
            "endpoint": endpoint(),
            "talos": talos(),
            "defaults": node("What all nodes of this document have in common.", grouped=True),
            "groups": map_of(
                node("What the nodes of a group have in common.", within_group=True),
                "Groups of nodes by name; a node names its group, whatever document it stands in.",
            ),
            "nodes": map_of(node(grouped=True), "Nodes by host name."),
        },
        "Machines of the management cluster.",
    )


def endpoint() -> Document:
    """How the API server is reached, and the addresses that the control planes share."""
    return obj(
        {
            "vip": address("The virtual address that the control planes share."),
            "link": text(
                "The link that carries the virtual address; by default the one in whose subnet it is."
            ),
            "url": text(
                "The URL of the API server as nodes and people use it; by default https://VIP:6443.",
                pattern=r"^https://\S+$",
                says="is no https URL",
                hint="write https://api.cloud.example.org:6443",
            ),
            "vips": list_of(
                obj(
                    {
                        "address": address("A further address that the control planes share."),
                        "link": text("The link that carries it; by default the one in whose subnet it is."),
                    },
                    required=["address"],
                ),
                "Further virtual addresses.",
            ),
            "dnsNames": list_of(host(), "DNS names under which the API server is reached."),
            "certSANs": list_of(text(), "Further names and addresses that certificates have to hold."),
        },
        "How the management cluster's API server is reached.",
        hint="write {vip: 192.0.2.10}, or {url: https://api.example.org:6443}",
    )
