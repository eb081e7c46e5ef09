"""``cozygen tree``."""

from __future__ import annotations

import sys
from typing import Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option, site_option, spec_argument


@click.command()
@spec_argument
@site_option
@format_option()
def tree(spec: tuple[str, ...], sites: tuple[str, ...], style: str) -> None:
    """Show the tenants with their namespaces, hosts, services and apps."""
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.printing import print_diagnostics, print_json
    from cozygen.cli.reading import read_site_inputs
    from cozygen.pipeline import LINKING
    from cozygen.platform.outline import outline

    shown: list[dict[str, Any]] = []
    failed = False
    for site in read_site_inputs(spec, sites, None):
        compiled = compile_site(site, LINKING)
        errors = [item for item in compiled.state.diagnostics if item.is_error]
        failed = failed or bool(errors)
        if style == "text":
            print_diagnostics(errors, style, compiled.files)
        if compiled.state.platform is not None:
            shown.append(outline(compiled.state.platform))
    if style == "json":
        print_json({"version": 1, "platforms": shown})
    else:
        for platform in shown:
            _print(platform)
    sys.exit(EXIT_FAULT if failed else 0)


def _print(platform: dict[str, Any]) -> None:
    head = (
        f"{platform['name']}  Cozystack {platform['cozystack']} ({platform['variant']})  {platform['host']}"
    )
    click.echo(click.style(head, bold=True))
    _tenant(platform["root"], "", "")


def _tenant(tenant: dict[str, Any], lead: str, indent: str) -> None:
    facts = [tenant["namespace"], tenant["host"] or "no host"]
    if tenant["services"]:
        facts.append("runs " + ", ".join(tenant["services"]))
    if tenant["schedulingClass"]:
        facts.append(f"on {tenant['schedulingClass']}")
    click.echo(
        f"{lead}{click.style(tenant['name'], fg='cyan', bold=True)}  {click.style('  '.join(facts), dim=True)}"
    )
    entries: list[Any] = [*tenant["apps"], *tenant["children"]]
    for index, item in enumerate(entries):
        last = index == len(entries) - 1
        branch, further = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if "kind" in item:
            click.echo(f"{indent}{branch}{item['kind']} {item['name']}")
        else:
            _tenant(item, indent + branch, indent + further)
