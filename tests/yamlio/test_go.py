"""What Go's readers (those of Helm, kubectl, Flux and kustomize) make of what we read and write."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs.goprogram import built
from test_emitter import DOCUMENTS
from tricky import STRINGS

from cozygen.yamlio import dump
from cozygen.yamlio.scalars import ambiguity, resolve

pytestmark = pytest.mark.truth

PROGRAM = Path(__file__).parents[1] / "truth" / "yaml"
Go = Callable[[Iterable[str]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def go() -> Go:
    """Reads YAML texts with both of Go's readers."""
    binary = built(PROGRAM)

    def read(texts: Iterable[str]) -> list[dict[str, Any]]:
        lines = "".join(json.dumps(text) + "\n" for text in texts)
        done = subprocess.run([binary], input=lines.encode(), capture_output=True, timeout=600, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return read


def as_json(value: Any) -> Any:
    """A value as JSON keeps it: 1.0 and 1 are one number, and beyond 64 bits there are only floats."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else float(value)


def plain_scalars() -> list[str]:
    """Texts that may stand without quotes as a value, most of them near to numbers."""
    chance = random.Random(5)
    signs = "0123456789+-._xobeE:XOBT"
    near = ["".join(chance.choices(signs, k=chance.randint(1, 8))) for _ in range(20_000)]
    risky = (
        "- ",
        "? ",
        ": ",
        "---",
        "...",
        "~",
        " ",
        "\ufeff",
        "\ta",
        "#",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "'",
        '"',
    )
    return [
        text
        for text in dict.fromkeys([*near, *STRINGS])
        if text and text not in "-?:" and not text.startswith((*risky, *"[]{},")) and not text.endswith((":", " ", "\t"))
        and ": " not in text and " #" not in text and text.isprintable() and "\n" not in text and len(text) < 1000
    ]  # fmt: skip


def test_go_reads_plain_scalars_as_we_do(go: Go) -> None:
    texts = plain_scalars()
    for text, found in zip(texts, go(f"a: {text}\n" for text in texts), strict=True):
        if "sigs error" in found:  # infinities and such: JSON has none
            assert resolve(text) == text
        else:
            assert as_json(resolve(text)) == as_json(found["sigs"]["a"]), text


def test_where_go_disagrees_with_itself_we_warn(go: Go) -> None:
    texts = plain_scalars()
    for text, found in zip(texts, go(f"a: {text}\n" for text in texts), strict=True):
        if found.get("sigs") != found.get("v3"):
            assert ambiguity(text), text


def test_go_reads_back_tricky_strings(go: Go) -> None:
    document = {
        "values": {f"k{i}": s for i, s in enumerate(STRINGS)},
        "keys": dict.fromkeys(STRINGS, 1),
        "items": STRINGS,
    }
    (found,) = go([dump(document)])
    assert found == {"sigs": document, "v3": document}


def test_go_reads_back_keys_longer_than_yaml_allows_for_simple_ones(go: Go) -> None:
    document = {"k" * 2000: {"x": ["a\nb", {"w" * 1200: 1}]}, "a": 1}
    assert go([dump(document)]) == [{"sigs": document, "v3": document}]


@given(st.lists(DOCUMENTS, min_size=20, max_size=60))
@settings(max_examples=25)
def test_go_reads_back_what_we_write(go: Go, documents: list[dict[str, Any]]) -> None:
    for document, found in zip(documents, go(map(dump, documents)), strict=True):
        assert as_json(found.get("sigs")) == as_json(document), found
        assert as_json(found.get("v3")) == as_json(document), found
