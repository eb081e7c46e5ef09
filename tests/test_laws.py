"""What holds for every platform, whatever is in it."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import Site, sites
from world import (
    Document,
    as_yaml,
    compile_documents,
    compile_layers,
    full_text,
    key_of,
    layer,
    objects,
    tree_of,
)

from cozygen.layout.tree import Tree
from cozygen.platform import grouping

LAYOUTS: tuple[dict[str, Any], ...] = (
    {"mode": "auto"}, {"mode": "direct"}, {"mode": "artifacts"}, {"mode": "staged"}, {"mode": "staged", "groups": 2}, {"mode": "sources"},
    {"mode": "sources", "sources": 4}, {"mode": "sources", "sources": 2, "groups": 2},
)  # fmt: skip
FLUX = "kustomize.toolkit.fluxcd.io"
SOURCES = ("GitRepository", "ExternalArtifact")


def rendered(site: Site) -> Tree:
    return tree_of(compile_documents(*site.documents()))


class Fleet:
    """A tree as Flux sees it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        found = [(path, item) for path, item in objects(tree) if not path.startswith("bootstrap/")]
        self.all = [item for _, item in found]
        self.by_file = found
        self.kustomizations = {i["metadata"]["name"]: i for i in self.all if i["apiVersion"].startswith(FLUX)}
        self.generators = [i for i in self.all if i["kind"] == "ArtifactGenerator"]
        (root,) = (
            i for p, i in objects(tree) if p == "bootstrap/fleet.yaml" and i["kind"] == "Kustomization"
        )
        self.prefix = root["spec"]["path"].removeprefix("./").removesuffix("flux")
        self.repositories = {i["metadata"]["name"]: i for i in self.all if i["kind"] == "GitRepository"}

    def outputs(self) -> dict[str, str]:
        """The generator of every output."""
        return {a["name"]: g["metadata"]["name"] for g in self.generators for a in g["spec"]["artifacts"]}

    def source(self, kind: str, name: str) -> dict[str, str]:
        """What an artifact holds: the tree's path of every file in it."""
        if kind == "GitRepository":
            spec = self.repositories[name]["spec"]
            ignored = re.compile(
                "|".join(re.escape(line.strip("/")) + "/" for line in spec.get("ignore", "").split())
                or "(?!)"
            )
            kept = tuple(f"{d}/" for d in spec.get("sparseCheckout", ()))
            whole = {self.prefix + path: path for path in self.tree}
            return {
                p: at for p, at in whole.items() if not ignored.match(p) and (not kept or p.startswith(kept))
            }
        (generator,) = (g for g in self.generators if any(a["name"] == name for a in g["spec"]["artifacts"]))
        (artifact,) = (a for a in generator["spec"]["artifacts"] if a["name"] == name)
        (given,) = generator["spec"]["sources"]
        below = self.source(given["kind"], given["name"])
        held = {}
        for copy in artifact["copy"]:
            start, target = (
                copy["from"].removeprefix(f"@{given['alias']}/").removesuffix("**"),
                copy["to"].removeprefix("@artifact/"),
            )
            assert copy["from"].startswith(f"@{given['alias']}/")
            assert copy["from"].endswith("/**")
            inside = {
                target + path.removeprefix(start): at for path, at in below.items() if path.startswith(start)
            }
            assert any(at.endswith("kustomization.yaml") for at in inside.values()), (
                f"{name} copies nothing from {start}"
            )
            held |= inside
        return held

    def directory(self, name: str) -> dict[str, str]:
        """The files that a Kustomization builds, by their names in its directory."""
        spec = self.kustomizations[name]["spec"]
        path = spec["path"].removeprefix("./")
        path = f"{path}/" if path else ""
        held = self.source(spec["sourceRef"]["kind"], spec["sourceRef"]["name"])
        return {inside.removeprefix(path): at for inside, at in held.items() if inside.startswith(path)}

    def applied(self, name: str) -> list[Document]:
        """The objects that a Kustomization applies."""
        files = self.directory(name)
        assert "kustomization.yaml" in files, name
        listed = yaml.load(self.tree[files["kustomization.yaml"]], yaml.CSafeLoader)["resources"]
        assert all(resource in files for resource in listed), name
        return [o for r in listed for o in yaml.load_all(self.tree[files[r]], Loader=yaml.CSafeLoader)]

    def parts(self) -> dict[tuple[str, str, str, str], str]:
        """The Kustomization of every object."""
        found: dict[tuple[str, str, str, str], str] = {}
        for name in self.kustomizations:
            for item in self.applied(name):
                assert found.setdefault(key_of(item), name) == name, f"{key_of(item)} is in two parts"
        return found


