"""Blueprints: typed by the place they fill, below what the tenant says itself, and harmless."""

from __future__ import annotations

import re
from typing import Any

import pytest
from world import (
    Document,
    as_yaml,
    codes,
    compile_documents,
    compile_text,
    document,
    platform,
    platform_of,
    shown,
    tenant,
    tree_of,
)

from cozygen.pipeline import State
from cozygen.spec import blueprints

ROOT = tenant("root", services={"etcd": {}, "ingress": {}, "monitoring": {}, "seaweedfs": {}})


def blueprint(name: str, template: Any, **parameters: Any) -> Document:
    return document("Blueprint", name, {"parameters": parameters, "template": template})


def use(name: str, **values: Any) -> Document:
    return {"use": name, "with": values} if values else {"use": name}


def compiled(*documents: Document) -> State:
    return compile_documents(platform(), ROOT, *documents)


def bodies(*documents: Document) -> dict[str, Any]:
    """What every tenant holds once its blueprints are worked in."""
    state = compiled(*documents)
    assert not codes(state), shown(state)
    return {path: t.body for path, t in platform_of(state).tenants.items()}


class TestTypes:
    """Text of a template becomes what the schema has at its place."""

    PARAMETERS = {
        "n": {"type": "integer"}, "b": {"type": "boolean"}, "s": {"type": "string"}, "q": {"type": "quantity"},
        "l": {"type": "list"}, "m": {"type": "map"}, "f": {"type": "number"},
    }  # fmt: skip
    VALUES: dict[str, Any] = {"n": 2, "b": True, "s": "7", "q": "10Gi", "l": ["x"], "m": {"k": "v"}, "f": 1.5}

    @pytest.mark.parametrize(
        ("kind", "path", "text", "value"),
        [
            ("RabbitMQ", ("replicas",), "{{ n }}", 2),
            ("RabbitMQ", ("replicas",), "{{ n + 1 }}", 3),
            ("RabbitMQ", ("replicas",), "{{ s }}", 7),
            ("RabbitMQ", ("replicas",), "{{ n }}{{ n }}", 22),
            ("RabbitMQ", ("replicas",), "{{ 4 / 2 }}", 2),
            ("RabbitMQ", ("external",), "{{ b }}", True),
            ("RabbitMQ", ("external",), "{{ n > 5 }}", False),
            ("RabbitMQ", ("external",), "{{ 'true' if b else 'false' }}", True),
            ("RabbitMQ", ("size",), "{{ q }}", "10Gi"),
            ("RabbitMQ", ("size",), "{{ n }}Gi", "2Gi"),
            ("RabbitMQ", ("size",), "{{ n }}", 2),
            ("RabbitMQ", ("resources", "cpu"), "{{ n }}", 2),
            ("RabbitMQ", ("version",), "v{{ '4.1' if b else '4.0' }}", "v4.1"),
            ("RabbitMQ", ("users",), "{{ {s: {'password': ''}} }}", {"7": {"password": ""}}),
            ("Postgres", ("databases", "app", "extensions"), "{{ l }}", ["x"]),
            ("Postgres", ("databases", "app", "extensions"), "{{ l + ['z'] }}", ["x", "z"]),
            ("Postgres", ("databases", "app", "extensions"), ["{{ s }}", "{{ n }}"], ["7", "2"]),
            ("Postgres", ("users",), "{{ m }}", {"k": "v"}),
            ("Postgres", ("postgresql", "parameters", "max_connections"), "{{ n }}", 2),
        ],
    )  # fmt: skip
    def test_of_values(self, kind: str, path: tuple[str, ...], text: Any, value: Any) -> None:
        inner: Any = text
        for step in reversed(path):
            inner = {step: inner}
        state = compiled(
            blueprint("x", {"apps": {kind: {"main": inner}}}, **self.PARAMETERS),
            tenant("a", blueprints=[use("x", **self.VALUES)]),
        )
        assert not any(c.startswith("CZ11") for c in codes(state)), shown(state)
        (app,) = platform_of(state).tenants["a"].apps
        found: Any = app.given
        for step in path:
            found = found[step]
        assert (type(found) in (type(value), dict, list) or isinstance(value, (dict, list)), found) == (
            True,
            value,
        )
        assert isinstance(found, bool) == isinstance(value, bool)

    @pytest.mark.parametrize(
        ("text", "host"),
        [
            ("{{ n }}.example.net", "2.example.net"),
            ("{{ n }}", "2"),
            ("{{ s | lower }}x", "7x"),
            ("plain.example.net", "plain.example.net"),
        ],
    )
    def test_of_a_host(self, text: str, host: str) -> None:
        found = bodies(
            blueprint("x", {"host": text}, **self.PARAMETERS),
            tenant("a", blueprints=[use("x", **self.VALUES)]),
        )
        assert found["a"]["host"] == host

    @pytest.mark.parametrize(
        ("text", "needed"),
        [
            ("{{ q }}", "a whole number"),
            ("{{ f }}", "a whole number"),
            ("{{ l }}", "a whole number"),
            ("x{{ n }}", "a whole number"),
            ("9" * 4000 + "{{ n }}", "a whole number"),
        ],
    )
    def test_that_do_not_fit(self, text: str, needed: str) -> None:
        state = compiled(
            blueprint("x", {"apps": {"RabbitMQ": {"m": {"replicas": text}}}}, **self.PARAMETERS),
            tenant("a", blueprints=[use("x", **self.VALUES)]),
        )
        assert codes(state) == ["CZ1105"], shown(state)
        assert f"where {needed} is needed" in state.diagnostics[0].message

    @pytest.mark.parametrize(
        ("kind", "good", "bad"),
        [
            ("integer", 1, "1"), ("integer", 1.0, 1.5), ("boolean", False, "no"), ("string", "1", 1), ("quantity", "5Gi", "5GB"),
            ("quantity", 5, 1.5), ("number", 1.5, "x"), ("list", [], {}), ("map", {}, []), ("string", "", None),
        ],
    )  # fmt: skip
    def test_of_parameters(self, kind: str, good: Any, bad: Any) -> None:
        template = blueprint("x", {}, p={"type": kind})
        assert not codes(compiled(template, tenant("a", blueprints=[use("x", p=good)])))
        assert codes(compiled(template, tenant("a", blueprints=[use("x", p=bad)]))) == ["CZ1103"]


