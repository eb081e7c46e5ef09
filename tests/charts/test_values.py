"""Merging as Helm does it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cozygen.catalog.load import load_release
from cozygen.charts import chart_of, merged
from cozygen.charts.values import at, matches, over, removed, replaced, without

KEYS = st.sampled_from("abcd")
LEAVES = st.integers(0, 3) | st.text("xy", max_size=2) | st.booleans()
SET = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)
TABLES = st.dictionaries(KEYS, SET, max_size=4)
GIVEN = st.dictionaries(
    KEYS,
    st.recursive(LEAVES | st.none(), lambda v: st.dictionaries(KEYS, v, max_size=3), max_leaves=6),
    max_size=4,
)


def test_given_values_replace_defaults() -> None:
    base = {"replicas": 2, "backup": {"enabled": False, "schedule": ""}, "users": {}}
    assert over(base, {"replicas": 3, "backup": {"enabled": True}}) == {
        "replicas": 3,
        "backup": {"enabled": True, "schedule": ""},
        "users": {},
    }


def test_null_removes_a_default_and_stays_elsewhere() -> None:
    assert over({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"c": None, "d": None}}) == {"b": {"d": None}}
    assert list(removed({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"c": None, "d": None}})) == [
        ("a",),
        ("b", "c"),
    ]


def test_a_mapping_replaces_a_scalar_and_a_scalar_a_mapping() -> None:
    assert over({"a": {"b": 1}, "c": 1}, {"a": "x", "c": {"d": 1}}) == {"a": "x", "c": {"d": 1}}


def test_defaults_of_a_chart() -> None:
    values = merged(load_release("v1.6.2").applications["Postgres"], {"backup": {"enabled": True}})
    assert at(values, ("backup", "destinationPath")) == "s3://bucket/path/to/folder/"
    assert at(values, ("backup", "enabled")) is True
    assert at(values, ("postgresql", "parameters", "max_connections")) == "100"
    assert "tls" in values
    assert "enabled" not in values["tls"]


def test_a_default_that_only_the_schema_states_is_none() -> None:
    values = merged(load_release("v1.6.2").applications["KubernetesNodes"], {})
    assert "evictionHardMemory" not in values["kubelet"]


@given(TABLES)
def test_nothing_given_changes_nothing(base: dict[str, Any]) -> None:
    assert over(base, {}) == base


@given(TABLES, TABLES)
def test_given_twice_is_given_once(base: dict[str, Any], values: dict[str, Any]) -> None:
    once = over(base, values)
    assert over(once, values) == once


@given(TABLES, GIVEN)
def test_merging_changes_neither_side(base: dict[str, Any], values: dict[str, Any]) -> None:
    before = json.dumps([base, values])
    out = over(base, values)
    assert json.dumps([base, values]) == before
    for path in removed(base, values):
        assert at(out, path) is None


def test_every_release_starts_from_the_same_defaults() -> None:
    chart = chart_of(load_release("v1.6.2").applications["Kubernetes"])
    before = json.dumps(chart.defaults)
    merged(chart.application, {"addons": {"hami": {"enabled": True}}, "nodeGroups": {"md0": None}})
    assert json.dumps(chart.defaults) == before


def test_matches_follow_keys_and_items() -> None:
    values = {"databases": {"a": {"roles": {"admin": ["x", "y"]}}, "b": {}}}
    assert list(matches(values, ["databases", "*", "roles", "admin", "#"])) == [
        (("databases", "a", "roles", "admin", 0), "x"),
        (("databases", "a", "roles", "admin", 1), "y"),
    ]
    assert [path for path, _ in matches(values, ["databases", "~"])] == [
        ("databases", "a"),
        ("databases", "b"),
    ]


def test_replaced_and_without_leave_the_original() -> None:
    values = {"a": {"b": [1, 2]}, "c": 3}
    assert replaced(values, ("a", "b", 0), 9) == {"a": {"b": [9, 2]}, "c": 3}
    assert without(values, ("a", "b")) == {"a": {}, "c": 3}
    assert without(values, ("x", "y")) == values
    assert values == {"a": {"b": [1, 2]}, "c": 3}
