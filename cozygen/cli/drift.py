"""``cozygen drift``."""

from __future__ import annotations

import sys
from pathlib import Path
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
from cozygen.cli.push_options import remote_options
from cozygen.record import Record


class DriftOptions(Record):
    """Where to look."""

    to: str | None
    branch: str | None
    path: str | None
    credentials: str | None
    ssh_key: str | None
    known_hosts: str | None
    own_git_config: bool
    timeout: float
    cache: Path | None


@click.command()
@spec_argument
@site_option
@click.option(
    "--dump", "dumps", multiple=True, metavar="FILE", help="Objects as kubectl prints them; - is stdin."
)
@click.option("--ignore-extra", is_flag=True, help="Leave out what the spec does not have.")
@remote_options
@format_option()
def drift(
    spec: tuple[str, ...],
    sites: tuple[str, ...],
    dumps: tuple[str, ...],
    ignore_extra: bool,
    style: str,
    **given: Any,
) -> None:
    """Compare what is there with what the spec compiles to, object by object.

    What is there is the branch that the spec's delivery section names, or with --dump a cluster's objects:
    kubectl get helmreleases,kustomizations --all-namespaces --show-managed-fields --output yaml.
    Exit code 0: nothing differs, but perhaps for defaults that an edit froze into a release, or a branch that
    is behind the spec. 1: something was changed, removed or added past the spec.
    """
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.drifting import (
        Found,
        cluster_drift,
        drift_of_branch,
        print_diffs,
        read_dumps,
        watched,
    )
    from cozygen.cli.printing import as_json, print_diagnostics, print_json, summary
    from cozygen.cli.progress import doing
    from cozygen.cli.reading import read_site_inputs
    from cozygen.cli.remotes import target_of
    from cozygen.deliver.failures import DeliveryError, MisuseError
    from cozygen.diagnostics import Diagnostic, ordered

    options = DriftOptions(**given)
    results: list[dict[str, Any]] = []
    everything: list[Diagnostic] = []
    with doing("reading"):
        live, problems = read_dumps(dumps)
    worst = 0
    inputs = read_site_inputs(spec, sites, None)
    if dumps and len(inputs) > 1:
        raise click.UsageError("a dump is of one cluster; pick its site with --site")
    for site in inputs:
        with doing("compiling"):
            compiled = compile_site(site)
        state = compiled.state
        found = Found(tuple(problems))
        if state.tree is not None and state.platform is not None and not problems:
            try:
                with doing("comparing"):
                    if dumps:
                        found = cluster_drift(state.tree, state.platform, live, ignore_extra=ignore_extra)
                    else:
                        target = target_of(watched(state.platform.site.delivery, options.to), options)
                        found = drift_of_branch(state.tree, state.platform, target, options.cache)
            except DeliveryError as error:
                worst = max(worst, EXIT_USAGE if isinstance(error, MisuseError) else EXIT_OUTSIDE)
                found = Found((error.diagnostic,))
        spec_errors = [item for item in state.diagnostics if item.is_error]
        listed = ordered([*spec_errors, *found.diagnostics])
        everything.extend(listed)
        results.append({"site": site.name, **found.details, "diagnostics": as_json(listed)["diagnostics"]})
        if style == "text":
            print_diagnostics(listed, style, compiled.files)
            print_diffs(found)
            if not listed:
                click.echo("no drift", err=True)
    if style == "json":
        print_json({"version": 1, "sites": results, "summary": summary(everything)})
    sys.exit(worst or (EXIT_FAULT if any(item.is_error for item in everything) else 0))
