import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozygen.diagnostics import Diagnostic
from cozygen.layout import manifest as manifests
from cozygen.layout.manifest import Manifest, decode, encode, manifest_of, with_manifest
from cozygen.layout.tree import Facts, Tree

FACTS = Facts("prod", "a" * 64, "0.1.0", "v1.6.2")
TREE = Tree.of({"b.yaml": b"2\n", "a/c.yaml": b"1\n"}, FACTS)


def whole(tree: Tree) -> bytes:
    """The manifest of a small tree, which is one file."""
    (data,) = encode(manifest_of(tree)).values()
    return data


def _with(**changes: object) -> bytes:
    return json.dumps({**json.loads(whole(TREE)), **changes}).encode()


def test_the_bytes_of_a_manifest() -> None:
    assert whole(TREE).decode().splitlines() == [
        "{",
        '  "version": 1,',
        '  "platform": "prod",',
        '  "cozygen": "0.1.0",',
        '  "cozystack": "v1.6.2",',
        f'  "spec": "{"a" * 64}",',
        f'  "output": "{TREE.output}",',
        '  "files": {',
        f'    "a/c.yaml": "{TREE.digests["a/c.yaml"]}",',
        f'    "b.yaml": "{TREE.digests["b.yaml"]}"',
        "  }",
        "}",
    ]
    assert whole(TREE).endswith(b"}\n")


def test_a_manifest_without_files() -> None:
    manifest = manifest_of(Tree.of({}, FACTS))
    assert decode(encode(manifest)[manifests.PATH], "m") == manifest


def test_the_manifest_is_a_file_of_what_reaches_git() -> None:
    everything = with_manifest(TREE)
    assert list(everything) == [".cozygen/manifest.json", "a/c.yaml", "b.yaml"]
    assert everything[manifests.PATH] == whole(TREE)


@given(
    st.dictionaries(st.text("ab-_. ü\"'$", min_size=1, max_size=9), st.binary(max_size=3), max_size=5),
    st.text(st.characters(codec="utf-8")),
)
def test_decoding_undoes_encoding(files: dict[str, bytes], platform: str) -> None:
    try:
        tree = Tree.of(files, Facts(platform, "s", "c", "v"))
    except ValueError:
        return
    data = whole(tree)
    assert decode(data, "m") == manifest_of(tree)
    assert json.loads(data)["version"] == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"version": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "no version"),
        (b"{}", "no version"),
        (_with(version="1"), "no version"),
        (_with(version=True), "no version"),
        (_with(version=0), "no version"),
        (_with(platform=7), "no platform"),
        (_with(files=["a"]), "no platform or no files"),
        (_with(files={"a": "short"}), "'a' is not a SHA-256"),
        (_with(files={"a": None}), "'a' is not a SHA-256"),
        (_with(files={"../a": "0" * 64}), "'../a'"),
        (_with(files={"/etc/passwd": "0" * 64}), "is absolute"),
        (_with(files={".git/config": "0" * 64}), "Git's own"),
        (_with(files={"\ud800": "0" * 64}), "half character"),
    ],
)
def test_a_broken_or_foreign_manifest_is_a_diagnostic(data: bytes, said: str) -> None:
    found = decode(data, "out/.cozygen/manifest.json")
    assert isinstance(found, Diagnostic)
    assert found.code == "CZ9000"
    assert said in found.message
    assert found.place.file == "out/.cozygen/manifest.json"
    found.message.encode()


def test_a_broken_manifest_is_placed_where_reading_it_failed() -> None:
    text = whole(TREE).replace(b'  "cozygen"', b'<<<<<<< HEAD\n  "cozygen"')
    found = decode(text, "m")
    assert isinstance(found, Diagnostic)
    assert (found.place.line, found.place.column) == (4, 1)
    assert "unresolved merge" in found.message


def test_a_newer_manifest_says_who_wrote_it() -> None:
    found = decode(_with(version=2, cozygen="9.9.0", files="anything"), "m")
    assert isinstance(found, Diagnostic)
    assert found.code == "CZ9001"
    assert "cozygen 9.9.0" in found.message
    assert found.values == {"version": 2, "known": 1}


def test_what_later_releases_may_add_or_lack_is_no_fault() -> None:
    document = json.loads(_with(signature="x"))
    del document["spec"]
    found = decode(json.dumps(document).encode(), "m")
    assert isinstance(found, Manifest)
    assert found.facts == Facts("prod", "", "0.1.0", "v1.6.2")
    assert found.files == dict(TREE.digests)


LARGE = Tree.of({f"tenants/t{n}/{part}/x.yaml": b"1\n" for n in range(800) for part in "abc"}, FACTS)


def test_a_large_tree_s_files_are_listed_in_parts_and_the_file_that_makes_them_count_comes_last() -> None:
    written = encode(manifest_of(LARGE))
    assert [name for name in written if not manifests.is_own(name)] == []
    assert list(written)[-1] == manifests.PATH
    assert json.loads(written[manifests.PATH])["files"] == {}
    assert decode(written[manifests.PATH], manifests.PATH, written.get) == manifest_of(LARGE)
    assert list(with_manifest(LARGE))[: len(written)] == sorted(written)


def test_a_change_of_one_tenant_changes_one_part() -> None:
    files = {**LARGE, "tenants/t7/a/x.yaml": b"2\n"}
    before, after = encode(manifest_of(LARGE)), encode(manifest_of(Tree.of(files, FACTS)))
    changed = [name for name in after if after[name] != before[name]]
    assert changed == [manifests.part_of("tenants/t7/a/x.yaml"), manifests.PATH]
    assert len(after[changed[0]]) < sum(map(len, after.values())) / 20


@pytest.mark.parametrize(("content", "said"), [(None, "is not there"), (b"{", "not JSON")])
def test_a_part_that_cannot_be_read_is_named(content: bytes | None, said: str) -> None:
    written = encode(manifest_of(LARGE))
    name = f"{manifests.PARTS}/05.json"
    parts = {**written, name: content}
    found = decode(written[manifests.PATH], f"out/{manifests.PATH}", parts.get)
    assert isinstance(found, Diagnostic)
    assert (found.code, found.place.file) == ("CZ9000", f"out/{name}")
    assert said in found.message
