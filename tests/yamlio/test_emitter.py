"""What the emitter writes, every reader reads back as the same value."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tricky import STRINGS

from cozygen.yamlio import ConstantMap, ConstantSeq, dump, dump_all, read_documents

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(
        st.sampled_from(list(" \n\t#:-'\"\\ab0.,[]{}&*!|>%@`~?\r\x85\u2028\ufeff\x7f\x1b\ufffe😀é")),
        max_size=12,
    ),
    st.sampled_from(STRINGS),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), FLOATS, TEXT)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXT, VALUES, max_size=5)


def python(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def yaml_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def ours(text: str) -> Any:
    """What our own reader makes of it; it may find fault with floats, long numbers and control characters alone."""
    documents, problems = read_documents(text.encode(), "f.yaml")
    assert all(p.code == "CZ0002" or isinstance(python(p.values["text"]), (int, float)) for p in problems)
    return documents[0].body


def same(one: Any, other: Any) -> bool:
    """Equal in value and type, all the way down."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(one[k], other[k]) for k in one)
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return (
        type(one) is type(other)
        and one == other
        and (one != 0 or math.copysign(1, one) == math.copysign(1, other))
    )


@given(DOCUMENTS)
@examples(250)
def test_python_reads_it_back(document: dict[str, Any]) -> None:
    assert same(python(dump(document)), document)


@given(DOCUMENTS)
@examples(80)
def test_yaml_1_2_reads_it_back(document: dict[str, Any]) -> None:
    assert same(yaml_1_2(dump(document)), document)


@given(DOCUMENTS)
@examples(250)
def test_our_reader_reads_it_back(document: dict[str, Any]) -> None:
    assert same(ours(dump({"first": 1, **document})), {"first": 1, **document})


@pytest.mark.parametrize("reader", [python, yaml_1_2, ours])
def test_tricky_strings_as_values_keys_and_items(reader: Any) -> None:
    document = {
        "values": {f"k{i}": s for i, s in enumerate(STRINGS)},
        "keys": dict.fromkeys(STRINGS, 1),
        "items": STRINGS,
    }
    assert same(reader(dump(document)), document)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_the_order_of_keys_does_not_matter(document: dict[str, Any]) -> None:
    assert dump(dict(reversed(document.items()))) == dump(document)


@given(st.lists(DOCUMENTS, max_size=4))
def test_several_documents_stay_apart(documents: list[dict[str, Any]]) -> None:
    assert same(list(yaml.load_all(dump_all(documents), Loader=yaml.CSafeLoader)), documents)


@given(DOCUMENTS, VALUES)
def test_what_was_written_before_does_not_matter(document: dict[str, Any], other: Any) -> None:
    before = dump(document)
    dump(other)
    assert dump(document) == before


class TestForm:
    def test_of_a_document(self) -> None:
        value = {
            "b": [1, {"x": "y", "w": [True, None]}, [], {}, ["z"]],
            "a": {
                "text": "line\n\n  more\n",
                "cut": "no\nend",
                "plain": "10Gi",
                "quoted": "yes",
                "empty": "",
            },
            "c": 1.5,
        }
        assert dump(value) == (
            'a:\n  cut: |-\n    no\n    end\n  empty: ""\n  plain: 10Gi\n  quoted: "yes"\n  text: |\n    line\n\n'
            '      more\nb:\n- 1\n- w:\n  - true\n  - null\n  x: "y"\n- []\n- {}\n- - z\nc: 1.5\n'
        )

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({}, "{}\n"),
            ([], "[]\n"),
            (None, "null\n"),
            ("a\nb", '"a\\nb"\n'),
            (True, "true\n"),
            ([[1]], "- - 1\n"),
        ],
    )
    def test_of_a_document_that_is_hardly_one(self, value: Any, text: str) -> None:
        assert dump(value) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e16, "1.0e+16"),
            (1.5e-7, "1.5e-07"),
            (1e300, "1.0e+300"),
            (0.1, "0.1"),
        ],
    )
    def test_of_floats_has_a_dot_and_a_sign(self, value: float, text: str) -> None:
        assert dump({"a": value}) == f"a: {text}\n"

    @pytest.mark.parametrize(
        "text",
        [" a\nb", "a \nb", "a\nb ", "a\n\n", "\na", "\n", "a\tb\nc", "a\r\nb", "a\n\u2028", "é\nb\n\n"],
    )
    def test_of_text_that_no_block_holds_exactly_is_quoted(self, text: str) -> None:
        written = dump({"a": text})
        assert "|" not in written or "\t" in text
        assert python(written) == yaml_1_2(written) == {"a": text}

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
    def test_of_what_json_cannot_hold_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="JSON"):
            dump({"a": value})

    def test_of_anything_but_plain_data_is_refused(self) -> None:
        with pytest.raises(TypeError, match="object"):
            dump({"a": object()})

    def test_of_keys_longer_than_yaml_allows_for_simple_ones(self) -> None:
        value = {"k" * 2000: {"x": ["a\nb", {"y" * 1200: 1}]}, "é" * 1020: "v", "a": 1}
        text = dump(value)
        assert python(text) == yaml_1_2(text) == ours(text) == value


class TestConstants:
    VALUE = {"b": ["x", {"y": "z\nw"}], "a": {"c": {}, "d": []}}

    @pytest.mark.parametrize(
        "constant", [ConstantMap(VALUE), ConstantSeq(["p", VALUE]), ConstantMap(), ConstantSeq()]
    )
    def test_are_written_like_what_they_equal(self, constant: Any) -> None:
        plain = dict(constant) if isinstance(constant, dict) else list(constant)
        for shape in ({"k": 0}, {"deep": {"k": 0}}, {"list": [{"k": 0}, 0]}, [[0]]):
            assert dump(_filled(shape, constant)) == dump(_filled(shape, plain))
            assert dump(_filled(shape, constant)) == dump(_filled(shape, plain))
        assert dump(constant) == dump(plain)


def _filled(shape: Any, value: Any) -> Any:
    if isinstance(shape, dict):
        return {k: _filled(v, value) for k, v in shape.items()}
    return [_filled(v, value) for v in shape] if isinstance(shape, list) else value
