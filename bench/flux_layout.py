"""What a push costs Flux, layout by layout, on the real controllers and a real API server.

    python bench/flux_layout.py [--tenants N ...] [--modes MODE ...]

For each size and layout a cluster of its own: the first push until everything is Ready, a push that changes
nothing, and a push that changes one application three levels down. Wall seconds, CPU seconds of each program, and
the memory that it holds at the end. A push is over when its change is there and the controllers have been quiet
for some seconds, which are not counted.

Needs Go for the controllers, and a binary of source-watcher that COZYGEN_SOURCE_WATCHER names: what a stand-in
costs says nothing. helm-controller and Cozystack's operator are played by stand-ins in this process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from generate import paths
from generate import write as generate

sys.path.append(str(Path(__file__).parents[1] / "tests"))
sys.path.append(str(Path(__file__).parents[1]))
from cluster.flux import source_watcher
from cluster.management import KUSTOMIZE, NAMESPACE, Management, is_ready, management
from cluster.stand_ins.helm_controller import HELM

from tests.deliver.git_server import GitServer
from tests.deliver.git_world import bare, by_hand, git

QUIET = 4.0  # seconds without work that end a push
IDLE = 0.06  # CPU seconds a second that the controllers use anyway
MODES = {
    "direct": "mode: direct",
    "artifacts": "mode: artifacts",
    "staged": "mode: staged",
    "sources": "mode: sources, sources: 4",  # with one, as up to 2,000 tenants get, it is staged
}
DIRECT_MOST = 200  # beyond, one push with this layout keeps two cores busy for an hour
PROGRAMS = ("source-controller", "source-watcher", "kustomize-controller", "kube-apiserver")


@dataclass
class Cost:
    """A push: wall seconds, and by program CPU seconds and MiB."""

    wall: float
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


class Bench:
    """A cluster that follows a repository with so many tenants in a layout."""

    def __init__(self, found: Management, base: Path, server: GitServer, mode: str) -> None:
        self.found = found
        self.spec = base / "spec"
        self.remote = server.root / "fleet.git"
        self.overlay = base / "overlay"
        self.overlay.mkdir()
        (self.overlay / "platform.yaml").write_text(
            "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: bench}\nspec:\n"
            f"  delivery: {{git: {{url: '{server.url('fleet.git')}', secretRef: null}}, layout: {{{MODES[mode]}}}}}\n"
        )
        self.programs = {**found.flux.programs, "kube-apiserver": found.plane.server}

    def push(self) -> None:
        """Compile and push."""
        command = [sys.executable, "-m", "cozygen", "push", str(self.spec), str(self.overlay)]
        done = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "COZYGEN_CACHE_DIR": "none"}
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)

    def measured(self, change: Callable[[], None], arrived: Callable[[], bool], pause: float = 1) -> Cost:
        """What it costs until a change has arrived and nothing works on it any more.

        ``pause`` is the seconds between two looks, which cost the API server something themselves.
        """
        change()
        before = {name: program.cpu for name, program in self.programs.items()}
        begin = time.monotonic()
        self.found.fetch_now()
        while not arrived():
            time.sleep(pause)
        last = time.monotonic()
        busy = self._controllers()
        while time.monotonic() - last < QUIET:
            time.sleep(1)
            now = self._controllers()
            if now - busy > IDLE:
                last = time.monotonic()
            busy = now
        return Cost(
            last - begin,
            {name: program.cpu - before[name] for name, program in self.programs.items()},
            {name: program.memory for name, program in self.programs.items()},
        )

    def _controllers(self) -> float:
        return sum(program.cpu for program in self.found.flux.programs.values())

    def all_ready(self, expected: int) -> bool:
        """Whether all Kustomizations are there and Ready."""
        kustomizations = self.found.kustomizations()
        ready = sum(map(is_ready, kustomizations.values()))
        print(f"\r  {ready} of {len(kustomizations)} Ready ", end="", file=sys.stderr, flush=True)
        return ready == len(kustomizations) >= expected

    def at_head(self) -> bool:
        """Whether the root has applied the branch's head."""
        head = git(self.remote, "rev-parse", "main")
        root = self.found.api.find(KUSTOMIZE, "Kustomization", "fleet", NAMESPACE)
        return bool(root and head in root["status"].get("lastAppliedRevision", "") and is_ready(root))


def bench(count: int, mode: str, base: Path) -> dict[str, Cost]:
    """All pushes of a size and a layout."""
    server = GitServer(base / "git")
    bare(server.root / "fleet.git")
    git(server.root / "fleet.git", "config", "http.receivepack", "true")
    with management(base / "cluster") as found:
        run = Bench(found, base, server, mode)
        generate(count, run.spec)
        costs = {}

        def first() -> None:
            run.push()
            with tempfile.TemporaryDirectory() as work:
                git(Path(work), "clone", "--quiet", str(run.remote), "tree")
                found.shell(
                    "kubectl apply --server-side --kustomize clusters/bench/bootstrap", Path(work, "tree")
                )

        costs["first"] = run.measured(first, lambda: run.all_ready(2 * count), pause=1 + count / 50)
        costs["nothing"] = run.measured(
            lambda: by_hand(run.remote, {"notes.md": f"{time.time()}\n"}) and None, run.at_head
        )
        deep = max(paths(count), key=lambda path: path.count("/"))
        key = "tenant-" + deep.replace("/", "-"), "redis-cache"

        def edit() -> None:
            path = run.spec / "tenants" / f"{deep.replace('/', '-')}.yaml"
            path.write_text(path.read_text().replace("size: 2Gi", "size: 3Gi"))
            run.push()

        def live() -> bool:
            release = found.api.find(HELM, "HelmRelease", key[1], key[0])
            return bool(release and release["spec"]["values"]["size"] == "3Gi" and run.at_head())

        costs["one edited"] = run.measured(edit, live)
        server.stop()
        return costs


def shown(count: int, mode: str, costs: dict[str, Cost]) -> str:
    """A row of the table for each push."""
    rows = []
    for name, cost in costs.items():
        cpu = [f"{cost.cpu.get(program, 0):.1f}" for program in PROGRAMS]
        memory = [f"{cost.memory.get(program, 0):.0f}" for program in PROGRAMS[:3]]
        cells = [f"{count:,}", mode, name, f"{cost.wall:.0f} s", *cpu, " / ".join(memory)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tenants", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    asked = parser.parse_args()
    source_watcher()
    names = " | ".join(f"CPU {name}" for name in PROGRAMS)
    print(f"| tenants | layout | push | wall | {names} | MiB sc / sw / kc |")
    print(f"| --- | --- | --- | --- |{' --- |' * len(PROGRAMS)} --- |", flush=True)
    for count in asked.tenants:
        for mode in asked.modes:
            if mode != "direct" or count <= DIRECT_MOST:
                with tempfile.TemporaryDirectory(prefix="cozygen-flux-") as base:
                    print(shown(count, mode, bench(count, mode, Path(base))), flush=True)


if __name__ == "__main__":
    main()
