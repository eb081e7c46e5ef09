"""Text to documents: places, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from cozygen.diagnostics import Diagnostic, Place
from cozygen.limits import MAX_BYTES
from cozygen.yamlio import Document, deep_place, key_place, read_documents, value_place


def read(text: str | bytes) -> tuple[list[Document], list[Diagnostic]]:
    return read_documents(text.encode() if isinstance(text, str) else text, "f.yaml")


def body(text: str | bytes) -> Any:
    documents, problems = read(text)
    assert not problems, problems
    (document,) = documents
    return document.body


def told(text: str | bytes) -> list[tuple[str, int, int]]:
    """Code, line and column of everything that is wrong."""
    return [(p.code, p.place.line, p.place.column) for p in read(text)[1]]


class TestPlaces:
    TEXT = """\
# first line
a: 1
"b c":
  - x
  -   w: [1, {z: "q"}]
  - {u: 'v'}
d:
e: |
  text
f: &anchor
  g: h
i: *anchor
"""

    @pytest.mark.parametrize(
        ("path", "key", "value"),
        [
            (("a",), (2, 1), (2, 4)),
            (("b c",), (3, 1), (4, 3)),
            (("b c", 0), None, (4, 5)),
            (("b c", 1), None, (5, 7)),
            (("b c", 1, "w"), (5, 7), (5, 10)),
            (("b c", 1, "w", 0), None, (5, 11)),
            (("b c", 1, "w", 1), None, (5, 14)),
            (("b c", 1, "w", 1, "z"), (5, 15), (5, 18)),
            (("b c", 2, "u"), (6, 6), (6, 9)),
            (("d",), (7, 1), (7, 3)),
            (("e",), (8, 1), (8, 4)),
            (("f",), (10, 1), (10, 4)),
            (("f", "g"), (11, 3), (11, 6)),
            (("i",), (12, 1), (12, 4)),
            (("i", "g"), (11, 3), (11, 6)),
        ],
    )
    def test_of_every_kind_of_value(
        self, path: tuple[str | int, ...], key: tuple[int, int] | None, value: tuple[int, int]
    ) -> None:
        root = body(self.TEXT)
        nowhere = Place("", 0, 0)
        assert deep_place(root, path, nowhere) == Place("f.yaml", *value)
        if key is not None:
            assert deep_place(root, path, nowhere, key=True) == Place("f.yaml", *key)

    def test_of_something_missing_is_the_place_of_what_is_nearest_above(self) -> None:
        root = body(self.TEXT)
        assert deep_place(root, ("b c", 1, "nope", 3), Place("", 0, 0)) == Place("f.yaml", 5, 7)
        assert deep_place(root, ("nope",), Place("f.yaml", 9, 9)) == Place("f.yaml", 9, 9)
        assert deep_place(root, ("b c", 17), Place("", 0, 0)) == Place("f.yaml", 4, 3)
        assert key_place(root, "nope") is None
        assert value_place(root["b c"], 17) is None

    def test_of_later_documents_count_from_the_top_of_the_file(self) -> None:
        documents, _ = read("---\na: 1\n---\n\nb: 2\n--- # c\nd: &x {e: f}\ng: *x\n")
        assert [d.place for d in documents] == [Place("f.yaml", n, 1) for n in (2, 5, 7)]
        assert value_place(documents[1].body, "b") == Place("f.yaml", 5, 4)
        assert value_place(documents[2].body["g"], "e") == Place("f.yaml", 7, 11)

    def test_are_the_same_with_windows_line_ends_and_a_byte_order_mark(self) -> None:
        unix = body("a: 1\nb:\n  - c\n")
        windows = body(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - c\r\n")
        assert windows == unix == {"a": 1, "b": ["c"]}
        assert value_place(windows["b"], 0) == value_place(unix["b"], 0) == Place("f.yaml", 3, 5)

    def test_of_merged_keys_are_where_they_are_written(self) -> None:
        root = body("base: &b {x: 1, w: 2}\nuse:\n  <<: *b\n  w: 3\n")
        assert root["use"] == {"x": 1, "w": 3}
        assert value_place(root["use"], "x") == Place("f.yaml", 1, 14)
        assert value_place(root["use"], "w") == Place("f.yaml", 4, 6)


class TestDocuments:
    def test_are_cut_at_the_dashes(self) -> None:
        documents, problems = read("a: 1\n---\nb: |\n  ---\n  c\n--- {d: 2}\n---\n# nothing\n---\n")
        assert not problems
        assert [d.body for d in documents] == [{"a": 1}, {"b": "---\nc\n"}, {"d": 2}]

    def test_keep_the_text_they_were_read_from(self) -> None:
        documents, _ = read("a: 1 # one\n---\nb: 2\n")
        assert [d.text for d in documents] == ["a: 1 # one\n", "---\nb: 2\n"]

    def test_a_broken_one_does_not_hide_the_others(self) -> None:
        documents, problems = read(
            "a: 1\n---\nb: [\n---\nc: 3\n---\nd: 1\nd: 2\n---\n!x {}\n---\ne: *f\n---\ng: 7\n"
        )
        assert [next(iter(d.body)) for d in documents] == ["a", "c", "d", "g"]
        assert [(p.code, p.place.line) for p in problems] == [
            ("CZ0001", 4),
            ("CZ0006", 8),
            ("CZ0007", 10),
            ("CZ0001", 12),
        ]

    def test_anchors_end_with_their_document(self) -> None:
        assert told("a: &x 1\n---\nb: *x\n") == [("CZ0001", 3, 4)]
        assert told("%YAML 1.1\n---\na: &x 1\n---\nb: *x\n") == [("CZ0001", 5, 4)]

    @pytest.mark.parametrize(
        "text", ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n", "---\n...\n", "null\n", "~"]
    )
    def test_that_are_empty_are_left_out(self, text: str) -> None:
        assert read(text) == ([], [])

    @pytest.mark.parametrize("text", ["- a\n", "text\n", "5\n", "'a: b'\n", "true\n", "[]", '""'])
    def test_that_are_no_mapping_are_refused(self, text: str) -> None:
        assert told(text) == [("CZ0005", 1, 1)]

    def test_in_json_are_yaml_too(self) -> None:
        assert body('{"a": [1, 2.5, true, null, "x"],\n "b": {}}') == {
            "a": [1, 2.5, True, None, "x"],
            "b": {},
        }


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("yes", True), ("Y", True), ("on", True), ("no", False), ("n", False), ("OFF", False),
            ("012", 10), ("0o7", 7), ("0b11", 3), ("0X1f", 31), ("-0x10", -16), ("1_000", 1000), ("08", 8.0),
            ("1e3", 1000.0), ("12e03", 12000.0), (".5", 0.5), ("+.5", 0.5), ("5.", 5.0), ("+5", 5),
            ("1:30", "1:30"), ("2024-01-01", "2024-01-01"), ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
            (".inf", ".inf"), ("-.INF", "-.INF"), (".nan", ".nan"), ("1e400", "1e400"), ("0x_", "0x_"),
            ("18446744073709551616", 18446744073709551616), ("9" * 310, "9" * 310), ("9" * 5000, "9" * 5000),
        ],
    )  # fmt: skip
    def test_that_readers_disagree_about_are_read_as_go_does_with_a_warning(
        self, text: str, value: Any
    ) -> None:
        documents, problems = read(f"a: 1\nb: {text}\n")
        found = documents[0].body["b"]
        assert (type(found), found) == (type(value), value)
        assert [(p.code, p.place) for p in problems] == [("CZ0010", Place("f.yaml", 2, 4))]
        assert not problems[0].is_error

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("true", True), ("False", False), ("TRUE", True), ("null", None), ("~", None), ("", None), ("Null", None),
            ("0", 0), ("-7", -7), ("1.5", 1.5), ("-0.25", -0.25), ("v1.34", "v1.34"), ("10Gi", "10Gi"),
            ("192.168.1.1", "192.168.1.1"), ("a:b", "a:b"), ("yess", "yess"), ("0 2 * * *", "0 2 * * *"),
            ("'yes'", "yes"), ('"012"', "012"), ("! yes", "yes"), ("1.2.3", "1.2.3"), ("-", "-"), ("--", "--"),
            ('"\\u00e9\\n"', "é\n"), ("é 😀", "é 😀"), ("9223372036854775807", 9223372036854775807),
        ],
    )  # fmt: skip
    def test_that_readers_agree_about(self, text: str, value: Any) -> None:
        if text == "-":
            text = '"-"'
        found = body(f"a: {text}\n")["a"]
        assert (type(found), found) == (type(value), value)

    @pytest.mark.parametrize(
        ("tag", "text", "value"),
        [
            ("str", "yes", "yes"),
            ("int", "012", 10),
            ("float", "1", 1.0),
            ("bool", "on", True),
            ("null", "~", None),
        ],
    )
    def test_with_a_tag_of_yaml_itself(self, tag: str, text: str, value: Any) -> None:
        found = body(f"a: !!{tag} {text}\nb: !!map {{}}\nc: !!seq []\n")["a"]
        assert (type(found), found) == (type(value), value)


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [
            ("a: 1\nb: !vault x\n", 2, 4), ("a: !!python/object/apply:os.system [id]\n", 1, 4), ("a: !x {b: c}\n", 1, 4),
            ("a: !<tag:x> []\n", 1, 4), ("a: !!int x\n", 1, 4), ("a: !!bool 1\n", 1, 4), ("a: !!int true\n", 1, 4),
            ("a: !!binary aGk=\n", 1, 4), ("a: !!set {b}\n", 1, 4), ("a: !!timestamp 2024-01-01\n", 1, 4),
            ("!vault a: b\n", 1, 1), ("a: !!int 0x_\n", 1, 4), ("a: !!float 1e400\n", 1, 4),
        ],
    )  # fmt: skip
    def test_tags(self, text: str, line: int, column: int) -> None:
        assert ("CZ0007", line, column) in told(text)
        assert not read(text)[0]

    @pytest.mark.parametrize(
        "key", ["yes", "null", "~", "1.5", "0x1", "012", "1_0", "? [a]", "? {a: b}", "! 1"]
    )
    def test_keys_that_are_not_read_as_text(self, key: str) -> None:
        expected = [] if key == "! 1" else [("CZ0009", 2, 3 if key.startswith("?") else 1)]
        assert told(f"a: 1\n{key} : 2\n") == expected

    def test_keys_say_what_go_makes_of_them(self) -> None:
        messages = [read(f"{key}: a\n")[1][0].message for key in ("yes", "0x1", "1.5", "~")]
        assert [m.partition("Go makes it ")[2] for m in messages] == ["true)", "1)", "1.5)", "null)"]

    def test_an_alias_of_a_mapping_as_a_key(self) -> None:
        assert told("a: &x {b: 1}\n*x : 1\n") == [("CZ0009", 2, 1)]

    def test_whole_numbers_as_keys_are_their_text(self) -> None:
        assert body("80: a\n-1: b\n") == {"80": "a", "-1": "b"}

    def test_anchors_on_keys_are_anchors(self) -> None:
        assert body("&k key: *k\n") == {"key": "key"}

    def test_keys_given_twice(self) -> None:
        _, (problem,) = read("a:\n  b: 1\n  c: 2\n  'b': 3\n")
        assert (problem.code, problem.place) == ("CZ0006", Place("f.yaml", 4, 3))
        assert [r.place for r in problem.related] == [Place("f.yaml", 2, 3)]

    def test_equal_keys_of_different_spelling_are_given_twice(self) -> None:
        assert told('a: 1\n"a": 2\n') == [("CZ0006", 2, 1)]
        assert told('"1": 1\n1: 2\n') == [("CZ0006", 2, 1)]

    @pytest.mark.parametrize("value", ["[{}, 1]", "text", "5", "[[{}]]"])
    def test_merge_keys_that_merge_nothing(self, value: str) -> None:
        assert [code for code, *_ in told(f"a:\n  <<: {value}\n")] == ["CZ0001"]

    def test_tabs_with_a_hint(self) -> None:
        _, (problem,) = read("a:\n\tb: 1\n")
        assert problem.code == "CZ0001"
        assert "tab" in (problem.hint or "")
        assert problem.place.line == 2

    @pytest.mark.parametrize(
        "text",
        [
            "a: [1, 2\n",
            "a: {b: 1\n",
            "a: 'x\n",
            'a: "\\q"\n',
            "a: b: c\n",
            "a: 1\n b: 2\n",
            "%",
            "a: @x\n",
            "*x\n",
            "a: *x\n",
            "a: `x`\n",
            "a: &x *x\n",
            "a: &x [*x]\n",
            "a: *\n",
        ],
    )
    def test_what_is_no_yaml(self, text: str) -> None:
        found = told(text)
        assert [code for code, *_ in found] == ["CZ0001"]
        assert 1 <= found[0][1] <= text.count("\n") + 1

    @pytest.mark.parametrize(
        ("data", "line", "column"),
        [
            (b"a: 1\nb: \xff\n", 2, 1), (b"a: \x00\n", 1, 4), (b"a: 1\n\x1b[0m", 2, 1), (b"a: \x7f", 1, 4),
            ("a: 'x\x80'".encode(), 1, 6), ("a: \uffff".encode(), 1, 4), ("a: 1".encode("utf-16"), 1, 1), (b"\x89PNG\r\n\x1a\n", 1, 1),
            (b"a: \xed\xa0\x80", 1, 1),
        ],
    )  # fmt: skip
    def test_what_is_no_text(self, data: bytes, line: int, column: int) -> None:
        assert told(data) == [("CZ0002", line, column)]

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [('a: "\\x7f"\n', 1, 4), ('a:\n  - "x\\x85"\n', 2, 5), ('"\\uFFFE": 1\n', 1, 1)],
    )
    def test_escapes_of_what_no_repository_can_carry(self, text: str, line: int, column: int) -> None:
        assert told(text) == [("CZ0002", line, column)]

    def test_more_bytes_than_anyone_edits(self) -> None:
        assert told(b"\0" * (MAX_BYTES + 1)) == [("CZ0003", 1, 1)]


class TestBombs:
    def test_of_aliases(self) -> None:
        lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        lines += [
            f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]"
            for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        ]
        assert [code for code, *_ in told("\n".join(lines))] == ["CZ0008"]

    def test_of_merge_keys(self) -> None:
        lines = ["a0: &a0 {k: 1}"] + [f"a{i}: &a{i} {{<<: *a{i - 1}, k{i}: 1}}" for i in range(1, 2000)]
        assert [code for code, *_ in told("\n".join(lines))] == ["CZ0008"]

    def test_of_anchors_around_one_another(self) -> None:
        depth, width = 90, 20_000
        text = "a: " + "".join(f"&a{i} [" for i in range(depth)) + "x," * width + "]" * depth
        assert len(read(text)[0]) == 1

    def test_aliases_that_stand_for_little_are_fine(self) -> None:
        assert len(body("a: &a {b: c}\nd: [" + ", ".join(["*a"] * 1000) + "]\n")["d"]) == 1000

    def test_one_document_does_not_use_up_what_another_may_stand_for(self) -> None:
        text = "a: &a [" + "x, " * 30_000 + "]\nb: [*a, *a]\n"
        assert told(f"%YAML 1.1\n---\n{text}---\n{text}") == []

    @pytest.mark.parametrize(
        "text",
        ["[" * 200_000, "a: " + "{a: " * 5_000, "".join(" " * i + "-\n" for i in range(400)), "- " * 3_000],
    )
    def test_of_depth(self, text: str) -> None:
        assert [code for code, *_ in told(text)] == ["CZ0004"]

    def test_a_flat_file_of_megabytes_is_just_read(self) -> None:
        lines = [f"key{i}: value of {i}" for i in range(100_000)]
        assert len(body("\n".join(lines))) == 100_000

    def test_long_lines_are_just_read(self) -> None:
        assert body("a: " + "x" * 3_000_000)["a"] == "x" * 3_000_000
        assert len(body("a: [" + "1, " * 100_000 + "]")["a"]) == 100_000
