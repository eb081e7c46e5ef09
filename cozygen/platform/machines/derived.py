"""What the Platform takes from the inventory where it does not say it itself: control planes, and room in packets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.catalog.model import short_name
from cozygen.platform.nodes import Hardware
from cozygen.yamlio import Map

KUBESPAN_MTU = 1222
"""The pods' MTU that leaves room for what KubeSpan and the pods' network wrap around each packet."""
_NETWORKING = "networking"
_OWN_NODES = ("isp-full", "isp-full-generic")
_TALOS = "isp-full"


def with_inventory(body: Map, hardware: Hardware) -> Map:
    """The Platform's spec with what follows from the machines; what it states itself stays as it is.

    Kube-OVN is told the addresses of the control planes, on which its databases run: on a new cluster it would look
    for them by a label that no node has yet. With KubeSpan on, its packets are made smaller.
    """
    section = body.get("cozystack") or {}
    variant = section.get("variant") if isinstance(section, Mapping) else None
    planes = [node.address for node in hardware.control_planes]
    if variant in _OWN_NODES and planes and None not in planes:
        listed = ",".join(str(address.ip) for address in planes if address is not None)
        body = _with(body, (_NETWORKING, "kubeovn", "MASTER_NODES"), listed)
    span = hardware.talos.get("kubespan") or {}
    if variant == _TALOS and span.get("enabled") is True and _with_kubeovn(section):
        name = next((n for n in section.get("components") or () if short_name(n) == _NETWORKING), _NETWORKING)
        path = ("cozystack", "components", name, "kubeovn", "values", "kube-ovn", "mtu")
        body = _with(body, path, KUBESPAN_MTU)
    return body


def _with_kubeovn(section: Mapping[str, Any]) -> bool:
    """Whether Kube-OVN is installed: by the platform, or in a variant of the network that has it."""
    packages = section.get("packages") or {}
    if _NETWORKING in {short_name(str(name)) for name in packages.get("disable") or ()}:
        return False
    variants = {short_name(str(name)): str(value) for name, value in (packages.get("variants") or {}).items()}
    return variants.get(_NETWORKING, "kubeovn").startswith("kubeovn")


def _with(body: Map, path: tuple[str, ...], value: Any) -> Map:
    """A copy with the value at the path, unless something stands there or in its way."""
    key, *rest = path
    below = body.get(key)
    if not rest:
        if key in body:
            return body
        out = body.copy()
        out[key] = value
        return out
    if below is not None and not isinstance(below, Map):
        return body
    changed = _with(below if below is not None else Map(), tuple(rest), value)
    if changed is below:
        return body
    out = body.copy()
    out[key] = changed
    return out
