"""What Cozystack's API server refuses, ``cozygen check`` refuses; what it takes, no rule about admission refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from world import compile_documents, platform, tenant

from cozygen.catalog.load import load_release
from cozygen.checks.admission import APP_NAME, APP_NAME_LENGTH, LABEL, NAMESPACE_LENGTH, RESERVED_KEY
from cozygen.pipeline import State

pytestmark = pytest.mark.oracle

ADMISSION = {code.id for code in (APP_NAME, APP_NAME_LENGTH, LABEL, NAMESPACE_LENGTH, RESERVED_KEY)}
APPLICATIONS = load_release("v1.6.2").applications
Object = dict[str, Any]


def as_spec(item: Object) -> State | None:
    """A spec with this one application, in tenants that give it its namespace; None where no spec can say that."""
    kind, metadata = item["kind"], item["metadata"]
    parts = metadata["namespace"].removeprefix("tenant-").split("-")
    if not APPLICATIONS[kind].prefix or not metadata["namespace"].startswith("tenant-"):
        return None  # a module, which is switched on and never named
    values: Any = item.get("spec")
    own = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    if own and isinstance(values, dict | None):
        values = {**(values or {}), "_metadata": own}
    above = [] if parts == ["root"] else ["/".join(parts[: n + 1]) for n in range(len(parts))]
    documents = [platform(), tenant("root"), *(tenant(path) for path in above)]
    last = documents[-1]["spec"]
    if kind == "Tenant":
        if not isinstance(values, dict | None):
            return None  # a tenant's values are what the spec's own keys say
        last["tenants"] = {
            metadata["name"]: {
                "labels": metadata.get("labels") or {},
                "annotations": metadata.get("annotations") or {},
            }
        }
    else:
        last["apps"] = {kind: {metadata["name"]: values}}
    return compile_documents(*documents)


def differences(case: Object) -> list[str] | None:
    """Where the verdicts differ; None where the case cannot be written as a spec."""
    step = case["steps"][0]
    state = as_spec(step["object"])
    if step["op"] not in ("create", "apply") or state is None:
        return None
    errors = [d for d in state.diagnostics if d.is_error]
    if not step["result"]["accepted"]:
        return [] if errors else [f"refused there: {step['result']['error'][:200]}"]
    return [f"taken there: {d.code} {d.message}" for d in errors if d.code in ADMISSION]


def test_check_refuses_what_the_api_refuses(oracles: Path) -> None:
    cases = [json.loads(line) for line in (oracles / "cozystack" / "admission.jsonl").open(encoding="utf-8")]
    found = {case["id"]: differences(case) for case in cases}
    judged = {name: wrong for name, wrong in found.items() if wrong is not None}
    refused = sum(not case["steps"][0]["result"]["accepted"] for case in cases if case["id"] in judged)
    wrong = {name: lines for name, lines in judged.items() if lines}
    print(
        f"{len(judged) - len(wrong)} of {len(judged)} cases agree, {refused} of them refused; {len(cases) - len(judged)} no spec can say"
    )
    assert len(judged) > len(cases) / 2
    assert refused
    assert not wrong, "\n".join(f"{name}: {lines[0]}" for name, lines in list(wrong.items())[:8])
