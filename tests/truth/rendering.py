"""Releases rendered by the real Helm, as helm-controller would: values of the tenant's Secret, then the release's own.

What charts look up is asked of a real API server, which has the kinds that they look for and the objects that
would be there.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from cluster.api import Api, Object, RefusedError
from cluster.control_plane import ControlPlane
from cluster.definitions import definitions, establish
from cluster.stand_ins.operator import chart_name, package_sources
from programs.helm import charts, helm

from cozygen.platform.model import Platform
from cozygen.platform.tenant import Tenant

LOOKED_UP = (
    ("cdi.kubevirt.io/v1beta1", "DataVolume"),
    ("cluster.x-k8s.io/v1beta1", "MachineDeployment"),
    ("cluster.x-k8s.io/v1beta1", "MachineSet"),
    ("infrastructure.cluster.x-k8s.io/v1alpha1", "KubevirtMachineTemplate"),
    ("instancetype.kubevirt.io/v1beta1", "VirtualMachineClusterInstancetype"),
    ("instancetype.kubevirt.io/v1beta1", "VirtualMachineClusterPreference"),
    ("kubeovn.io/v1", "IP"),
    ("kubevirt.io/v1", "VirtualMachine"),
)
"""Kinds that charts look up, which a platform always serves. What they make is learned from Helm's own complaint."""
CLUSTER_WIDE = ("VirtualMachineClusterInstancetype", "VirtualMachineClusterPreference", "IP")
_UNKNOWN = re.compile(r'no matches for kind "(\w+)" in version "([^"]+)"').findall
_UNSERVED = re.compile(r"apiresource from unstructured: (\S+), Kind=(\w+): the server could not find").findall
"""What Helm says of a kind in a group that is served, and of one in a group that is not or not yet."""


class FailedError(Exception):
    """What Helm said instead of rendering."""


@dataclass(frozen=True)
class Renderer:
    """Helm, the charts, and the API server that lookups ask."""

    plane: ControlPlane

    @property
    def api(self) -> Api:
        return self.plane.api

    @cached_property
    def paths(self) -> Mapping[str, Path]:
        """The chart of every component by the name of its artifact, as releases refer to it."""
        return {
            chart_name(name, variant["name"], component["name"]): charts() / component["path"]
            for name, source in package_sources("v1.6.2").items()
            for variant in source["spec"]["variants"]
            for component in variant.get("components") or ()
        }

    def prepare(self) -> None:
        """Serve the kinds that charts look up, with the instance types that the release brings."""
        establish(self.api, [item for items in definitions().values() for item in items])
        establish(self.api, [_definition(*kind) for kind in LOOKED_UP])
        for item in self.render(
            charts() / "system" / "kubevirt-instancetypes", "instancetypes", "default", []
        ):
            self.api.apply(item)

    def render(
        self, chart: Path, name: str, namespace: str, values: list[Any], sets: Mapping[str, str] | None = None
    ) -> list[Object]:
        """The objects of a chart; each of ``values`` lies over those before it."""
        words = [str(helm()), "template", name, str(chart), "--namespace", namespace, "--dry-run=server"]
        words += ["--take-ownership"]  # what exists was made for lookups
        with tempfile.TemporaryDirectory() as directory:
            for number, item in enumerate(values):
                path = Path(directory, f"{number}.json")
                path.write_text(json.dumps(item))
                words += ["--values", str(path)]
            for target, text in (sets or {}).items():
                words += ["--set-string", f"{target}={text}"]
            words += ["--kubeconfig", str(self.plane.kubeconfig)]
            done = self._run(words)
        if done.returncode:
            raise FailedError(done.stderr.strip())
        return [item for item in yaml.load_all(done.stdout, Loader=yaml.CSafeLoader) if item]

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Helm's answer, once the kinds that it did not know have been made."""
        for _ in range(10):  # a chart may look for one kind after the other
            done = subprocess.run(words, capture_output=True, text=True)
            unknown = {(version, kind) for kind, version in _UNKNOWN(done.stderr)} | set(
                _UNSERVED(done.stderr)
            )
            if not unknown:
                break
            establish(self.api, [_definition(*each) for each in sorted(unknown)])
        return done

    def release(self, release: Object, context: Any) -> list[Object]:
        """The objects of a HelmRelease, in a namespace whose ``cozystack-values`` are the context."""
        spec, metadata = release["spec"], release["metadata"]
        sets = {v["targetPath"]: "from-a-secret" for v in spec.get("valuesFrom", ()) if "targetPath" in v}
        chart = self.paths[spec["chartRef"]["name"]]
        return self.render(
            chart, metadata["name"], metadata["namespace"], [context, spec.get("values") or {}], sets
        )

    def contexts(self, platform: Platform) -> Iterator[tuple[Tenant, Any]]:
        """Every tenant with the values that its charts get: the Secrets that the charts themselves render."""
        cluster = {"_cluster": json.loads(json.dumps(platform.site.packages.cluster_values))}
        basics = self.render(
            charts() / "system" / "cozystack-basics", "cozystack-basics", "cozy-system", [cluster]
        )
        known = {"tenant-root": _values(basics)}
        for tenant in sorted(platform.tenants.values(), key=lambda tenant: tenant.depth):
            if tenant.parent is not None:
                chart = self.paths["cozystack-tenant-application-default-tenant"]
                own = json.loads(json.dumps(tenant.given))
                above = known[tenant.parent.namespace]
                made = self.render(chart, tenant.release, tenant.release_namespace, [above, own])
                known[tenant.namespace] = _values(made)
            yield tenant, known[tenant.namespace]

    def refused(self, objects: list[Object], namespace: str) -> list[str]:
        """What the API server says against rendered objects of kinds that it knows."""
        self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        out = []
        for item in objects:
            try:
                where = self.api.path(
                    item["apiVersion"], item["kind"], item["metadata"].get("namespace", namespace)
                )
                self.api.request("POST", f"{where}?dryRun=All", item)
            except RefusedError as refused:
                if refused.code not in (
                    404,
                    409,
                ):  # a namespace that the chart makes, an object of another example
                    out.append(str(refused))
        return out


def _values(objects: list[Object]) -> Any:
    """The values of the Secret ``cozystack-values`` among objects."""
    (secret,) = [o for o in objects if o["kind"] == "Secret" and o["metadata"]["name"] == "cozystack-values"]
    return yaml.safe_load(secret["stringData"]["values.yaml"])


def _definition(api_version: str, kind: str) -> Object:
    """A definition that takes anything: only that the kind is served matters here."""
    group, _, version = api_version.partition("/")
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    versions = [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
        },
        "spec": {
            "group": group,
            "scope": "Cluster" if kind in CLUSTER_WIDE else "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": versions,
        },
    }
