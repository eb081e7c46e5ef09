"""Compiling in several processes gives what one gives, and never half of it."""

from __future__ import annotations

import os

import pytest

from cozygen.cli import spreading
from cozygen.compiler.result import FamilyResult
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
