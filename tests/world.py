"""Specs that many tests start from, and compiling them without touching a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path as Directory
from typing import Any

import yaml

from cozygen.diagnostics import Diagnostic
from cozygen.layout.tree import Tree
from cozygen.pipeline import RENDERING, Pass, State, parse_layers, run
from cozygen.platform.model import Platform
from cozygen.spec.source import Layer, Source
from cozygen.yamlio.scalars import resolve

DIRECTORY = Directory(__file__).parent
API = "cozygen.io/v1alpha1"
Files = Mapping[str, str | bytes]
Document = dict[str, Any]
Path = tuple[str | int, ...]


def layer(files: Files, name: str = "spec") -> Layer:
    """Files by name as one layer, in the order in which they are given."""
    return Layer(
        name, tuple(Source(file, t.encode() if isinstance(t, str) else t) for file, t in files.items())
    )


def compile_layers(
    *layers: Layer, attachments: Files | None = None, passes: tuple[Pass, ...] = RENDERING
) -> State:
    """What the compiler makes of layers, and of the files that they point at."""
    attached = {s.name: s for s in layer(attachments or {}).sources}
    return run(parse_layers(layers), attached, passes)


def compile_text(text: str | bytes, **attachments: str) -> State:
    """What the compiler makes of one file, spec.yaml."""
    return compile_layers(layer({"spec.yaml": text}), attachments=attachments)


def compile_documents(*documents: Document) -> State:
    """What the compiler makes of documents that are given as data."""
    return compile_text(as_yaml(*documents))


def as_yaml(*documents: Document) -> str:
    """Documents as a person's tool might write them."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


class _Dumper(yaml.CSafeDumper):
    """Quotes what Go would not read as text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    plain = resolve(text) == text and text != "<<"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, None if plain else '"')


_Dumper.add_representer(str, _text)


def platform_of(state: State) -> Platform:
    """The platform of a compile that found one."""
    assert state.platform is not None, shown(state)
    return state.platform


def tree_of(state: State) -> Tree:
    """The tree of a compile without errors."""
    assert state.tree is not None, shown(state)
    return state.tree


def shown(state: State | list[Diagnostic]) -> str:
    """All diagnostics of a compile as lines, for the message of a failing test."""
    found = state if isinstance(state, list) else state.diagnostics
    return "\n".join(f"{d.code} {d.severity} {d.place}: {d.message}" for d in found)


def codes(state: State) -> list[str]:
    """The codes of a compile's errors, in order."""
    return [d.code for d in state.diagnostics if d.is_error]


def objects(tree: Tree, top: str = "") -> Iterator[tuple[str, Document]]:
    """Every object of a tree below a directory, with the file that holds it."""
    for path, data in tree.items():
        if path.startswith(top) and path.endswith(".yaml") and not path.endswith("kustomization.yaml"):
            for document in yaml.load_all(data, Loader=yaml.CSafeLoader):
                yield path, document


def key_of(item: Document) -> tuple[str, str, str, str]:
    """What makes an object the same object: group, kind, namespace, name."""
    group = item["apiVersion"].rpartition("/")[0]
    return group, item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]


def document(kind: str, name: str, spec: Any) -> Document:
    """A document of the spec."""
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec}


def platform(name: str = "prod", **sections: Any) -> Document:
    """A Platform that checks clean; ``sections`` are added to it."""
    spec = {
        "cozystack": {"version": "v1.6.2", "variant": "isp-full"},
        "publishing": {"host": "example.org", "apiServerEndpoint": "https://api.example.org:6443"},
        "storage": {
            "pools": {"data": {"driver": "zfs", "devices": ["/dev/disk/by-id/data"]}},
            "classes": {"local": {"default": True}, "replicated": {"replicas": 3}},
        },
        "loadBalancer": {"pools": {"public": {"addresses": ["192.168.100.200-192.168.100.250"]}}},
        "delivery": {"git": {"url": "https://git.example.org/fleet.git", "path": "clusters/prod"}},
    }
    return document("Platform", name, deepcopy(spec) | sections)


def tenant(path: str, **spec: Any) -> Document:
    """A Tenant."""
    return document("Tenant", path, spec)


def paths_of(value: Any, at: Path = ()) -> Iterator[Path]:
    """The path of every value inside of a document, the document itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*at, key)
        yield from paths_of(item, (*at, key))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy of a document with another value at a path."""
    out = deepcopy(value)
    spot = out
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = new
    return out


def full_text() -> str:
    """A platform with something in every section of the spec."""
    return (DIRECTORY / "full_platform.yaml").read_text()


def full_documents() -> list[Document]:
    """The same as data."""
    return list(yaml.load_all(full_text(), yaml.CSafeLoader))


FULL_ATTACHMENTS = {
    "queue.sops.yaml": as_yaml(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "queue"},
            "stringData": {"password": "ENC[AES256_GCM,data:xx]"},
            "sops": {"version": "3.11.0"},
        }
    )
}


def compile_full(text: str | None = None) -> State:
    """What the compiler makes of it, or of a text that came from it."""
    return compile_text(full_text() if text is None else text, **FULL_ATTACHMENTS)