@given(sites(), st.sampled_from(LAYOUTS), st.booleans())
@examples(20)
def test_the_largest_generator_is_known_beforehand(
    site: Site, layout: dict[str, Any], bare_root: bool
) -> None:
    if bare_root:
        site.tenants["root"] = {}
    state = compile_documents(*site.laid_out(**layout).documents())
    assert state.platform is not None
    delivery = state.platform.site.delivery
    chosen = grouping.grouped(state.platform.tenants, delivery)
    laid_out = [path for path, tenant in state.platform.tenants.items() if tenant.laid_out]
    if state.tree is not None:
        cut = {g["metadata"]["name"]: len(g["spec"]["artifacts"]) for g in Fleet(state.tree).generators}
        tenants_own = [count for name, count in cut.items() if name not in ("fleet-platform", "fleet-index")]
        assert grouping.most_outputs(chosen, laid_out) == max(tenants_own, default=0)


@given(sites(), st.sampled_from(LAYOUTS))
@examples(40)
def test_a_tree_is_a_repository_that_flux_can_reconcile(site: Site, layout: dict[str, Any]) -> None:
    fleet = Fleet(rendered(site.laid_out(**layout)))
    parts = fleet.parts()
    names = list(fleet.kustomizations)

    assert len(names) == sum(item["apiVersion"].startswith(FLUX) for item in fleet.all), (
        "two Kustomizations of one name"
    )
    assert all(len(name) <= 63 for name in names)
    for name, item in fleet.kustomizations.items():
        needs = [d["name"] for d in item["spec"].get("dependsOn", ())]
        assert set(needs) <= set(names), f"{name} depends on {set(needs) - set(names)}"
        assert all(d["readyExpr"] for d in item["spec"].get("dependsOn", ()))
        assert parts[FLUX, "Kustomization", "cozy-fluxcd", name], f"nothing applies {name}"
    assert acyclic(
        {n: [d["name"] for d in i["spec"].get("dependsOn", ())] for n, i in fleet.kustomizations.items()}
    )

    outputs = fleet.outputs()
    assert len(outputs) == sum(len(g["spec"]["artifacts"]) for g in fleet.generators), (
        "two outputs of one name"
    )
    for generator in fleet.generators:
        aliases = {s["alias"] for s in generator["spec"]["sources"]}
        assert not aliases & {a["name"] for a in generator["spec"]["artifacts"]}
        assert 0 < len(generator["spec"]["artifacts"]) <= grouping.GENERATOR_MOST
        assert all(s["kind"] in SOURCES for s in generator["spec"]["sources"])

    for item in fleet.all:
        assert "sharding.fluxcd.io/key" not in item["metadata"].get("labels", {})
        assert item["kind"] != "Namespace"
    applied = {key for key in parts if key[0] != FLUX}
    emitted = {key_of(item) for path, item in fleet.by_file if not path.startswith("flux/")}
    assert emitted <= applied, f"nothing applies {emitted - applied}"


def acyclic(graph: dict[str, list[str]]) -> bool:
    left = {name: set(needs) for name, needs in graph.items()}
    while left:
        free = {name for name, needs in left.items() if not needs & set(left)}
        if not free:
            return False
        for name in free:
            del left[name]
    return True


@given(sites(), st.sampled_from(LAYOUTS))
@examples(16)
def test_what_waits_for_a_namespace_depends_on_what_makes_it(site: Site, layout: dict[str, Any]) -> None:
    fleet = Fleet(rendered(site.laid_out(**layout)))
    makers = {}
    for name in fleet.kustomizations:
        for item in fleet.applied(name):
            labels = item["metadata"].get("labels", {})
            if labels.get("apps.cozystack.io/application.kind") == "Tenant":
                above, own = item["metadata"]["namespace"], labels["apps.cozystack.io/application.name"]
                makers[f"tenant-{own}" if above == "tenant-root" else f"{above}-{own}"] = name
    needs = {n: {d["name"] for d in i["spec"].get("dependsOn", ())} for n, i in fleet.kustomizations.items()}

    def reachable(name: str) -> set[str]:
        return set().union({name}, *(reachable(need) for need in needs[name]))

    for name in fleet.kustomizations:
        for item in fleet.applied(name):
            maker = makers.get(item["metadata"].get("namespace", ""))
            if maker is not None:
                assert maker in reachable(name), f"{name} does not wait for {item['metadata']['namespace']}"


