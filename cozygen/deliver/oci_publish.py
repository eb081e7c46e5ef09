"""Publishing a tree as OCI artifacts: one tag, or with slices several, the one that Flux starts from last.

A registry has no history, so nothing is refused here: a tag names what was pushed last. What a tag names already
is left alone, so that an unchanged slice wakes nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from cozygen.deliver.oci_artifact import OUTPUT, artifact, output_digest
from cozygen.deliver.oci_registry import Registry
from cozygen.layout import manifest as manifests
from cozygen.layout.tree import Tree
from cozygen.record import Record


class Tagged(Record):
    """A tag with the digest that it names now; ``changed`` says that this run made it name that."""

    tag: str
    digest: str
    files: int
    changed: bool


def publish(
    tree: Tree,
    registry: Registry,
    parts: Mapping[str, tuple[str, ...]],
    annotations: Mapping[str, str],
    *,
    prefix: str = "",
    dry_run: bool = False,
) -> list[Tagged]:
    """Make every tag of ``parts`` name an artifact with those files; the last one also gets the manifest.

    ``prefix`` is the directory that the tree's own paths count from, empty for the artifact's root.
    """
    done = []
    *_, main = parts
    for tag, paths in parts.items():
        output = output_digest({path: tree.digests[path] for path in paths})
        known = registry.manifest(tag)
        if known is not None and _output(known[0]) == output:
            done.append(Tagged(tag, known[1], len(paths), changed=False))
            continue
        files = {f"{prefix}{path}": tree[path] for path in paths}
        if tag == main:
            own = manifests.encode(manifests.manifest_of(tree))
            files |= {f"{prefix}{path}": data for path, data in own.items()}
        made = artifact(files, {**annotations, OUTPUT: output})
        if not dry_run:
            registry.upload(made, tag)
        done.append(Tagged(tag, made.manifest.digest, len(paths), changed=True))
    return done


def _output(manifest: Mapping[str, object]) -> str | None:
    stated = manifest.get("annotations")
    found = stated.get(OUTPUT) if isinstance(stated, dict) else None
    return found if isinstance(found, str) else None
