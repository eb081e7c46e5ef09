"""CODEOWNERS from the members of the tenants."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from spec_world import ACME, GLOBEX, PLATFORM, platform_of, write

from cozygen.review.owners import HEADER, Files, codeowners

ADMINS = PLATFORM.replace("  delivery:", "  access: {admins: [ops@example.org]}\n  delivery:")
OIDC = ADMINS.replace("  storage:", "  authentication: {oidc: {enabled: true}}\n  storage:")


def lines(
    tmp_path: Path, files: Files, accounts: dict[str, str] | None = None, platform: str = PLATFORM
) -> list[str]:
    spec = write(tmp_path / "spec", {"p.yaml": platform, "a.yaml": ACME, "g.yaml": GLOBEX})
    text = codeowners(platform_of(spec), files, accounts or {}).text
    assert text.startswith(HEADER)
    return text.removeprefix(HEADER).splitlines()


def test_a_tenant_s_files_are_its_administrators(tmp_path: Path) -> None:
    files = Files({"t/acme.yaml": ("acme",), "t/globex.yaml": ("globex",)}, frozenset())
    assert lines(tmp_path, files) == ["/t/acme.yaml alice@acme.example", "/t/globex.yaml gus@globex.example"]


def test_a_tenant_without_administrators_has_its_parent_s(tmp_path: Path) -> None:
    assert lines(tmp_path, Files({"t/x/web.yaml": ("acme/web",)}, frozenset())) == ["/t/ alice@acme.example"]


def test_a_file_of_several_tenants_is_their_ancestor_s(tmp_path: Path) -> None:
    files = Files({"both.yaml": ("acme", "globex"), "sub.yaml": ("acme", "acme/web")}, frozenset())
    assert lines(tmp_path, files) == ["/both.yaml", "/sub.yaml alice@acme.example"]


def test_a_directory_of_the_same_owners_is_one_line(tmp_path: Path) -> None:
    files = Files(
        {"t/a/1.yaml": ("acme",), "t/a/2.yaml": ("acme/web",), "t/g/1.yaml": ("globex",)}, frozenset()
    )
    assert lines(tmp_path, files) == ["/t/a/ alice@acme.example", "/t/g/ gus@globex.example"]


def test_the_platform_s_files_are_the_platform_s_administrators(tmp_path: Path) -> None:
    files = Files({"t/a.yaml": ("acme",), "all.yaml": ("acme",)}, frozenset({"all.yaml"}))
    assert lines(tmp_path, files, platform=OIDC) == [
        "* ops@example.org",
        "/all.yaml ops@example.org",
        "/t/ alice@acme.example",
    ]


def test_accounts_at_the_forge(tmp_path: Path) -> None:
    files = Files({"a.yaml": ("acme",)}, frozenset())
    assert lines(tmp_path, files, {"alice@acme.example": "@alice"}) == ["/a.yaml @alice"]


def test_odd_names_are_escaped(tmp_path: Path) -> None:
    assert lines(tmp_path, Files({"my #1.yaml": ("acme",)}, frozenset())) == [
        "/my\\ \\#1.yaml alice@acme.example"
    ]


def rules(text: str) -> list[tuple[str, list[str]]]:
    """The rules as Gitea reads them: a backslash takes the next character as it is."""
    out = []
    for line in text.splitlines():
        tokens, token, escaped = [], "", False
        for char in line.split(" #")[0] if line.startswith("#") else line:
            if not escaped and char == "\\":
                escaped = True
            elif not escaped and char == " ":
                tokens.append(token)
                token = ""
            elif not escaped and char == "#":
                break
            else:
                token += char
                escaped = False
        tokens.append(token)
        if tokens[0]:
            out.append((tokens[0], tokens[1:]))
    return out


@pytest.mark.parametrize("forge", ["gitea", "forgejo"])
def test_gitea_and_forgejo_read_expressions(tmp_path: Path, forge: str) -> None:
    spec = write(tmp_path / "spec", {"p.yaml": OIDC, "a.yaml": ACME, "g.yaml": GLOBEX})
    files = Files(
        {"t/a/1.yaml": ("acme",), "t/a/2.yaml": ("acme/web",), "my #1.yaml": ("globex",)},
        frozenset({"p.yaml"}),
    )
    accounts = {
        "alice@acme.example": "@alice",
        "gus@globex.example": "@globex/ops",
        "ops@example.org": "@ops",
    }
    found = codeowners(platform_of(spec), files, accounts, forge)
    assert found.diagnostics == ()

    def asked(path: str) -> set[str]:
        return {name for rule, names in rules(found.text) if re.fullmatch(rule, path) for name in names}

    assert asked("t/a/1.yaml") == asked("t/a/new/3.yaml") == {"@alice"}
    assert asked("my #1.yaml") == {"@globex/ops"}
    assert asked("p.yaml") == asked("README.md") == asked("tx") == asked("myx#1xyaml") == {"@ops"}


def test_gitea_knows_nobody_by_address(tmp_path: Path) -> None:
    spec = write(tmp_path / "spec", {"p.yaml": PLATFORM, "a.yaml": ACME, "g.yaml": GLOBEX})
    found = codeowners(platform_of(spec), Files({"a.yaml": ("acme",)}, frozenset()), {}, "gitea")
    assert {item.code for item in found.diagnostics} == {"CZ9263", "CZ9264"}
    assert found.text == HEADER


def test_what_cannot_be_said_is_said(tmp_path: Path) -> None:
    bare = ACME.replace("members: {admin: [alice@acme.example]}", "members: {admin: [alice]}")
    spec = write(tmp_path / "spec", {"p.yaml": PLATFORM, "a.yaml": bare, "g.yaml": GLOBEX})
    found = codeowners(platform_of(spec), Files({"t/a.yaml": ("acme",)}, frozenset()), {})
    assert [(item.code, item.is_error) for item in found.diagnostics] == [
        ("CZ9263", False),
        ("CZ9264", False),
    ]
    assert "the user alice has no account or team that a forge knows" in found.diagnostics[0].message
    assert found.text == HEADER + "/t/\n"
