"""Specs of machines for these tests, and what becomes of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from spec_directory import compile_directory

from cozygen.diagnostics import Diagnostic
from cozygen.emit.talos.bundle import PLACEHOLDER, Bundle
from cozygen.emit.talos.document import Document, Key, key_of
from cozygen.emit.talos.merge import merged
from cozygen.emit.talos.node import configuration, node_patch
from cozygen.layout.compose import lay_out
from cozygen.pipeline import CHECKING, parse_layers, run
from cozygen.platform.machines.cluster import Cluster, cluster_of
from cozygen.platform.model import Platform
from cozygen.platform.nodes import Node
from cozygen.spec.source import Layer, Source

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
PLATFORM = """\
apiVersion: cozygen.io/v1alpha1
kind: Platform
metadata: {name: test}
spec:
  cozystack: {version: v1.6.2, variant: isp-full}
  publishing: {host: example.org, apiServerEndpoint: https://api.example.org:6443}
  storage:
    pools: {data: {driver: zfs}}
    classes: {local: {default: true}, replicated: {replicas: 1}}
  delivery: {git: {url: https://git.example.org/fleet.git}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: root}
spec: {services: {etcd: {}, ingress: {}, monitoring: {}, seaweedfs: {}}}
"""


@dataclass(frozen=True)
class Machines:
    """A compiled spec: what is wrong with it, and its machines."""

    diagnostics: list[Diagnostic]
    platform: Platform

    @property
    def cluster(self) -> Cluster:
        return cluster_of(self.platform.site)

    @property
    def codes(self) -> list[str]:
        return [item.code for item in self.diagnostics]

    @property
    def errors(self) -> list[str]:
        return [f"{item.code} {item.message}" for item in self.diagnostics if item.is_error]

    def node(self, name: str) -> Node:
        return self.platform.site.hardware.nodes[name]

    def patch(self, name: str) -> dict[Key, Document]:
        found = node_patch(self.node(name), self.cluster, self.platform.site.hardware)
        return {key_of(document): document for document in found.documents}

    def main(self, name: str) -> dict[str, Any]:
        return self.patch(name)["", ""]

    def configuration(self, name: str, bundle: Bundle = PLACEHOLDER) -> list[Document]:
        patch = node_patch(self.node(name), self.cluster, self.platform.site.hardware)
        return configuration(patch, self.cluster, bundle)

    def tree(self) -> dict[str, str]:
        """Everything that is rendered."""
        return {path: data.decode() for path, data in lay_out(self.platform).items()}

    def files(self) -> dict[str, str]:
        return {path: text for path, text in self.tree().items() if path.startswith("talos/")}


def compiled(hardware: str, platform: str = PLATFORM) -> Machines:
    """The machines of a Hardware spec (what stands below ``spec:``, or whole documents)."""
    if not hardware.lstrip().startswith("apiVersion"):
        indented = "".join(f"  {line}\n" if line else "\n" for line in hardware.strip("\n").split("\n"))
        hardware = (
            f"apiVersion: cozygen.io/v1alpha1\nkind: Hardware\nmetadata: {{name: rack}}\nspec:\n{indented}"
        )
    sources = (Source("platform.yaml", platform.encode()), Source("hardware.yaml", hardware.encode()))
    state = run(parse_layers((Layer("spec", sources),)), {}, CHECKING)
    assert state.platform is not None
    return Machines(list(state.diagnostics), state.platform)


@cache
def compiled_example(name: str) -> Machines:
    """The machines of one of the examples."""
    layers = ("spec",) if (EXAMPLES / name / "spec").is_dir() else (".",)
    state = compile_directory(EXAMPLES / name, *layers, passes=CHECKING).state
    assert state.platform is not None
    return Machines(list(state.diagnostics), state.platform)


def upstream() -> Path | None:
    """Where upstream's machine-readable data is, if anywhere."""
    stated = os.environ.get("COZYGEN_UPSTREAM")
    path = Path(stated) if stated else HERE.parents[2] / "shared" / "upstream"
    return path if path.is_dir() else None


def loaded(text: str) -> dict[Key, Document]:
    """The documents of a YAML text by kind and name."""
    return {key_of(document): document for document in yaml.load_all(text, yaml.CSafeLoader) if document}


def certificate() -> str:
    """A certificate in PEM."""
    everything = yaml.load_all((HERE / "everything.yaml").read_bytes(), yaml.CSafeLoader)
    hardware = next(document for document in everything if document["kind"] == "Hardware")
    return str(hardware["spec"]["talos"]["trustedRoots"]["house"])


def every_kind() -> list[Document]:
    """A document of every kind that the contract has, right in all."""
    return [
        {key: certificate() if value == "CERT" else value for key, value in document.items()}
        for document in yaml.load_all((HERE / "every_kind.yaml").read_bytes(), yaml.CSafeLoader)
    ]


def with_every_section() -> list[Document]:
    """A control plane's configuration with everything that the main document can hold."""
    main = next(document for document in world("oracle").configuration("oci1") if "kind" not in document)
    return merged([main], [yaml.load((HERE / "every_section.yaml").read_bytes(), yaml.CSafeLoader)])


WORLDS = ("everything", "hetzner", "oracle", "serverscom")


@cache
def world(name: str) -> Machines:
    """One of the specs beside this file: platform and hardware in one."""
    text = (HERE / f"{name}.yaml").read_text()
    platform, _, hardware = text.partition("---\n# hardware\n")
    return compiled(hardware, platform)
