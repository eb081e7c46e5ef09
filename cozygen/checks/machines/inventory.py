"""All checks of the inventory beyond identity, in the order in which people fix things."""

from __future__ import annotations

from collections.abc import Iterator

from cozygen.checks.machines.addresses import covered
from cozygen.checks.machines.disks import disks
from cozygen.checks.machines.endpoint import endpoint
from cozygen.checks.machines.gather import gathered
from cozygen.checks.machines.labels import labels
from cozygen.checks.machines.links import links
from cozygen.checks.machines.nodes import nodes
from cozygen.checks.machines.routes import routes, without_way_out
from cozygen.diagnostics import Diagnostic
from cozygen.platform.machines.address import parse_network
from cozygen.platform.model import Platform


def machines(platform: Platform) -> Iterator[Diagnostic]:
    """Groups, links, routes, the endpoint, disks, labels."""
    pods = parse_network(platform.site.section("networking", "podCIDR"))
    yield from gathered(_machines(platform, pods.version if pods is not None else 4))


def _machines(platform: Platform, pods_version: int) -> Iterator[Diagnostic]:
    hardware = platform.site.hardware
    yield from nodes(hardware)
    yield from covered(platform.site)
    for node in hardware.nodes.values():
        yield from links(node, hardware.talos.get("provider"))
        yield from routes(node, pods_version)
        yield from labels(node)
    yield from without_way_out(hardware)
    yield from endpoint(hardware)
    yield from disks(hardware, talos=platform.site.packages.talos)
