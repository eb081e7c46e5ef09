"""Compiling family by family says what compiling everything at once says, from memory as from scratch."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Site, sites
from world import as_yaml, full_text, layer, platform, shown, tenant

from cozygen import record
from cozygen.compiler import families
from cozygen.compiler.families import Means, Work
from cozygen.compiler.memory import Memory
from cozygen.compiler.result import FamilyResult
from cozygen.pipeline import CHECKING, RENDERING, State, parse_layers, run
from cozygen.spec.families import Family, path_of, together
from cozygen.spec.shapes.tenant import ROOT
from cozygen.spec.source import Layer

ROOT_TENANT = tenant("root", services={name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")})


class Spy:
    """Spreads work, and notes on which families."""

    def __init__(self) -> None:
        self.worked: list[str] = []

    def __call__(self, work: Work, found: Sequence[Family]) -> Iterable[FamilyResult]:
        self.worked += [family.name for family in found]
        return map(work, found)


def compiled(layers: tuple[Layer, ...], memory: Memory | None = None, spy: Spy | None = None) -> State:
    means = Means(keep=memory is None, memory=memory or Memory(), spread=spy or Spy())
    return run(parse_layers(layers), {}, RENDERING, means)


def at_once(layers: tuple[Layer, ...]) -> State:
    """The compile with all families as one."""
    parsed = parse_layers(layers)
    whole = together(parsed.families, len(layers))
    return run(record.replace(parsed, families={ROOT: whole}), {}, RENDERING)


def files_of(site: Site) -> tuple[Layer, ...]:
    """A site with a file for each document."""
    return (layer({f"{n}.yaml": as_yaml(document) for n, document in enumerate(site.documents())}),)


def same(one: State, other: State) -> None:
    assert shown(one) == shown(other)
    assert [d.as_json() for d in one.diagnostics] == [d.as_json() for d in other.diagnostics]
    assert (one.tree is None) == (other.tree is None)
    if one.tree is not None and other.tree is not None:
        assert dict(one.tree.digests) == dict(other.tree.digests)
        assert one.tree.output == other.tree.output
        assert dict(one.tree) == dict(other.tree)


@given(sites())
def test_one_by_one_is_as_all_at_once(site: Site) -> None:
    same(compiled(files_of(site)), at_once(files_of(site)))


@given(sites())
def test_from_memory_is_as_from_scratch(site: Site) -> None:
    layers = files_of(site)
    first = Memory()
    same(compiled(layers, first), compiled(layers))
    second, spy = Memory(first.kept), Spy()
    same(compiled(layers, second, spy), compiled(layers))
    assert spy.worked == []
    assert not second.changed


@given(sites(named=("acme", "acme/web", "bank")), st.sampled_from(["acme", "acme/web", "bank"]))
def test_a_change_is_compiled_and_nothing_else(site: Site, path: str) -> None:
    first, spy = Memory(), Spy()
    compiled(files_of(site), first)
    changed = dataclasses.replace(
        site, tenants=site.tenants | {path: site.tenants[path] | {"host": "other.example.com"}}
    )
    same(compiled(files_of(changed), Memory(first.kept), spy), compiled(files_of(changed)))
    assert spy.worked == [path.split("/")[0]]


@pytest.mark.parametrize("mode", ["direct", "artifacts", "staged", "sources"])
def test_a_new_tenant_is_indexed_beside_remembered_ones(mode: str) -> None:
    def text(*paths: str) -> tuple[Layer, ...]:
        site = platform(delivery={"git": {"url": "https://git.example.org/f.git"}, "layout": {"mode": mode}})
        found = [site, ROOT_TENANT, *(tenant(path, apps={"Redis": {"cache": {}}}) for path in paths)]
        return (layer({f"{d['metadata']['name'].replace('/', '-')}.yaml": as_yaml(d) for d in found}),)

    first = Memory()
    compiled(text("a", "b", "b/c"), first)
    same(compiled(text("a", "b", "b/c", "d"), Memory(first.kept)), compiled(text("a", "b", "b/c", "d")))
    same(compiled(text("a", "b"), Memory(first.kept)), compiled(text("a", "b")))


def test_a_changed_platform_is_not_answered_from_memory() -> None:
    def text(host: str) -> tuple[Layer, ...]:
        site = platform(publishing={"host": host, "apiServerEndpoint": f"https://api.{host}:6443"})
        return (
            layer(
                {
                    "a.yaml": as_yaml(site, ROOT_TENANT),
                    "b.yaml": as_yaml(tenant("acme", apps={"Redis": {"c": {}}})),
                }
            ),
        )

    first, spy = Memory(), Spy()
    compiled(text("example.org"), first)
    same(compiled(text("example.net"), Memory(first.kept), spy), compiled(text("example.net")))
    assert spy.worked == ["acme"]


def test_another_compiler_is_not_answered_from_memory() -> None:
    layers = (layer({"a.yaml": full_text()}),)
    first, spy = Memory(), Spy()
    run(parse_layers(layers), {}, CHECKING, Means(keep=False, memory=first, fingerprint=b"1"))
    run(
        parse_layers(layers),
        {},
        CHECKING,
        Means(keep=False, memory=Memory(first.kept), fingerprint=b"2", spread=spy),
    )
    assert spy.worked


def test_a_family_with_errors_is_compiled_again_so_that_suggestions_are_of_today() -> None:
    def text(*others: str) -> tuple[Layer, ...]:
        found = [platform(), ROOT_TENANT, tenant("acne/web"), *(tenant(path) for path in others)]
        return (layer({f"{n}.yaml": as_yaml(d) for n, d in enumerate(found)}),)

    first = Memory()
    compiled(text(), first)
    state = compiled(text("acme"), Memory(first.kept))
    assert [d.hint for d in state.diagnostics if d.code == "CZ2001"] == ["did you mean acme?"]


def test_a_tenant_that_cannot_be_read_is_not_said_to_be_missing() -> None:
    broken = 'apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata:\n  name: acme\nspec: {host: "a}\n'
    layers = (
        layer(
            {
                "p.yaml": as_yaml(platform(), ROOT_TENANT),
                "a.yaml": broken,
                "w.yaml": as_yaml(tenant("acme/web")),
            }
        ),
    )
    state = compiled(layers)
    assert [d.code for d in state.diagnostics if d.is_error] == ["CZ0001"]


def test_blueprints_of_root_may_bring_tenants_into_any_family() -> None:
    blueprint = {
        "apiVersion": "cozygen.io/v1alpha1",
        "kind": "Blueprint",
        "metadata": {"name": "team"},
        "spec": {"template": {"tenants": {"acme": {"apps": {"Redis": {"cache": {}}}}, "new": {}}}},
    }
    found = [
        platform(),
        tenant("root", blueprints=[{"use": "team"}]),
        tenant("acme", apps={"Postgres": {"db": {}}}),
        blueprint,
    ]
    layers = (layer({f"{n}.yaml": as_yaml(d) for n, d in enumerate(found)}),)
    state = compiled(layers)
    assert state.platform is not None, shown(state)
    assert sorted(state.platform.facts) == ["acme", "new", "root"]
    assert {app.kind for app in state.platform.tenants["acme"].apps} == {"Postgres", "Redis"}
    same(state, compiled(layers, Memory()))


def test_what_all_blueprints_together_may_use_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    from cozygen.spec import blueprints

    blueprint = {
        "apiVersion": "cozygen.io/v1alpha1",
        "kind": "Blueprint",
        "metadata": {"name": "many"},
        "spec": {"template": {"tenants": {name: {} for name in "abcdef"}}},
    }
    found = [
        platform(),
        ROOT_TENANT,
        blueprint,
        *(tenant(f"t{n}", blueprints=[{"use": "many"}]) for n in range(5)),
    ]
    layers = (layer({f"{n}.yaml": as_yaml(d) for n, d in enumerate(found)}),)
    assert not compiled(layers).failed
    monkeypatch.setattr(blueprints, "MAX_TENANTS", 20)  # each alone would do
    state = compiled(layers)
    assert [d.code for d in state.diagnostics if d.is_error] == ["CZ1108"]
    same(state, at_once(layers))


def test_layers_of_a_family_may_be_in_any_form() -> None:
    lower = {
        "a.yaml": as_yaml(platform()),
        "b.yaml": as_yaml(tenant("acme", host="a.example.com", tenants={"web": {}})),
    }
    upper = {"c.yaml": as_yaml(tenant("root", tenants={"acme": {"tenants": {"web": None, "shop": {}}}}))}
    state = compiled((layer(lower, "base"), layer(upper, "prod")))
    assert state.platform is not None, shown(state)
    assert sorted(state.platform.facts) == ["acme", "acme/shop", "root"]
    assert state.platform.tenants["acme"].host == "a.example.com"


class TestATextThatTellsItsPath:
    HEAD = "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\n"

    @pytest.mark.parametrize(
        "text",
        ["metadata: {name: acme/web}\n", "metadata:\n  name: acme/web\n", "metadata:\n  name: acme/web  # ours\nspec: {}\n", "metadata: { name: acme/web , labels: {a: b}}\n"],
    )  # fmt: skip
    def test_at_a_glance(self, text: str) -> None:
        assert path_of(self.HEAD + text) == "acme/web"
        assert path_of("---\n# ours\n\n" + self.HEAD + text) == "acme/web"

    @pytest.mark.parametrize(
        "text",
        [
            "metadata: {name: Acme}\n", "metadata: {name: root}\n", "metadata: {name: root/acme}\n", "metadata: {name: &x acme}\n",
            "metadata: {name: acme}\nspec: {secrets: {a: {file: b.yaml}}}\n", "metadata: {name: acme}\n...\n---\n" + HEAD + "metadata: {name: b}\n",
            'metadata: {name: acme}\nspec: {"secrets": {a: {"\\x66ile": b.yaml}}}\n', "metadata: {name: 'acme'}\n", "metadata: {labels: {}, name: acme}\n",
            "metadata:\n  name: acme web\n", "metadata: {name: acme}x\n---\na: b\n", "metadata:\n  name: acme#x\n",
        ],
    )  # fmt: skip
    def test_or_is_parsed(self, text: str) -> None:
        assert path_of(self.HEAD + text) is None

    @pytest.mark.parametrize(
        "head",
        [
            "kind: Tenant\napiVersion: cozygen.io/v1alpha1\n",
            "x: |\n  " + HEAD,
            "kind: Tenant\n",
            "a: b\n" + HEAD,
        ],
    )
    def test_only_from_its_first_line(self, head: str) -> None:
        assert path_of(head + "metadata: {name: acme}\n") is None

    @given(st.text(alphabet="ab/:{}#,'\" \n-."))
    def test_and_always_the_true_one(self, rest: str) -> None:
        text = f"{self.HEAD}metadata: {{name: acme{rest}"
        path = path_of(text)
        if path is not None:
            found = (
                parse_layers((layer({"a.yaml": text.replace("kind: Tenant", "kind: Blueprint")}),))
                .layers[0]
                .entries
            )
            assert all(entry.name == path for entry in found)


def test_means_begin_empty() -> None:
    assert families.Means().memory is not families.Means().memory
