"""MetalLB: pools, advertisements and BGP peers, all in cozy-metallb (facts: platform 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cozygen.platform.loadbalancer import AddressPool, LoadBalancer

Object = dict[str, Any]
NAMESPACE = "cozy-metallb"
_KEEP = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_PEER_FIELDS = (
    "myASN",
    "peerASN",
    "peerAddress",
    "peerPort",
    "holdTime",
    "keepaliveTime",
    "ebgpMultiHop",
    "bfdProfile",
    "sourceAddress",
    "routerID",
)


def address_objects(load_balancer: LoadBalancer) -> list[Object]:
    """Pools, each with the advertisement that its ``announce`` asks for, and the BGP peers."""
    out: list[Object] = []
    for pool in load_balancer.pools.values():
        out.append(_pool(pool))
        if pool.announce == "l2":
            out.append(_l2(pool))
        elif pool.announce == "bgp":
            out.append(_bgp(pool))
    out.extend(_peer(name, body) for name, body in load_balancer.peers.items())
    return out


def _object(api_version: str, kind: str, name: str, spec: Mapping[str, Any], *, keep: bool = False) -> Object:
    metadata: dict[str, Any] = {"name": name, "namespace": NAMESPACE}
    if keep:
        metadata["annotations"] = dict(_KEEP)
    return {"apiVersion": f"metallb.io/{api_version}", "kind": kind, "metadata": metadata, "spec": dict(spec)}


def _pool(pool: AddressPool) -> Object:
    spec: dict[str, Any] = {"addresses": list(pool.body["addresses"])}
    for key in ("autoAssign", "avoidBuggyIPs"):
        if key in pool.body:
            spec[key] = pool.body[key]
    return _object("v1beta1", "IPAddressPool", pool.name, spec, keep=True)


def _l2(pool: AddressPool) -> Object:
    spec: dict[str, Any] = {"ipAddressPools": [pool.name]}
    if pool.body.get("interfaces"):
        spec["interfaces"] = list(pool.body["interfaces"])
    return _object("v1beta1", "L2Advertisement", pool.name, spec | _selector(pool.body))


def _bgp(pool: AddressPool) -> Object:
    spec: dict[str, Any] = {"ipAddressPools": [pool.name]}
    for key in ("aggregationLength", "localPref"):
        if key in pool.body:
            spec[key] = pool.body[key]
    for key in ("communities", "peers"):
        if pool.body.get(key):
            spec[key] = list(pool.body[key])
    return _object("v1beta1", "BGPAdvertisement", pool.name, spec | _selector(pool.body))


def _peer(name: str, body: Mapping[str, Any]) -> Object:
    spec: dict[str, Any] = {key: body[key] for key in _PEER_FIELDS if key in body}
    if "passwordSecret" in body:
        spec["passwordSecret"] = {"name": body["passwordSecret"], "namespace": NAMESPACE}
    return _object("v1beta2", "BGPPeer", name, spec | _selector(body))


def _selector(body: Mapping[str, Any]) -> dict[str, Any]:
    selector = body.get("nodeSelector")
    return {"nodeSelectors": [{"matchLabels": dict(selector)}]} if selector else {}
