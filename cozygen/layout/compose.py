"""The whole tree: every part's directory, the Flux objects, and what is applied once by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cozygen import __version__
from cozygen.layout.bootstrap import bootstrap_files
from cozygen.layout.flux import (
    FLEET,
    artifact_source,
    generator,
    index_kustomization,
    kustomization,
    part_kustomization,
    slice_object,
    source_object,
    source_ref,
)
from cozygen.layout.part import Object, Part
from cozygen.layout.platform_parts import READY_TENANTS, platform_parts
from cozygen.layout.tenant_parts import directory_name, tenant_parts
from cozygen.layout.tree import Facts, Tree
from cozygen.platform.delivery import GIT, Delivery
from cozygen.platform.facts import TenantFacts
from cozygen.platform.grouping import Grouping, grouped
from cozygen.platform.model import Platform, Site
from cozygen.platform.tenant import Tenant
from cozygen.record import Record
from cozygen.yamlio import dump_all

HEADER = "# Rendered by cozygen. Change the spec instead: the next render refuses edits made here.\n"
_KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
_INDEX_FILE = 64  # tenants whose Kustomizations share a file, about

Files = dict[str, bytes]


class TenantFiles(Record):
    """What one tenant comes to: its files by path, and the Kustomizations that apply them, as YAML."""

    files: Mapping[str, bytes]
    index: str


def lay_out(platform: Platform) -> Tree:
    """The tree of a platform whose tenants are all at hand. The same platform gives the same bytes."""
    grouping = grouping_of(platform)
    tenants = {t.path: tenant_files(t, platform.site, grouping) for t in platform.tenants.values()}
    indexed = tuple(path for path, found in tenants.items() if found.index)
    files = platform_files(platform, indexed, grouping)
    for name, paths in index_parts(indexed, grouping).items():
        files[name] = index_file(tenants[path].index for path in paths)
    for found in tenants.values():
        files.update(found.files)
    return Tree.of(files, tree_facts(platform))


def tree_facts(platform: Platform) -> Facts:
    """What a tree of this platform is made from."""
    site = platform.site
    return Facts(site.name, platform.spec_digest, __version__, site.release.version)


def grouping_of(platform: Platform) -> Grouping:
    """How this platform's tenants map to sources."""
    return grouped(platform.facts, platform.site.delivery)


def platform_files(platform: Platform, indexed: Iterable[str], grouping: Grouping) -> Files:
    """All files but the tenants' own and their Kustomizations; ``indexed`` are the tenants that have some.

    Depends on the site, root, and of all other tenants on what :func:`laid_out_facts` leaves.
    """
    files: Files = {}
    parts = platform_parts(platform)
    for part in parts:
        files.update(part_files(part))
    files.update(_flux(parts, tuple(indexed), platform.site.delivery, grouping))
    files.update(bootstrap_files(platform, HEADER))
    if platform.site.runs_talos:
        from cozygen.layout.talos import talos_files  # much to load, and of use only where there are machines

        files.update(talos_files(platform, HEADER))
    return files


def laid_out_facts(facts: TenantFacts) -> TenantFacts:
    """Of a tenant's facts those on which :func:`platform_files` depends."""
    return facts._replace(host=None, published=(), missing_classes=(), clusters=(), services=())


def tenants_directory(grouping: Grouping, path: str) -> str:
    """The directory that a tenant's directory is in."""
    part = grouping.slice_of(path)
    return f"tenants/{part}" if part else "tenants"


def tenant_files(tenant: Tenant, site: Site, grouping: Grouping) -> TenantFiles:
    """Files and Kustomizations of one tenant; depends on the tenant, its ancestors and the site alone."""
    prefix = tenants_directory(grouping, tenant.path)
    delivery = site.delivery
    files: Files = {}
    index = []
    base = f"{prefix}/{directory_name(tenant.path)}/"
    artifact = output_name(tenant.path, grouping)
    for part in tenant_parts(tenant, site, prefix):
        files.update(part_files(part))
        inside = part.directory.removeprefix(base)
        path, source = _found(part.directory, artifact, inside, delivery, grouping)
        index.append(part_kustomization(part, path, source, delivery.decryption_secret))
    return TenantFiles(files, dump_all(index) if index else "")


