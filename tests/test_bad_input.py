"""Whatever stands in a spec: never an exception, always a diagnostic with a place."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from effort import THOROUGH, examples
from hypothesis import given
from hypothesis import strategies as st
from world import (
    FULL_ATTACHMENTS,
    Document,
    Path,
    codes,
    compile_full,
    compile_text,
    full_documents,
    full_text,
    paths_of,
    replaced,
    shown,
    tenant,
)

from cozygen.pipeline import State
from cozygen.yamlio import dump

DOCUMENTS = full_documents()


@cache
def texts() -> tuple[str, ...]:
    return tuple(dump(item) for item in DOCUMENTS)


def with_document(index: int, item: Document) -> str:
    """The full platform with another document in place of one of its own."""
    return "---\n".join([*texts()[:index], dump(item), *texts()[index + 1 :]])


def index_of(kind: str, name: str) -> int:
    return next(i for i, d in enumerate(DOCUMENTS) if (d["kind"], d["metadata"]["name"]) == (kind, name))


def sound(state: State, text: str) -> State:
    """The compile of a text, once every diagnostic is at a place of a file that exists."""
    lines = {"spec.yaml": text.count("\n") + 1} | {
        name: t.count("\n") + 1 for name, t in FULL_ATTACHMENTS.items()
    }
    for item in state.diagnostics:
        for place in (item.place, *(r.place for r in item.related)):
            assert place.file in lines, item
            assert 1 <= place.line <= lines[place.file], item
            assert place.column >= 1, item
    assert state.failed == (state.tree is None), shown(state)
    return state


STRANGE: tuple[Any, ...] = (
    [], {}, "x", "", 0, -1, True, 1.5, ["x"], {"x": {}}, [None], {"x": None}, [{}], "../../x", "a/b", "A", "😀", "x" * 300,
    "a b\nc", 10**30, "{{ x }}", "::", "\x00", [[]], {"": ""}, "0", "null", ".", "-a", {"secretRef": {"name": "x", "key": 1}},
)  # fmt: skip
PATHS = {i: list(paths_of(item)) for i, item in enumerate(DOCUMENTS)}
PLATFORM = 0


def rounds(step: int = 1) -> Iterator[dict[int, Path]]:
    """A path of every document at a time, until each document's are used up; the Platform's by themselves."""
    others = [i for i in PATHS if i != PLATFORM]
    for number in range(0, max(len(PATHS[i]) for i in others), step):
        yield {i: PATHS[i][number % len(PATHS[i])] for i in others}
    for number in range(0, len(PATHS[PLATFORM]), step):
        yield {PLATFORM: PATHS[PLATFORM][number]}


def mutated(at: dict[int, Path], value: Any) -> str:
    """The full spec with a value at a path of some documents."""
    items = [replaced(item, at[i], value) if i in at else None for i, item in enumerate(DOCUMENTS)]
    return "---\n".join(
        text if item is None else dump(item) for item, text in zip(items, texts(), strict=True)
    )


class TestEveryPath:
    """The places of a full spec, one after the other, hold something that does not belong there."""

    @pytest.mark.thorough
    @pytest.mark.parametrize("part", range(4))
    def test_null(self, part: int) -> None:
        for at in list(rounds(1 if THOROUGH else 5))[part::4]:
            text = mutated(at, None)
            sound(compile_full(text), text)

    @pytest.mark.thorough
    def test_a_list_a_mapping_a_scalar(self) -> None:
        for number, at in enumerate(rounds(4 if THOROUGH else 11)):
            text = mutated(at, STRANGE[number * 7 % len(STRANGE)])
            sound(compile_full(text), text)

    @pytest.mark.thorough
    @pytest.mark.parametrize("strange", STRANGE if THOROUGH else STRANGE[::2], ids=lambda v: repr(v)[:20])
    def test_anything_wherever_a_section_belongs(self, strange: Any) -> None:
        for at in (
            dict.fromkeys(PATHS, ("spec",)),
            {i: ("metadata", "name") for i in PATHS if i != PLATFORM},
        ):
            text = mutated(at, strange)
            sound(compile_full(text), text)

    @pytest.mark.thorough
    def test_nothing_at_all(self) -> None:
        for at in rounds(6 if THOROUGH else 13):
            index, path = next(iter(at.items()))
            item = deepcopy(DOCUMENTS[index])
            spot: Any = item
            for step in path[:-1]:
                spot = spot[step]
            del spot[path[-1]]
            text = with_document(index, item)
            sound(compile_full(text), text)


def renamed(item: Document, path: Path, name: str) -> Document:
    """A copy of a document in which the last key of a path has another name."""
    out = deepcopy(item)
    spot: Any = out
    for step in path[:-1]:
        spot = spot[step]
    spot[name] = spot.pop(path[-1])
    return out


BAD_NAMES = ["a/b", "..", "../../x", ".", "A", "a_b", "😀", "x" * 300, "-a", "a b", "", "a\n", "é", "a.", "*"]
NAMED: dict[str, tuple[str, str, Path]] = {
    "tenant": ("Tenant", "acme/web", ("metadata", "name")),
    "child": ("Tenant", "root", ("spec", "tenants", "inline")),
    "app": ("Tenant", "acme", ("spec", "apps", "Redis", "cache")),
    "application kind": ("Tenant", "acme", ("spec", "apps", "Redis")),
    "cluster": ("Tenant", "acme", ("spec", "clusters", "kube1")),
    "plan": ("Tenant", "acme", ("spec", "backups", "weekly")),
    "secret": ("Tenant", "acme", ("spec", "secrets", "made")),
    "pool": ("Platform", "prod", ("spec", "storage", "pools", "files")),
    "class": ("Platform", "prod", ("spec", "storage", "classes", "share")),
    "address pool": ("Platform", "prod", ("spec", "loadBalancer", "pools", "public")),
    "router": ("Platform", "prod", ("spec", "loadBalancer", "bgp", "peers", "tor1")),
    "scheduling class": ("Platform", "prod", ("spec", "schedulingClasses", "gpu")),
    "backup class": ("Platform", "prod", ("spec", "backups", "classes", "nightly")),
    "node": ("Hardware", "rack1", ("spec", "nodes", "srv2")),
}


@pytest.mark.thorough
@pytest.mark.parametrize("what", NAMED)
def test_names_that_nothing_can_have(what: str) -> None:
    kind, name, path = NAMED[what]
    index = index_of(kind, name)
    for bad in BAD_NAMES if THOROUGH else BAD_NAMES[index % 5 :: 5]:
        if what == "tenant":
            if "/" in bad:
                continue  # a path, which is a matter of parents
            item = replaced(DOCUMENTS[index], path, bad)
        else:
            item = renamed(DOCUMENTS[index], path, bad)
        text = with_document(index, item)
        assert codes(sound(compile_full(text), text)), f"{what} {bad!r}"


class TestTenants:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("acme/acme", []), ("root/acme", ["CZ2003"]), ("root/root", ["CZ2003"]), ("nobody/x", ["CZ2001"]), ("nobody/x/y", ["CZ2001"]),
            ("acme/", ["CZ2002"]), ("/acme", ["CZ2002"]), ("//", ["CZ2001"]), ("acme//x", ["CZ2001"]), ("acme/root", []), ("../acme", ["CZ2001"]),
            ("acme/..", ["CZ2002"]), ("a" * 60, ["CZ2102"]), ("acme/" + "/".join("a" * 30), ["CZ2001"]), ("/".join("a" * 5000), ["CZ2001"]),
        ],
    )  # fmt: skip
    def test_in_strange_places(self, path: str, expected: list[str]) -> None:
        text = full_text() + "---\n" + dump(tenant(path))
        found = codes(sound(compile_full(text), text))
        assert found[:1] == expected[:1], found[:5]

    def test_nested_as_deep_as_yaml_goes(self) -> None:
        inner: dict[str, Any] = {}
        for _ in range(40):
            inner = {"tenants": {"a": inner}}
        text = full_text() + "---\n" + dump(tenant("deep", **inner))
        assert set(codes(sound(compile_full(text), text))) == {"CZ2103"} or codes(compile_full(text))

    def test_thousands_without_a_parent(self) -> None:
        text = full_text() + "---\n" + "---\n".join(dump(tenant(f"nobody{i}/x")) for i in range(100))
        assert codes(sound(compile_full(text), text)).count("CZ2001") == 100


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "---\n", "# x\n", "x", "5", "[]", "{}", "a: b", "kind: Platform", "kind: [Platform]", "kind: {a: b}", "apiVersion: cozygen.io/v1alpha1",
        "apiVersion: cozygen.io/v1alpha1\nkind: Platfrom", "apiVersion: cozygen.io/v1\nkind: Platform", "apiVersion: [x]\nkind: Tenant",
        "apiVersion: cozygen.io/v1alpha1\nkind: Tenant", "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: x",
        "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: []", "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {name: 5}",
        "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {name: [x]}", "apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {name: x, labels: 5}",
        "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: x}\nspec: []", "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: x}\nspec: x",
        "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: x}\nspec: {cozystack: {version: v0}, publishing: {}}",
        "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: x}\nspec: {cozystack: {version: ../../x}, publishing: {}}",
        "apiVersion: cozygen.io/v1alpha1\nkind: Platform\nmetadata: {name: x}\nspec: {cozystack: {version: [x]}, publishing: {}}",
        "apiVersion: v1\nkind: Secret\nsops: {}", "apiVersion: v1\nkind: Secret\nmetadata: 5\nsops: {a: b}", "sites: {}", "sites: {}\nkind: x",
        "apiVersion: cozystack.io/v1alpha1\nkind: ApplicationDefinition", "apiVersion: cozystack.io/v1alpha1\nkind: ApplicationDefinition\nmetadata: []\nspec: 5",
    ],
)  # fmt: skip
def test_files_that_are_hardly_a_spec(text: str) -> None:
    assert codes(sound(compile_text(text), text))
    beside = full_text() + "---\n" + text
    sound(compile_full(beside), beside)


class TestPointedAt:
    """Files that a spec points at are no better than the spec."""

    @pytest.mark.parametrize(
        "text",
        [
            "", "x", "[", "\x00", "a: &a [*a]", "kind: Secret", "apiVersion: v1\nkind: Secret\nsops: {a: b}", "apiVersion: v1\nkind: Secret\nmetadata:\nsops: {a: b}",
            "apiVersion: v1\nkind: Secret\nmetadata: []\nsops: {a: b}", "apiVersion: v1\nkind: Secret\nmetadata: {name: 5}\nsops: {a: b}",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: queue, namespace: tenant-other}\nsops: {a: b}", "apiVersion: v1\nkind: Secret\nmetadata: {name: queue}",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: queue}\nsops: x", "apiVersion: v1\nkind: List\nitems: []",
        ],
    )  # fmt: skip
    def test_secrets(self, text: str) -> None:
        state = compile_text(full_text(), **{"queue.sops.yaml": text})
        assert codes(state)
        assert {d.place.file for d in state.diagnostics} <= {"spec.yaml", "queue.sops.yaml"}

    @pytest.mark.parametrize(
        "file",
        [
            "/etc/passwd",
            "../../../etc/passwd",
            "C:\\x",
            "",
            ".",
            "..",
            "x" * 5000,
            "a\x00b",
            "-",
            "~/x",
            "queue.sops.yaml/x",
            "http://x/y",
        ],
    )
    def test_paths(self, file: str) -> None:
        index = index_of("Tenant", "acme")
        for kind in ("secret", "application"):
            if kind == "secret":
                item = replaced(DOCUMENTS[index], ("spec", "secrets", "queue", "file"), file)
            else:
                index = index_of("Platform", "prod")
                item = deepcopy(DOCUMENTS[index])
                item["spec"]["applications"] = [{"file": file}]
            text = with_document(index, item)
            assert "CZ1106" in codes(sound(compile_full(text), text))


PIECES = st.one_of(
    st.sampled_from(
        ["\n", "  ", "- ", ": ", ":", "{", "}", "[", "]", ",", "#", "&a ", "*a", "!x ", "|", ">", "'", '"', "---\n", "\t", "null", "~", "{}", "[]", "0", "x",
         "\n  x:\n", "spec:", "<<: ", "yes", "1e3", "{{ x }}", "../", "é", "%", "@", "\\", "apps:", "tenants:", "\r\n", "? "]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x85\u2028\u2029"), max_size=3),
)  # fmt: skip
SLIPS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), PIECES), min_size=1, max_size=4)


@given(SLIPS)
@examples(60)
def test_slips_of_the_keyboard(slips: list[tuple[float, int, str]]) -> None:
    text = full_text()
    for where, cut, piece in slips:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + cut :]
    sound(compile_full(text), text)


@given(st.data())
@examples(30)
def test_lines_lost_doubled_and_moved(data: st.DataObject) -> None:
    lines = full_text().splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        at, length, to = (data.draw(st.integers(0, most)) for most in (len(lines), 6, len(lines)))
        taken = lines[at : at + length]
        if data.draw(st.booleans()):
            del lines[at : at + length]
        taken = [line if data.draw(st.booleans()) else "  " + line for line in taken]
        lines[to:to] = taken
    text = "".join(lines)
    sound(compile_full(text), text)
