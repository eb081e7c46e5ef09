"""``cozygen explain``."""

from __future__ import annotations

import click

from cozygen.cli.options import format_option


@click.command()
@click.argument("code", required=False)
@format_option()
def explain(code: str | None, style: str) -> None:
    """Explain a diagnostic code: what it means, what breaks, what to do. Without CODE, list them all."""
    from cozygen.cli.printing import print_json
    from cozygen.diagnostics.registry import all_codes
    from cozygen.schema import did_you_mean

    codes = all_codes()
    if code is None:
        if style == "json":
            print_json(
                {
                    "version": 1,
                    "codes": [
                        {"code": c.id, "severity": c.severity.value, "title": c.title} for c in codes.values()
                    ],
                }
            )
        else:
            for item in codes.values():
                click.echo(f"{item.id}  {item.severity.value:7}  {item.title}")
        return
    wanted = code.upper()
    found = codes.get(wanted)
    if found is None:
        raise click.UsageError(
            f"there is no code {code}; {did_you_mean(wanted, codes) or 'cozygen explain lists them all'}"
        )
    if style == "json":
        print_json(
            {
                "version": 1,
                "code": found.id,
                "severity": found.severity.value,
                "title": found.title,
                "why": found.why,
                "fix": found.fix,
            }
        )
        return
    click.echo(click.style(f"{found.id}  {found.title}", bold=True) + f"  ({found.severity.value})\n")
    click.echo(click.wrap_text(found.why, 100) + "\n")
    click.echo(click.style("Fix: ", fg="green") + click.wrap_text(found.fix, 100, subsequent_indent="     "))