def output_name(path: str, grouping: Grouping) -> str:
    """The artifact that holds a tenant's directory, named after the generator that cuts it."""
    digits = grouping.slice_of(path) + grouping.group_of(path)
    return f"tenant-{digits}-{directory_name(path)}" if digits else f"tenant-{directory_name(path)}"


def part_files(part: Part) -> Files:
    """The files of a part's directory: its objects in one file, further files, and a kustomization.yaml."""
    files: Files = {}
    if part.objects:
        files[f"{part.directory}/{part.file_name}"] = (HEADER + dump_all(part.objects)).encode()
    for name, data in part.files.items():
        files[f"{part.directory}/{name}"] = data
    names = (part.file_name,) if not part.files else tuple(sorted(path.rpartition("/")[2] for path in files))
    files[f"{part.directory}/kustomization.yaml"] = _kustomize(names, part.namespace)
    return files


@lru_cache(maxsize=256)
def _kustomize(resources: tuple[str, ...], namespace: str | None = None) -> bytes:
    into = {"namespace": namespace} if namespace else {}
    return (HEADER + dump_all([{**_KUSTOMIZATION, **into, "resources": list(resources)}])).encode()


def repository_path(delivery: Delivery, directory: str) -> str:
    """A directory of the site as Flux names it in the repository."""
    return "./" + "/".join(part for part in (delivery.path, directory) if part)


def _flux(parts: list[Part], tenants: tuple[str, ...], delivery: Delivery, grouping: Grouping) -> Files:
    """The ``flux`` directory: what the root Kustomization applies, and the tenants' index without its texts."""
    files: Files = {}
    index_names = [_index_name(digits) for digits in grouping.slices]
    by_index: dict[str, list[str]] = {name: [] for name in index_names}
    for name in index_parts(tenants, grouping):
        by_index[name.split("/")[1]].append(name.rpartition("/")[2])
    for name, found in by_index.items():
        files[f"flux/{name}/kustomization.yaml"] = _kustomize(tuple(sorted(found)))
    objects = {
        "source.yaml": [
            source_object(delivery, **_ignored(delivery, grouping)),
            root_kustomization(delivery),
        ],
        "platform.yaml": _platform_kustomizations(parts, delivery, grouping),
        "tenants.yaml": _index_kustomizations(index_names, delivery, grouping),
    }
    if grouping.mode != "direct":
        objects["generators.yaml"] = _generators(parts, tenants, delivery, grouping)
    if grouping.mode == "sources":
        used = sorted({grouping.slice_of(path) for path in tenants})  # what is empty is not in the repository
        directories = {d: repository_path(delivery, f"tenants/{d}").removeprefix("./") for d in used}
        objects["slices.yaml"] = [slice_object(d, path, delivery) for d, path in directories.items()]
    for name, documents in objects.items():
        files[f"flux/{name}"] = (HEADER + dump_all(documents)).encode()
    files["flux/kustomization.yaml"] = _kustomize(tuple(sorted(objects)))
    return files


