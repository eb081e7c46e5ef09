import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozygen.layout.tree import Facts, Tree, ancestors, directories, folded, path_fault

FACTS = Facts("prod", "a" * 64, "0.1.0", "v1.6.2")


def test_a_tree_is_an_ordered_mapping_with_digests() -> None:
    tree = Tree.of({"b": b"2", "a/c": b"1"}, FACTS)
    assert dict(tree) == {"a/c": b"1", "b": b"2"}
    assert list(tree) == ["a/c", "b"]
    assert len(tree) == 2
    assert tree["b"] == b"2"
    assert tree.digests["b"] == hashlib.sha256(b"2").hexdigest()


def test_the_output_digest_is_that_of_what_sha256sum_prints() -> None:
    tree = Tree.of({"b": b"2", "a/c": b"1"}, FACTS)
    listing = f"{hashlib.sha256(b'1').hexdigest()}  a/c\n{hashlib.sha256(b'2').hexdigest()}  b\n"
    assert tree.output == hashlib.sha256(listing.encode()).hexdigest()


def test_order_of_insertion_does_not_matter() -> None:
    assert Tree.of({"a": b"1", "b": b"2"}, FACTS) == Tree.of({"b": b"2", "a": b"1"}, FACTS)


def test_a_tree_cannot_be_changed_through_what_it_was_made_from() -> None:
    files = {"a": b"1"}
    tree = Tree.of(files, FACTS)
    files["b"] = b"2"
    assert list(tree) == ["a"]
    with pytest.raises(TypeError):
        tree.files["b"] = b"2"  # type: ignore[index]


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "tenants/acme/releases.yaml",
        ".gitignore",
        ".gitattributes",
        ".sops.yaml",
        "a/.github/x",
        "Grüße/ß",
        "with space/x",
        "x" * 255,
        "...",
        "git",
        "a.git",
    ],
)
def test_paths_that_an_output_file_may_have(path: str) -> None:
    assert path_fault(path) is None
    Tree.of({path: b""}, FACTS)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        "./a",
        "a/.",
        "..",
        "../a",
        "a/../b",
        "a\\b",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "a\x85b",
        "\udcff",
        ".git",
        ".git/config",
        "a/.git/hooks/post-checkout",
        ".GIT/config",
        ".Git",
        ".git ",
        ".git.",
        ".git. ./x",
        ".git::$INDEX_ALLOCATION/x",
        ".g\u200cit/config",
        "GIT~1/config",
        "x" * 256,
        "ü" * 128,
        ".cozygen/manifest.json",
        ".Cozygen/x",
        "a/.cozygen-0123456789abcdef.tmp",
    ],
)
def test_paths_that_are_bugs(path: str) -> None:
    assert path_fault(path) is not None
    with pytest.raises(ValueError, match="output path"):
        Tree.of({"fine": b"", path: b""}, FACTS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", "A"),
        ("tenants/a/x", "tenants/A/x"),
        ("tenants/a/x", "tenants/A/y"),
        ("stra\u00dfe", "STRASSE"),
        ("\u00e9", "e\u0301"),
    ],
)
def test_paths_that_collide_where_case_does_not_count(one: str, other: str) -> None:
    with pytest.raises(ValueError, match="differ only in case"):
        Tree.of({one: b"", other: b""}, FACTS)


def test_a_path_is_not_both_file_and_directory() -> None:
    with pytest.raises(ValueError, match="'a/b' is both"):
        Tree.of({"a/b": b"", "a/b/c": b""}, FACTS)


def test_directories_of_paths() -> None:
    assert list(ancestors("a/b/c")) == ["a/b", "a"]
    assert directories(["a/b/c", "a/d", "e"]) == {"a", "a/b"}


@given(st.text(st.characters(codec="utf-8"), max_size=8), st.text(st.characters(codec="utf-8"), max_size=8))
def test_an_accepted_path_stays_below_the_directory(one: str, other: str) -> None:
    path = f"{one}/{other}"
    if path_fault(path) is None:
        parts = path.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert not path.startswith("/")
        assert ".git" not in {folded(part).rstrip(" .") for part in parts}
