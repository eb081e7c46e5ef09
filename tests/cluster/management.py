"""A whole management cluster: the API server, Flux, and what plays the rest; with the questions that tests ask."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster.api import Api, Object
from cluster.control_plane import ControlPlane, control_plane
from cluster.flux import WATCHER, Flux, flux
from cluster.mirror import Mirror
from cluster.stand_ins.helm_controller import HELM, HelmController
from cluster.stand_ins.operator import Operator
from cluster.stand_ins.source_watcher import SourceWatcher

KUSTOMIZE = "kustomize.toolkit.fluxcd.io/v1"
SOURCE = "source.toolkit.fluxcd.io/v1"
KUSTOMIZATIONS = (KUSTOMIZE, "Kustomization")
RELEASES = (HELM, "HelmRelease")
NAMESPACE = "cozy-fluxcd"
ASKED = "reconcile.fluxcd.io/requestedAt"
POLL = 0.1
HURRY = 2.0
"""Seconds after which a Kustomization that still waits is hurried again."""
Key = tuple[str, str]
Identity = tuple[str, str, str]


@dataclass
class Management:
    """A running management cluster.

    kustomize-controller looks at what waits for a dependency every thirty seconds. While ``hurried``, whoever
    waits here for something asks it to look as soon as the dependency is there; it decides by itself all the same.
    """

    plane: ControlPlane
    flux: Flux
    helm: HelmController
    operator: Operator
    mirror: Mirror
    hurried: bool = True
    _asked: dict[str, float] = field(default_factory=dict)

    @property
    def api(self) -> Api:
        return self.plane.api

    def shell(self, script: str, directory: Path) -> str:
        """A script of a runbook, run in a directory with kubectl and cozygen on PATH."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=directory,
            env={**os.environ, "PATH": path, "KUBECONFIG": str(self.plane.kubeconfig)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}\n{self.flux.said()}"
        return done.stdout

    def fetch_now(self) -> None:
        """Have source-controller look at its sources, as a webhook would."""
        for kind in ("GitRepository", "OCIRepository"):
            for source in self.api.objects(SOURCE, kind, NAMESPACE):
                self.api.patch(source, {"metadata": {"annotations": {ASKED: str(time.time())}}})

    def kustomizations(self) -> dict[str, Object]:
        """Flux's Kustomizations of the platform by name."""
        found = self.mirror.objects(KUSTOMIZATIONS)
        return {name: item for (namespace, name), item in found.items() if namespace == NAMESPACE}

    def waiting(self) -> dict[str, str]:
        """The Kustomizations that are not Ready at their current generation, with what they say."""
        return {name: ready_message(k) for name, k in self.kustomizations().items() if not is_ready(k)}

    def releases(self) -> dict[Key, Object]:
        """All HelmReleases by namespace and name."""
        return self.mirror.objects(RELEASES)

    def identities(self) -> dict[Identity, str]:
        """The uids of all namespaces, releases and objects of the kinds that Kustomizations have applied.

        Another uid is another object, with the data of the old one gone. Flux's own objects are left out: how
        something is delivered may change.
        """
        kinds = {("v1", "Namespace"), (HELM, "HelmRelease")}
        for kustomization in self.kustomizations().values():
            for entry in kustomization.get("status", {}).get("inventory", {}).get("entries") or ():
                *_, group, kind = entry["id"].split("_")
                if not group.startswith(("kustomize.toolkit", "source.")):
                    kinds.add((f"{group}/{entry['v']}" if group else entry["v"], kind))
        return {
            (kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]): item["metadata"]["uid"]
            for version, kind in sorted(kinds)
            for item in self.api.objects(version, kind)
        }

    def until(self, holds: Callable[[], bool], what: str, patience: float = 120) -> None:
        """Wait until something holds; how long it took is nobody's concern but the bench's."""
        end = time.monotonic() + patience
        while not holds():
            if time.monotonic() > end:
                waiting = "\n".join(f"{name}: {message}" for name, message in sorted(self.waiting().items()))
                raise AssertionError(
                    f"in {patience:g} s not: {what}\nnot Ready:\n{waiting}\n{self.flux.said()}"
                )
            for controller in (self.helm.controller, self.operator.controller):
                controller.check()
            if self.hurried:
                self._hurry()
            time.sleep(POLL)

    def _hurry(self) -> None:
        found, now = self.kustomizations(), time.monotonic()
        for name, item in found.items():
            needs = [found.get(need["name"], {}) for need in item["spec"].get("dependsOn", ())]
            if (
                ready_message(item).startswith("DependencyNotReady")
                and all(need.get("status", {}).get("lastAppliedRevision") for need in needs)
                and now - self._asked.get(name, 0) > HURRY
            ):
                self._asked[name] = now
                self.api.patch(item, {"metadata": {"annotations": {ASKED: str(now)}}})

    def settled(self, expected: int | None = None, patience: float = 120) -> None:
        """Wait until every Kustomization is Ready, and there are as many as expected."""

        def holds() -> bool:
            found = self.kustomizations()
            enough = len(found) >= 2 if expected is None else len(found) == expected
            return enough and all(is_ready(k) for k in found.values())

        self.until(holds, f"{expected or 'all'} Kustomizations are Ready", patience)


def is_ready(item: Object) -> bool:
    """Whether an object of Flux is Ready as it stands now."""
    status = item.get("status", {})
    ready = [c for c in status.get("conditions", ()) if c["type"] == "Ready"]
    current = status.get("observedGeneration") == item["metadata"]["generation"]
    return bool(ready and current and ready[0]["status"] == "True")


def ready_message(item: Object) -> str:
    """What its Ready condition says."""
    ready = [c for c in item.get("status", {}).get("conditions", ()) if c["type"] == "Ready"]
    return f"{ready[0]['reason']}: {ready[0]['message'][:300]}" if ready else "not looked at yet"


@contextmanager
def management(directory: Path, *, version: str = "v1.6.2") -> Iterator[Management]:
    """A management cluster before anything of cozygen is applied to it.

    The real source-watcher cuts artifacts where COZYGEN_SOURCE_WATCHER names it, else the stand-in.
    """
    real = bool(os.environ.get(WATCHER))
    with ExitStack() as stack:
        plane = stack.enter_context(control_plane(directory))
        helm = HelmController(plane.api)
        operator = Operator(plane.api, helm, version)
        for controller in (helm.controller, operator.controller):
            controller.start()
            stack.callback(controller.stop)
        if not real:
            watcher = SourceWatcher(plane.api)
            watcher.controller.start()
            stack.callback(watcher.stop)
        running = stack.enter_context(flux(plane, watcher=real))
        mirror = Mirror(plane.api, (KUSTOMIZATIONS, RELEASES))
        mirror.start()
        stack.callback(mirror.stop)
        yield Management(plane, running, helm, operator, mirror)
