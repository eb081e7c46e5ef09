"""A change confined to a part of the tenant tree: what counts is what it does, not which file it is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_world import ACME, FILES, GLOBEX, PLATFORM, platform_of, write

from cozygen.diagnostics import Diagnostic
from cozygen.platform.model import Platform
from cozygen.review.effect import Sides, leaving
from cozygen.review.scope import Scope


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return platform_of(write(tmp_path_factory.mktemp("base")))


def after(tmp_path: Path, base: Platform, *, grants: bool = True, **texts: str) -> list[Diagnostic]:
    files = {**FILES, **{f"{name}.yaml": text for name, text in texts.items()}}
    now = platform_of(write(tmp_path / "now", files))
    return leaving(Sides(base, now), Scope.of(["acme/**"]), grants=grants)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("replicas: 3", "replicas: 4"),
        ("size: 1Gi", "size: 8Gi"),
        ("Redis:\n      cache: {size: 2Gi}\n", "RabbitMQ: {bus: {}}\n    Kafka: {k: {}}\n"),
        ("cpu: 64", "cpu: 65"),
        ("alice@acme.example", "bob@acme.example"),
        ("web: {quota", "shop: {quota"),
        ("spec:\n", "spec:\n  services: {ingress: {}}\n"),
    ],
)
def test_what_stays_inside_is_fine(tmp_path: Path, base: Platform, old: str, new: str) -> None:
    assert after(tmp_path, base, acme=ACME.replace(old, new)) == []


def test_another_tenant(tmp_path: Path, base: Platform) -> None:
    (found,) = after(tmp_path, base, globex=GLOBEX.replace("2Gi", "3Gi"))
    assert found.code == "CZ9260"
    assert found.values["owner"] == "globex"
    assert found.values["objects"] == ["HelmRelease tenant-globex/redis-cache"]
    assert (Path(found.place.file).name, found.place.line) == ("globex.yaml", 6)


def test_another_tenant_in_the_team_s_own_file(tmp_path: Path, base: Platform) -> None:
    other = "---\napiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {name: intruder}\nspec: {}\n"
    (found,) = after(tmp_path, base, acme=ACME + other)
    assert found.values["owner"] == "intruder"
    assert Path(found.place.file).name == "acme.yaml"


def test_a_removed_tenant(tmp_path: Path, base: Platform) -> None:
    files = {name: text for name, text in FILES.items() if name != "globex.yaml"}
    now = platform_of(write(tmp_path / "now", files))
    (found,) = leaving(Sides(base, now), Scope.of(["acme/**"]))
    assert "is removed" in found.message


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("replicated: {replicas: 3}", "replicated: {replicas: 2}", 10),
        ("git.example.org/platform/fleet.git", "git.evil.example/fleet.git", 12),
        ("192.168.100.250", "192.168.100.240", 11),
    ],
)
def test_the_platform(tmp_path: Path, base: Platform, old: str, new: str, line: int) -> None:
    found = after(tmp_path, base, platform=PLATFORM.replace(old, new))
    assert [item.values["owner"] for item in found] == ["platform"]
    assert found[0].place.line == line


def test_a_member_of_an_ancestor_reaches_everyone_below(tmp_path: Path, base: Platform) -> None:
    text = PLATFORM.replace("  services:", "  members: {view: [eve@example.org]}\n  services:")
    found = after(tmp_path, base, platform=text)
    assert [item.values["owner"] for item in found] == ["globex", "root"]
    assert {item.place.line for item in found} == {18}


def test_what_the_parent_grants_can_be_kept_out(tmp_path: Path, base: Platform) -> None:
    (found,) = after(tmp_path, base, grants=False, acme=ACME.replace("cpu: 64", "cpu: 65"))
    assert (found.code, found.place.line) == ("CZ9261", 5)
    assert after(tmp_path, base, grants=False, acme=ACME.replace("cpu: 16", "cpu: 17")) == []


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("acme/**", ["acme", "acme/web", "acme/web/dev"], ["globex", "acmex", "root"]),
        ("acme/*", ["acme/web"], ["acme", "acme/web/dev"]),
        ("acme", ["acme"], ["acme/web"]),
        ("**", ["acme", "root"], []),
        ("team*/**", ["team1", "team2/x"], ["acme"]),
    ],
)
def test_patterns(pattern: str, inside: list[str], outside: list[str]) -> None:
    scope = Scope.of([pattern])
    assert all(scope.holds(tenant) for tenant in inside)
    assert not any(scope.holds(tenant) for tenant in outside)


@pytest.mark.parametrize("pattern", ["/**", "", "/", "acme//x", "/acme"])
def test_a_pattern_that_lost_a_step_matches_nothing_by_mistake(pattern: str) -> None:
    with pytest.raises(ValueError, match="a step of it is empty"):
        Scope.of([pattern])
