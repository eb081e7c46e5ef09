"""``cozygen schema``."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--cozystack", "version", metavar="VERSION", help="The Cozystack release; by default the newest."
)
@click.option(
    "--layer", is_flag=True, help="For upper layers: nothing is required, and null removes what is below."
)
def schema(version: str | None, layer: bool) -> None:
    """Print the JSON Schema (2020-12) of the spec, with the values of every application kind.

    Save it as cozygen.schema.json and begin every document with
    # yaml-language-server: $schema=cozygen.schema.json
    """
    from cozygen.catalog.load import UnknownReleaseError, load_release, versions
    from cozygen.spec.editor import editor_schema_text

    try:
        release = load_release(version or versions()[0])
    except UnknownReleaseError as unknown:
        raise click.UsageError(f"{unknown}" + (f"; {unknown.hint}" if unknown.hint else "")) from unknown
    click.echo(editor_schema_text(release, layer=layer), nl=False)