def root_kustomization(delivery: Delivery) -> Object:
    """The Kustomization at the top, applied once by hand and from then on by itself."""
    out = kustomization(FLEET, repository_path(delivery, "flux"), source_ref(delivery), "10m0s")
    out["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    return out


def _ignored(delivery: Delivery, grouping: Grouping) -> dict[str, Any]:
    """With slices, the main source leaves the tenants' directories out; an artifact does not have them at all."""
    if grouping.mode != "sources" or delivery.kind != GIT:
        return {}
    return {"ignore": "/" + "/".join(part for part in (delivery.path, "tenants") if part) + "/\n"}


def index_parts(tenants: Iterable[str], grouping: Grouping) -> dict[str, tuple[str, ...]]:
    """The files that hold the tenants' Kustomizations, each with its tenants: some tens, by a hash of the path."""
    slices: dict[str, list[str]] = {digits: [] for digits in grouping.slices}
    for path in tenants:
        slices[grouping.slice_of(path)].append(path)
    out: dict[str, list[str]] = {}
    for digits, members in slices.items():
        buckets = Grouping("", 0, (len(members) // _INDEX_FILE).bit_length())
        for path in members:
            bucket = buckets.group_of(path)
            file = f"tenants-{bucket}" if bucket else "tenants"
            out.setdefault(f"flux/{_index_name(digits)}/{file}.yaml", []).append(path)
    return {name: tuple(paths) for name, paths in sorted(out.items())}


def index_file(texts: Iterable[str]) -> bytes:
    """The Kustomizations of some tenants in one file."""
    return (HEADER + "---\n".join(texts)).encode()


def _index_name(digits: str) -> str:
    return _named("tenants", digits)


def _found(
    directory: str, artifact: str, inside: str, delivery: Delivery, grouping: Grouping
) -> tuple[str, Mapping[str, str]]:
    """Path and source of a Kustomization: a directory of the repository, or as it stands in an artifact."""
    if grouping.mode == "direct":
        return repository_path(delivery, directory), source_ref(delivery)
    return f"./{inside}", artifact_source(artifact)


def _platform_kustomizations(parts: Iterable[Part], delivery: Delivery, grouping: Grouping) -> list[Object]:
    return [
        part_kustomization(
            part,
            *_found(part.directory, "fleet-platform", part.directory, delivery, grouping),
            delivery.decryption_secret,
        )
        for part in parts
    ]


def _index_kustomizations(names: Iterable[str], delivery: Delivery, grouping: Grouping) -> list[Object]:
    return [
        index_kustomization(
            name, *_found(f"flux/{name}", "fleet-index", name, delivery, grouping), READY_TENANTS
        )
        for name in names
    ]


def _generators(
    parts: Iterable[Part], tenants: Iterable[str], delivery: Delivery, grouping: Grouping
) -> list[Object]:
    repository = {"alias": "repo", **source_ref(delivery)}
    root = delivery.prefix
    tops = sorted({part.directory.partition("/")[0] for part in parts})
    platform = [("fleet-platform", [(f"{root}{top}/**", f"{top}/") for top in tops])]
    indexes = map(_index_name, grouping.slices)
    index = [("fleet-index", [(f"{root}flux/{name}/**", f"{name}/") for name in indexes])]
    out = [generator("fleet-platform", repository, platform), generator("fleet-index", repository, index)]
    for digits in grouping.slices:
        members = [path for path in tenants if grouping.slice_of(path) == digits]
        name = f"{FLEET}-slice-{digits}" if digits else FLEET
        source = {"alias": "repo", **source_ref(delivery, name)}
        out.extend(_tenant_generators(members, source, root, digits, grouping))
    return out


def _tenant_generators(
    members: list[str], source: Mapping[str, str], root: str, digits: str, grouping: Grouping
) -> list[Object]:
    """The generators of a slice: one that cuts all tenants, or one that cuts groups and one for each group."""

    def outputs(paths: Iterable[str], base: str) -> list[tuple[str, list[tuple[str, str]]]]:
        return [(output_name(p, grouping), [(f"{base}{directory_name(p)}/**", "")]) for p in sorted(paths)]

    if not members:
        return []
    if grouping.mode == "artifacts":
        return [generator("fleet-tenants", source, outputs(members, f"{root}tenants/"))]
    groups: dict[str, list[str]] = {}
    for path in sorted(members):
        groups.setdefault(grouping.group_of(path), []).append(path)
    stage_one = [
        (
            _group(digits, group),
            [
                (f"{root}{tenants_directory(grouping, p)}/{directory_name(p)}/**", f"{directory_name(p)}/")
                for p in paths
            ],
        )
        for group, paths in sorted(groups.items())
    ]
    out = [generator(_named("fleet-groups", digits), source, stage_one)]
    for group, paths in sorted(groups.items()):
        cut = {"alias": "group", **artifact_source(_group(digits, group))}
        out.append(generator(_named("fleet-tenants", digits + group), cut, outputs(paths, "")))
    return out


def _named(*words: str) -> str:
    """A name of words, those that are empty left out.

    However the digits of a group are split into slice and group, its generator has the same name: it cuts the
    same tenants.
    """
    return "-".join(word for word in words if word)


def _group(digits: str, group: str) -> str:
    """The name of a group's artifact: it tells slice and group apart, as each slice's generator cuts its own."""
    return _named("fleet-group", digits, group or ("all" if digits else ""))