class TestAFunction:
    @given(sites())
    @examples(10)
    def test_of_the_spec_alone(self, site: Site) -> None:
        assert dict(rendered(site)) == dict(rendered(site))

    @given(sites(), st.randoms(use_true_random=False))
    @examples(20)
    def test_whatever_the_order_of_keys_documents_and_files(self, site: Site, chance: random.Random) -> None:
        documents = [shuffled(d, chance) for d in site.documents()]
        chance.shuffle(documents)
        files = {f"{i}.yaml": as_yaml(*documents[i::3]) for i in range(3)}
        assert dict(tree_of(compile_layers(layer(files)))) == dict(rendered(site))

    @given(sites())
    @examples(15)
    def test_wherever_children_are_written(self, site: Site) -> None:
        inline: dict[str, Any] = json.loads(json.dumps(site.tenants["root"]))
        for path, body in site.tenants.items():
            if path != "root":
                spot = inline
                for step in path.split("/"):
                    spot = spot.setdefault("tenants", {}).setdefault(step, {})
                spot |= body
        assert dict(rendered(Site(site.sections, {"root": inline}))) == dict(rendered(site))

    def test_whatever_python_makes_of_hashes(self) -> None:
        program = (
            "import sys; from cozygen.pipeline import parse_layers, run; from cozygen.spec.source import Layer, Source\n"
            "data = sys.stdin.buffer.read().replace(b'{file: queue.sops.yaml}', b'{external: true}')\n"
            "state = run(parse_layers((Layer('x', (Source('x.yaml', data),)),)), {})\n"
            "print(state.tree.output, [(d.code, d.place, d.message) for d in state.diagnostics])"
        )
        text = (
            full_text()
            + "---\n"
            + as_yaml(
                {
                    "apiVersion": "cozygen.io/v1alpha1",
                    "kind": "Tenant",
                    "metadata": {"name": "z"},
                    "spec": {"apps": {"Redis": {"a": {"x": 1, "b": 2}}}},
                }
            )
        )
        runs = [
            subprocess.run(
                [sys.executable, "-c", program],
                input=text.encode(),
                capture_output=True,
                timeout=120,
                check=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        ]
        assert runs[0] == runs[1]
        assert len(runs[0].split()[0]) == 64


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same data with the keys of every mapping in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, chance)) for key, item in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def changed(one: Tree, other: Tree) -> set[str]:
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


class TestAChange:
    @given(sites(), st.sampled_from(LAYOUTS), st.data())
    @examples(25)
    def test_of_a_tenant_touches_its_subtree_alone(
        self, site: Site, layout: dict[str, Any], data: st.DataObject
    ) -> None:
        site = site.laid_out(**layout)
        below = [path for path in site.tenants if path != "root"]
        if not below:
            return
        path = data.draw(st.sampled_from(below))
        body = {**site.tenants[path], "host": "other.example.net"}
        touched = changed(rendered(site), rendered(Site(site.sections, site.tenants | {path: body})))
        allowed = tuple(p.replace("/", "-") for p in site.subtree(path))
        assert touched
        assert all(
            re.fullmatch(r"tenants/(?:[01]+/)?([^/]+)/.*", p) and p.split("/")[-3] in allowed for p in touched
        ), touched

    @given(sites(), st.sampled_from(LAYOUTS), st.data())
    @examples(25)
    def test_of_its_apps_touches_beside_it_only_flux_and_gates(
        self, site: Site, layout: dict[str, Any], data: st.DataObject
    ) -> None:
        site = site.laid_out(**layout)
        path = data.draw(st.sampled_from(list(site.tenants)))
        body = {**site.tenants[path], "apps": {"Kafka": {"new": {}}}, "backups": {}}
        touched = changed(rendered(site), rendered(Site(site.sections, site.tenants | {path: body})))
        outside = {p for p in touched if path.replace("/", "-") not in p.split("/")}
        assert all(p.startswith(("flux/", "gates/")) for p in outside), outside

    @given(sites(named=("newcomer",)), st.sampled_from(LAYOUTS))
    @examples(20)
    def test_that_adds_a_tenant_leaves_all_others_alone(self, site: Site, layout: dict[str, Any]) -> None:
        if layout["mode"] in ("staged", "sources") and "groups" not in layout:
            layout = {**layout, "groups": 2, "sources": 2}
        grown = site.laid_out(**layout)
        before = Site(
            grown.sections, {p: b for p, b in grown.tenants.items() if p not in grown.subtree("newcomer")}
        )
        one, other = rendered(before), rendered(grown)
        outside = {p for p in changed(one, other) if "newcomer" not in p}
        assert all(p.startswith(("flux/", "gates/", "access/", "bootstrap/")) for p in outside), outside
        old, new = Fleet(one).parts(), Fleet(other).parts()
        assert all(name == new[key] for key, name in old.items() if key in new)


