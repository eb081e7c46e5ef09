"""``cozygen talos validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option
from cozygen.cli.talos_site import Machines, read_machines, site_options

if TYPE_CHECKING:
    from cozygen.platform.nodes import Node


@click.command()
@click.argument("nodes", nargs=-1, metavar="[NODE]...")
@site_options
@format_option()
def validate(
    nodes: tuple[str, ...], spec: tuple[str, ...], site: str | None, output: str | None, style: str
) -> None:
    """Hold whole configurations, with throw-away secrets, against the rules that Talos applies.

    Where talosctl is on PATH, it validates them as well, in metal mode and strictly. Also says what works, but
    could stop working.
    """
    from cozygen.checks.machines.advice import advice
    from cozygen.checks.talos.rules import judge
    from cozygen.cli.printing import print_diagnostics, print_json
    from cozygen.deliver.talosctl import talosctl
    from cozygen.emit.talos.bundle import PLACEHOLDER
    from cozygen.emit.talos.node import configuration, node_patch

    machines = read_machines(spec, site, output)
    program = talosctl()
    results: list[dict[str, Any]] = []
    for node in machines.chosen(nodes):
        patch = node_patch(node, machines.cluster, machines.platform.site.hardware)
        documents = configuration(patch, machines.cluster, PLACEHOLDER)
        found = [f"{item.where}: {item.message}" for item in judge(documents)]
        told = _told(machines, node, program) if program is not None else None
        results.append({"node": node.name, "findings": found, "talosctl": told})
    notes = list(advice(machines.platform.site.hardware))
    failed = any(item["findings"] or item["talosctl"] for item in results)
    if style == "json":
        advised = [item.as_json() for item in notes]
        print_json({"version": 1, "talosctl": program, "nodes": results, "advice": advised})
    else:
        _print(results, program)
        print_diagnostics(notes, "text", machines.compiled.files)
    sys.exit(EXIT_FAULT if failed else 0)


def _told(machines: Machines, node: Node, program: str) -> list[str]:
    """What talosctl says of the node's configuration, which exists only as long as it is looked at."""
    from cozygen.deliver.private import write_private
    from cozygen.deliver.talosctl import validate as ask
    from cozygen.emit.talos.bundle import PLACEHOLDER
    from cozygen.emit.talos.node import configuration, node_patch
    from cozygen.yamlio import dump_all

    patch = node_patch(node, machines.cluster, machines.platform.site.hardware)
    with TemporaryDirectory(prefix="cozygen-") as directory:
        path = Path(directory) / f"{node.name}.yaml"
        write_private(path, dump_all(configuration(patch, machines.cluster, PLACEHOLDER)))
        return ask(program, path)


def _print(results: list[dict[str, Any]], program: str | None) -> None:
    for item in results:
        faults = [*item["findings"], *(f"talosctl: {line}" for line in item["talosctl"] or ())]
        click.echo(f"{item['node']}: {'valid' if not faults else 'not valid'}", err=True)
        for line in faults:
            click.echo(f"  {line}", err=True)
    if program is None:
        click.echo("talosctl is not on PATH, so its own validation was not run", err=True)
