"""``cozygen check``."""

from __future__ import annotations

import sys

import click

from cozygen.cli.options import EXIT_FAULT, format_option, site_option, spec_argument


@click.command()
@spec_argument
@click.option("--against", metavar="DIR", help="Also compare: is DIR exactly what the spec compiles to?")
@site_option
@format_option()
def check(spec: tuple[str, ...], against: str | None, sites: tuple[str, ...], style: str) -> None:
    """Say everything that is wrong with a spec.

    SPEC is a file, a directory or - for standard input. Several are layers: later ones win. Without SPEC the
    sites of the nearest cozygen.yaml are checked, and their output directories against what they compile to
    with --against . (a dot).
    """
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.printing import print_diagnostics
    from cozygen.cli.reading import read_site_inputs
    from cozygen.deliver.directory_compare import compare
    from cozygen.diagnostics import Diagnostic, ordered
    from cozygen.pipeline import CHECKING, RENDERING

    everything: list[Diagnostic] = []
    files: dict[str, bytes] = {}
    for site in read_site_inputs(spec, sites, None):
        compiled = compile_site(site, RENDERING if against else CHECKING)
        everything.extend(compiled.state.diagnostics)
        files |= compiled.files
        if against is not None and compiled.state.tree is not None:
            directory = site.output if against == "." and site.output else against
            everything.extend(compare(compiled.state.tree, directory))
    found = ordered(everything)
    print_diagnostics(found, style, files)
    if style == "text" and not found:
        click.echo("nothing wrong", err=True)
    sys.exit(EXIT_FAULT if any(item.is_error for item in found) else 0)
