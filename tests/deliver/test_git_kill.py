"""Runs that are killed at any time, and runs that meet: every commit is whole, and the next run goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from git_world import bare, git, listing, send, sound, target, tree

HERE = Path(__file__).parent
CODE = """
import sys
sys.path.insert(0, {here!r})
from git_world import send, target, tree
from pathlib import Path
cache = Path({cache!r}) if {cache!r} else None
print(send(tree({platform!r}, **{tenants!r}), target({url!r}, path={path!r}), cache=cache).commit)
"""


def run(
    remote: Path,
    tenants: dict[str, int],
    *,
    path: str = "clusters/prod",
    cache: str = "",
    platform: str = "prod",
) -> subprocess.Popen[str]:
    code = CODE.format(
        here=str(HERE), url=str(remote), tenants=tenants, path=path, cache=cache, platform=platform
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def many(replicas: int) -> dict[str, int]:
    return {f"t{number}": replicas for number in range(300)}


def test_killed_at_any_time(tmp_path: Path) -> None:
    remote = bare(tmp_path / "fleet.git")
    cache = tmp_path / "cache"
    send(tree(**many(0)), target(remote), cache=cache)
    chance = random.Random(7)
    survived = 0
    for replicas in range(1, 9):
        before = git(remote, "rev-parse", "main")
        process = run(remote, many(replicas), cache=str(cache))
        time.sleep(chance.uniform(0.1, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
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
    assert survived < 8, "no run was killed before its push"


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
    cache = str(tmp_path / "cache") if cached else ""
    sites = ["a", "b", "c"]
    running = [run(remote, many(1), path=f"clusters/{s}", platform=s, cache=cache) for s in sites]
    for process in running:
        assert process.communicate(timeout=60)[1] == ""
    found = listing(remote)
    assert all(f"clusters/{site}/tenants/t9/apps/releases.yaml" in found for site in sites)
    assert git(remote, "rev-list", "--count", "main") == "3"
    sound(remote)
