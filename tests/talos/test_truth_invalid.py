"""Specs that cozygen refuses for their machines: what Talos says of the configurations that they would have led to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from machines import Machines
from test_invalid import INVALID, invalid_platform
from truth import Talos

from cozygen.diagnostics.registry import all_codes
from cozygen.yamlio import dump_all

pytestmark = pytest.mark.truth

ALONE = "Talos is given one machine at a time"
WORDS = "it is about the spec's own words, which no configuration holds"
AT_BOOT = "found only when the machine starts: its library looks at no network, link or disk"
LET_THROUGH = {
    **dict.fromkeys(
        ("CZ6020", "CZ6021", "CZ6024", "CZ6025", "CZ6055", "CZ6056", "CZ6057", "CZ6064", "CZ6065"), ALONE
    ),
    **dict.fromkeys(("CZ6027", "CZ6031", "CZ6032", "CZ6033", "CZ6034", "CZ6044", "CZ6061"), WORDS),
    **dict.fromkeys(
        ("CZ6022", "CZ6023", "CZ6028", "CZ6038", "CZ6040", "CZ6041", "CZ6042", "CZ6043"), AT_BOOT
    ),
    **dict.fromkeys(
        ("CZ6045", "CZ6046", "CZ6047", "CZ6048", "CZ6049", "CZ6050", "CZ6051", "CZ6052"), AT_BOOT
    ),
    **dict.fromkeys(("CZ6062", "CZ6063"), AT_BOOT),
    "CZ6026": "it takes any text for a host name, and Kubernetes refuses the node",
    "CZ6053": "etcd and the kubelet find it when they start",
    "CZ6071": "the API server refuses it, of a kubelet that labels its own node",
}
"""Codes of which Talos' own library takes a configuration, and why."""
MACHINES = sorted(code for code in all_codes() if "CZ6020" <= code < "CZ6080" and (INVALID / code).is_dir())


def test_talos_refuses_what_a_rule_about_machines_refuses(
    asked: Talos, proved: Callable[[str], None]
) -> None:
    wrong = []
    for code in MACHINES:
        machines = Machines([], invalid_platform(code))
        answers = [
            asked.ask("validate", config=dump_all(machines.configuration(name)))
            for name in machines.platform.site.hardware.nodes
        ]
        assert answers, code
        if any("error" in answer for answer in answers) == (code in LET_THROUGH):
            wrong.append(f"{code}: {answers}")
    assert wrong == []
    assert LET_THROUGH.keys() <= set(MACHINES)
    refused = len(MACHINES) - len(LET_THROUGH)
    proved(
        f"{refused} of {len(MACHINES)} rules about machines are Talos' own as well; {len(LET_THROUGH)} have a reason"
    )
