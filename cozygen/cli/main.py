"""The root command. Commands are imported when they are run, so that starting stays cheap."""

from __future__ import annotations

import importlib
from typing import Any

import click

from cozygen import __version__

COMMANDS = {
    "init": ("cozygen.cli.init", "Begin a spec: a platform, a first tenant, a CI workflow."),
    "render": ("cozygen.cli.render", "Compile a spec into a directory that Flux can reconcile."),
    "check": ("cozygen.cli.check", "Say everything that is wrong with a spec, or with a rendered directory."),
    "push": ("cozygen.cli.push", "Publish what a spec compiles to: a commit, a request, an OCI artifact."),
    "drift": ("cozygen.cli.drift", "Compare a branch or a cluster with what the spec compiles to."),
    "owners": ("cozygen.cli.owners", "Print CODEOWNERS: who approves changes of which files."),
    "tree": ("cozygen.cli.tree", "Show the tenants with namespaces, hosts, services and apps."),
    "talos": ("cozygen.cli.talos", "Make the machines' secrets and configurations, and validate them."),
    "schema": ("cozygen.cli.schema", "Print the spec's JSON Schema, for editors."),
    "catalog": ("cozygen.cli.catalog", "Look at what Cozystack releases offer."),
    "explain": ("cozygen.cli.explain", "Explain a diagnostic code, such as CZ2002."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are needed, and described without being imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        found: Any = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        command: click.Command = found
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from cozygen.schema import did_you_mean

            raise click.UsageError(f"no command {args[0]}; {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cozygen")
def cli() -> None:
    """Compile a spec of a Cozystack cloud into the repository that Flux reconciles, and prove it first."""
