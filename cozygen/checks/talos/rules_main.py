"""Rules about ``machine``: type, installation, kubelet, labels, files, kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cozygen.checks.machines.labels import EFFECTS, key_fault
from cozygen.checks.talos.finding import Configuration, Finding, at, conflict, missing, value
from cozygen.platform.machines.address import parse_address, parse_network

_PROTECTED = (
    "apiVersion authentication authorization cgroupRoot kind kubeletCgroups port protectKernelDefaults "
    "resolvConf rotateCertificates seccompDefault staticPodPath systemCgroups"
)
PROTECTED = frozenset(_PROTECTED.split())
"""Fields of the kubelet's configuration that Talos sets itself."""
_LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?").fullmatch
_SIZE = re.compile(r"(<=|>=|<|>|==)? *[0-9]+(\.[0-9]+)? *[kKMGTP]?i?B?").fullmatch
_OWNED = tuple(f"talos.dev/owned-{what}" for what in ("annotations", "labels", "taints"))
_ANNOTATIONS_MOST = 256 * 1024
_CRI = "/etc/cri/conf.d/20-customization.part"


def presence(config: Configuration) -> Iterator[Finding]:
    """The sections and the machine's type."""
    main = config.main
    for section in ("machine", "cluster"):
        if not isinstance(main.get(section), dict):
            yield missing((section,), f"there is no section {section}", f"keep {section}")
    kind = at(main, "machine", "type")
    if kind is None:
        yield missing(("machine", "type"), "the machine has no type", "keep machine.type")
    if main.get("persist") is False:
        yield value(("persist",), "persist is false", "take persist out")


def install(config: Configuration) -> Iterator[Finding]:
    """The disk and the image to install."""
    section = at(config.main, "machine", "install")
    path: tuple[str | int, ...] = ("machine", "install")
    if not isinstance(section, dict):
        yield missing(path, "nothing says where Talos is installed", "keep machine.install")
        return
    selector = section.get("diskSelector")
    if not section.get("disk") and not selector:
        yield missing((*path, "disk"), "neither disk nor diskSelector is there", "name the disk")
    if not section.get("image"):
        yield missing((*path, "image"), "the installer's image is gone", "keep machine.install.image")
    if isinstance(selector, dict):
        if "name" in selector:
            path_of = (*path, "diskSelector", "name")
            yield value(path_of, "a disk cannot be chosen by name", "use serial, wwid or model")
        if "size" in selector and not _SIZE(str(selector["size"])):
            yield value((*path, "diskSelector", "size"), f"{selector['size']} is no size", "write '>= 100GB'")


def kubelet(config: Configuration) -> Iterator[Finding]:
    """The kubelet's own settings."""
    section = at(config.main, "machine", "kubelet") or {}
    path = ("machine", "kubelet")
    for field in sorted(PROTECTED & set(at(section, "extraConfig") or {})):
        yield value(
            (*path, "extraConfig", field), f"Talos sets {field} of the kubelet itself", f"take {field} out"
        )
    yield from subnets(at(section, "nodeIP", "validSubnets"), (*path, "nodeIP", "validSubnets"))


def subnets(found: Any, path: tuple[str | int, ...]) -> Iterator[Finding]:
    """Networks or addresses, of which each may begin with an exclamation mark."""
    for index, text in enumerate(found if isinstance(found, list) else ()):
        plain = str(text).removeprefix("!")
        if parse_network(plain) is None and parse_address(plain) is None:
            yield value((*path, index), f"{text} is no network", "write it as 192.0.2.0/24")


def labels(config: Configuration) -> Iterator[Finding]:
    """Labels, annotations and taints of the node."""
    machine = config.main.get("machine") or {}
    for section in ("nodeLabels", "nodeAnnotations", "nodeTaints"):
        for key, text in (machine.get(section) or {}).items():
            plain, _, effect = str(text).rpartition(":")
            fault = key_fault(str(key))
            if fault is None and section == "nodeTaints" and effect not in EFFECTS:
                fault = f"has the effect {effect or 'none'}"
            if fault is None and section != "nodeAnnotations":
                fault = None if _LABEL(plain if section == "nodeTaints" else str(text)) else "has a bad value"
            if fault is not None:
                yield value(
                    ("machine", section, key), f"{key}: {text} {fault}", "correct the key or the value"
                )


def node_annotations(config: Configuration) -> Iterator[Finding]:
    """Annotations: none of Talos' own, and not more than Kubernetes keeps."""
    found = at(config.main, "machine", "nodeAnnotations") or {}
    for key in _OWNED:
        if key in found:
            message = f"{key} is where Talos keeps what it has set itself"
            yield value(("machine", "nodeAnnotations", key), message, "take it out")
    size = sum(len(str(text).encode()) for item in found.items() for text in item)
    if size > _ANNOTATIONS_MOST:
        message = f"the annotations have {size} bytes, of which a node takes {_ANNOTATIONS_MOST}"
        yield value(("machine", "nodeAnnotations"), message, "shorten them")


def kernel(config: Configuration) -> Iterator[Finding]:
    """Kernel modules: a name each, and each once."""
    seen = set()
    for index, module in enumerate(at(config.main, "machine", "kernel", "modules") or ()):
        name = module.get("name")
        if not name:
            yield missing(("machine", "kernel", "modules", index), "a module has no name", "write its name")
        if name in seen:
            path = ("machine", "kernel", "modules", index)
            yield conflict(path, f"the module {name} is there twice", "keep one of the two")
        seen.add(name)


def files(config: Configuration) -> Iterator[Finding]:
    """Files: Talos makes new ones below /var only, and refuses to start otherwise."""
    seen = set()
    for index, item in enumerate(at(config.main, "machine", "files") or ()):
        path, op = str(item.get("path") or ""), item.get("op")
        here = ("machine", "files", index)
        if not path.startswith("/"):
            yield value((*here, "path"), f"{path or 'nothing'} is no absolute path", "write an absolute path")
        elif op == "create" and not path.startswith("/var/") and path != _CRI:
            yield value((*here, "path"), f"{path} cannot be made: only /var can take new files", "use /var")
        if path in seen:
            yield conflict((*here, "path"), f"{path} is there twice", "keep one of the two")
        seen.add(path)
