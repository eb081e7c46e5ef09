"""``cozygen owners``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cozygen.cli.options import EXIT_FAULT, site_option, spec_argument
from cozygen.cli.push_options import FORGES


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
    from cozygen.pipeline import CHECKING
    from cozygen.review.owners import Files, codeowners

    known = _accounts(accounts)
    inputs = read_site_inputs(spec, sites, None)
    if len(inputs) > 1:
        raise click.UsageError("several sites may have different members; pick one with --site")
    compiled = compile_site(inputs[0], CHECKING[:-1])
    problems: list[Diagnostic] = [item for item in compiled.state.diagnostics if item.is_error]
    platform = compiled.state.platform
    if problems or platform is None:
        print_diagnostics(problems, "text", compiled.files)
        sys.exit(EXIT_FAULT)
    top = repository_root() or Path.cwd()
    tenants: dict[str, tuple[str, ...]] = {}
    rest = set()
    for documents in compiled.state.parsed.layers:
        for entry in documents.entries:
            file = Path(os.path.realpath(entry.place.file))
            if not file.is_relative_to(top):
                continue
            name = file.relative_to(top).as_posix()
            if entry.kind == "Tenant":
                tenants[name] = (*tenants.get(name, ()), entry.name)
            else:
                rest.add(name)
    for tenant in platform.tenants.values():
        for secret in tenant.secrets.values():
            named = Path(os.path.realpath(secret.file)) if secret.file is not None else None
            if named is not None and named.is_relative_to(top):
                name = named.relative_to(top).as_posix()
                tenants[name] = (*tenants.get(name, ()), tenant.path)
    found = codeowners(platform, Files(tenants, frozenset(rest)), known, forge)
    print_diagnostics(found.diagnostics, "text", compiled.files)
    if output is None:
        click.echo(found.text, nl=False)
        return
    try:
        Path(output).write_text(found.text)
    except OSError as error:
        outside(f"{output}: {error.strerror}")


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
