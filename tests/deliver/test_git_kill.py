"""Runs that are killed at any time, and runs that meet: every commit is whole, and the next run goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from effort import THOROUGH
from git_world import bare, git, listing, send, sound, target, tree

from cozygen.layout.tree import Tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def start(of: Tree, remote: Path, path: str, cache: Path | None) -> int:
    """Publish in a process of its own, by its id."""
    child = os.fork()
    if child == 0:
        try:
            done = send(of, target(remote, path=path), cache=cache)
            os._exit(0 if done.commit else 1)
        finally:
            os._exit(2)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def many(replicas: int) -> dict[str, int]:
    return {f"t{number}": replicas for number in range(300)}


@pytest.mark.thorough
def test_killed_at_any_time(tmp_path: Path) -> None:
    remote = bare(tmp_path / "fleet.git")
    cache = tmp_path / "cache"
    send(tree(**many(0)), target(remote), cache=cache)
    chance = random.Random(7)
    runs, survived = 8 if THOROUGH else 4, 0
    for replicas in range(1, runs + 1):
        before = git(remote, "rev-parse", "main")
        child = start(tree(**many(replicas)), remote, "clusters/prod", cache)
        time.sleep(chance.uniform(0.02, 0.4))
        os.kill(child, signal.SIGKILL)
        ended(child)
        deadline = time.monotonic() + 10
        while _at_work(cache) and time.monotonic() < deadline:
            time.sleep(0.02)
        after = git(remote, "rev-parse", "main")
        if after != before:
            survived += 1
            assert git(remote, "rev-parse", "main~1") == before
            found = listing(remote)["clusters/prod/tenants/t7/apps/releases.yaml"]
            assert f"replicas: {replicas}\n" in found
        sound(remote)
    done = send(tree(**many(99)), target(remote), cache=cache)
    assert done.commit == git(remote, "rev-parse", "main")
    assert not list(cache.rglob("tmp_*"))
    sound(remote)
    assert survived < runs, "no run was killed before its push"


def _at_work(cache: Path) -> bool:
    """Whether a process that a killed run started still holds the store."""
    import fcntl

    for path in cache.glob("*/lock"):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False


@pytest.mark.parametrize("cached", [True, False])
def test_two_publishers_at_once(tmp_path: Path, cached: bool) -> None:
    remote = bare(tmp_path / "fleet.git")
    cache = tmp_path / "cache" if cached else None
    sites = ["a", "b", "c"]
    running = [start(tree(site, **many(1)), remote, f"clusters/{site}", cache) for site in sites]
    assert [ended(child) for child in running] == [0, 0, 0]
    found = listing(remote)
    assert all(f"clusters/{site}/tenants/t9/apps/releases.yaml" in found for site in sites)
    assert git(remote, "rev-list", "--count", "main") == "3"
    sound(remote)
