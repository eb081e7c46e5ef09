"""``cozygen catalog``: what Cozystack releases offer, and how they differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cozygen.catalog.load import CatalogRelease

_release_option = click.option(
    "--version", metavar="V", help="The release; by default the newest that cozygen knows."
)


@click.group()
def catalog() -> None:
    """Look at what Cozystack releases offer."""


@catalog.command("list")
@_release_option
@format_option()
def list_command(version: str | None, style: str) -> None:
    """List a release's applications and packages."""
    from cozygen.catalog import show

    _print(style, show.listing(_release(version)), show.listing_text)


@catalog.command("show")
@click.argument("name")
@_release_option
@format_option()
def show_command(name: str, version: str | None, style: str) -> None:
    """Show an application kind, a package, or a variant of the platform."""
    from cozygen.catalog import show
    from cozygen.platform.packages import evaluate

    release = _release(version)
    found = show.described(release, name)
    if found is None:
        raise click.UsageError(
            _with_hint(f"{release.version} has nothing named {name}", show.suggestion(release, name))
        )
    if "variant" in found:
        packages = evaluate(release, name, {})
        found["variant"] |= {"packages": list(packages.names), "neverReady": list(packages.never_ready)}
    _print(style, found, show.described_text)


@catalog.command("import")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--version", default="imported", metavar="V", help="What to call the release.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Where to write the data.")
@format_option()
def import_command(directory: Path, version: str, output: Path | None, style: str) -> None:
    """Read a release's definitions and package sources from DIRECTORY.

    Writes applications.json and packages.json to --output if nothing is wrong; without it only looks.
    """
    from cozygen.catalog.codec import encode
    from cozygen.catalog.importer import import_release
    from cozygen.cli.printing import as_json, print_diagnostics, print_json

    files = _files(directory)
    documents, found = import_release(files, version)
    wrong = any(diagnostic.is_error for diagnostic in found)
    if output is not None and not wrong:
        output.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (output / name).write_bytes(encode(document))
    counts = {
        key: len(d[key]) for d in documents.values() for key in ("applications", "packages") if key in d
    }
    if style == "json":
        print_json({**as_json(found), "release": version, **counts})
    else:
        print_diagnostics(found, style, files)
        click.echo(f"{version}: {counts['applications']} applications, {counts['packages']} packages")
    if wrong:
        raise SystemExit(EXIT_FAULT)


@catalog.command("diff")
@click.argument("old")
@click.argument("new")
@format_option()
def diff_command(old: str, new: str, style: str) -> None:
    """Compare two releases, each a version or a directory.

    A directory holds a release's definitions and package sources, or what an import wrote.
    """
    from cozygen.catalog.diff import diff
    from cozygen.catalog.diff_text import render_text
    from cozygen.cli.printing import print_json

    changes = diff(_either(old), _either(new))
    if style == "json":
        print_json({"version": 1, "changes": [change.as_json() for change in changes]})
    else:
        click.echo(render_text(changes), nl=False)


def _print(style: str, data: Mapping[str, Any], text: Callable[[Mapping[str, Any]], str]) -> None:
    from cozygen.cli.printing import print_json

    if style == "json":
        print_json(data)
    else:
        click.echo(text(data), nl=False)


def _release(version: str | None) -> CatalogRelease:
    from cozygen.catalog.load import UnknownReleaseError, load_release, versions

    try:
        return load_release(version or versions()[0])
    except UnknownReleaseError as error:
        raise click.UsageError(str(error)) from None


def _either(name: str) -> CatalogRelease:
    """A version, or the release that a directory holds."""
    from cozygen.catalog.importer import import_release
    from cozygen.catalog.load import release_of
    from cozygen.cli.printing import print_diagnostics

    directory = Path(name)
    if not directory.is_dir():
        return _release(name)
    if (directory / "applications.json").is_file():
        return release_of(
            name, {p.name: json.loads(p.read_bytes()) for p in sorted(directory.glob("*.json"))}
        )
    files = _files(directory)
    documents, found = import_release(files, name)
    if any(diagnostic.is_error for diagnostic in found):
        print_diagnostics(found, "text", files)
        raise SystemExit(EXIT_FAULT)
    return release_of(name, documents)


def _files(directory: Path) -> dict[str, bytes]:
    found = (p for p in sorted(directory.rglob("*")) if p.suffix in (".yaml", ".yml") and p.is_file())
    return {str(path): path.read_bytes() for path in found}


def _with_hint(text: str, hint: str | None) -> str:
    return f"{text}; {hint}" if hint else text