class TestParameters:
    def test_that_the_blueprint_does_not_have(self) -> None:
        state = compiled(
            blueprint("x", {}, size={"type": "string", "default": ""}),
            tenant("a", blueprints=[use("x", siez="5")]),
        )
        (found,) = state.diagnostics
        assert (found.code, found.hint) == ("CZ1103", "did you mean size?")

    def test_that_are_missing(self) -> None:
        assert codes(
            compiled(blueprint("x", {}, size={"type": "string"}), tenant("a", blueprints=[use("x")]))
        ) == ["CZ1103"]

    def test_outside_of_their_choice(self) -> None:
        template = blueprint("x", {}, size={"type": "string", "enum": ["a", "b"]})
        assert codes(compiled(template, tenant("a", blueprints=[use("x", size="c")]))) == ["CZ1103"]

    def test_with_a_default_of_another_type(self) -> None:
        template = blueprint("x", {}, size={"type": "integer", "default": "c"})
        assert codes(compiled(template, tenant("a", blueprints=[use("x")]))) == ["CZ1103"]

    @pytest.mark.parametrize(
        "name", ["result", "self", "loop", "true", "None", "context", "environment", "x" * 300]
    )
    def test_with_names_that_mean_something_to_jinja_or_python(self, name: str) -> None:
        template = blueprint("x", {"host": "{{ " + name + " }}"}, **{name: {"type": "string"}})
        state = compiled(template, tenant("a", blueprints=[use("x", **{name: "h.example.net"})]))
        assert codes(state) in ([], ["CZ1104"], ["CZ1105"])

    @pytest.mark.parametrize("name", ["a-b", "1a", "_a", "", "a.b", "ä", "a b", "a\n"])
    def test_with_names_that_are_none(self, name: str) -> None:
        assert codes(compiled(blueprint("x", {}, **{name: {"type": "string", "default": ""}}))) == ["CZ1005"]


