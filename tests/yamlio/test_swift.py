"""The swift reader answers exactly what the full reader would, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st
from world import full_text
from yaml._yaml import CParser

from cozygen.yamlio import swift
from cozygen.yamlio.compose import Composer, RefusedError
from cozygen.yamlio.node import Map, Origin, Seq

ORIGIN = Origin("f.yaml", 0)


def exact(value: Any) -> Any:
    """A value with the type of every part and the place of every entry."""
    if isinstance(value, Map):
        return "map", [(k, value.marks[k], exact(v)) for k, v in value.items()]
    if isinstance(value, Seq):
        return "seq", [(value.marks[i], exact(v)) for i, v in enumerate(value)]
    return type(value).__name__, repr(value)


def full(text: str) -> Any:
    """What the full reader makes of a text: the one document without a word of warning, or None."""
    try:
        found = list(Composer(CParser(text), ORIGIN).documents())
    except (RefusedError, yaml.YAMLError):
        return None
    if len(found) != 1 or found[0][2] or not isinstance(found[0][0], Map):
        return None
    body, place, _ = found[0]
    return exact(body), (place.line - 1, place.column - 1)


def swiftly(text: str) -> Any:
    found = swift.read(text, ORIGIN)
    return None if found is None else (exact(found[0]), found[1:])


def agrees(text: str) -> None:
    answer = swiftly(text)
    assert answer is None or answer == full(text), text


CHARS = st.sampled_from(
    [*"ab1:-#,[]{}'\"\\|>!&*?%@`~=<. \n", "\n  ", "\n- ", ": ", " #", "---", "é", "\x85", "\u2028"]
)
LINES = st.lists(
    st.sampled_from(
        [
            "a: 1", "b:", "  c: x y", "  d: [1, {e: f}, 'g']", "- h", "  - i: 1", "    j: 2", "- - k", '"l": "m"',
            "'n': o", "p: {q: r, s: [t]}", "u: >", "v: |", "# w", "x: y # z", "", "  ", "---", "a: 2", "aa : ~",
            "bb: -1", "cc: - dd", "ee: 'f''g'", "hh: \"i\\n\"", "jj: k: l", "mm:n", "oo: p#q", "rr: [s,", "  t]",
            "  more", "? u", "<<: {a: 1}", "- ", "-", "vv: {w: , x: }", "yy: [z, ]", "ab: {c}", "de: [f: g]",
            "1: 2", "1.5: a", "yes: no", "hi: 0x1F", "j.k/l: m,n", "no: (o) <p> $q;r?", "st: --- u", "vw: -", "xy: 'z' # a",
            "...", "{a: b}", "[a]", "text",
        ]
    ),
    max_size=9,
)  # fmt: skip


@given(LINES)
@examples(600)
def test_of_lines(lines: list[str]) -> None:
    agrees("\n".join(lines))


@given(st.lists(CHARS, max_size=24))
@examples(600)
@example(list("a: 'x\x85y'"))
@example(list("# c\u2028b: 1\na: 2"))
@example(list("a:\n- b\n-c: d"))
def test_of_characters(parts: list[str]) -> None:
    agrees("".join(parts))


@given(st.data())
@examples(300)
def test_of_a_spec_with_a_slip(data: st.DataObject) -> None:
    chunk = data.draw(st.sampled_from(full_text().split("---\n")))
    at = data.draw(st.integers(0, len(chunk)))
    cut = data.draw(st.integers(0, 4))
    agrees(chunk[:at] + "".join(data.draw(st.lists(CHARS, max_size=3))) + chunk[at + cut :])


def test_it_does_answer_for_ordinary_specs() -> None:
    chunks = full_text().split("---\n")
    answers = [swiftly(chunk) for chunk in chunks]
    assert all(answer in (None, full(chunk)) for answer, chunk in zip(answers, chunks, strict=True))
    assert sum(answer is not None for answer in answers) > len(chunks) / 2


@pytest.mark.parametrize(
    "text", ["k" * 1100 + ": v", '"' + "k" * 1100 + '": v', "k: " + "v" * 5000, "k: " + "9" * 5000]
)
def test_of_long_lines(text: str) -> None:
    agrees(text)
