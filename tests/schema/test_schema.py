"""The explanation of a misfit and the verdict always agree."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st
from world import paths_of, replaced

from cozygen.catalog.load import load_release
from cozygen.schema import Schema
from cozygen.schema import build as b
from cozygen.schema.explain import violations
from cozygen.spec.shapes.common import DNS_LABEL, DNS_SUBDOMAIN, DURATION

PATTERNS = [DNS_LABEL, DNS_SUBDOMAIN, DURATION, b.QUANTITY, r"^\S+$", "^/dev/", r"^\d+$|^\w$", "", "a"]
TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "b",
            "a-b",
            "a.b",
            "5",
            "5m",
            "5m\n",
            "a\n",
            "\n",
            "١",
            "é",
            "a b",
            "a\u00a0b",
            "\ufeff",
            "true",
            "10Gi",
            "/dev/x",
        ]
    ),
    st.text(max_size=4),
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 3, 1.0, 2.5, -0.0, 1e16, 10**30, -(10**30)])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
LEAVES = st.one_of(
    st.builds(lambda p: b.text(pattern=p), st.none() | st.sampled_from(PATTERNS)),
    st.builds(b.choice, st.lists(TEXTS, min_size=1, max_size=3)),
    st.just(b.flag()),
    st.builds(lambda low, high: b.whole(low=low, high=high), st.none() | st.just(1), st.none() | st.just(2)),
    st.just(b.quantity()),
    st.just(b.free()),
    st.just({}),
    st.just({"type": "null"}),
    st.builds(lambda v: {"const": v}, VALUES),
    st.builds(lambda v: {"enum": v}, st.lists(VALUES, min_size=1, max_size=3)),
    st.just({"type": "number", "minimum": 1}),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda p, r: b.obj(p, required=r),
            st.dictionaries(TEXTS, inner, max_size=3),
            st.lists(TEXTS, max_size=1),
        ),
        st.builds(lambda v: b.map_of(v), inner),
        st.builds(lambda v: b.map_of(v, names=b.text(pattern=DNS_LABEL)), inner),
        st.builds(lambda v, n: b.list_of(v, least=n), inner, st.none() | st.just(1)),
        st.builds(lambda v: b.one_of(v), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


def explained(schema: Any, value: Any) -> bool:
    """Whether our own explanation finds something wrong."""
    return any(True for _ in violations(schema, value))


@given(SCHEMAS, VALUES)
@examples(500)
@example({"enum": [1]}, True)
@example({"const": [0, {"a": 1}]}, [0.0, {"a": True}])
@example(b.text(pattern=DNS_LABEL), "a\n")
@example(b.text(pattern=r"^\d+$"), "١")
@example({"minimum": 1}, 10**30)
def test_something_is_explained_iff_it_is_not_valid(schema: Any, value: Any) -> None:
    assert explained(schema, value) == (not Schema(schema).valid(value))


@given(SCHEMAS, VALUES)
def test_every_violation_has_a_path_into_the_value(schema: Any, value: Any) -> None:
    for violation in Schema(schema).violations(value):
        spot = value
        for step in violation.path:
            spot = spot[step]
        assert violation.message


RELEASE = load_release("v1.6.2")
SCHEMAS_OF_APPLICATIONS = {
    f"{kind} {form}": schema
    for kind, application in sorted(RELEASE.applications.items())
    for form, schema in (("as shipped", application.schema), ("closed", application.closed_schema))
}
STRANGE: list[Any] = [
    None,
    True,
    0,
    1.0,
    -1,
    10**30,
    "",
    "a",
    "5\n",
    "yes",
    [],
    [None],
    {},
    {"a": None},
    {"": 1},
    [{}],
]


def defaults(schema: Any) -> Any:
    """A value with something at every place that a schema speaks of."""
    if schema.get("properties"):
        return {key: defaults(inner) for key, inner in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        return {"entry": defaults(schema["additionalProperties"])}
    if isinstance(schema.get("items"), dict):
        return [defaults(schema["items"])]
    return deepcopy(schema.get("default", schema["enum"][0] if "enum" in schema else None))


@pytest.mark.parametrize("name", SCHEMAS_OF_APPLICATIONS)
def test_so_for_the_values_of_every_application(name: str) -> None:
    schema = SCHEMAS_OF_APPLICATIONS[name]
    judge = Schema(dict(schema))
    value = defaults(schema)
    for index, path in enumerate(list(paths_of(value))):
        for strange in STRANGE[index % 3 :: 3]:
            mutated = replaced(value, path, strange)
            assert explained(schema, mutated) == (not judge.valid(mutated)), (path, strange)


class TestWordsBeyondOurs:
    """Application definitions of the user's own may use all of JSON Schema."""

    @pytest.mark.parametrize(
        ("schema", "value", "path"),
        [
            ({"properties": {"a": {"multipleOf": 2}}}, {"a": 3}, ("a",)),
            ({"properties": {"a": {"uniqueItems": True}}}, {"a": [1, 1]}, ("a",)),
            ({"not": {"required": ["a"]}}, {"a": 1}, ()),
            ({"oneOf": [{"type": "integer"}, {"minimum": 1}]}, 1, ()),
            ({"items": {"exclusiveMinimum": 3}}, [4, 3], (1,)),
            ({"patternProperties": {"^a": {"type": "string"}}}, {"ab": 1}, ("ab",)),
            ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ()),
        ],
    )
    def test_are_told_in_the_validators_words(self, schema: Any, value: Any, path: tuple[Any, ...]) -> None:
        (violation,) = Schema(schema).violations(value)
        assert violation.path == path
        assert violation.message

    @pytest.mark.parametrize(
        "schema",
        [
            {"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
            {"properties": {"a": {"$ref": "#"}, "b": False}}, {"$defs": {"x": {"$anchor": "here", "type": "string"}}, "$ref": "#here"},
            {"anyOf": [False, {"type": "string"}]}, {"$defs": {"a/b": {"type": "string"}}, "$ref": "#/$defs/a~1b"},
        ],
        ids=str,
    )  # fmt: skip
    @pytest.mark.parametrize("value", [{}, {"a": {"b": 1}}, {"b": 1}, 5, "x"])
    def test_are_answered_even_where_they_lead_in_circles(self, schema: Any, value: Any) -> None:
        judge = Schema(schema)
        assert any(True for _ in judge.violations(value)) == (not judge.valid(value))

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1:9/x.json", "https://example.org/x.json", "file:///etc/passwd"]
    )
    def test_never_make_it_read_other_documents(self, address: str) -> None:
        with pytest.raises(Exception, match="another document, which is not read"):
            Schema({"$ref": address}).valid({})
