"""``cozygen init``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option

_VARIANTS = ("isp-full", "isp-full-generic", "isp-hosted")


@click.command()
@click.argument("directory", default=".", metavar="[DIR]")
@click.option("--name", metavar="NAME", help="The site's name.")
@click.option("--host", metavar="HOST", help="The DNS name under which the cloud is published.")
@click.option(
    "--variant",
    type=click.Choice(_VARIANTS),
    metavar="VARIANT",
    help="isp-full (Talos), isp-full-generic (other Linux) or isp-hosted (a cluster).",
)
@click.option("--addresses", metavar="A-B", help="Addresses for load balancers: the first and the last.")
@click.option("--git-url", metavar="URL", help="The repository as the nodes reach it.")
@click.option("--git-branch", metavar="NAME", help="The branch that Flux watches.")
@click.option("--git-secret", metavar="NAME", help="The Secret in cozy-fluxcd with its credentials.")
@click.option("--tenant", metavar="NAME", help="The first tenant's name.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="NAME=IP/LENGTH",
    help="A machine of the management cluster; may be repeated.",
)
@click.option("--vip", metavar="IP", help="The virtual address of the API server.")
@click.option("--gateway", metavar="IP", help="The machines' default gateway.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
@format_option()
def init(directory: str, yes: bool, style: str, **given: Any) -> None:
    """Begin a spec in DIR: a platform, a first tenant, editor support and a CI workflow.

    On a terminal it asks for what no option says. What it writes checks clean and renders. It never
    overwrites a file.
    """
    from cozygen.cli.printing import print_json
    from cozygen.cli.reading import outside

    facts = _facts(given, ask=not yes and sys.stdin.isatty() and style == "text")
    files = _files(facts)
    _prove(files)
    root = Path(directory)
    taken = [name for name in files if os.path.lexists(root / name)]
    if taken:
        click.echo(f"cozygen: {directory} has {', '.join(taken)} already; init overwrites nothing", err=True)
        sys.exit(EXIT_FAULT)
    try:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        outside(f"{error.filename}: {error.strerror}")
    if style == "json":
        print_json({"version": 1, "directory": directory, "files": sorted(files)})
        return
    click.echo(f"wrote {len(files)} files into {directory}:")
    for name in files:
        click.echo(f"  {name}")
    where = "" if directory in (".", "./") else f"cd {directory} && "
    click.echo(
        f"\nNext: {where}cozygen check, then cozygen render; the runbook is in {facts['output']}/bootstrap/runbook.md"
    )


def _prove(files: dict[str, str]) -> None:
    """Refuse what would not check clean, such as a tenant's name with a dash."""
    from cozygen.pipeline import CHECKING, parse_layers, run
    from cozygen.spec.source import Layer, Source

    sources = (Source(name, text.encode()) for name, text in files.items() if name.startswith("spec/"))
    state = run(parse_layers((Layer("spec", tuple(sources)),)), {}, CHECKING)
    for item in state.diagnostics:
        if item.is_error:
            raise click.UsageError(f"{item.message}" + (f"; {item.hint}" if item.hint else ""))


def _facts(given: dict[str, Any], *, ask: bool) -> dict[str, Any]:
    from cozygen import __version__
    from cozygen.catalog.load import versions

    def value(key: str, question: str, default: str) -> str:
        stated = given.get(key)
        if stated:
            return str(stated)
        return str(click.prompt(question, default=default)) if ask else default

    name = value("name", "Name of the site", "prod")
    variant = value(
        "variant",
        "Variant: isp-full (Talos), isp-full-generic (other Linux), isp-hosted (a cluster that exists)",
        "isp-full",
    )
    if variant not in _VARIANTS:
        raise click.UsageError(f"the variant is one of {', '.join(_VARIANTS)}")
    host = value("host", "DNS name of the cloud", "cloud.example.org")
    hosted = variant == "isp-hosted"
    nodes = [_node(text, index) for index, text in enumerate(given.get("nodes") or ())]
    return {
        "name": name,
        "variant": variant,
        "host": host,
        "addresses": ""
        if hosted
        else value("addresses", "Addresses for load balancers", "192.168.100.200-192.168.100.250"),
        "git_url": value(
            "git_url", "Git repository, as the nodes reach it", "https://git.example.org/platform/fleet.git"
        ),
        "git_branch": given.get("git_branch") or "main",
        "git_secret": given.get("git_secret"),
        "tenant": value("tenant", "First tenant", "acme"),
        "nodes": nodes,
        "replicas": min(3, len(nodes)) if nodes else 3,
        "vip": given.get("vip"),
        "gateway": given.get("gateway"),
        "version": versions()[0],
        "output": f"clusters/{name}",
        "cozygen": __version__,
    }


def _node(text: str, index: int) -> dict[str, str]:
    name, equals, address = text.partition("=")
    if not equals or "/" not in address:
        raise click.UsageError(f"--node {text}: write NAME=ADDRESS/LENGTH, such as srv1=192.168.100.11/24")
    role = "controlplane" if index < 3 else "worker"
    return {"name": name, "address": address, "role": role, "system": "/dev/sda", "data": "/dev/sdb"}


def _files(facts: dict[str, Any]) -> dict[str, str]:
    from cozygen.catalog.load import load_release
    from cozygen.spec.editor import editor_schema_text
    from cozygen.templates import render

    facts = {**facts, "schema": "../cozygen.schema.json"}
    out = {
        "cozygen.yaml": render("sites.yaml.j2", facts),
        "spec/platform.yaml": render("platform.yaml.j2", facts),
        "spec/tenants.yaml": render("tenants.yaml.j2", facts),
    }
    if facts["nodes"]:
        out["spec/hardware.yaml"] = render("hardware.yaml.j2", facts)
    return out | {
        "cozygen.schema.json": editor_schema_text(load_release(facts["version"])),
        ".github/workflows/cozygen.yaml": render("workflow.yaml.j2", facts),
        "README.md": render("readme.md.j2", facts),
    }
