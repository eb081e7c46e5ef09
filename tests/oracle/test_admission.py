"""Cozystack's own API server: what it accepts, and the release that it stores for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cozygen.catalog.load import load_release
from cozygen.checks.admission import metadata_refusals, name_refusal, values_refusals, workload_namespace
from cozygen.emit.release import PREFIX, release_object

SHARD = "sharding.fluxcd.io/key"  # the API adds it from the definition, and keeps what the shard operator made of it
APPLICATIONS = load_release("v1.6.2").applications
Object = dict[str, Any]


class Store:
    """The releases that exist, changed by the rules of the API that concern the project."""

    def __init__(self) -> None:
        self.releases: dict[tuple[str, str], Object] = {}

    def step(self, op: str, item: Object) -> tuple[str, Object | None]:
        """Where a step is refused, or ``accepted`` and what is stored then."""
        application = APPLICATIONS[item["kind"]]
        metadata = item["metadata"]
        name, namespace, values = metadata["name"], metadata["namespace"], item.get("spec")
        labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
        key = namespace, application.prefix + name
        if op == "delete":
            return ("accepted" if self.releases.pop(key, None) else "rest"), None
        live = self.releases.get(key)
        if op == "update" and live is None:
            return "rest", None
        creates = op == "create" or live is None
        if (creates and name_refusal(application, name, namespace)) or any(values_refusals(values)):
            return "rest", None
        if (op == "create" and live) or any(metadata_refusals(labels, annotations)):
            return "store", None
        made = release_object(application, name, namespace, values)
        made["metadata"]["labels"] = {
            **{PREFIX + k: v for k, v in labels.items()},
            **made["metadata"]["labels"],
        }
        if annotations:
            made["metadata"]["annotations"] = {PREFIX + k: v for k, v in annotations.items()}
        shard = live["metadata"]["labels"].get(SHARD) if live else None
        if shard is not None:
            made["metadata"]["labels"][SHARD] = shard
        self.releases[key] = made
        return "accepted", made


def as_stored(item: Object) -> str:
    """An object as text in which only equal objects are equal; beyond 64 bits numbers are doubles."""
    return json.dumps(json.loads(json.dumps(item), parse_int=_number), sort_keys=True)


def _number(digits: str) -> int | float:
    return int(digits) if -(1 << 63) <= int(digits) < 1 << 63 else float(digits)


def differences(case: Object) -> list[str]:
    """What the rules here and the recorded answers disagree on."""
    store = Store()
    found = []
    for number, step in enumerate(case["steps"]):
        item, result = step["object"], step["result"]
        verdict, made = store.step(step["op"], item)
        wanted = "accepted" if result["accepted"] else result["stage"]
        if verdict != wanted:
            found.append(f"step {number}: {wanted} there, {verdict} here: {result.get('error')}")
            break
        recorded = result.get("stored")
        if recorded is None or made is None:
            continue
        shard = recorded["metadata"]["labels"].get(SHARD)
        if SHARD not in made["metadata"]["labels"] and shard == "tenants":
            made["metadata"]["labels"][SHARD] = shard
        if as_stored(recorded) != as_stored(made):
            found.append(f"step {number}: stored {as_stored(recorded)}, here {as_stored(made)}")
        if "tenant_namespace" in result:
            namespace = workload_namespace(item["metadata"]["namespace"], item["metadata"]["name"])
            if namespace != result["tenant_namespace"]:
                found.append(f"step {number}: namespace {result['tenant_namespace']} there, {namespace} here")
        made["metadata"]["labels"] |= step.get("live_labels", {})
    return found


@pytest.mark.oracle
def test_every_verdict_and_every_release(oracles: Path) -> None:
    cases = [json.loads(line) for line in (oracles / "cozystack" / "admission.jsonl").open(encoding="utf-8")]
    wrong = {case["id"]: found for case in cases if (found := differences(case))}
    print(f"admission: {len(cases) - len(wrong)} of {len(cases)} cases agree")
    assert cases
    assert not wrong, f"{len(wrong)} of {len(cases)} cases: " + "\n".join(
        f"{i}: {w[0][:600]}" for i, w in list(wrong.items())[:5]
    )
