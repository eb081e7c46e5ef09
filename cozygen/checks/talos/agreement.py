"""What the inventory and the Platform both say has to be the same; what must differ has to (facts: talos 1.4)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from cozygen.diagnostics import Code, Diagnostic, Related, Severity
from cozygen.platform.machines.address import Network, parse_network
from cozygen.platform.machines.cluster import (
    DEFAULT_POD_SUBNETS,
    Cluster,
    platform_domain,
    platform_issuer,
    platform_services,
    section,
)
from cozygen.platform.machines.derived import KUBESPAN_MTU as SPAN_MTU
from cozygen.platform.model import Site

DISAGREEMENT = Code(
    "CZ9110",
    Severity.ERROR,
    "inventory and Platform disagree",
    why="Machines are configured by the inventory, the platform on them by the Platform. Where both name the "
    "cluster's domain, networks, mirrors or the way people log in, they have to name the same, or what one "
    "part of the cloud does the other does not understand.",
    fix="Take the setting out of the inventory: the Platform's is then used.",
)
POD_SUBNETS = Code(
    "CZ9111",
    Severity.ERROR,
    "Talos' pod subnets overlap with another network",
    why="Kubernetes cuts a range for each node out of Talos' podSubnets, and Cilium takes addresses for "
    "itself from there, while Kube-OVN hands out podCIDR as one pool. Where the two overlap, an address is "
    "given twice.",
    fix="Use a network that nothing else uses, such as 100.65.0.0/16, which is the default.",
)
POD_SUBNETS_FULL = Code(
    "CZ9112",
    Severity.ERROR,
    "more nodes than pod ranges",
    why="Every node gets a /24 out of Talos' podSubnets. A node for which none is left never becomes Ready.",
    fix="Use a larger network.",
)
KUBESPAN_MTU = Code(
    "CZ9113",
    Severity.ERROR,
    "KubeSpan without room for it in packets",
    why="KubeSpan and the pods' network both wrap packets. Unless the pods' network is told to send smaller "
    "ones, large packets between nodes are lost and connections hang.",
    fix="Take the MTU of kube-ovn out, and it is set to 1222; or lower it to that.",
)
MASTER_NODES = Code(
    "CZ9114",
    Severity.ERROR,
    "kube-ovn is told of other control planes",
    why="Kube-OVN keeps its databases on the nodes that MASTER_NODES lists. An address that is no control "
    "plane's leaves a database without a place; a missing one leaves it without a majority.",
    fix="List the addresses of all control planes, or take MASTER_NODES out.",
)
NODE_SUBNETS = Code(
    "CZ9115",
    Severity.ERROR,
    "a node's address is outside of the nodes' subnets",
    why="Kubelet and etcd look for the node's address in these networks. A node that has none there does not "
    "join.",
    fix="Add the node's network, or leave nodeSubnets out: each node's own network is then used.",
)
PROVIDER_BALANCER = Code(
    "CZ9116",
    Severity.WARNING,
    "MetalLB where the provider's network does not carry it",
    why="Hetzner's switches deliver only addresses that are assigned to a machine, so addresses that MetalLB "
    "announces reach nobody. Cozystack brings hetzner-robotlb for these machines.",
    fix="Enable hetzner-robotlb and disable metallb.",
)
KUBEOVN_MTU = Code(
    "CZ9117",
    Severity.ERROR,
    "the pods' MTU does not fit into the nodes'",
    why="The pods' network wraps each packet into one of 100 bytes more. Packets that the nodes' network does "
    "not carry are lost, and connections hang as soon as much is sent.",
    fix="Lower the MTU of kube-ovn, or raise that of the nodes' links.",
)
BOOTBOX_MACHINE = Code(
    "CZ9118",
    Severity.ERROR,
    "BootBox serves another machine than the inventory describes",
    why="BootBox hands out addresses and names by MAC address. What differs from the inventory starts a "
    "machine under a name or an address that its configuration does not have.",
    fix="Take over what talos/boot/bootbox.yaml says.",
)
_OTHERS = (
    ("networking", "podCIDR", "10.244.0.0/16", "podCIDR, which Kube-OVN hands out"),
    ("networking", "serviceCIDR", "10.96.0.0/16", "the services' network"),
    ("networking", "joinCIDR", "100.64.0.0/16", "the network that joins nodes and pods"),
)
_TRANSIT = "100.66.0.0/16"
_OVERHEAD = 100
_NODE_PREFIX = 24


def agreement(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    """The cluster's settings against the Platform's."""
    yield from _same(site, cluster)
    yield from _pods(site, cluster)
    yield from _kubeovn(site, cluster)
    yield from _subnets(site, cluster)
    if (
        cluster.body.get("provider") == "hetzner"
        and site.packages.has("metallb")
        and not site.packages.has("hetzner-robotlb")
    ):
        yield PROVIDER_BALANCER.at(
            site.hardware.at("talos", "provider"),
            "on hetzner the addresses that metallb announces reach nobody",
            hint="write packages: {enable: [hetzner-robotlb], disable: [metallb]}",
            values={"provider": "hetzner"},
        )


def _same(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    body = cluster.body
    services = [str(parse_network(text) or text) for text in body.get("serviceSubnets") or ()]
    oidc = section(body, "oidc")
    pairs: list[tuple[tuple[str, ...], Any, str, tuple[str, ...]]] = [
        (("dnsDomain",), body.get("dnsDomain"), platform_domain(site), ("networking", "clusterDomain")),
        (
            ("serviceSubnets",),
            services[0] if len(services) == 1 else services or None,
            platform_services(site),
            ("networking", "serviceCIDR"),
        ),
    ]
    if site.packages.oidc:
        pairs.append(
            (("oidc", "issuer"), oidc.get("issuer"), platform_issuer(site), ("authentication", "oidc"))
        )
        pairs.append((("oidc", "clientID"), oidc.get("clientID"), "kubernetes", ("authentication", "oidc")))
    for path, here, there, other in pairs:
        if here is not None and here != there:
            name = ".".join(path)
            yield DISAGREEMENT.at(
                site.hardware.at("talos", *path),
                f"{name} is {here}, on the Platform it is {there}",
                hint=f"take {name} out, or change {'.'.join(other)} of the Platform",
                related=[Related("the Platform", site.at(*other))],
                values={"setting": name, "here": here, "there": there},
            )


def _pods(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    stated = "podSubnets" in cluster.body
    found = [network for text in cluster.pods if (network := parse_network(text)) is not None]
    others: list[tuple[str, Network]] = [("the network between locations", ip_network(_TRANSIT))]
    for first, key, default, what in _OTHERS:
        network = parse_network(site.section(first, key) or default)
        if network is not None:
            others.append((what, network))
    for node in site.hardware.nodes.values():
        others.extend((f"the network of {node.name}", item.network) for item in node.interfaces)
    reported = set()
    for index, network in enumerate(found):
        for what, other in others:
            if network.version != other.version or not network.overlaps(other) or (index, other) in reported:
                continue
            reported.add((index, other))
            place = site.hardware.at("talos", "podSubnets", index) if stated else site.hardware.place
            yield POD_SUBNETS.at(
                place,
                f"Talos' pod subnet {network} overlaps with {other}, {what}",
                hint=f"write podSubnets: [{DEFAULT_POD_SUBNETS[0]}], or another network that nothing uses",
                values={"network": str(network), "other": str(other)},
            )
    room = sum(2 ** max(_NODE_PREFIX - n.prefixlen, 0) for n in found if n.version == 4)
    if found and found[0].version == 4 and len(site.hardware.nodes) > room:
        yield POD_SUBNETS_FULL.at(
            site.hardware.at("talos", "podSubnets") if stated else site.hardware.place,
            f"there are {len(site.hardware.nodes)} nodes, and {', '.join(cluster.pods)} has {room} ranges of /24",
            hint="use a larger network",
            values={"nodes": len(site.hardware.nodes), "ranges": room},
        )


def _kubeovn(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    stated = site.section("networking", "kubeovn", "MASTER_NODES")
    listed = {part.strip() for part in str(stated or "").split(",") if part.strip()}
    planes = {str(node.address.ip): node.name for node in site.hardware.control_planes if node.address}
    if listed and listed != set(planes):
        wrong = sorted(listed - set(planes)) or sorted(set(planes) - listed)
        yield MASTER_NODES.at(
            site.at("networking", "kubeovn", "MASTER_NODES"),
            f"MASTER_NODES {'lists' if listed - set(planes) else 'lacks'} {', '.join(wrong)}",
            hint=f"write {','.join(sorted(planes))}, or take it out",
            values={"listed": sorted(listed), "control planes": sorted(planes)},
        )
    component = section(site.packages.components("networking"), "kubeovn")
    mtu = section(section(component, "values"), "kube-ovn").get("mtu")
    if cluster.kubespan and mtu is not None and not (isinstance(mtu, int) and mtu <= SPAN_MTU):
        yield KUBESPAN_MTU.at(
            site.hardware.at("talos", "kubespan"),
            f"kubespan is on, and the MTU of kube-ovn is {mtu}, above {SPAN_MTU}",
            hint=f"take mtu out of the component kubeovn, and it is {SPAN_MTU}",
            values={"mtu": mtu, "wanted": SPAN_MTU},
        )
    elif isinstance(mtu, int):
        yield from _fitting(site, mtu)


def _fitting(site: Site, mtu: int) -> Iterator[Diagnostic]:
    for node in site.hardware.nodes.values():
        link = node.network.cluster
        carried = (link.mtu or 1500) if link is not None else 1500
        if link is not None and mtu + _OVERHEAD > carried:
            yield KUBEOVN_MTU.at(
                link.at("mtu"),
                f"{node.name}: {link.name} carries {carried} bytes, the pods' network sends {mtu + _OVERHEAD}",
                hint=f"write mtu: {mtu + _OVERHEAD} for {link.name}, or set kube-ovn.mtu: {carried - _OVERHEAD}",
                values={"node": node.name, "mtu": mtu, "link": carried},
            )


def _subnets(site: Site, cluster: Cluster) -> Iterator[Diagnostic]:
    listed = {
        ("nodeSubnets",): cluster.body.get("nodeSubnets"),
        ("etcd", "advertisedSubnets"): section(cluster.body, "etcd").get("advertisedSubnets"),
    }
    for path, texts in listed.items():
        networks = [network for text in texts or () if (network := parse_network(text)) is not None]
        for node in site.hardware.nodes.values():
            address = node.address
            if not networks or address is None or (path[0] == "etcd" and not node.control_plane):
                continue
            if not any(address.ip in network for network in networks):
                yield NODE_SUBNETS.at(
                    site.hardware.at("talos", *path),
                    f"{node.name}: the address {address.ip} is not in {', '.join(map(str, networks))}",
                    hint=f"add {address.network}, or take {'.'.join(path)} out",
                    related=[Related(node.name, node.at("address"))],
                    values={"node": node.name, "address": str(address.ip)},
                )
