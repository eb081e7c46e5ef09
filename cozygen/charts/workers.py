"""Worker nodes, as node groups of a Kubernetes and as pools of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cozygen.charts.kubelet import kubelet_faults
from cozygen.charts.machines import unknown_instance_type
from cozygen.charts.names import LABEL, LABEL_KEY, text_fault
from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.values import at, items
from cozygen.diagnostics import Code, Severity

HALF_SIZE = Code(
    "CZ4174",
    Severity.ERROR,
    "half a node size",
    "Resources replace the instance type as a whole. With only one of CPU and memory the chart cannot tell what "
    "the node shall be, and fails.",
    "Give resources.cpu and resources.memory together, or neither.",
)
MAX_UNHEALTHY = Code(
    "CZ4175",
    Severity.ERROR,
    "not a limit of unhealthy nodes",
    "Health checks stop replacing nodes beyond this limit. The chart takes a whole number or a whole percentage "
    "and fails on anything else.",
    "Write a number such as 1, or a percentage such as 50%, without a sign or a fraction.",
)
TALOS_VERSION = Code(
    "CZ4176",
    Severity.ERROR,
    "a Kubernetes version that the Talos version does not run",
    "Every Talos minor version runs a range of Kubernetes versions. The chart knows the ranges of the Talos "
    "versions that it was made for and refuses others.",
    "Take a Kubernetes version of the range, or another talos.version.",
)

_TALOS = {"v1.13": ("v1.31", "v1.32", "v1.33", "v1.34", "v1.35", "v1.36")}
_UNHEALTHY = re.compile(r"[0-9]+%?").fullmatch


def worker_faults(release: Release, group: Mapping[str, Any], path: Path, label: str) -> Iterator[Fault]:
    """What is wrong with a group of workers that stands at ``path`` and whose nodes are labelled ``label``."""
    resources = group.get("resources")
    resources = resources if isinstance(resources, Mapping) else {}
    has_cpu, has_memory = bool(resources.get("cpu")), bool(resources.get("memory"))
    kind = group.get("instanceType")
    known = True
    if kind and has_cpu != has_memory:
        yield Fault(
            HALF_SIZE,
            (*path, "resources"),
            f"resources give {'cpu' if has_cpu else 'memory'} and no {'memory' if has_cpu else 'cpu'}",
            "give both, or neither and keep the instanceType",
        )
    elif isinstance(kind, str) and kind and not has_cpu and kind not in release.lookup.instance_types:
        known = False
        yield unknown_instance_type(release, (*path, "instanceType"), kind)
    if known:
        yield from kubelet_faults(group, path)
    if "maxUnhealthy" in group:
        yield from unhealthy_faults(group["maxUnhealthy"], (*path, "maxUnhealthy"))
    for index, role in enumerate(items(group, "roles")):
        if isinstance(role, str) and (fault := text_fault((*path, "roles", index), role, role, LABEL_KEY)):
            yield fault
    fault = text_fault(path, label, label, LABEL, on_key=True)
    if fault:
        yield fault


def unhealthy_faults(value: Any, path: Path) -> Iterator[Fault]:
    """A limit of unhealthy nodes that is neither a number nor a percentage."""
    text = str(value) if value is not None else "<nil>"
    if not _UNHEALTHY(text):
        yield Fault(
            MAX_UNHEALTHY,
            path,
            f'"{text}" is neither a whole number nor a whole percentage',
            "write a number such as 1, or a percentage such as 50%",
            {"found": value},
        )


def talos_faults(release: Release) -> Iterator[Fault]:
    """A Kubernetes version that the Talos version does not run."""
    talos, version = str(at(release.values, ("talos", "version")) or ""), release.values.get("version")
    minor = re.match(r"v[0-9]+\.[0-9]+", talos)
    runs = _TALOS.get(minor.group(0)) if minor else None
    if runs and version and version not in runs:
        yield Fault(
            TALOS_VERSION,
            ("version",),
            f"Talos {talos} runs Kubernetes {runs[0]} to {runs[-1]}, not {version}",
            "take a version of that range, or another talos.version",
            {"talos": talos, "runs": list(runs)},
        )
