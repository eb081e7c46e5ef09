"""Files and layers to entries: order, removal, and where tenants may be written."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from world import (
    Document,
    as_yaml,
    codes,
    compile_layers,
    document,
    layer,
    platform,
    platform_of,
    shown,
    tenant,
    tree_of,
)

from cozygen.pipeline import State

ROOT = tenant("root", services={"etcd": {}, "ingress": {}, "monitoring": {}, "seaweedfs": {}})


def compiled(*layers: list[Document]) -> State:
    return compile_layers(
        *(layer({f"{i}.yaml": as_yaml(*docs)}, f"layer{i}") for i, docs in enumerate(layers))
    )


def tenants(*layers: list[Document]) -> dict[str, Any]:
    """The tenants of a platform with these layers above it, with what they hold besides their children."""
    state = compiled([platform(), ROOT], *layers)
    assert not codes(state), shown(state)
    return {p: dict(t.body) for p, t in platform_of(state).tenants.items() if p != "root"}


class TestInline:
    @pytest.mark.parametrize(
        ("inline", "apart"),
        [
            (
                [tenant("a", tenants={"b": {"quota": {"cpu": 1}}})],
                [tenant("a"), tenant("a/b", quota={"cpu": 1})],
            ),
            ([tenant("root", tenants={"a": None})], [tenant("a")]),
            ([tenant("root", tenants={"a": None})], [document("Tenant", "a", None)]),
            (
                [tenant("a", tenants={"b": {"tenants": {"c": {}}}})],
                [tenant("a"), tenant("a/b"), tenant("a/b/c")],
            ),
            (
                [tenant("a", tenants={"b": {"_metadata": {"labels": {"x": "z"}}}})],
                [tenant("a"), {**tenant("a/b"), "metadata": {"name": "a/b", "labels": {"x": "z"}}}],
            ),
            (
                [tenant("a", _metadata={"annotations": {"x": "z"}})],
                [{**tenant("a"), "metadata": {"name": "a", "annotations": {"x": "z"}}}],
            ),
        ],
    )
    def test_children_equal_tenants_in_files_of_their_own(
        self, inline: list[Document], apart: list[Document]
    ) -> None:
        roots = [] if any(d["metadata"]["name"] == "root" for d in inline) else [ROOT]
        services = {"services": ROOT["spec"]["services"]}
        inline = [
            d if d["metadata"]["name"] != "root" else tenant("root", **services, **d["spec"]) for d in inline
        ]
        one = compiled([platform(), *roots, *inline])
        other = compiled([platform(), ROOT, *apart])
        assert dict(tree_of(one)) == dict(tree_of(other))

    def test_a_tenant_written_twice_in_one_layer(self) -> None:
        state = compiled([platform(), ROOT, tenant("a", tenants={"b": {}}), tenant("a/b")])
        (found,) = (d for d in state.diagnostics if d.code == "CZ1016")
        assert found.related[0].place != found.place


class TestLayers:
    def test_refine_a_tenant(self) -> None:
        found = tenants([tenant("a", quota={"cpu": 1, "memory": "1Gi"})], [tenant("a", quota={"cpu": 2})])
        assert found == {"a": {"quota": {"cpu": 2, "memory": "1Gi"}}}

    def test_reach_a_child_wherever_it_is_written(self) -> None:
        low = [tenant("a", tenants={"b": {"quota": {"cpu": 1}}})]
        assert tenants(low, [tenant("a/b", quota={"cpu": 2})])["a/b"] == {"quota": {"cpu": 2}}

    @pytest.mark.parametrize("removal", [document("Tenant", "a", None), tenant("root", tenants={"a": None})])
    def test_remove_a_tenant_with_everything_below_it(self, removal: Document) -> None:
        low = [tenant("a", tenants={"b": {}}), tenant("ab"), tenant("c")]
        assert set(tenants(low, [removal])) == {"ab", "c"}

    def test_may_bring_back_what_one_between_removed(self) -> None:
        removed = document("Tenant", "a", None)
        assert tenants([tenant("a", quota={"cpu": 1})], [removed], [tenant("a")]) == {"a": {}}

    @pytest.mark.parametrize(
        "removal",
        [
            document("Tenant", "x", None),
            tenant("root", tenants={"x": None}),
            document("Blueprint", "x", None),
        ],
    )
    def test_that_remove_nothing_say_so(self, removal: Document) -> None:
        assert codes(compiled([platform(), ROOT], [removal])) == ["CZ1019"]

    def test_remove_other_entries_too(self) -> None:
        blueprint = document("Blueprint", "x", {"template": {}})
        state = compiled(
            [platform(), ROOT, blueprint, tenant("a", blueprints=[{"use": "x"}])],
            [document("Blueprint", "x", None)],
        )
        assert codes(state) == ["CZ1101"]

    def test_may_not_remove_the_platform(self) -> None:
        assert codes(compiled([platform(), ROOT], [document("Platform", "prod", None)])) == ["CZ1014"]

    @pytest.mark.parametrize(
        ("slip", "said"),
        [(("prod", "{prod"), "CZ0001"), (("Platform", "Platfrom"), "CZ1010"), (("v1alpha1", "v2"), "CZ1011")],
    )
    def test_no_platform_is_missed_where_one_cannot_be_read(self, slip: tuple[str, str], said: str) -> None:
        text = as_yaml(platform()).replace(*slip)
        assert text != as_yaml(platform())
        assert codes(compile_layers(layer({"a.yaml": text, "b.yaml": as_yaml(ROOT)}))) == [said]

    def test_merge_metadata(self) -> None:
        low = {**tenant("a"), "metadata": {"name": "a", "labels": {"x": "1", "z": "1"}}}
        high = {**tenant("a"), "metadata": {"name": "a", "labels": {"x": "2", "z": None}}}
        state = compiled([platform(), ROOT, low], [high])
        assert platform_of(state).tenants["a"].labels == {"x": "2"}

    def test_two_platforms_of_one_name_are_one(self) -> None:
        over = document("Platform", "prod", {"publishing": {"host": "other.example.org"}})
        assert platform_of(compiled([platform(), ROOT], [over])).site.host == "other.example.org"

    def test_two_platforms_of_different_names_are_two(self) -> None:
        assert "CZ1015" in codes(compiled([platform(), ROOT], [platform("other")]))
        assert "CZ1015" in codes(compiled([platform(), platform("other"), ROOT]))


class TestOrder:
    DOCUMENTS = (
        platform(),
        ROOT,
        tenant("a", tenants={"c": {"apps": {"Redis": {"x": {}}}}}),
        tenant("a/b", apps={"Redis": {"x": {}}}),
        document("Blueprint", "x", {"template": {"tenants": {"d": {}}}}),
        tenant("e", blueprints=[{"use": "x"}]),
    )

    def test_of_documents_does_not_matter(self) -> None:
        wanted = tree_of(compiled(list(self.DOCUMENTS)))
        for order in list(itertools.permutations(self.DOCUMENTS))[:: 720 // 20]:
            assert dict(tree_of(compiled(list(order)))) == dict(wanted)

    def test_of_files_does_not_matter(self) -> None:
        files = {f"{i}.yaml": as_yaml(d) for i, d in enumerate(self.DOCUMENTS)}
        backwards = dict(reversed(files.items()))
        assert dict(tree_of(compile_layers(layer(files)))) == dict(tree_of(compile_layers(layer(backwards))))

    def test_of_a_removal_and_what_stands_beside_it_does_not_matter(self) -> None:
        upper = [document("Tenant", "a", None), tenant("a/new")]
        low = [platform(), ROOT, tenant("a", tenants={"b": {}})]
        assert codes(compiled(low, upper)) == codes(compiled(low, upper[::-1])) == ["CZ2001"]


class TestNothing:
    @pytest.mark.parametrize("spec", [None, {}])
    def test_below_spec_of_a_platform_is_an_error(self, spec: Any) -> None:
        assert codes(compiled([document("Platform", "prod", spec)])) == ["CZ1003", "CZ1003"]

    def test_below_spec_of_a_tenant_is_a_tenant_with_its_defaults(self) -> None:
        state = compiled([platform(), ROOT, document("Tenant", "a", None), tenant("a/b")])
        assert {"a", "a/b"} <= set(platform_of(state).tenants)
