"""Labels, annotations and taints of nodes: that Kubernetes takes them, and from whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.nodes import Node

NODE_LABEL = Code(
    "CZ6070",
    Severity.ERROR,
    "not a label, annotation or taint",
    why="Kubernetes takes keys of an optional DNS prefix and at most 63 letters, digits, dashes, dots and "
    "underscores, values of the same kind, and the effects NoSchedule, PreferNoSchedule and NoExecute. A "
    "machine refuses its whole configuration for one that is not.",
    fix="Correct the key or the value.",
)
PROTECTED_LABEL = Code(
    "CZ6071",
    Severity.ERROR,
    "a label that a worker cannot give itself",
    why="A worker sets its labels with its own rights, and Kubernetes keeps labels of kubernetes.io and k8s.io "
    "from it, but for a few. The label never appears, and what selects nodes by it finds none.",
    fix="Use a label of a domain of your own, or one below node.kubernetes.io.",
)
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?").fullmatch
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPEN = ("node.kubernetes.io", "kubelet.kubernetes.io")
_ALLOWED = frozenset(
    (
        "kubernetes.io/hostname",
        "kubernetes.io/os",
        "kubernetes.io/arch",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
        "beta.kubernetes.io/instance-type",
        "beta.kubernetes.io/os",
        "beta.kubernetes.io/arch",
    )
)


def labels(node: Node) -> Iterator[Diagnostic]:
    """The labels, annotations and taints of one node."""
    for section in ("labels", "annotations", "taints"):
        stated: Mapping[str, str] = node.body.get(section) or {}
        for key, value in stated.items():
            fault = key_fault(key) or _value_fault(section, value)
            if fault is not None:
                yield NODE_LABEL.at(
                    node.at(section, key, key=True),
                    f"{node.name}: {section[:-1]} {key}: {value} {fault}",
                    hint="write KEY: VALUE:NoSchedule"
                    if section == "taints"
                    else "correct the key or the value",
                    values={"node": node.name, "key": key, "value": value},
                )
            elif section == "labels" and not node.control_plane and protected(key):
                yield PROTECTED_LABEL.at(
                    node.at("labels", key, key=True),
                    f"{node.name}: a worker cannot give itself the label {key}",
                    hint=f"use a domain of your own, such as example.org/{key.rpartition('/')[2]}",
                    values={"node": node.name, "key": key},
                )


def key_fault(key: str) -> str | None:
    """Why a text is no key of a label, annotation or taint, or None."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not _PREFIX(prefix) or len(prefix) > 253):
        return "has a prefix that is no DNS name"
    return None if _NAME(name) else "has a key that is no name"


def _value_fault(section: str, value: str) -> str | None:
    if section == "annotations":
        return None
    if section == "taints":
        text, _, effect = value.rpartition(":")
        if effect not in EFFECTS:
            return f"has no effect; there are {', '.join(EFFECTS)}"
        value = text
    return None if not value or _NAME(value) else "has a value that is no name"


def protected(key: str) -> bool:
    """Whether Kubernetes' NodeRestriction keeps a kubelet from setting the label on its own node."""
    domain = key.rpartition("/")[0]
    ours = domain in ("kubernetes.io", "k8s.io") or domain.endswith((".kubernetes.io", ".k8s.io"))
    if not ours or key in _ALLOWED:
        return False
    return not any(domain == name or domain.endswith(f".{name}") for name in _OPEN)
