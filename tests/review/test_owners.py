"""CODEOWNERS from the members of the tenants."""

from __future__ import annotations

from pathlib import Path

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
