"""Settings of the cluster that no other check reads: names in certificates, how people log in, the form of patches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cozygen.checks.addresses import NOT_AN_ADDRESS
from cozygen.checks.machines.disks import SIZE_WITHOUT_UNIT
from cozygen.checks.talos.finding import FIELD_VALUE
from cozygen.checks.talos.rules_documents import holds_certificate
from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.platform.machines.address import parse_address
from cozygen.platform.machines.cluster import Cluster, section
from cozygen.platform.machines.layers import is_json_patch
from cozygen.platform.machines.quantity import has_unit
from cozygen.platform.model import Site
from cozygen.platform.nodes import Hardware
from cozygen.yamlio import Map, Seq, value_place

JSON_PATCH = Code(
    "CZ9122",
    Severity.ERROR,
    "an operation of JSON Patch",
    why="Talos refuses JSON Patch for configurations of several documents, as all of them are since 1.12.",
    fix="Write the part of the configuration as it is to be: {machine: {…}}, or a document with its kind.",
)
_NAME = re.compile(
    r"(\*\.)?[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?)*"
)


def settings(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    """What stands under ``endpoint`` and ``talos``, and under ``patches`` wherever those are."""
    hardware = site.hardware
    for index, text in enumerate(hardware.endpoint.get("certSANs") or ()):
        if parse_address(text) is None and not _NAME.fullmatch(text):
            yield NOT_AN_ADDRESS.at(
                hardware.at("endpoint", "certSANs", index),
                f"{text!r} is neither an address nor a DNS name, so no certificate can hold it",
                hint="write an address or a name such as api.example.org",
                values={"text": text},
            )
    address = section(cluster.body, "oidc").get("address")
    if address is not None and parse_address(address) is None:
        yield NOT_AN_ADDRESS.at(
            hardware.at("talos", "oidc", "address"),
            f"the issuer's address {address!r} is none",
            hint="write an IP address",
            values={"text": address},
        )
    authority = section(cluster.body, "oidc").get("ca")
    if authority is not None and not holds_certificate(authority):
        yield FIELD_VALUE.at(
            hardware.at("talos", "oidc", "ca"),
            "the issuer's ca holds no certificate in PEM, so the API server does not start",
            hint="paste the PEM",
            values={"setting": "oidc.ca"},
        )
    quota = section(cluster.body, "etcd").get("quota")
    if quota is not None and not has_unit(quota):
        yield SIZE_WITHOUT_UNIT.at(
            hardware.at("talos", "etcd", "quota"),
            f"etcd's quota is {quota} bytes",
            hint="write the unit, such as 8Gi",
            values={"size": quota},
        )
    for place in _json_patches(hardware):
        yield JSON_PATCH.at(
            place,
            "a patch is a part of a machine configuration, and no operation of JSON Patch",
            hint="write what the operation would leave there, such as machine: {…}",
        )


def _json_patches(hardware: Hardware) -> Iterator[Place]:
    for entry in hardware.entries:
        holders: list[object] = [entry.body.get("talos"), entry.body.get("defaults")]
        for part in ("groups", "nodes"):
            holders.extend((entry.body.get(part) or {}).values())
        for holder in holders:
            listed = holder.get("patches") if isinstance(holder, Mapping) else None
            if not isinstance(listed, Seq):
                continue
            for index, item in enumerate(listed):
                if isinstance(item, Map) and is_json_patch(item):
                    yield value_place(listed, index) or entry.place
