"""cozygen.yaml: the sites of a repository."""

from __future__ import annotations

import pytest

from cozygen.diagnostics import Diagnostic
from cozygen.sites import SiteFile, read_sites


def read(text: str | bytes) -> tuple[tuple[SiteFile, ...], list[Diagnostic]]:
    return read_sites(text.encode() if isinstance(text, str) else text, "cozygen.yaml")


def test_sites_in_the_order_of_the_file_with_tidy_outputs() -> None:
    found, problems = read(
        "sites:\n  b: {layers: [base, sites/b], output: ./out//b/}\n  a: {layers: [base], output: out/a}\n"
    )
    assert not problems
    assert [(s.name, s.layers, s.output) for s in found] == [
        ("b", ("base", "sites/b"), "out/b"),
        ("a", ("base",), "out/a"),
    ]
    assert [s.place.line for s in found] == [2, 3]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1), ("# nothing\n", 1), ("sites: {}\n---\nsites: {}\n", 1), ("site: {}\n", 1), ("sites:\n", 1), ("sites: []\n", 1),
        ("sites: x\n", 1), ("sites:\n  a:\n", 2), ("sites:\n  a: []\n", 2), ("sites:\n  a: {layers: [x]}\n", 2), ("sites:\n  a: {output: x}\n", 2),
        ("sites:\n  a: {layers: [], output: x}\n", 2), ("sites:\n  a: {layers: x, output: x}\n", 2), ("sites:\n  a: {layers: [1], output: x}\n", 2),
        ("sites:\n  a: {layers: [x], output: 1}\n", 2), ("sites:\n  a: {layers: [x], output: null}\n", 2),
        ("sites:\n  a: {layers: [x], output: x}\n  b: {layers: [x], output: ./x/}\n", 3),
        ("sites:\n  a:\n    layers: [x]\n    output: x\n    more: 1\n", 5), ("sites:\n  a: {layers: [x], output: x}\nmore: 1\n", 3),
        ("sites: {}\n", 1), ("sites:\n  a: {layers: [x], output: ''}\n", 2), ("sites:\n  a: {layers: [''], output: x}\n", 2),
    ],
)  # fmt: skip
def test_what_is_not_usable_is_told_with_its_place(text: str, line: int) -> None:
    _, problems = read(text)
    assert {(p.code, p.place.line) for p in problems} == {("CZ1107", line)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sites: [\n", "CZ0001"),
        (b"\xff", "CZ0002"),
        ("- a\n", "CZ0005"),
        ("sites: {}\nsites: {}\n", "CZ0006"),
    ],
)
def test_what_is_not_even_yaml_is_told_as_such(text: str | bytes, code: str) -> None:
    assert [p.code for p in read(text)[1]] == [code]
