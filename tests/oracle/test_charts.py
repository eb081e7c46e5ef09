"""Renders of the real charts: what fails has an error at the value that causes it, what renders has none."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cozygen.catalog.load import load_release
from cozygen.charts import Fault, Lookup, Surroundings, faults, release_of
from cozygen.diagnostics import Severity
from cozygen.record import replace

pytestmark = pytest.mark.oracle

Case = dict[str, Any]
LEAST = 0.99
TAGS_WITH_PATH = ("null-key ", "hostile-string ")


class World(NamedTuple):
    """What the cases refer to: ``cozystack-values`` by context name, and what a lookup finds."""

    contexts: Mapping[str, Mapping[str, Any]]
    objects: list[Mapping[str, Any]]

    def named(self, kind: str) -> frozenset[str]:
        return frozenset(o["metadata"]["name"] for o in self.objects if o["kind"] == kind)


def read(folder: Path) -> tuple[World, list[Case]]:
    def load(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    lines = (folder / "charts.jsonl").read_text(encoding="utf-8").split("\n")
    world = World(load("charts-contexts.json"), load("charts-lookup.json"))
    return world, [json.loads(line) for line in lines if line]


def lookup(case: Case, world: World) -> Lookup:
    own = [o for o in case.get("lookup_objects", ()) if o["metadata"].get("namespace") == case["namespace"]]
    named = world.named if case["lookup"] == "cluster" else lambda kind: frozenset[str]()
    volumes = (o["metadata"]["name"] for o in own if o["kind"] == "DataVolume")
    return Lookup(
        named("VirtualMachineClusterInstancetype"),
        named("VirtualMachineClusterPreference"),
        frozenset(name.removeprefix("vm-disk-") for name in volumes if name.startswith("vm-disk-")),
        apis=frozenset(case.get("api_versions", ())),
        pools={
            o["metadata"]["name"]: o["metadata"].get("annotations", {}).get("meta.helm.sh/release-name", "")
            for o in own
            if o["kind"] == "MachineDeployment"
        },
    )


def errors(case: Case, world: World) -> list[Fault]:
    application = load_release("v1.6.2").applications[case["kind"]]
    context = world.contexts[case["context"]]
    around = Surroundings(
        case["namespace"], context.get("_namespace") or {}, context.get("_cluster") or {}, lookup(case, world)
    )
    release = release_of(
        application, case["release"].removeprefix(application.prefix), case["values"], around
    )
    if release.release != case["release"]:  # a name without the kind's prefix, which no spec can give
        release = replace(release, release=case["release"])
    return [fault for fault in faults(release, application) if fault.code.severity is Severity.ERROR]


def pointer(fault: Fault) -> str:
    return "".join(f"/{step}" for step in fault.path)


def causes(case: Case) -> Iterator[str]:
    """Where the case itself says that the mistake stands."""
    if case["outcome"] == "schema":
        yield from case["error"]["paths"]
    for tag in TAGS_WITH_PATH:
        if case["tag"].startswith(tag):
            yield "/" + case["tag"].removeprefix(tag).replace(".[]", "").replace(".", "/")


def misplaced(case: Case, found: list[Fault]) -> list[str]:
    """Causes at which no error stands, neither there nor on a part of what is there."""
    at = [pointer(fault) + "/" for fault in found]
    return [cause for cause in causes(case) if not any(path.startswith(cause + "/") for path in at)]


def told(case: Case) -> str:
    said = (
        case.get("error", {}).get("text")
        or case.get("refused")
        or [child.get("error") or child.get("refused") for child in case.get("children", ())]
    )
    return f"{case['id']} {case['kind']} ({case['tag']}): {str(said)[:200]}"


def test_charts(oracles: Path) -> None:
    folder = oracles / "cozystack"
    if not (folder / "charts.jsonl").is_file():
        pytest.skip(f"{folder / 'charts.jsonl'} does not exist")
    world, cases = read(folder)
    totals: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    left: list[str] = []
    elsewhere = []
    for case in cases:
        found = errors(case, world)
        outcome, fine = case["outcome"], case["outcome"] == "ok"
        for group in ((case["kind"], outcome), ("all", "ok" if fine else "failing")):
            totals[group] += 1
            wrong[group] += fine == bool(found)
        if fine == bool(found):
            left.append(told(case) if found == [] else f"{told(case)}: {found[0].code.id} {found[0].message}")
        elif found and misplaced(case, found):
            elsewhere.append(f"{told(case)}: wanted at {misplaced(case, found)}")
    for kind, outcome in sorted(totals):
        print(
            f"{kind:20} {outcome:14} {totals[kind, outcome] - wrong[kind, outcome]:5} of {totals[kind, outcome]}"
        )
    print("\n".join(["left:", *left, "in the wrong place:", *elsewhere]))
    for side in ("ok", "failing"):
        assert wrong["all", side] <= (1 - LEAST) * totals["all", side], f"{side}: {left[:10]}"
    assert len(elsewhere) <= (1 - LEAST) * totals["all", "failing"], elsewhere[:10]
