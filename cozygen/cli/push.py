"""``cozygen push``."""

from __future__ import annotations

import sys
from typing import Any

import click

from cozygen.cli.options import (
    EXIT_FAULT,
    EXIT_OUTSIDE,
    EXIT_USAGE,
    format_option,
    site_option,
    spec_argument,
)
from cozygen.cli.push_options import PushOptions, push_options, remote_options


@click.command()
@spec_argument
@site_option
@push_options
@remote_options
@format_option()
def push(spec: tuple[str, ...], sites: tuple[str, ...], style: str, **given: Any) -> None:
    """Publish what a spec compiles to, for Flux to apply.

    SPEC as for render. The result goes where the spec's delivery section says. Nothing is published if the
    spec has errors, or if someone edited a published file by hand. Credentials: COZYGEN_GIT_USERNAME and
    COZYGEN_GIT_PASSWORD, COZYGEN_OCI_…, COZYGEN_FORGE_TOKEN.
    """
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.printing import as_json, print_diagnostics, print_json, summary
    from cozygen.cli.progress import doing
    from cozygen.cli.pushing import Delivered, deliver
    from cozygen.cli.reading import read_site_inputs
    from cozygen.deliver.failures import DeliveryError, MisuseError
    from cozygen.diagnostics import Diagnostic, ordered

    options = PushOptions(**given)
    results: list[dict[str, Any]] = []
    everything: list[Diagnostic] = []
    worst = 0
    for site in read_site_inputs(spec, sites, None):
        with doing("compiling"):
            compiled = compile_site(site)
        found = list(compiled.state.diagnostics)
        done = Delivered("refused", "the spec has errors")
        if compiled.state.tree is not None:
            try:
                with doing("publishing"):
                    done = deliver(compiled, options)
            except DeliveryError as error:
                worst = max(worst, EXIT_USAGE if isinstance(error, MisuseError) else EXIT_OUTSIDE)
                done = Delivered("failed", "", diagnostics=(error.diagnostic,))
        found = ordered([*found, *done.diagnostics])
        everything.extend(found)
        results.append(
            {
                "site": site.name,
                "status": done.status,
                **done.details,
                "diagnostics": as_json(found)["diagnostics"],
            }
        )
        if style == "text":
            print_diagnostics(found, style, compiled.files)
            _print(done)
    if style == "json":
        print_json({"version": 1, "sites": results, "summary": summary(everything)})
    sys.exit(worst or (EXIT_FAULT if any(item.is_error for item in everything) else 0))


def _print(done: Any) -> None:
    """The edits that were found, and the line that says what happened."""
    for item in done.diagnostics:
        if item.values.get("diff"):
            click.echo(f"{item.values['diff']}\n", err=True)
    if done.message:
        click.echo(done.message, nl=False)
    if done.line:
        click.echo(done.line, err=True)
