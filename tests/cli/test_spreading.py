"""Compiling in several processes gives what one gives, and never half of it."""

from __future__ import annotations

import marshal
import os
from collections.abc import Sequence

import pytest
from world import as_yaml, layer, platform, tenant

from cozygen.cli import spreading
from cozygen.compiler.families import Means, Work
from cozygen.compiler.result import FamilyResult
from cozygen.pipeline import RENDERING, parse_layers, run
from cozygen.spec.blueprints import Spent
from cozygen.spec.families import Family


def families(count: int) -> list[Family]:
    return [Family(f"t{n}", (), ()) for n in range(count)]


def work(family: Family) -> FamilyResult:
    return FamilyResult((), (), Spent(int(family.name[1:]), os.getpid() != PARENT, 0), False)


PARENT = os.getpid()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_processors", lambda: 2)


@pytest.mark.parametrize("count", [0, 1, 100, 299, 300, 301, 1000])
def test_results_come_in_order(count: int) -> None:
    found = list(spreading.forked(work, families(count)))
    assert [result.spent.nested for result in found] == list(range(count))
    assert {bool(result.spent.tenants) for result in found} <= {count >= 300}


def test_a_process_that_fails_is_an_error_and_not_a_result(capfd: pytest.CaptureFixture[str]) -> None:
    def failing(family: Family) -> FamilyResult:
        if family.name == "t301":
            raise ValueError("no such luck")
        return work(family)

    with pytest.raises(RuntimeError, match="died"):
        list(spreading.forked(failing, families(400)))
    assert "no such luck" in capfd.readouterr().err


def test_nothing_is_left_running_when_the_rest_is_not_wanted() -> None:
    stream = spreading.forked(work, families(5000))
    next(stream)
    stream.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_one_processor_does_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_processors", lambda: 1)
    assert not any(result.spent.tenants for result in spreading.forked(work, families(400)))


@pytest.mark.parametrize("keep", [False, True], ids=["as plain data", "with the tenants themselves"])
@pytest.mark.parametrize("size", ["1Gi", "a lot"])
def test_a_result_survives_being_carried(keep: bool, size: str) -> None:
    root = tenant("root", services={name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")})
    documents = (platform(), root, tenant("acme", apps={"Redis": {"cache": {"size": size}}}))
    carried: list[tuple[FamilyResult, FamilyResult]] = []

    def spread(task: Work, found: Sequence[Family]) -> list[FamilyResult]:
        results = [task(family) for family in found]
        carried.extend(
            (r, spreading._unpacked(marshal.loads(marshal.dumps(spreading._packed(r))))) for r in results
        )
        return results

    parsed = parse_layers((layer({"spec.yaml": as_yaml(*documents)}),))
    run(parsed, {}, RENDERING, Means(keep=keep, spread=spread))
    ((before, after),) = carried
    assert bool(before.linked) == keep
    assert before.failed == (size != "1Gi")
    assert [t.files for t in after.tenants] == [t.files for t in before.tenants]
    assert [t.facts for t in after.tenants] == [t.facts for t in before.tenants]
    assert [t.made for t in after.tenants] == [t.made for t in before.tenants]
    assert after.diagnostics == before.diagnostics
    assert [t.path for t in after.linked] == [t.path for t in before.linked]
