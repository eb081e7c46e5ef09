"""cozygen beside other tools on the same work, in one run; prints a table in Markdown.

    python bench/compare.py [--runs N] [TENANTS ...]        by default 100, 1000 and 10000

The work is five releases a tenant. Every tool gets the smallest input that it allows, each run is a process of
its own, and what each wrote is compared, object by object, with what it should be. cozygen writes more (what waits
for what, the platform, a manifest with digests) and has all its checks on. "Plain loop" writes cozygen's bytes.

The tools are installed once, each into an environment of its own in ``~/.cache/cozygen-tests``. A tool that cannot
be had, or of which a run takes more than ``--patience`` seconds, is left out, with the reason.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from peers.work import releases, rows
from render import Cost, SlowError, Subject, best, measure, put_away

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from programs.cache import kept

PEERS = ("kcl", "cdk8s", "makejinja", "kapitan")
CHECKS = "shapes, the release's value schemas, what its charts refuse, names, references, what waits for ever"
Key = tuple[str, str]


class Line(NamedTuple):
    """A tool's row; ``again`` is a run that has nothing to do."""

    tool: str
    cold: Cost
    again: Cost
    checks: str


def python_with(requirements: tuple[str, ...], name: str) -> str:
    """A Python that has these, installed once."""
    digest = sha256(f"{sys.version} {requirements}".encode()).hexdigest()[:16]

    def install(target: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)
        pip = [str(target / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", *requirements], check=True)

    return str(kept(f"peer-{name}", digest, install) / "bin" / "python")


def wrong(directory: Path, count: int) -> int:
    """How many releases are missing or not what they should be, below a directory."""
    wanted = {_key(item): item for row in rows(count) for item in releases(row)}
    for path in directory.rglob("*"):
        if path.suffix in (".yaml", ".yml"):
            for item in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
                if item and item.get("kind") == "HelmRelease" and wanted.get(_key(item)) == item:
                    del wanted[_key(item)]
    return len(wanted)


def _key(item: dict[str, Any]) -> Key:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def peer(name: str, count: int, base: Path, runs: int, patience: float) -> Line:
    """A peer's row."""
    module = importlib.import_module(f"peers.{name}")
    python = python_with(module.REQUIREMENTS, name)
    directory = base / name
    directory.mkdir()
    module.prepare(count, directory)
    command = module.command(Path(python))

    def cold() -> Cost:
        put_away(directory / module.OUTPUT)
        (directory / module.OUTPUT).mkdir()
        os.sync()
        return run()

    def run() -> Cost:
        return measure(command, dict(os.environ), directory, patience)

    first = best(cold, runs)
    again = best(run, runs)
    if found := wrong(directory / module.OUTPUT, count):
        raise SystemExit(f"{module.NAME} got {found} of {5 * count} releases wrong")
    return Line(module.NAME, first, again, module.CHECKS)


def cozygen(count: int, base: Path, runs: int) -> tuple[Line, Line]:
    """cozygen's row, and that of a loop that writes what it wrote."""
    subject = Subject(count, base)
    line = Line("**cozygen**", best(subject.cold, runs), best(subject.again, runs), CHECKS)
    if found := wrong(subject.out / "tenants", count):
        raise SystemExit(f"cozygen got {found} of {5 * count} releases wrong")
    subject.dump()
    return line, Line("plain loop", best(subject.loop, runs), best(subject.loop_again, runs), "nothing")


def attempted(make: Callable[[], Line]) -> Line | str:
    """A row, or why there is none."""
    try:
        return make()
    except (OSError, subprocess.CalledProcessError, SlowError) as error:
        return str(error)


def table(count: int, lines: Iterable[Line]) -> str:
    """The rows of a size as Markdown, each with its ratio to cozygen."""
    rows = list(lines)
    (own,) = [line for line in rows if line.tool == "**cozygen**"]
    out = [
        f"\n### {count:,} tenants, {5 * count:,} releases\n",
        "| tool | cold | unchanged | peak | cold, ratio | unchanged, ratio | checks |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for line in sorted(rows, key=lambda line: line.cold.wall):
        ratios = [f"{t.wall / o.wall:.1f}" for t, o in ((line.cold, own.cold), (line.again, own.again))]
        cold, again = f"{line.cold.wall:.2f} s", f"{line.again.wall:.2f} s"
        cells = [line.tool, cold, again, f"{line.cold.peak:.0f} MiB", *ratios, line.checks]
        out.append(f"| {' | '.join(cells)} |")
    return "\n".join(out)


def main() -> None:
    """Compare at the sizes on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tenants", nargs="*", type=int, default=[100, 1000, 10000])
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts")
    parser.add_argument("--patience", type=float, default=600, help="seconds that a run may take at most")
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cozygen-bench-") as top:
        for count in asked.tenants:
            base = Path(top, str(count))
            base.mkdir()
            found = [attempted(lambda: peer(p, count, base, asked.runs, asked.patience)) for p in asked.peers]  # noqa: B023
            lines = [*cozygen(count, base, asked.runs), *(line for line in found if isinstance(line, Line))]
            print(table(count, lines), flush=True)
            for name, line in zip(asked.peers, found, strict=True):
                if isinstance(line, str):
                    print(f"\n{name} is left out: {line}")


if __name__ == "__main__":
    main()
