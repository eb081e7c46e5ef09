"""Verdicts of Cozystack's API server, recorded or asked for now, held against cozygen's rules and ``cozygen check``.

A case is a list of steps on one store: an operation, the application that was sent, and the server's result.
"""

from __future__ import annotations

import json
from typing import Any

from world import compile_documents, platform, tenant

from cozygen.catalog.load import load_release
from cozygen.checks.admission import (
    APP_NAME,
    APP_NAME_LENGTH,
    LABEL,
    NAMESPACE_LENGTH,
    RESERVED_KEY,
    metadata_refusals,
    name_refusal,
    values_refusals,
    workload_namespace,
)
from cozygen.emit.release import PREFIX, release_object
from cozygen.pipeline import State

SHARD = "sharding.fluxcd.io/key"  # the API adds it from the definition, and keeps what the shard operator made of it
ADMISSION = {code.id for code in (APP_NAME, APP_NAME_LENGTH, LABEL, NAMESPACE_LENGTH, RESERVED_KEY)}
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


def rule_differences(case: Object) -> list[str]:
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


def check_differences(case: Object) -> list[str] | None:
    """Where the verdicts differ; None where the case cannot be written as a spec."""
    step = case["steps"][0]
    state = as_spec(step["object"])
    if step["op"] not in ("create", "apply") or state is None:
        return None
    errors = [d for d in state.diagnostics if d.is_error]
    if not step["result"]["accepted"]:
        return [] if errors else [f"refused there: {step['result']['error'][:200]}"]
    return [f"taken there: {d.code} {d.message}" for d in errors if d.code in ADMISSION]
