"""``cozygen render``."""

from __future__ import annotations

import sys
from typing import Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option, site_option, spec_argument


@click.command()
@spec_argument
@click.option(
    "--output", "-o", metavar="DIR", help="The directory to render into; with cozygen.yaml it says so itself."
)
@site_option
@click.option("--dry-run", is_flag=True, help="Say what would be written and removed, and touch nothing.")
@click.option(
    "--force",
    multiple=True,
    metavar="PATH",
    help="Overwrite this path of the output although it was edited by hand or is not cozygen's; . is all of it.",
)
@format_option()
def render(
    spec: tuple[str, ...],
    output: str | None,
    sites: tuple[str, ...],
    dry_run: bool,
    force: tuple[str, ...],
    style: str,
) -> None:
    """Compile a spec into a directory that Flux can reconcile.

    SPEC is a file, a directory or - for standard input. Several are layers: later ones win. Without SPEC the
    sites of the nearest cozygen.yaml are rendered. Nothing is written if the spec has errors.
    """
    from cozygen.cli.compiling import outcome_of
    from cozygen.cli.printing import as_json, print_diagnostics, print_json, summary
    from cozygen.cli.reading import note_sites, read_site_inputs
    from cozygen.cli.remembering import write_seen
    from cozygen.deliver.directory import plan
    from cozygen.diagnostics import Diagnostic, ordered

    results: list[dict[str, Any]] = []
    everything: list[Diagnostic] = []
    for site in read_site_inputs(spec, sites, output):
        if site.output is None:
            raise click.UsageError("--output DIR is missing")
        compiled = outcome_of(site, render=True)
        found = list(compiled.diagnostics)
        result: dict[str, Any] = {
            "site": site.name,
            "output": site.output,
            "written": 0,
            "unchanged": 0,
            "pruned": 0,
        }
        if compiled.tree is not None:
            if dry_run:
                would = plan(compiled.tree, site.output, force_paths=force)
                result |= {
                    "written": len(would.write),
                    "unchanged": would.unchanged,
                    "pruned": len(would.prune),
                }
                found = ordered([*found, *would.diagnostics])
            else:
                done = write_seen(compiled.tree, site.output, force)
                result |= {"written": done.written, "unchanged": done.unchanged, "pruned": done.pruned}
                found = ordered([*found, *done.diagnostics])
        everything.extend(found)
        results.append({**result, "diagnostics": as_json(found)["diagnostics"]})
        if style == "text":
            print_diagnostics(found, style, compiled.files)
            if any(item.is_error for item in found):
                note_sites(spec)
            else:
                click.echo(_line(result, dry_run), err=True)
    if style == "json":
        print_json({"version": 1, "sites": results, "summary": summary(everything)})
    sys.exit(EXIT_FAULT if any(item.is_error for item in everything) else 0)


def _line(result: dict[str, Any], dry_run: bool) -> str:
    verb = "would render" if dry_run else "rendered"
    name = f"{result['site']} " if result["site"] else ""
    return (
        f"{verb} {name}into {result['output']}: {result['written']} written, {result['unchanged']} unchanged, "
        f"{result['pruned']} removed"
    )
