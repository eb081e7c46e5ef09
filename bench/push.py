"""``cozygen push`` on generated platforms: what publishing costs beyond the compile, and what it adds to the remote.

    python bench/push.py [TENANTS ...]        by default 1000 and 10000

Prints wall and CPU seconds of publishing alone, git's processes included, to a repository on this machine and
to a git server over HTTP with a password: the first push, one that changes nothing, one that changes one tenant,
and the same without a cache, as on a fresh machine. Each figure is the best of three runs in a process of its own.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
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

ROOT = Path(__file__).parents[1]
TIMES = 3


class Cost(NamedTuple):
    """Seconds on the wall, CPU seconds, what it came to."""

    wall: float
    cpu: float
    status: str


def publish(words: list[str]) -> Cost:
    """Compile and publish in this process; only the publishing counts."""
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.push import push
    from cozygen.cli.push_options import PushOptions
    from cozygen.cli.pushing import deliver
    from cozygen.cli.reading import read_site_inputs

    given = push.make_context("push", words).params
    (site,) = read_site_inputs(given["spec"], (), None)
    compiled = compile_site(site)
    names = {field.name for field in dataclasses.fields(PushOptions)}
    options = PushOptions(**{name: value for name, value in given.items() if name in names})
    wall, cpu = time.perf_counter(), _cpu()
    done = deliver(compiled, options)
    return Cost(time.perf_counter() - wall, _cpu() - cpu, done.status)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


def run(*words: str) -> Cost:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--publish", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr}")
    return Cost(*json.loads(done.stdout))


def size(remote: Path) -> int:
    """Bytes of the remote's objects."""
    return sum(path.stat().st_size for path in (remote / "objects").rglob("*") if path.is_file())


def best(runs: list[Cost]) -> Cost:
    """The cheapest of several runs."""
    return min(runs, key=lambda cost: cost.wall)


class Bench:
    """A platform, a remote and the ways to it."""

    def __init__(self, tenants: int, base: Path) -> None:
        self.spec, self.cache, self.remote = base / "spec", base / "cache", base / "srv" / "fleet.git"
        self.given = 2
        generate(tenants, self.spec)

    def renew(self) -> None:
        """An empty remote, and nothing remembered."""
        for path in (self.remote, self.cache):
            shutil.rmtree(path, ignore_errors=True)
        self.remote.mkdir(parents=True)
        for words in (["init", "--quiet", "--bare"], ["config", "http.receivepack", "true"]):
            subprocess.run(["git", "-C", str(self.remote), *words], check=True)

    def edit(self) -> None:
        """Another size for one tenant's cache, one that it never had."""
        file = self.spec / "tenants" / "t7.yaml"
        self.given += 1
        file.write_text(re.sub(r"(cache:\n +size: )\d+", rf"\g<1>{self.given}", file.read_text()))

    def measure(self, url: str) -> dict[str, tuple[Cost, int]]:
        """Every figure, with what a run added to the remote."""
        out: dict[str, tuple[Cost, int]] = {}

        def several(name: str, status: str, before: Callable[[], None], cache: str) -> None:
            found = []
            for _ in range(TIMES):
                before()
                at = size(self.remote)
                cost = run(str(self.spec), "--to", url, "--branch", "main", "--cache", cache)
                assert cost.status == status, cost
                found.append(cost)
                added = size(self.remote) - at
            out[name] = best(found), added

        several("first", "pushed", self.renew, str(self.cache))
        several("unchanged", "unchanged", lambda: None, str(self.cache))
        several("one edited", "pushed", self.edit, str(self.cache))
        several("one edited, no cache", "pushed", self.edit, "none")
        return out


def bench(tenants: int, base: Path) -> None:
    """All figures for a platform of so many tenants."""
    sys.path.insert(0, str(ROOT / "tests" / "deliver"))
    from git_server import PASSWORD, USER, GitServer

    made = Bench(tenants, base)
    made.renew()
    server = GitServer(made.remote.parent)
    server.password = PASSWORD
    os.environ |= {"COZYGEN_GIT_USERNAME": USER, "COZYGEN_GIT_PASSWORD": PASSWORD}
    print(f"\n{tenants} tenants")
    for way, url in (("file", str(made.remote)), ("http", server.url("fleet.git"))):
        for name, (cost, added) in made.measure(url).items():
            print(
                f"  {way}  {name:22} {cost.wall:6.2f} s wall  {cost.cpu:6.2f} s cpu  {added / 1024:9,.0f} KiB added",
                flush=True,
            )
    server.stop()


def main() -> None:
    """Bench the sizes on the command line."""
    for count in [int(n) for n in sys.argv[1:]] or [1000, 10000]:
        with tempfile.TemporaryDirectory(prefix="cozygen-bench-") as base:
            bench(count, Path(base))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        print(json.dumps(publish(sys.argv[2:])))
    else:
        main()