class TestOrder:
    A = blueprint(
        "a", {"quota": {"cpu": 1, "memory": "1Gi"}, "apps": {"Redis": {"x": {"replicas": 1, "size": "1Gi"}}}}
    )
    B = blueprint("b", {"quota": {"cpu": 2}, "apps": {"Redis": {"x": {"replicas": 2}, "z": {}}}})

    def test_a_later_blueprint_wins_over_an_earlier_one(self) -> None:
        found = bodies(self.A, self.B, tenant("t", blueprints=[use("a"), use("b")]))["t"]
        assert found["quota"] == {"cpu": 2, "memory": "1Gi"}
        assert found["apps"] == {"Redis": {"x": {"replicas": 2, "size": "1Gi"}, "z": {}}}

    def test_the_tenant_wins_over_its_blueprints(self) -> None:
        own = {"quota": {"cpu": 3}, "apps": {"Redis": {"x": {"size": None}}}}
        found = bodies(self.A, tenant("t", blueprints=[use("a")], **own))["t"]
        assert found["quota"] == {"cpu": 3, "memory": "1Gi"}
        assert found["apps"] == {"Redis": {"x": {"replicas": 1}}}

    def test_children_of_a_blueprint_lie_below_what_the_spec_says_of_them(self) -> None:
        template = blueprint("x", {"tenants": {"c": {"quota": {"cpu": 1, "memory": "1Gi"}}, "d": None}})
        found = bodies(template, tenant("t", blueprints=[use("x")]), tenant("t/c", quota={"cpu": 2}))
        assert set(found) == {"root", "t", "t/c", "t/d"}
        assert found["t/c"] == {"quota": {"cpu": 2, "memory": "1Gi"}}

    def test_so_for_children_of_root(self) -> None:
        template = blueprint("x", {"tenants": {"acme": {"quota": {"cpu": 1, "memory": "1Gi"}}}})
        root = tenant("root", services=ROOT["spec"]["services"], blueprints=[use("x")])
        state = compile_documents(
            platform(), root, template, tenant("acme", quota={"cpu": 2}, apps={"Redis": {"x": {}}})
        )
        acme = platform_of(state).tenants["acme"]
        assert acme.body["quota"] == {"cpu": 2, "memory": "1Gi"}
        assert [app.name for app in acme.apps] == ["x"]

    def test_labels_come_along(self) -> None:
        template = blueprint(
            "x",
            {
                "_metadata": {"labels": {"x": "1", "z": "1"}},
                "tenants": {"c": {"_metadata": {"labels": {"c": "1"}}}},
            },
        )
        own = {**tenant("t", blueprints=[use("x")]), "metadata": {"name": "t", "labels": {"z": "2"}}}
        tenants = platform_of(compiled(template, own)).tenants
        assert tenants["t"].labels == {"x": "1", "z": "2"}
        assert tenants["t/c"].labels == {"c": "1"}

    def test_the_order_of_documents_does_not_matter(self) -> None:
        documents = [
            self.A,
            self.B,
            tenant("t", blueprints=[use("a"), use("b")], tenants={"u": {"blueprints": [use("b")]}}),
        ]
        assert dict(tree_of(compiled(*documents))) == dict(tree_of(compiled(*reversed(documents))))


class TestNesting:
    def test_a_blueprint_may_build_on_another(self) -> None:
        inner = blueprint(
            "inner", {"apps": {"Redis": {"{}": {"size": "{{ s }}", "replicas": 1}}}}, s={"type": "quantity"}
        )
        inner["spec"]["template"]["apps"]["Redis"] = {"r": {"size": "{{ s }}", "replicas": 1}}
        outer = blueprint(
            "outer",
            {
                "blueprints": [{"use": "inner", "with": {"s": "{{ n }}Gi"}}],
                "apps": {"Redis": {"r": {"replicas": 2}}},
            },
            n={"type": "integer"},
        )
        found = bodies(inner, outer, tenant("t", blueprints=[use("outer", n=3)]))["t"]
        assert found["apps"] == {"Redis": {"r": {"size": "3Gi", "replicas": 2}}}

    def test_its_children_may_use_others(self) -> None:
        inner = blueprint("inner", {"apps": {"Redis": {"r": {}}}})
        outer = blueprint("outer", {"tenants": {"c": {"blueprints": [use("inner")]}}})
        assert bodies(inner, outer, tenant("t", blueprints=[use("outer")]))["t/c"] == {
            "apps": {"Redis": {"r": {}}}
        }

    @pytest.mark.parametrize(
        "templates",
        [
            {"a": {"blueprints": [use("a")]}},
            {"a": {"tenants": {"c": {"blueprints": [use("a")]}}}},
            {"a": {"blueprints": [use("b")]}, "b": {"blueprints": [use("a")]}},
            {
                "a": {"tenants": {"c": {"blueprints": [use("b")]}}},
                "b": {"tenants": {"c": {"blueprints": [use("a")]}}},
            },
            {"a": {"blueprints": [use("b")]}, "b": {"tenants": {"c": {"blueprints": [use("a")]}}}},
        ],
    )
    def test_in_a_circle_is_refused(self, templates: dict[str, Any]) -> None:
        state = compiled(
            *(blueprint(name, t) for name, t in templates.items()), tenant("t", blueprints=[use("a")])
        )
        assert codes(state) == ["CZ1102"], shown(state)
        assert "a > " in state.diagnostics[0].message

    def test_an_unknown_one_is_named_once_for_each_use(self) -> None:
        state = compiled(blueprint("webshop", {}), tenant("t", blueprints=[use("webshp"), use("webshop")]))
        (found,) = state.diagnostics
        assert (found.code, found.hint) == ("CZ1101", "did you mean webshop?")


