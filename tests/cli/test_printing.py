"""The line that is shown below a message: cut around its place, with nothing in it that should not be seen."""

from __future__ import annotations

import pytest

from cozygen.cli.printing import print_diagnostics
from cozygen.diagnostics import Code, Place, Severity

CODE = Code("CZ0000", Severity.ERROR, "example", why="An example.", fix="None.")
ADDRESS = "url: https://somebody:secret@git.example.org/fleet.git"


def shown(capsys: pytest.CaptureFixture[str], line: str, column: int) -> tuple[str, str]:
    """The line as it is printed, and the character of it that the mark below points at."""
    print_diagnostics(
        [CODE.at(Place("a.yaml", 2, column), "wrong")], "text", {"a.yaml": f"x\n{line}\n".encode()}
    )
    text, mark = capsys.readouterr().err.splitlines()[2:4]
    at = mark.index("^")
    return text.removeprefix("  2 | "), text[at : at + 1]


def test_a_short_line_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "kind: Tenant", 7) == ("kind: Tenant", "T")
    assert shown(capsys, "kind: Tenant", 99) == ("kind: Tenant", "")


@pytest.mark.parametrize("length", [111, 5_000, 100_000])
@pytest.mark.parametrize("part", [0, 0.3, 0.7, 1])
def test_a_long_line_is_cut_around_the_place(
    capsys: pytest.CaptureFixture[str], length: int, part: float
) -> None:
    column = round(part * (length - 1)) + 1
    line = "a" * (column - 1) + "X" + "a" * (length - column)
    text, pointed = shown(capsys, line, column)
    assert pointed == "X"
    assert text.strip("…") in line
    assert len(text) <= 112


@pytest.mark.parametrize("before", [0, 50, 100, 5_000, 100_000])
@pytest.mark.parametrize("after", [0, 100, 100_000])
def test_no_password_is_shown(capsys: pytest.CaptureFixture[str], before: int, after: int) -> None:
    for column in (before + 1, before + len(ADDRESS), before + ADDRESS.index("secret") + 2):
        text, _ = shown(capsys, "a" * before + ADDRESS + "a" * after, column)
        assert "secret" not in text
        assert "ret@" not in text


def test_nothing_reaches_the_terminal_but_cells(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "a: \x1b[31mred\u202e", 1)[0] == "a: ·[31mred·"
