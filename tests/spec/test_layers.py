"""Layering: associative, idempotent, later wins, lists replace, null removes, places survive."""

from __future__ import annotations

from typing import Any

from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st

from cozygen.diagnostics import Place
from cozygen.spec.layers import Fresh, merge, settle
from cozygen.yamlio import Map, Origin, Seq, key_place, read_documents, value_place

KEYS = st.sampled_from("abc")
SCALARS = st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["x", "z"]), st.booleans())
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(KEYS, DATA, max_size=3)


def read(text: str, file: str = "f.yaml") -> Map:
    documents, problems = read_documents(text.encode(), file)
    assert not problems
    return documents[0].body


def placed(value: Any, origin: Origin) -> Any:
    """Data as it would be read: every entry has a place of its own."""
    if isinstance(value, dict):
        out = Map(origin)
        for index, (key, item) in enumerate(value.items()):
            out[key] = placed(item, origin)
            out.marks[key] = index
        return out
    if isinstance(value, list):
        items = Seq(origin)
        items.extend(placed(item, origin) for item in value)
        items.marks.extend(range(len(value)))
        return items
    return value


def layers(*values: dict[str, Any]) -> list[Map]:
    return [placed(value, Origin(f"{index}.yaml")) for index, value in enumerate(values)]


def shape(value: Any) -> Any:
    """A value with the place of everything in it, and proof that it is plain."""
    assert not isinstance(value, Fresh)
    if isinstance(value, Map):
        return {
            key: (key_place(value, key), value_place(value, key), shape(item)) for key, item in value.items()
        }
    return (
        [(value_place(value, i), shape(item)) for i, item in enumerate(value)]
        if isinstance(value, Seq)
        else value
    )


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
@examples(400)
@example({"a": {"b": 1}}, {"a": 2}, {"a": {"b": None}})
@example({"a": {"b": 1}}, {"a": None}, {"a": {"c": 1}})
def test_how_layers_are_grouped_does_not_matter(
    x: dict[str, Any], y: dict[str, Any], z: dict[str, Any]
) -> None:
    a, b, c = layers(x, y, z)
    assert shape(settle(merge(a, merge(b, c)))) == shape(settle(merge(merge(a, b), c)))


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_how_four_layers_are_grouped_does_not_matter(
    w: dict[str, Any], x: dict[str, Any], y: dict[str, Any], z: dict[str, Any]
) -> None:
    a, b, c, d = layers(w, x, y, z)
    assert shape(settle(merge(merge(a, b), merge(c, d)))) == shape(settle(merge(merge(merge(a, b), c), d)))


def without_nulls(value: Any) -> Any:
    return (
        {k: without_nulls(v) for k, v in value.items() if v is not None} if isinstance(value, dict) else value
    )


@given(DOCUMENTS)
def test_a_layer_over_itself_changes_nothing_but_its_removals(x: dict[str, Any]) -> None:
    a, b = layers(x, x)
    once = settle(merge(a, b))
    assert without_nulls(once) == without_nulls(x)
    assert settle(merge(once, b)) == once


@given(DOCUMENTS)
def test_an_empty_layer_changes_nothing(x: dict[str, Any]) -> None:
    a, empty = layers(x, {})
    assert settle(merge(a, empty)) == settle(merge(empty, a)) == x


@given(DOCUMENTS, DOCUMENTS)
def test_neither_layer_is_changed(x: dict[str, Any], y: dict[str, Any]) -> None:
    a, b = layers(x, y)
    before = shape(a), shape(b)
    settle(merge(a, b))
    assert (shape(a), shape(b)) == before


def plainly(low: Any, high: Any) -> Any:
    """Merging as the documentation says it, without any care for grouping."""
    out = dict(low)
    for key, value in high.items():
        if value is None and low.get(key) is not None:
            out.pop(key)
        elif isinstance(value, dict) and isinstance(low.get(key), dict):
            out[key] = plainly(low[key], value)
        else:
            out[key] = value
    return out


@given(DOCUMENTS, DOCUMENTS)
@examples(200)
def test_two_layers_are_what_the_documentation_says(x: dict[str, Any], y: dict[str, Any]) -> None:
    assert settle(merge(*layers(x, y))) == plainly(x, y)


def test_everything_at_once_with_places() -> None:
    low = read(
        "keep: 1\nwin: 1\nlist: [1, 2]\nmap:\n  old: 1\n  gone: 1\nto map: 1\nfrom map: {x: 1}\n", "low.yaml"
    )
    high = read(
        "win: 2\nlist: [3]\nmap:\n  new: 2\n  gone: null\nto map: {x: 1}\nfrom map: 2\nnone: null\n",
        "high.yaml",
    )
    both = settle(merge(low, high))
    assert both == {
        "keep": 1, "win": 2, "list": [3], "map": {"old": 1, "new": 2}, "to map": {"x": 1}, "from map": 2, "none": None,
    }  # fmt: skip
    assert value_place(both, "keep") == Place("low.yaml", 1, 7)
    assert value_place(both, "win") == Place("high.yaml", 1, 6)
    assert value_place(both["list"], 0) == Place("high.yaml", 2, 8)
    assert value_place(both["map"], "old") == Place("low.yaml", 5, 8)
    assert value_place(both["map"], "new") == Place("high.yaml", 4, 8)
    assert key_place(both, "map") == Place("high.yaml", 3, 1)
