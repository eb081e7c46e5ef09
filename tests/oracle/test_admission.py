"""Cozystack's own API server: what it accepts, and the release that it stores for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from admission_cases import rule_differences


@pytest.mark.oracle
def test_every_verdict_and_every_release(oracles: Path) -> None:
    cases = [json.loads(line) for line in (oracles / "cozystack" / "admission.jsonl").open(encoding="utf-8")]
    wrong = {case["id"]: found for case in cases if (found := rule_differences(case))}
    print(f"admission: {len(cases) - len(wrong)} of {len(cases)} cases agree")
    assert cases
    assert not wrong, f"{len(wrong)} of {len(cases)} cases: " + "\n".join(
        f"{i}: {w[0][:600]}" for i, w in list(wrong.items())[:5]
    )
