"""VirtualPrivateCloud: subnet names become labels and keys of a ConfigMap."""

from __future__ import annotations

from cozygen.charts.names import LABEL, DerivedFrom
from cozygen.charts.rules import Rules
from cozygen.charts.text import Needs, Shape, Text

VPC = Rules(
    derived=(DerivedFrom("subnets.#.name", "{text}", LABEL),),
    texts=(
        Text("subnets.#.name", needs=Needs.LABEL),
        Text("subnets.#.name", Shape.KEY, after=".ID"),
        Text("subnets.#.cidr", needs=Needs.TEXT),
        Text("peers.#.tenantNamespace", Shape.KEY, before="peer.", after=".x.vpcId"),
        Text("peers.#.vpcName", Shape.KEY, before="peer.x.", after=".vpcId"),
    ),
)
