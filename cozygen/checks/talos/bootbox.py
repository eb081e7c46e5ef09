"""BootBox's machines against the inventory: one source, and where both name a machine, the same."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.talos.agreement import BOOTBOX_MACHINE
from cozygen.diagnostics import Diagnostic, Related
from cozygen.platform.machines.address import canonical_mac
from cozygen.platform.model import Platform
from cozygen.platform.nodes import Node
from cozygen.yamlio import Map, Seq, deep_place


def bootbox(platform: Platform) -> Iterator[Diagnostic]:
    """Every machine that the root tenant's BootBox names."""
    app = next((app for app in platform.root.apps if app.kind == "BootBox"), None)
    if app is None:
        return
    values = app.given
    machines = values.get("machines")
    if not isinstance(machines, Seq):
        return
    owners = _owners(platform)
    for index, machine in enumerate(machines):
        if not isinstance(machine, Map):
            continue
        name = machine.get("hostname")
        place = deep_place(values, ("machines", index), app.place)
        node = platform.site.hardware.nodes.get(str(name))
        if node is None:
            continue
        address = (machine.get("ip") or {}).get("address")
        own = str(node.address.ip) if node.address is not None else None
        if address is not None and own is not None and address != own:
            yield BOOTBOX_MACHINE.at(
                deep_place(values, ("machines", index, "ip", "address"), place),
                f"{name} starts with the address {address}, in the inventory it has {own}",
                hint=f"write {own}",
                related=[Related("the inventory", node.at("address"))],
                values={"node": name, "address": address},
            )
        for number, text in enumerate(machine.get("mac") or ()):
            owner = owners.get(canonical_mac(text))
            if owner is not None and owner.name != name:
                yield BOOTBOX_MACHINE.at(
                    deep_place(values, ("machines", index, "mac", number), place),
                    f"{name} starts by the MAC address {text}, which is that of {owner.name}",
                    hint="correct the MAC address or the name",
                    related=[Related("the inventory", owner.place)],
                    values={"node": name, "mac": text},
                )


def _owners(platform: Platform) -> dict[str, Node]:
    return {
        canonical_mac(link.body["mac"]): node
        for node in platform.site.hardware.nodes.values()
        for link in node.network.links.values()
        if "mac" in link.body
    }