class TestPlaces:
    TEXT = as_yaml(platform(), ROOT) + (
        "---\napiVersion: cozygen.io/v1alpha1\nkind: Blueprint\nmetadata: {name: x}\nspec:\n  parameters: {size: {type: quantity}, l: {type: map, default: {}}}\n"
        "  template:\n    apps:\n      Redis:\n        r:\n          size: '{{ size }}'\n          replicas: -5x\n"
        "---\napiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {name: t}\nspec:\n  blueprints:\n    - use: x\n      with: {size: 1Gi}\n"
    )  # fmt: skip

    def test_of_what_a_blueprint_writes_is_in_the_blueprint(self) -> None:
        (found,) = (d for d in compile_text(self.TEXT).diagnostics if d.is_error)
        assert self.TEXT.splitlines()[found.place.line - 1].strip() == "replicas: -5x"

    def test_of_a_parameter_is_where_it_is_used(self) -> None:
        text = self.TEXT.replace("with: {size: 1Gi}", "with: {size: huge}")
        (found,) = (d for d in compile_text(text).diagnostics if d.code == "CZ1103")
        assert "size: huge" in text.splitlines()[found.place.line - 1]


HOSTILE = [
    "{{ range(1000000000) }}", "{{ range(10**9) | sum }}", "{{ lipsum(n=1000000) }}", "{{ cycler('a') }}", "{{ dict(a=1) }}",
    "{% for i in range(1000000000) %}x{% endfor %}", "{% set x = 1 %}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
    "{% extends 'x' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% raw %}{{ s }}{% endraw %}",
    "{{ ''.__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ s.__init__.__globals__ }}", "{{ s['__class__'] }}",
    "{{ s['__cl' ~ 'ass__'] }}", "{{ s | attr('__class__') }}", "{{ l | map(attribute='__class__') | list }}", "{{ m.__class__ }}",
    "{{ m['__class__'] }}", "{{ s.format }}", "{{ '{0.__class__}'.format(s) }}", "{{ '%s' | format(s) }}", "{{ '%999999999d' % 1 }}",
    "{{ s % 1 }}", "{{ 'a' * 1000000000 }}", "{{ 1000000000 * 'a' }}", "{{ s * 1000000000 }}", "{{ (s ~ s) * 1000000000 }}",
    "{{ [0] * 1000000000 }}", "{{ l * 1000000000 }}", "{{ 10 ** 1000000000 }}", "{{ 9 ** 9 ** 9 ** 9 }}", "{{ n ** n }}",
    "{{ 1.5 | round(1000000000, 'ceil') }}", "{{ 1 | round(-1000000000, 'floor') }}", "{{ s | center(1000000000) }}",
    "{{ s | indent(1000000000) }}", "{{ 'aaaaaaaaaa'" + "| replace('a', 'aaaaaaaaaa')" * 12 + " }}", "{{ s | replace('', big) }}",
    "{{ big | replace('x', big) }}", "{{ l | join(big) | replace('x', big) }}", "{{ big ~ big ~ big }}", "{{ [big, big] | join }}",
    "{{ l | sum(start=[]) }}", "{{ 1e999 }}", "{{ '1e999' | float }}", "{{ 'nan' | float }}", "{{ -('inf' | float) }}",
    "{{ 1e308 * 10 }}", "{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ n % 0 }}", "{{ ('9' * 5) }}", "{{ 9999999999 * 9999999999 * 9999999999 }}",
    "{{ {1: 2} }}", "{{ {none: 1} }}", "{{ {(1, 2): 1} }}", "{{ (1, 2) }}", "{{ [(1, 2)] }}", "{{ [s.upper] }}", "{{ s.upper }}",
    "{{ [undefined_name] }}", "{{ undefined_name }}", "{{ m.nope }}", "{{ [m.nope] }}", "{{ m.nope.nope }}", "{{ self }}", "{{ self._TemplateReference__context }}",
    "{{ loop }}", "{{ caller() }}", "{{ super() }}", "{{ varargs }}", "{{ url_for.__globals__ }}", "{{ config }}", "{{ request }}",
    "{{ joiner() }}", "{{ namespace() }}", "{{ gettext('x') }}", "{{ s | tojson }}", "{{ s | pprint }}", "{{ s | xmlattr }}",
    "{{ l | batch(1) | list }}", "{{ l | random }}", "{{ s | filesizeformat }}", "{{ s is filter('lower') }}", "{{ s is sameas s }}",
    "{{ s", "{{ }}", "}} {{", "{{ s }} }} {{", "{% }", "{{ 's }}", "{{ s | }}", "{{ s.. }}", "{{ 1 2 }}", "{{ s.get(", "{{ '\\x' }}",
    "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}", "{{ " + "[" * 1500 + "]" * 1500 + " }}", "{{ " + "not " * 900 + "b }}", "{{ " + "-" * 3000 + "1 }}",
    "{{ " + "s ~ " * 900 + "s }}", "{{ " + "1 + " * 900 + "1 }}", "{{ s" + ".upper()" * 450 + " }}", "{{ s" + "|upper" * 600 + " }}", "x" * 5000 + "{{ s }}",
    "{{ " + "b if b else " * 300 + "b }}", "{# comment", "{{ open('/etc/passwd').read() }}", "{{ __import__('os') }}", "{{ s.split().__len__ }}",
    "{{ s.encode() }}", "{{ s.join(l) }}", "{{ m.items() }}", "{{ m.update({'a': 1}) }}", "{{ m.pop('a') }}", "{{ l.append(1) }}", "{{ s.zfill(1000000000) }}",
    "{{ s.ljust(1000000000) }}", "{{ s.translate({}) }}", "{{ s.maketrans('a', 'b') }}", "{{ m.get.__self__ }}", "{{ deep }}", "{{ [wide, wide] }}",
]  # fmt: skip


