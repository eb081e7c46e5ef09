"""``cozygen talos secrets``."""

from __future__ import annotations

import click

from cozygen.cli.options import format_option
from cozygen.cli.talos_site import fault, outside, read_machines, secrets_path, site_options


@click.command()
@site_options
@click.option(
    "--bundle", metavar="FILE", help="Where to put the secrets, if not into the rendered directory."
)
@format_option()
def secrets(
    spec: tuple[str, ...], site: str | None, output: str | None, bundle: str | None, style: str
) -> None:
    """Make the cluster's secrets, once, and encrypt them.

    Keys, certificates and tokens go to sops through a pipe and come back encrypted for the age recipients in
    talos.secrets.age of the spec. Nothing is ever overwritten: other secrets are another cluster.
    """
    from cozygen.cli.printing import print_json
    from cozygen.deliver.private import write_once
    from cozygen.deliver.sops import SopsError, encrypt
    from cozygen.deliver.talos_keys import Clock, CryptographyMissingError, new_bundle
    from cozygen.platform.machines.cluster import section
    from cozygen.yamlio import dump

    machines = read_machines(spec, site, output)
    path = secrets_path(machines, bundle)
    recipients = [str(text) for text in section(machines.cluster.body, "secrets").get("age") or ()]
    if not recipients:
        fault("the spec names no age recipients; write talos: {secrets: {age: [age1…]}} in Hardware")
    if path.exists() or path.is_symlink():
        fault(f"{path} exists already; a cluster's secrets are made once and never overwritten")
    try:
        data = encrypt(dump(new_bundle(Clock.real()).as_data()), recipients)
    except (SopsError, CryptographyMissingError) as error:
        outside(str(error))
    try:
        written = write_once(path, data)
    except OSError as error:
        outside(f"{path}: {error.strerror}")
    if not written:
        fault(f"{path} exists already; a cluster's secrets are made once and never overwritten")
    if style == "json":
        print_json({"version": 1, "path": str(path), "recipients": recipients})
    else:
        click.echo(
            f"made the secrets of {machines.cluster.name} and encrypted them into {path}; commit the file"
        )
