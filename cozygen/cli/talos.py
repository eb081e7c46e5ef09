"""``cozygen talos``: the machines' secrets and configurations."""

from __future__ import annotations

import click

from cozygen.cli.talos_config import config
from cozygen.cli.talos_secrets import secrets
from cozygen.cli.talos_validate import validate


@click.group()
def talos() -> None:
    """Make the machines' secrets, whole configurations, and look at what Talos would say of them.

    Patches without secrets come with `cozygen render`, in talos/ of the output; these commands add what must
    not be in Git in plain text.
    """


talos.add_command(secrets)
talos.add_command(config)
talos.add_command(validate)
