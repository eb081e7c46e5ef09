"""Bad weather for the cache: a build that fails half-way or is killed, and two runs that want the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from programs import BrokenError, MissingError
from programs.cache import UNUSED_DAYS, directory, kept
from programs.goprogram import built
from programs.waiting import until


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return directory()


def entries(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir() if not path.name.endswith(".lock")}


def test_what_is_there_is_not_made_again(cache: Path) -> None:
    path = kept("tool", "1", lambda target: target.write_text("made"))
    assert kept("tool", "1", lambda target: target.write_text("again")) == path
    assert path.read_text() == "made"
    assert entries(cache) == {"tool-1"}


def test_a_build_that_fails_half_way_leaves_nothing(cache: Path) -> None:
    def fail(target: Path) -> None:
        target.write_text("half")
        raise BrokenError("the compiler stopped")

    with pytest.raises(BrokenError):
        kept("tool", "1", fail)
    assert entries(cache) == set()
    kept("tool", "1", lambda target: target.write_text("whole"))
    assert entries(cache) == {"tool-1"}


SLOW = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from programs.cache import kept
def make(target):
    target.write_text("half")
    print("making", flush=True)
    time.sleep(float(sys.argv[1]))
    target.write_text("whole")
print(kept("tool", "1", make).read_text(), flush=True)
"""


def run(seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, str(seconds)], env=dict(os.environ), stdout=subprocess.PIPE, text=True
    )


def test_a_killed_build_leaves_nothing_that_the_next_run_takes(cache: Path) -> None:
    process = run(60)
    assert process.stdout is not None
    assert process.stdout.readline() == "making\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (cache / "tool-1").exists()
    kept("tool", "1", lambda target: target.write_text("whole"))
    assert entries(cache) == {"tool-1"}


def test_two_runs_at_once_make_it_once(cache: Path) -> None:
    first = run(0.5)
    assert first.stdout is not None
    assert first.stdout.readline() == "making\n"
    second = run(0.5)
    outputs = first.communicate()[0], second.communicate()[0]
    assert outputs == ("whole\n", "whole\n")


def test_versions_that_nobody_uses_are_removed_when_a_new_one_is_made(cache: Path) -> None:
    for digest in ("old", "recent"):
        kept("tool", digest, lambda target: target.write_text("x"))
    long_ago = time.time() - (UNUSED_DAYS + 1) * 86400
    os.utime(cache / "tool-old", (long_ago, long_ago))
    kept("tool", "new", lambda target: target.write_text("x"))
    assert entries(cache) == {"tool-recent", "tool-new"}


def test_without_go_a_program_is_missing_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="install Go"):
        built(tmp_path)


def test_a_go_program_that_does_not_build_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    fake = tmp_path / "bin" / "go"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\nif [ "$1" = env ]; then echo go1.26; else echo "main.go:1: expected package" >&2; exit 1; fi\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    (tmp_path / "main.go").write_text("no package")
    with pytest.raises(BrokenError, match="expected package"):
        built(tmp_path)
    assert entries(cache) == set()


def test_checksums_are_verified_whatever_the_caller_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from programs.goprogram import environment

    for name in ("GOFLAGS", "GONOSUMDB", "GOINSECURE", "GOPRIVATE"):
        monkeypatch.setenv(name, "-insecure")
    monkeypatch.setenv("GOSUMDB", "off")
    found = environment()
    assert found["GOFLAGS"] == "-mod=readonly"
    assert {"GONOSUMDB", "GOINSECURE", "GOPRIVATE", "GOSUMDB"} & found.keys() == set()


def test_waiting_ends() -> None:
    with pytest.raises(AssertionError, match="not in 0 s: rain"):
        until(lambda: False, "rain", 0)
