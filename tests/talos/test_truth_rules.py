"""cozygen's rules, held against Talos' own validation: what one refuses, the other does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from effort import THOROUGH
from machines import every_kind, with_every_section, world
from test_expressions import RIGHT, UNKNOWN, WRONG, selecting
from test_rules import broken, changed
from test_rules import test_other_documents as other_documents
from test_rules import test_the_main_document as main_document
from truth import Talos

from cozygen.checks.talos.rules import judge
from cozygen.emit.talos.bundle import PLACEHOLDER
from cozygen.yamlio import dump_all

pytestmark = pytest.mark.truth

STRICTER = {
    "machine.install.image: the installer's image is gone": "without it Talos takes its own image, without drbd",
    "machine.files.0.path: /etc/x cannot be made: only /var can take new files": "found only when the machine starts",
    "machine.files.0.op: make is not possible for op": "found only when the machine starts",
    "cluster.network.podSubnets.0: 10.0.0.0 is no network": "found only when the control plane starts",
    "cluster.apiServer.extraArgs.v: v: True is no text": "its schema alone refuses it",
    "cluster.coreDNS.disabled: Cozystack uses the CoreDNS that Talos runs": "Cozystack's need",
    "cluster.proxy.disabled: Cilium takes the place of kube-proxy": "Cozystack's need",
    "cluster.discovery.enabled: KubeSpan finds its peers by discovery, which is off": "looked at in the old form only",
    "LinkConfig x: routes.0: a route has neither destination nor gateway": "a route to everywhere through nothing",
}
"""What Talos' library lets through and cozygen does not, and why."""


def test_talos_refuses_what_the_rules_refuse_in_the_main_document(asked: Talos) -> None:
    for path, value, finding in main_document.pytestmark[0].args[1]:
        _refused(asked, changed((path, value)), finding)


def test_talos_refuses_what_the_rules_refuse_in_other_documents(asked: Talos) -> None:
    for document, finding in other_documents.pytestmark[0].args[1]:
        _refused(asked, changed(more=(document,)), finding)


def _refused(asked: Talos, documents: list[Any], finding: str) -> None:
    answer = asked.ask("validate", config=dump_all(documents))
    if finding in STRICTER:
        assert "error" not in answer, f"Talos refuses it as well: {answer}"
    else:
        assert answer, finding


ODD = (
    None,
    "no such thing",
    "",
    -1,
    7_000_000,
    True,
    [],
    {},
    ["x"],
    [{}],
    "10.0.0.0/99",
    "5s",
    "http://x",
    "A=b",
)
"""Values that hardly any field takes."""
BEYOND = ("machine.baseRuntimeSpecOverrides",)
"""What only other software's own formats could judge: this one is the OCI runtime specification."""


def test_the_rules_find_whatever_talos_refuses(asked: Talos) -> None:
    """Every field of whole configurations, taken out or given an odd value; one of a list stands for the others.

    Each field is given a third of the values, in turn, and all of them with COZYGEN_THOROUGH=1.
    """
    main, *_ = changed(("cluster/discovery/enabled", True))
    seen: set[tuple[Any, ...]] = set()
    missed: list[str] = []
    for documents in (
        world("everything").configuration("cp1", PLACEHOLDER),
        with_every_section(),
        [main, *every_kind()],
    ):
        missed += _missed(asked, documents, seen)
    assert "\n".join(missed) == ""
    assert len(seen) > 700


def _missed(asked: Talos, documents: list[Any], seen: set[tuple[Any, ...]]) -> Iterator[str]:
    """What Talos refuses, and the rules do not, of the fields that have not been seen."""
    main = documents[0]
    for document in documents:
        beside = [] if document is main else [main]
        assert asked.ask("validate", config=_flow([*beside, document])) == {}, document
        kind = document.get("kind", "")
        for path in _paths(document):
            field = (kind, *("*" if isinstance(step, int) else step for step in path))
            name = f"{kind} {'.'.join(map(str, path))}".strip()
            if field in seen or name.startswith(BEYOND):
                continue
            seen.add(field)
            for value in ODD if THOROUGH else ODD[len(seen) % 3 :: 3]:
                whole = [*beside, _with(document, path, value)]
                if "error" in asked.ask("validate", config=_flow(whole)) and not judge(whole):
                    yield f"{name} = {value}"


def _flow(documents: list[Any]) -> str:
    """Documents in the part of YAML that JSON is, which is written fastest."""
    return "\n---\n".join(map(json.dumps, documents))


@pytest.mark.parametrize("text", [*RIGHT, *WRONG, *UNKNOWN])
def test_expressions_are_read_as_talos_compiles_them(text: str, asked: Talos) -> None:
    documents = [*changed(("machine/type", "controlplane")), selecting(text)]
    assert ("error" in asked.ask("validate", config=dump_all(documents))) == (text not in RIGHT)
    assert bool(judge(documents)) == (text not in RIGHT)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at a path, taken out where that is None; what is beside the path is shared."""
    first, *rest = path
    changed = value.copy()
    if rest:
        changed[first] = _with(value[first], tuple(rest), new)
    elif new is None:
        del changed[first]
    else:
        changed[first] = new
    return changed


def test_what_is_right_needs_no_exception() -> None:
    assert broken("controlplane") == []
