"""What a worker's kubelet keeps for itself, held against the size of the node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from cozygen.catalog.instancetypes import instance_type
from cozygen.charts.quantity import amount, number
from cozygen.charts.release import Fault, Path
from cozygen.diagnostics import Code, Severity

KUBELET_VALUE = Code(
    "CZ4170",
    Severity.ERROR,
    "not a kubelet reservation",
    "Reservations and eviction thresholds go into the kubelet's configuration of every node, where a wrong one "
    "would keep the kubelet from starting, so the chart checks their form first.",
    "Write memory as 128Mi, 1Gi or 1e9, CPU as 100m, 0.5 or 1, a threshold as memory or as a percentage such as 7%.",
)
EVICTION_ORDER = Code(
    "CZ4171",
    Severity.ERROR,
    "eviction thresholds that do not fit together",
    "The soft threshold warns pods before the hard one ends them, so it must be the larger of the two, and both "
    "must be percentages or both amounts. What is not given defaults to 7% (hard) and 10% (soft).",
    "Give both thresholds in the same form, the hard one below the soft one.",
)
OVER_RESERVED = Code(
    "CZ4172",
    Severity.ERROR,
    "a node that keeps everything for itself",
    "What the system, the kubelet and the eviction threshold keep back is taken off the node. Where nothing is "
    "left for pods the chart fails.",
    "Reserve less, or take larger nodes. Without own values the reservations are 5 % of the node each.",
)
UNKNOWN_NODE_SIZE = Code(
    "CZ4173",
    Severity.ERROR,
    "reservations for a node of unknown size",
    "Reservations are checked against the node's size, and the chart fails where neither an instance type nor "
    "resources state one.",
    "Give the node group an instanceType, or resources.cpu and resources.memory.",
)

_MEMORY = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)?").fullmatch
_CPU = re.compile(r"[0-9]+m|[0-9]+(\.[0-9]+)?").fullmatch
_PERCENT = re.compile(r"[0-9]+(\.[0-9]+)?").fullmatch
_MEBIBYTE = 2.0**20


class NodeSize(NamedTuple):
    """Memory in bytes and CPU in thousandths; None where nothing says how much."""

    memory: float | None
    cpu_milli: float | None


def node_size(group: Mapping[str, Any]) -> NodeSize:
    """The size that resources state, else that of the instance type."""
    resources = group.get("resources")
    resources = resources if isinstance(resources, Mapping) else {}
    kind = instance_type(str(group.get("instanceType") or ""))
    sized = bool(resources.get("cpu") and resources.get("memory"))
    memory = amount(resources["memory"]) if resources.get("memory") else None
    cpu = _millicores(resources["cpu"]) if resources.get("cpu") else None
    if kind and not sized:
        memory = float(kind.memory) if memory is None else memory
        cpu = kind.cpus * 1000.0 if cpu is None else cpu
    return NodeSize(memory, cpu)


def kubelet_faults(group: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """What is wrong with the kubelet's reservations of a node group that stands at ``path``.

    Without own values nothing can be wrong but that the node is smaller than what is kept by default.
    """
    kubelet = group.get("kubelet")
    if not kubelet and not group.get("resources") and _roomy(str(group.get("instanceType") or "")):
        return
    kubelet = kubelet if isinstance(kubelet, Mapping) else {}
    here = (*path, "kubelet")
    malformed = list(_form_faults(kubelet, here))
    if malformed:
        yield from malformed
        return
    order = list(_order_faults(kubelet, here))
    if order:
        yield from order
        return
    size = node_size(group)
    yield from _memory_faults(kubelet, size, path)
    yield from _cpu_faults(kubelet, size, path)


@cache
def _roomy(kind: str) -> bool:
    """Whether an instance type leaves room beside what is kept by default."""
    size = node_size({"instanceType": kind})
    return not any((*_memory_faults({}, size, ()), *_cpu_faults({}, size, ())))


def _form_faults(kubelet: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    for key, value in sorted(kubelet.items()):
        if not value or not isinstance(value, str):
            continue
        if key.startswith("eviction"):
            wrong = _threshold_wrong(value)
        elif key.endswith("Memory"):
            wrong = "no amount of memory such as 128Mi or 1Gi" if not _MEMORY(value) else ""
            wrong = wrong or ("not more than nothing" if amount(value) <= 0 else "")
        elif key.endswith("Cpu"):
            wrong = "no amount of CPU such as 100m, 0.5 or 1" if not _CPU(value) else ""
            wrong = wrong or ("not more than nothing" if _millicores(value) <= 0 else "")
        else:
            continue
        if wrong:
            example = "7%" if key.startswith("eviction") else "256Mi" if key.endswith("Memory") else "250m"
            yield Fault(
                KUBELET_VALUE,
                (*path, key),
                f'{key} "{value}" is {wrong}',
                f"write it like {example}",
                {"found": value},
            )


def _threshold_wrong(value: str) -> str:
    if not value.endswith("%"):
        return (
            "" if _MEMORY(value) else "neither a percentage such as 7% nor an amount of memory such as 500Mi"
        )
    text = value[:-1]
    if not _PERCENT(text):
        return "no percentage such as 7%"
    return "" if 0 < number(text) <= 100 else "not between 0% and 100%"


def _order_faults(kubelet: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    hard, soft = kubelet.get("evictionHardMemory") or "7%", kubelet.get("evictionSoftMemory") or "10%"
    key = "evictionHardMemory" if kubelet.get("evictionHardMemory") else "evictionSoftMemory"
    values = {"hard": hard, "soft": soft}
    if hard.endswith("%") != soft.endswith("%"):
        other = "evictionSoftMemory" if key == "evictionHardMemory" else "evictionHardMemory"
        yield Fault(
            EVICTION_ORDER,
            (*path, key),
            f"the hard threshold is {hard} and the soft one {soft}; both must be percentages, or both amounts",
            f"give {other} in the same form",
            values,
        )
        return
    percent = hard.endswith("%")
    low, high = (number(hard[:-1]), number(soft[:-1])) if percent else (amount(hard), amount(soft))
    if low >= high:
        yield Fault(
            EVICTION_ORDER,
            (*path, key),
            f"the hard threshold {hard} is not below the soft one, which is {soft}",
            "make the hard threshold the smaller one",
            values,
        )


def _memory_faults(kubelet: Mapping[str, Any], size: NodeSize, path: Path) -> Iterator[Fault]:
    given = [k for k in _MEMORY_KEYS if kubelet.get(k)]
    if not size.memory:
        if size.memory is None and given:
            yield _unknown(path, given[0], "memory")
            return
        if size.memory is None:
            return
    total = size.memory or 0.0
    automatic = min(max(int(int(total / _MEBIBYTE) * 0.05), 256), 1024) * _MEBIBYTE
    system, kube = (
        amount(kubelet[key]) if kubelet.get(key) else automatic
        for key in ("systemReservedMemory", "kubeReservedMemory")
    )
    hard = kubelet.get("evictionHardMemory") or "7%"
    eviction = total * number(hard[:-1]) / 100.0 if hard.endswith("%") else amount(hard)
    if system + kube + eviction >= total:
        yield Fault(
            OVER_RESERVED,
            _at_largest(kubelet, path, given),
            f"the node has {_mebi(total)} of memory; the system keeps {_mebi(system)}, the kubelet {_mebi(kube)} and "
            f"the eviction threshold {_mebi(eviction)}, which leaves nothing",
            f"reserve less than {_mebi(total)} in all, or take larger nodes",
            {"node": int(total), "reserved": int(system + kube + eviction)},
        )


def _cpu_faults(kubelet: Mapping[str, Any], size: NodeSize, path: Path) -> Iterator[Fault]:
    given = [k for k in ("systemReservedCpu", "kubeReservedCpu") if kubelet.get(k)]
    if size.cpu_milli is None:
        if given:
            yield _unknown(path, given[0], "CPU")
        return
    automatic = min(max(int(int(size.cpu_milli) * 0.05), 50), 500)
    system, kube = (
        _millicores(kubelet[key]) if kubelet.get(key) else automatic
        for key in ("systemReservedCpu", "kubeReservedCpu")
    )
    if system + kube >= int(size.cpu_milli):
        yield Fault(
            OVER_RESERVED,
            _at_largest(kubelet, path, given),
            f"the node has {int(size.cpu_milli)}m of CPU; the system keeps {system:g}m and the kubelet {kube:g}m, "
            "which leaves nothing",
            "reserve less, or take larger nodes",
            {"node": int(size.cpu_milli), "reserved": system + kube},
        )


_MEMORY_KEYS = ("systemReservedMemory", "kubeReservedMemory", "evictionHardMemory", "evictionSoftMemory")


def _unknown(path: Path, key: str, what: str) -> Fault:
    return Fault(
        UNKNOWN_NODE_SIZE,
        (*path, "kubelet", key),
        f"{key} cannot be checked: nothing says how much {what} the node has",
        "give an instanceType, or resources.cpu and resources.memory",
    )


def _at_largest(kubelet: Mapping[str, Any], path: Path, given: list[str]) -> Path:
    """The value that takes most, or the node's size where the group states no values of its own."""
    if not given:
        return (*path, "resources") if not kubelet else (*path, "kubelet")
    largest = max(given, key=lambda key: 0.0 if kubelet[key].endswith("%") else amount(kubelet[key]))
    return (*path, "kubelet", largest)


def _millicores(value: Any) -> float:
    text = str(value)
    return number(text[:-1]) if text.endswith("m") else float(int(number(text) * 1000.0))


def _mebi(size: float) -> str:
    return f"{size / _MEBIBYTE:.0f}Mi"
