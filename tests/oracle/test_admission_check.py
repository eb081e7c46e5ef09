"""What Cozystack's API server refuses, ``cozygen check`` refuses; what it takes, no rule about admission refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from admission_cases import check_differences

pytestmark = pytest.mark.oracle


def test_check_refuses_what_the_api_refuses(oracles: Path) -> None:
    cases = [json.loads(line) for line in (oracles / "cozystack" / "admission.jsonl").open(encoding="utf-8")]
    found = {case["id"]: check_differences(case) for case in cases}
    judged = {name: wrong for name, wrong in found.items() if wrong is not None}
    refused = sum(not case["steps"][0]["result"]["accepted"] for case in cases if case["id"] in judged)
    wrong = {name: lines for name, lines in judged.items() if lines}
    print(
        f"{len(judged) - len(wrong)} of {len(judged)} cases agree, {refused} of them refused; {len(cases) - len(judged)} no spec can say"
    )
    assert len(judged) > len(cases) / 2
    assert refused
    assert not wrong, "\n".join(f"{name}: {lines[0]}" for name, lines in list(wrong.items())[:8])
