"""The examples: each checks clean, renders as last reviewed, and its README's commands work."""

from __future__ import annotations

import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from example_sites import EXAMPLES, example_sites
from spec_directory import compile_directory, tree_text
from syrupy.assertion import SnapshotAssertion
from text_snapshot import TextFile
from world import objects

from cozygen.catalog.load import load_release
from cozygen.cli.compiling import Compiled
from cozygen.cli.main import cli
from cozygen.layout.tree import Tree

NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
LARGE = {"provider"}
CHOSEN = (
    "access/objects.yaml",
    "addresses/objects.yaml",
    "backups/objects.yaml",
    "flux/generators.yaml",
    "platform/objects.yaml",
    "scheduling/objects.yaml",
    "storage/*/objects.yaml",
    "tenants/bank-core/*",
    "tenants/root/*",
    "tenants/shop-web-dev/*",
)


SITES = example_sites()
_compiled: dict[str, Compiled] = {}


def compiled(name: str, site: str, layers: tuple[str, ...]) -> Compiled:
    """A site of an example, compiled once."""
    if site not in _compiled:
        _compiled[site] = compile_directory(EXAMPLES / name, *layers)
    return _compiled[site]


def tree(name: str, site: str, layers: tuple[str, ...]) -> Tree:
    found = compiled(name, site, layers).state.tree
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "site", "layers"), SITES, ids=[site for _, site, _ in SITES])
def test_an_example_checks_clean(name: str, site: str, layers: tuple[str, ...]) -> None:
    found = compiled(name, site, layers).state.diagnostics
    assert [f"{d.code} {d.place}: {d.message}" for d in found] == []


@pytest.mark.parametrize(
    ("name", "site", "layers"),
    [s for s in SITES if s[0] not in LARGE],
    ids=[site for name, site, _ in SITES if name not in LARGE],
)
def test_an_example_renders_as_reviewed(
    name: str, site: str, layers: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    assert tree_text(tree(name, site, layers)) == snapshot(extension_class=TextFile, name=site)


@pytest.mark.parametrize(
    ("name", "site", "layers"),
    [s for s in SITES if s[0] in LARGE],
    ids=[site for name, site, _ in SITES if name in LARGE],
)
def test_a_large_example_renders_as_reviewed(
    name: str, site: str, layers: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    found = tree(name, site, layers)
    kinds = Counter(item["kind"] for path, item in objects(found) if not path.startswith("talos/"))
    assert "".join(f"{count:5} {kind}\n" for kind, count in sorted(kinds.items())) == snapshot(
        extension_class=TextFile, name=f"{site}-kinds"
    )
    digests = "".join(f"{digest[:16]}  {path}\n" for path, digest in found.digests.items())
    assert digests == snapshot(extension_class=TextFile, name=f"{site}-digests")
    assert tree_text(found, CHOSEN) == snapshot(extension_class=TextFile, name=f"{site}-chosen")


def test_the_provider_has_every_application_kind() -> None:
    """Modules are switched on and not released by the spec; Tenant is what tenants are."""
    site = compiled(*next(s for s in SITES if s[0] == "provider")).state
    assert site.platform is not None
    used = {app.kind for tenant in site.platform.tenants.values() for app in tenant.apps} | {
        service.app.kind for tenant in site.platform.tenants.values() for service in tenant.services.values()
    }
    assert used | {"Tenant"} == set(load_release("v1.6.2").applications)


def commands(readme: Path) -> list[str]:
    """The lines of a page's sh blocks."""
    blocks = readme.read_text().split("```sh\n")[1:]
    return [line for block in blocks for line in block.split("```")[0].splitlines() if line]


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_of_an_examples_readme_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / name
    shutil.copytree(EXAMPLES / name, copy, ignore=shutil.ignore_patterns("clusters", "out"))
    monkeypatch.chdir(copy)
    found = commands(copy / "README.md")
    assert any(line.startswith("cozygen render") for line in found)
    for line in found:
        program, *arguments = shlex.split(line)
        assert program == "cozygen"
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_every_example_says_what_it_shows() -> None:
    listed = (EXAMPLES / "README.md").read_text()
    assert [name for name in NAMES if f"]({name})" not in listed] == []
