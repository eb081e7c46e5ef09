"""The platform chart's own renders: Packages, component values, what waits for ever, whether it renders."""

import json
from pathlib import Path
from typing import Any

import pytest

from cozygen.catalog.load import load_release
from cozygen.catalog.model import full_name
from cozygen.platform.packages import PackageSet, evaluate

pytestmark = pytest.mark.oracle


def ours(case: dict[str, Any]) -> PackageSet:
    objects = case.get("lookup_objects") or []
    maps = [o["data"] for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"] == "cozystack"]
    left = any(o["kind"] == "Package" and o["metadata"]["name"] == "cozystack.ouroboros" for o in objects)
    legacy = maps[0] if maps else None
    return evaluate(
        load_release("v1.6.2"), case["variant"], case["values"], ouroboros_exists=left, legacy=legacy
    )


def as_case(found: PackageSet) -> dict[str, Any]:
    packages = [
        {
            "name": full_name(p.name),
            "variant": p.variant,
            **({"components": p.components} if p.components else {}),
        }
        for p in found.packages.values()
    ]
    return {
        "packages": sorted(packages, key=lambda p: str(p["name"])),
        "missing_dependencies": {full_name(n): [full_name(m) for m in ms] for n, ms in found.missing.items()},
        "never_ready": [full_name(name) for name in found.never_ready],
        "cluster_values": {k: v for k, v in found.cluster_values.items() if k != "kube-root-ca"},
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "packages": sorted(case["packages"], key=lambda p: str(p["name"])),
        "missing_dependencies": {n: sorted(ms) for n, ms in case["missing_dependencies"].items()},
        "never_ready": sorted(case["never_ready"]),
        "cluster_values": {k: v for k, v in case["cluster_values"].items() if k != "kube-root-ca"},
    }


def test_platform(oracles: Path) -> None:
    file = oracles / "cozystack" / "platform.jsonl"
    if not file.is_file():
        pytest.skip(f"{file} does not exist")
    wrong = []
    cases = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    for case in cases:
        found = ours(case)
        if case["ok"] != (not found.failures):
            wrong.append(f"{case['id']}: renders is {case['ok']}, ours {found.failures}")
        elif case["ok"]:
            got, want = as_case(found), expected(case)
            wrong += [f"{case['id']}: {key}" for key in want if got[key] != want[key]]
    print(f"{len(cases) - len(wrong)} of {len(cases)} platform renders agree")
    assert not wrong, "\n".join(wrong)
