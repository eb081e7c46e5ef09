"""Which files of a tree make up which OCI artifact: all in one, or with slices one more for each slice."""

from __future__ import annotations

from cozygen.layout.compose import grouping_of
from cozygen.layout.flux import slice_tag
from cozygen.layout.tree import Tree
from cozygen.platform.delivery import OCI
from cozygen.platform.model import Platform


def artifacts(tree: Tree, platform: Platform) -> dict[str, tuple[str, ...]]:
    """The files of every artifact by its tag, the artifact that Flux starts from last.

    Only a platform whose Flux reads artifacts has slices of its own among them; any other tree is one.
    """
    delivery = platform.site.delivery
    grouping = grouping_of(platform)
    if delivery.kind != OCI or grouping.mode != "sources":
        return {delivery.tag: tuple(tree)}
    out: dict[str, tuple[str, ...]] = {}
    sliced: set[str] = set()
    for digits in grouping.slices:
        found = tuple(path for path in tree if path.startswith(f"tenants/{digits}/"))
        sliced.update(found)
        out[slice_tag(delivery, digits)] = found
    out[delivery.tag] = tuple(path for path in tree if path not in sliced)
    return out
