"""``cozygen talos validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option
from cozygen.cli.talos_site import Machines, read_machines, site_options
from cozygen.record import Record

if TYPE_CHECKING:
    from cozygen.platform.nodes import Node


class Verdict(Record):
    """What is wrong with a node's configuration; ``talosctl`` is None where the program is not there."""

    node: str
    findings: list[str]
    talosctl: list[str] | None

    @property
    def valid(self) -> bool:
        """Whether nobody finds anything."""
        return not self.findings and not self.talosctl

    def as_data(self) -> dict[str, Any]:
        """The verdict for JSON."""
        return {"node": self.node, "findings": self.findings, "talosctl": self.talosctl}


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
    from cozygen.cli.printing import print_diagnostics, print_json
    from cozygen.deliver.talosctl import talosctl, version

    machines = read_machines(spec, site, output)
    program = talosctl()
    found = version(program) if program is not None else None
    verdicts = [_verdict(machines, node, program) for node in machines.chosen(nodes)]
    notes = list(advice(machines.platform.site.hardware))
    if style == "json":
        print_json(
            {
                "version": 1,
                "talosctl": program,
                "talosctlVersion": found,
                "nodes": [item.as_data() for item in verdicts],
                "advice": [item.as_json() for item in notes],
            }
        )
    else:
        _print(verdicts)
        click.echo(_about_talosctl(program, found, machines.cluster.talos), err=True)
        if notes:
            print_diagnostics(notes, "text", machines.compiled.files)
    sys.exit(0 if all(item.valid for item in verdicts) else EXIT_FAULT)


def _verdict(machines: Machines, node: Node, program: str | None) -> Verdict:
    """What the rules and talosctl say of the configuration, which exists only as long as it is looked at."""
    from cozygen.checks.talos.rules import judge
    from cozygen.deliver.private import write_private
    from cozygen.deliver.talosctl import validate as ask
    from cozygen.emit.talos.node import node_patch, rehearsed
    from cozygen.yamlio import dump_all

    documents = rehearsed(
        node_patch(node, machines.cluster, machines.platform.site.hardware), machines.cluster
    )
    found = [f"{item.where}: {item.message}" for item in judge(documents)]
    if program is None:
        return Verdict(node.name, found, None)
    with TemporaryDirectory(prefix="cozygen-") as directory:
        path = Path(directory) / f"{node.name}.yaml"
        write_private(path, dump_all(documents))
        return Verdict(node.name, found, ask(program, path))


def _print(verdicts: list[Verdict]) -> None:
    for item in verdicts:
        click.echo(f"{item.node}: {'valid' if item.valid else 'not valid'}")
        for line in (*item.findings, *(f"talosctl: {line}" for line in item.talosctl or ())):
            click.echo(f"  {line}")


def _about_talosctl(program: str | None, found: str | None, wanted: str) -> str:
    from cozygen.platform.machines.cluster import minor

    if program is None:
        return "talosctl is not on PATH, so its own validation was not run"
    if found is not None and minor(found) != minor(wanted):
        return f"talosctl {found} is of another minor version than Talos {wanted}: take its word with care"
    return f"held against cozygen's rules, and validated by talosctl {found or ''}".rstrip()