class TestGrowth:
    """Platforms pass from layout to layout as they grow; the sizes at which they do are low here."""

    @pytest.fixture(autouse=True)
    def low_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, most in {
            "ARTIFACTS_MOST": 4,
            "STAGED_MOST": 6,
            "GROUP_MOST": 2,
            "SLICE_MOST": 5,
        }.items():
            monkeypatch.setattr(grouping, name, most)

    def stages(self, site: Site, size: int) -> Iterator[Fleet]:
        """The platform with more and more of its tenants."""
        paths = sorted(site.tenants, key=lambda p: (p != "root", p.count("/"), p))
        for count in range(1, min(len(paths), size) + 1):
            yield Fleet(rendered(Site(site.sections, {p: site.tenants[p] for p in paths[:count]})))

    @given(sites(most=12))
    @examples(6)
    def test_moves_no_object_to_another_part_and_no_output_to_another_generator(self, site: Site) -> None:
        parts: dict[Any, str] = {}
        generators: dict[str, str] = {}
        for fleet in self.stages(site, 12):
            index = {f"tenants{s}" for s in ("", *(f"-{n:0{w}b}" for w in (1, 2, 3) for n in range(1 << w)))}
            for key, name in fleet.parts().items():
                assert parts.setdefault(key, name) == name or {parts[key], name} <= index, (
                    f"{key} moves from {parts[key]} to {name}"
                )
                parts[key] = name
            for output, generator in fleet.outputs().items():
                assert generators.setdefault(output, generator) == generator, (
                    f"{output} moves from {generators[output]} to {generator}"
                )

    def test_passes_through_all_layouts(self) -> None:
        site = Site(
            {},
            {
                "root": {"services": {n: {} for n in ("etcd", "ingress", "monitoring", "seaweedfs")}},
                **{f"t{i}": {} for i in range(9)},
            },
        )
        modes = [
            grouping.choose([p for p in site.tenants if p != "root"][:count]).mode for count in range(10)
        ]
        assert list(dict.fromkeys(modes)) == ["artifacts", "staged", "sources"]

    @given(sites(most=12), st.permutations([layout for layout in LAYOUTS if layout["mode"] != "auto"]))
    @examples(6)
    def test_nor_does_any_change_of_layout(self, site: Site, layouts: list[dict[str, Any]]) -> None:
        generators: dict[str, str] = {}
        for layout in layouts:
            for output, generator in Fleet(rendered(site.laid_out(**layout))).outputs().items():
                assert generators.setdefault(output, generator) == generator, (output, layout)


@given(
    st.sets(st.from_regex(r"[a-z][a-z0-9]{0,6}(/[a-z]{1,3}){0,2}", fullmatch=True), min_size=1, max_size=60),
    st.data(),
)
@examples(30)
def test_groups_stay_when_other_tenants_come_and_go(paths: set[str], data: st.DataObject) -> None:
    some = data.draw(st.sets(st.sampled_from(sorted(paths)), min_size=1))
    for mode, groups, slices in (("staged", 8, None), ("sources", 4, 4)):
        whole, part = (
            grouping.choose(paths, mode, groups, slices),
            grouping.choose(some, mode, groups, slices),
        )
        assert whole == part
        for path in some:
            assert (whole.slice_of(path), whole.group_of(path)) == (part.slice_of(path), part.group_of(path))
            assert whole.slice_of(path) in whole.slices
            assert whole.group_of(path) in whole.groups


@given(st.integers(1, 40), st.data())
@examples(20)
def test_no_group_is_larger_than_a_generator_can_cut(most: int, data: st.DataObject) -> None:
    paths = [f"t{n}" for n in range(data.draw(st.integers(0, 400)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "GROUP_MOST", most)
        found = grouping.choose(paths, "staged")
    sizes: dict[str, int] = {}
    for path in paths:
        sizes[found.group_of(path)] = sizes.get(found.group_of(path), 0) + 1
    assert max(sizes.values(), default=0) <= most