class TestHostile:
    """Whatever a template tries, it is refused or yields text, and at once."""

    PARAMETERS = {
        "s": {"type": "string", "default": "text"}, "n": {"type": "integer", "default": 5}, "b": {"type": "boolean", "default": True},
        "l": {"type": "list", "default": ["x", "z"]}, "m": {"type": "map", "default": {"a": 1}}, "big": {"type": "string", "default": "x" * 60_000},
        "wide": {"type": "list", "default": list(range(9_000))}, "deep": {"type": "list", "default": [[[[[[[[]]]]]]]]},
    }  # fmt: skip

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:40])
    def test_templates(self, text: str) -> None:
        named = {key: value for key, value in self.PARAMETERS.items() if re.search(rf"\b{key}\b", text)}
        template = blueprint("x", {"apps": {"Redis": {"r": {"anything": text}}}}, **named)
        state = compiled(template, tenant("t", blueprints=[use("x")]))
        errors = codes(state)
        if errors:
            assert errors == ["CZ1104"], shown(state)
            return
        value = platform_of(state).tenants["t"].apps[0].given["anything"]
        assert isinstance(value, (str, bool, int, list)), text
        assert len(str(value)) <= 64 * 1024
        tree_of(state)

    def test_templates_as_keys(self) -> None:
        state = compiled(blueprint("x", {"apps": {"Redis": {"{{ s }}": {}}}}, **self.PARAMETERS))
        assert codes(state) == ["CZ1104"]

    @pytest.mark.parametrize("value", ["{{ n", "a {{ b }}", "{% x %}"])
    def test_templates_outside_of_blueprints_are_text(self, value: str) -> None:
        state = compiled(tenant("t", apps={"Redis": {"r": {"anything": value}}}))
        assert platform_of(state).tenants["t"].apps[0].given["anything"] == value

    @pytest.mark.parametrize(
        "shape",
        [
            5,
            [5],
            [{}],
            {"use": "x"},
            [{"use": 3}],
            [{"use": "x", "with": 3}],
            "x",
            [None],
            [[]],
            [{"use": "y", "more": 1}],
        ],
    )
    def test_uses_of_another_shape_inside_of_a_template(self, shape: Any) -> None:
        for template in ({"blueprints": shape}, {"tenants": {"c": {"blueprints": shape}}}):
            state = compiled(blueprint("x", template), blueprint("y", {}), tenant("t", blueprints=[use("x")]))
            assert codes(state), template
            assert set(codes(state)) <= {"CZ1001", "CZ1002", "CZ1003", "CZ1102"}

    @pytest.mark.parametrize("template", [None, 5, "x", [], [{}]])
    def test_templates_that_are_no_mapping(self, template: Any) -> None:
        assert codes(compiled(blueprint("x", template), tenant("t", blueprints=[use("x")])))[:1] == ["CZ1001"]

    @pytest.mark.parametrize(
        "template",
        [
            {"tenants": 5},
            {"tenants": {"c": 5}},
            {"tenants": [{}]},
            {"apps": 5},
            {"apps": {"Redis": 5}},
            {"apps": {"Redis": {"r": 5}}},
            {"nope": 1},
            {"members": {"admin": 5}},
            {"tenants": {"c": {"tenants": 5}}},
            {"secrets": {"x": 5}},
            {"backups": {"x": None}},
            {"_metadata": 5},
        ],
    )
    def test_templates_of_another_shape(self, template: Any) -> None:
        assert codes(compiled(blueprint("x", template), tenant("t", blueprints=[use("x")])))


