"""``cozygen render`` on generated platforms, beside a plain loop that writes the same bytes.

    python bench/render.py [TENANTS ...]        by default 1000 and 10000

Prints wall and CPU seconds and peak memory: cold (nothing rendered, nothing remembered), unchanged, and with
one tenant edited. Each figure is the best of three runs in a process of its own.
"""

from __future__ import annotations

import math
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generate import write as generate

import cozygen

LOOP = """
import os, pickle, sys
files = pickle.load(open(sys.argv[1], "rb"))
for path, data in files.items():
    path = os.path.join(sys.argv[2], path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
"""


class Cost(NamedTuple):
    """Seconds on the wall, CPU seconds, MiB at the peak."""

    wall: float
    cpu: float
    peak: float


class SlowError(Exception):
    """A run took longer than anybody would wait."""


def measure(
    command: list[str], environment: dict[str, str], directory: Path | None = None, patience: float = math.inf
) -> Cost:
    """One run of a command in a process of its own, which is ended after ``patience`` seconds (SlowError)."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would stop a tool that says much
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        end = threading.Timer(min(patience, threading.TIMEOUT_MAX), os.killpg, (process.pid, signal.SIGKILL))
        end.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            end.cancel()
        wall = time.perf_counter() - begin
        if wall > patience:
            raise SlowError(f"a run took more than {patience:,.0f} s")
        if status:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed: {said.read().decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def installed(base: Path, cache: Path) -> dict[str, str]:
    """The environment of a cozygen that was installed, its modules compiled, and that remembers in ``cache``."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"COZYGEN_CACHE_DIR": str(cache), "PYTHONPYCACHEPREFIX": str(base / "modules")}
    words = [sys.executable, "-m", "compileall", "-q", str(Path(cozygen.__file__).parent)]
    subprocess.run(words, env=environment, check=True)
    return environment


def best(run: Callable[[], Cost], times: int = 3) -> Cost:
    """The cheapest of several runs."""
    return min((run() for _ in range(times)), key=lambda cost: cost.wall)


def put_away(path: Path) -> None:
    """Move what is at a path out of the way, to be removed when all is measured.

    For minutes ext4 passes over the inodes of removed files one by one whenever it makes another: removing the
    output of one run would make the next one several times slower.
    """
    if path.exists():
        path.rename(path.with_name(f"{path.name}.{time.monotonic_ns()}"))


class Subject:
    """``cozygen render`` on a generated platform below ``base``, and the loop that writes what it wrote."""

    def __init__(self, tenants: int, base: Path) -> None:
        self.base, self.spec, self.out = base, base / "spec", base / "rendered"
        self._cache, self._loop, self._files = base / "cache", base / "loop", base / "files.pickle"
        generate(tenants, self.spec)
        self._environment = installed(base, self._cache)

    def again(self) -> Cost:
        """A run on what is there."""
        command = [sys.executable, "-m", "cozygen", "render", str(self.spec), "--output", str(self.out)]
        return measure(command, self._environment)

    def cold(self) -> Cost:
        """A run with nothing rendered and nothing remembered."""
        put_away(self.out)
        put_away(self._cache)
        os.sync()
        return self.again()

    def edited(self) -> Cost:
        """A run after an edit of one tenant."""
        file = self.spec / "tenants" / "t7.yaml"
        text = file.read_text()
        old, new = ("size: 2Gi", "size: 3Gi") if "size: 2Gi" in text else ("size: 3Gi", "size: 2Gi")
        file.write_text(text.replace(old, new))
        return self.again()

    def dump(self) -> dict[str, bytes]:
        """What was rendered, which is what the loop will write."""
        files = {str(p.relative_to(self.out)): p.read_bytes() for p in self.out.rglob("*") if p.is_file()}
        self._files.write_bytes(pickle.dumps(files))
        return files

    def loop_again(self) -> Cost:
        """The loop, over what is there."""
        command = [sys.executable, "-c", LOOP, str(self._files), str(self._loop)]
        return measure(command, self._environment)

    def loop(self) -> Cost:
        """The loop, into nothing."""
        put_away(self._loop)
        os.sync()
        return self.loop_again()


def bench(tenants: int, base: Path) -> dict[str, Cost]:
    """All figures for a platform of so many tenants."""
    subject = Subject(tenants, base)
    found = {
        "cold": best(subject.cold),
        "unchanged": best(subject.again),
        "one edited": best(subject.edited),
    }
    files = subject.dump()
    found["plain loop"] = best(subject.loop)
    print(f"\n{tenants} tenants, {len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")
    for name, cost in found.items():
        print(f"  {name:12} {cost.wall:7.2f} s wall  {cost.cpu:7.2f} s cpu  {cost.peak:7.0f} MiB")
    return found


def main() -> None:
    """Bench the sizes on the command line."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with tempfile.TemporaryDirectory(prefix="cozygen-bench-") as base:
        for count in [int(n) for n in sys.argv[1:]] or [1000, 10000]:
            bench(count, Path(base, str(count)))


if __name__ == "__main__":
    main()
