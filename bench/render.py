"""``cozygen render`` on generated platforms, beside a plain loop that writes the same bytes.

    python bench/render.py [TENANTS ...]        by default 1000 and 10000

Prints wall and CPU seconds and peak memory: cold (nothing rendered, nothing remembered), unchanged, and with
one tenant edited. Each figure is the best of three runs in a process of its own.
"""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
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


def measure(command: list[str], environment: dict[str, str], directory: Path | None = None) -> Cost:
    """One run of a command in a process of its own."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would stop a tool that says much
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
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


def bench(tenants: int, base: Path) -> dict[str, Cost]:
    """All figures for a platform of so many tenants."""
    spec, out, cache = base / "spec", base / "out", base / "cache"
    generate(tenants, spec)
    environment = installed(base, cache)
    render = [sys.executable, "-m", "cozygen", "render", str(spec), "--output", str(out)]

    def cold() -> Cost:
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(cache, ignore_errors=True)
        os.sync()
        return measure(render, environment)

    def edited() -> Cost:
        file = spec / "tenants" / "t7.yaml"
        text = file.read_text()
        old, new = ("size: 2Gi", "size: 3Gi") if "size: 2Gi" in text else ("size: 3Gi", "size: 2Gi")
        file.write_text(text.replace(old, new))
        return measure(render, environment)

    found = {
        "cold": best(cold),
        "unchanged": best(lambda: measure(render, environment)),
        "one edited": best(edited),
    }
    files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    dump = base / "files.pickle"
    dump.write_bytes(pickle.dumps(files))
    loop = base / "loop"

    def plain() -> Cost:
        shutil.rmtree(loop, ignore_errors=True)
        os.sync()
        return measure([sys.executable, "-c", LOOP, str(dump), str(loop)], environment)

    found["plain loop"] = best(plain)
    print(f"\n{tenants} tenants, {len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")
    for name, cost in found.items():
        print(f"  {name:12} {cost.wall:7.2f} s wall  {cost.cpu:7.2f} s cpu  {cost.peak:7.0f} MiB")
    return found


def main() -> None:
    """Bench the sizes on the command line."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for count in [int(n) for n in sys.argv[1:]] or [1000, 10000]:
        with tempfile.TemporaryDirectory(prefix="cozygen-bench-") as base:
            bench(count, Path(base))


if __name__ == "__main__":
    main()
