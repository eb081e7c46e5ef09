"""Each node's patch and the configuration it makes: collisions, secrets, and everything the rules find."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from cozygen.checks.hardware import inventory
from cozygen.checks.machines.gather import gathered
from cozygen.checks.machines.inventory import machines
from cozygen.checks.talos.agreement import agreement
from cozygen.checks.talos.bootbox import bootbox
from cozygen.checks.talos.effective import effective
from cozygen.checks.talos.mirrors import mirrors
from cozygen.checks.talos.origins import node_place, patch_place, setting_place
from cozygen.checks.talos.rules import judge
from cozygen.checks.talos.secrets import lookalikes, secrets_of
from cozygen.checks.talos.settings import settings
from cozygen.checks.talos.versions import versions
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.emit.talos.node import NodePatch, node_patch, rehearsed
from cozygen.platform.machines.cluster import Cluster, cluster_of
from cozygen.platform.machines.layers import Patch, patches_of
from cozygen.platform.model import Platform
from cozygen.yamlio import Map, Seq, forgone

PATCH_COLLISION = Code(
    "CZ9120",
    Severity.ERROR,
    "a raw patch collides with what cozygen gives",
    why="The patch says something that the inventory or Cozystack's baseline says already. Silently letting "
    "one win would leave people with a setting that is written down and does not hold.",
    fix="Use the inventory's own word for it, or mark the patch with override: true.",
)


def talos(platform: Platform) -> Iterator[Diagnostic]:
    """Everything about the Talos of a platform whose machines run it."""
    site = platform.site
    cluster = cluster_of(site)
    found = [
        *versions(site, cluster),
        *settings(site, cluster),
        *agreement(site, cluster),
        *mirrors(platform),
        *bootbox(platform),
    ]
    for patch in _raw(platform):
        found.extend(secrets_of(patch))
    for node in site.hardware.nodes.values():
        found.extend(_node(node_patch(node, cluster, site.hardware), cluster, platform))
    yield from gathered(_causes(found, platform))


def _causes(found: list[Diagnostic], platform: Platform) -> Iterator[Diagnostic]:
    """Without what only follows from something that is reported where it stands."""
    derived = [item for item in found if "derived" in item.values]
    others = [item for item in found if "derived" not in item.values]
    yield from others
    if not derived or any(_misread(entry.body) for entry in platform.site.hardware.entries):
        return
    if not any(item.is_error for item in (*others, *inventory(platform), *machines(platform))):
        yield from derived


def _misread(value: object) -> bool:
    """Whether something in it was left out because it has no shape, which is reported there."""
    if isinstance(value, Map):
        return bool(forgone(value)) or any(_misread(item) for item in value.values())
    return isinstance(value, Seq) and any(_misread(item) for item in value)


def _raw(platform: Platform) -> Iterator[Patch]:
    """Every raw patch once, however many nodes it is for."""
    hardware = platform.site.hardware
    seen = set()
    groups = (patches_of(group.body, group.name, group.place) for group in hardware.groups.values())
    nodes = (node.patches for node in hardware.nodes.values())
    for patch in (*hardware.patches, *chain.from_iterable(groups), *chain.from_iterable(nodes)):
        if patch.place not in seen:
            seen.add(patch.place)
            yield patch


def _node(patch: NodePatch, cluster: Cluster, platform: Platform) -> Iterator[Diagnostic]:
    name = patch.node.name
    for item in patch.collisions:
        what = f"removes {_short(item.have)}" if item.what == "remove" else f"makes {_short(item.want)} of it"
        path = ".".join(str(step) for step in item.path)
        yield PATCH_COLLISION.at(
            item.place,
            f"{name}: {path} is {_short(item.have)}, and a patch of {item.patch.origin} {what}",
            hint="write override: true beside it if that is meant",
            values={"node": name, "path": path},
        )
    if patch.collisions or not patch.documents:
        return
    hardware = platform.site.hardware
    raw = (*hardware.patches, *patch.node.patches)
    documents = rehearsed(patch, cluster)
    for found in (*lookalikes(patch.documents), *(judge(documents) or effective(documents, cluster))):
        place = patch_place(found, raw)
        if place is not None:
            yield found.code.at(
                place,
                f"{name}: {found.message} ({found.where})",
                hint=found.hint,
                values={"node": name, "path": found.where},
            )
            continue
        place = setting_place(found, hardware)
        if place is not None:
            values = {"path": found.where}
            yield found.code.at(place, found.message, hint=found.hint, values=values)
        else:
            message = f"{name}: {found.message}"
            values = {"node": name, "path": found.where, "derived": "yes"}
            yield found.code.at(node_place(found, patch.node), message, hint=found.hint, values=values)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
