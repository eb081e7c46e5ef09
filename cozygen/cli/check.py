"""``cozygen check``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cozygen.cli.options import EXIT_FAULT, format_option, site_option, spec_argument

if TYPE_CHECKING:
    from cozygen.review.scope import Scope


@click.command()
@spec_argument
@click.option("--against", metavar="DIR", help="Also compare: is DIR exactly what the spec compiles to?")
@click.option(
    "--only", multiple=True, metavar="TENANT", help="Refuse what changes others: acme, acme/*, acme/**."
)
@click.option(
    "--base", metavar="REV|DIR", help="With --only: what the change began from, such as origin/main."
)
@click.option(
    "--no-grants", is_flag=True, help="With --only: refuse changed quotas, hosts, modules of the topmost."
)
@site_option
@format_option()
def check(
    spec: tuple[str, ...],
    against: str | None,
    only: tuple[str, ...],
    base: str | None,
    no_grants: bool,
    sites: tuple[str, ...],
    style: str,
) -> None:
    """Say everything that is wrong with a spec.

    SPEC is a file, a directory or - for standard input. Several are layers: later ones win. Without SPEC the
    sites of the nearest cozygen.yaml are checked, and their output directories against what they compile to
    with --against . (a dot). With --only, a change that reaches beyond these tenants is refused: what counts is
    what the spec compiles to, now and at --base.
    """
    from cozygen.cli.compiling import outcome_of
    from cozygen.cli.printing import print_diagnostics
    from cozygen.cli.reading import note_sites, read_site_inputs
    from cozygen.diagnostics import Diagnostic, ordered

    if bool(only) != (base is not None):
        raise click.UsageError("--only and --base go together: which tenants, and what the change began from")
    scope = _scope(only) if only else None
    everything: list[Diagnostic] = []
    files: dict[str, bytes] = {}
    inputs = read_site_inputs(spec, sites, None)
    for site in inputs:
        outcome = outcome_of(site, render=against is not None)
        everything.extend(outcome.diagnostics)
        files |= outcome.files
        if against is not None and outcome.tree is not None:
            from cozygen.deliver.directory_compare import compare

            directory = site.output if against == "." and site.output else against
            everything.extend(compare(outcome.tree, directory))
    if base is not None and scope is not None and not any(item.is_error for item in everything):
        from cozygen.cli.compiling import compile_site
        from cozygen.cli.effects import Before, effects
        from cozygen.cli.reading import outside
        from cozygen.deliver.failures import DeliveryError
        from cozygen.pipeline import LINKING

        try:
            linked = [compile_site(site, LINKING) for site in inputs]
            everything.extend(effects(linked, Before(base, spec, sites), scope, grants=not no_grants))
        except DeliveryError as error:
            outside(str(error))
    found = ordered(everything)
    print_diagnostics(found, style, files)
    if style == "text" and any(item.is_error for item in found):
        note_sites(spec)
    if style == "text" and not found:
        click.echo("nothing wrong", err=True)
    sys.exit(EXIT_FAULT if any(item.is_error for item in found) else 0)


def _scope(only: tuple[str, ...]) -> Scope:
    from cozygen.review.scope import Scope

    try:
        return Scope.of(only)
    except ValueError as error:
        raise click.UsageError(f"--only {error}") from error
