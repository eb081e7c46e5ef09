"""From a place in a machine configuration back to the place in the spec that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cozygen.checks.talos.finding import Finding
from cozygen.diagnostics import Place
from cozygen.emit.talos.document import MAIN, key_of
from cozygen.platform.machines.layers import Patch
from cozygen.platform.nodes import Hardware, Node
from cozygen.yamlio import deep_place

Path = tuple[str | int, ...]

_SETTINGS: tuple[tuple[Path, Path], ...] = (
    (("machine", "kubelet", "nodeIP", "validSubnets"), ("talos", "nodeSubnets")),
    (("machine", "kubelet"), ("talos", "kubelet")),
    (("machine", "sysctls"), ("talos", "sysctls")),
    (("machine", "kernel", "modules"), ("talos", "modules")),
    (("machine", "install", "image"), ("talos", "image")),
    (("machine", "files"), ("talos", "oidc", "ca")),
    (("cluster", "network", "dnsDomain"), ("talos", "dnsDomain")),
    (("cluster", "network"), ("talos",)),
    (("cluster", "controlPlane", "endpoint"), ("endpoint", "url")),
    (("cluster", "etcd"), ("talos", "etcd")),
    (("cluster", "apiServer"), ("talos", "apiServer")),
    (("cluster", "controllerManager"), ("talos", "controllerManager")),
    (("cluster", "scheduler"), ("talos", "scheduler")),
)
"""Where parts of the main document come from; the rest of the path is the same in both."""
_DOCUMENTS: dict[str, Path] = {
    "RegistryMirrorConfig": ("talos", "mirrors"),
    "RegistryTLSConfig": ("talos", "mirrors"),
    "TrustedRootsConfig": ("talos", "trustedRoots"),
    "StaticHostConfig": ("talos", "hosts"),
    "EnvironmentConfig": ("talos", "environment"),
    "KubeSpanConfig": ("talos", "kubespan"),
    "VolumeConfig": ("talos", "encryption"),
}
_NODE: tuple[tuple[Path, str], ...] = (
    (("machine", "nodeLabels"), "labels"),
    (("machine", "nodeAnnotations"), "annotations"),
    (("machine", "nodeTaints"), "taints"),
    (("machine", "install"), "disks"),
)


def patch_place(found: Finding, patches: Iterable[Patch]) -> Place | None:
    """The place in the last raw patch that touches the path or what is above it."""
    best: tuple[int, Place] | None = None
    for item in patches:
        if key_of(item.body) != found.key:
            continue
        depth = _depth(item.body, found.path)
        if depth and (best is None or depth >= best[0]):
            best = depth, deep_place(item.body, found.path[:depth], item.place)
        elif not depth and found.key != MAIN and best is None:
            best = 0, item.place
    return best[1] if best is not None else None


def setting_place(found: Finding, hardware: Hardware) -> Place | None:
    """The place under ``talos`` or ``endpoint``, where the spec says something there."""
    path = _setting(found)
    root: Any = hardware.endpoint if path and path[0] == "endpoint" else hardware.talos
    known = 0
    for step in path[1:]:
        if not isinstance(root, Mapping) or step not in root:
            break
        root = root[step]
        known += 1
    return hardware.at(*path[: known + 1]) if known else None


def node_place(found: Finding, node: Node) -> Place:
    """The place in the node's entry, at worst the node itself."""
    for prefix, section in _NODE:
        if found.key == MAIN and found.path[: len(prefix)] == prefix and section in node.body:
            return node.at(section, *found.path[len(prefix) :])
    return node.place


def _setting(found: Finding) -> Path:
    kind, name = found.key
    if found.key != MAIN:
        base = _DOCUMENTS.get(kind, ())
        return (*base, *_within(kind, name, found.path)) if base else ()
    for prefix, target in _SETTINGS:
        if found.path[: len(prefix)] == prefix:
            return (*target, *found.path[len(prefix) :])
    return ()


def _within(kind: str, name: str, path: Path) -> Path:
    """The rest of the way, where the inventory writes it otherwise than the document."""
    if kind == "EnvironmentConfig":
        return path[1:]
    if kind == "VolumeConfig":
        return (name.lower(), *(step for step in path if step != "encryption"))
    return (name, *path) if name else path


def _depth(body: Any, path: Path) -> int:
    """How many steps of a path a patch has; an item of a list counts as the list."""
    depth = 0
    for step in path:
        if not isinstance(body, Mapping) or step not in body:
            break
        body = body[step]
        depth += 1
    return depth
