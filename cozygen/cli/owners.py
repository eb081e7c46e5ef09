"""``cozygen owners``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cozygen.cli.options import EXIT_FAULT, site_option, spec_argument
from cozygen.cli.push_options import FORGES

if TYPE_CHECKING:
    from cozygen.platform.model import Platform
    from cozygen.review.owners import Files
    from cozygen.spec.read import Parsed


@click.command()
@spec_argument
@site_option
@click.option(
    "--accounts", metavar="FILE", help="Lines of a member's name and their account or team at the forge."
)
@click.option(
    "--forge",
    type=click.Choice(FORGES),
    default="github",
    metavar="KIND",
    help=f"Whose syntax: {'|'.join(FORGES)}. Gitea and Forgejo read another one.",
)
@click.option(
    "--output", "-o", metavar="FILE", help="Write here instead of printing, such as .github/CODEOWNERS."
)
def owners(
    spec: tuple[str, ...], sites: tuple[str, ...], accounts: str | None, forge: str, output: str | None
) -> None:
    """Print a CODEOWNERS file: who approves changes of which files of the spec.

    The owners of a tenant's files are its members of the levels admin and super-admin, or those of the nearest
    tenant above that has any; of everything else, the admins of the Platform. Paths are relative to the
    repository's root.
    """
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.printing import print_diagnostics
    from cozygen.cli.reading import outside, read_site_inputs
    from cozygen.deliver.git_spec import repository_root
    from cozygen.diagnostics import Diagnostic
    from cozygen.pipeline import LINKING
    from cozygen.review.owners import codeowners

    known = _accounts(accounts)
    inputs = read_site_inputs(spec, sites, None)
    if len(inputs) > 1:
        raise click.UsageError("several sites may have different members; pick one with --site")
    compiled = compile_site(inputs[0], LINKING)
    problems: list[Diagnostic] = [item for item in compiled.state.diagnostics if item.is_error]
    platform = compiled.state.platform
    if problems or platform is None:
        print_diagnostics(problems, "text", compiled.files)
        sys.exit(EXIT_FAULT)
    files = _files(compiled.state.parsed, platform, repository_root() or Path.cwd())
    found = codeowners(platform, files, known, forge)
    print_diagnostics(found.diagnostics, "text", compiled.files)
    if output is None:
        click.echo(found.text, nl=False)
        return
    try:
        Path(output).write_text(found.text)
    except OSError as error:
        outside(f"{output}: {error.strerror}")


def _files(parsed: Parsed, platform: Platform, top: Path) -> Files:
    """Which files below ``top`` speak of which tenants, and which of the platform."""
    from cozygen.review.owners import Files

    def below(file: str) -> str | None:
        real = Path(os.path.realpath(file))
        return real.relative_to(top).as_posix() if real.is_relative_to(top) else None

    tenants: dict[str, tuple[str, ...]] = {}
    secrets = (
        (tenant.path, secret.file)
        for tenant in platform.tenants.values()
        for secret in tenant.secrets.values()
        if secret.file is not None
    )
    for path, file in (*parsed.tenants, *secrets):
        name = below(file)
        if name is not None:
            tenants[name] = (*tenants.get(name, ()), path)
    others = (e.place.file for found in parsed.layers for e in found.entries if e.kind != "Tenant")
    return Files(tenants, frozenset(name for file in others if (name := below(file)) is not None))


def _accounts(file: str | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        lines = Path(file).read_text().splitlines()
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    pairs = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    for pair in pairs:
        if len(pair) != 2:
            raise click.UsageError(
                f"{file}: write a name and an account in each line, not {' '.join(pair)!r}"
            )
    return {pair[0]: pair[1] for pair in pairs}