class TestBombs:
    @pytest.fixture(autouse=True)
    def low_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What takes a second or two with the real limits."""
        for name, most in {"MAX_NESTED": 500, "MAX_TENANTS": 2500, "MAX_VALUES": 100_000}.items():
            monkeypatch.setattr(blueprints, name, most)

    def test_of_tenants(self) -> None:
        documents = [
            blueprint(f"b{i}", {"tenants": {f"c{j}": {"blueprints": [use(f"b{i + 1}")]} for j in range(20)}})
            for i in range(6)
        ]
        state = compiled(*documents, blueprint("b6", {}), tenant("t", blueprints=[use("b0")]))
        assert codes(state).count("CZ1108") == 1

    def test_of_uses(self) -> None:
        documents = [blueprint(f"b{i}", {"blueprints": [use(f"b{i + 1}")] * 4}) for i in range(20)]
        state = compiled(*documents, blueprint("b20", {}), tenant("t", blueprints=[use("b0")]))
        assert codes(state) == ["CZ1108"]

    def test_of_depth(self) -> None:
        documents = [blueprint(f"b{i}", {"blueprints": [use(f"b{i + 1}")]}) for i in range(500)]
        state = compiled(*documents, blueprint("b500", {}), tenant("t", blueprints=[use("b0")]))
        assert codes(state) == ["CZ1108"]

    def test_of_values(self) -> None:
        documents = [
            blueprint(
                f"b{i}",
                {"blueprints": [{"use": f"b{i + 1}", "with": {"x": "{{ [x, x] }}"}}]},
                x={"type": "list"},
            )
            for i in range(28)
        ]
        last = blueprint("b28", {"apps": {"Redis": {"r": {"anything": "{{ x }}"}}}}, x={"type": "list"})
        state = compiled(*documents, last, tenant("t", blueprints=[use("b0", x=[1])]))
        assert "CZ1104" in codes(state)

    def test_of_copies(self) -> None:
        big = blueprint("x", {"apps": {"Redis": {"r": {"anything": list(range(9_000))}}}})
        state = compiled(big, tenant("t", tenants={f"t{i}": {"blueprints": [use("x")]} for i in range(20)}))
        assert codes(state).count("CZ1108") == 1

    def test_many_tenants_may_use_one(self) -> None:
        one = blueprint("x", {"apps": {"Redis": {"r": {}}}, "tenants": {"c": {}}})
        found = bodies(one, tenant("t", tenants={f"t{i}": {"blueprints": [use("x")]} for i in range(1000)}))
        assert len(found) == 2002
