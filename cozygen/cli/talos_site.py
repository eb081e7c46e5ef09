"""What the commands below ``cozygen talos`` have in common: one site, its machines, its secrets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from cozygen.cli.options import EXIT_FAULT, EXIT_OUTSIDE
from cozygen.record import Record

if TYPE_CHECKING:
    from cozygen.cli.compiling import Compiled
    from cozygen.emit.talos.bundle import Bundle
    from cozygen.platform.machines.cluster import Cluster
    from cozygen.platform.model import Platform
    from cozygen.platform.nodes import Node

F = TypeVar("F", bound=Callable[..., Any])


def site_options(f: F) -> F:
    """``--spec``, ``--site`` and ``--output``: whose machines, and where the rendered tree is."""
    output = click.option(
        "--output", "-o", metavar="DIR", help="The rendered directory; with cozygen.yaml it says so itself."
    )
    site = click.option("--site", metavar="NAME", help="Which site of cozygen.yaml, where there are several.")
    spec = click.option(
        "--spec",
        multiple=True,
        metavar="PATH",
        help="The spec's files or directories, where there is no cozygen.yaml; may be repeated.",
    )
    return spec(site(output(f)))


class Machines(Record):
    """A site that checks clean, with its machines; ``output`` is its rendered directory, if one is known."""

    compiled: Compiled
    platform: Platform
    cluster: Cluster
    output: Path | None

    @property
    def directory(self) -> Path:
        """The rendered directory, which has to be known."""
        if self.output is None:
            raise click.UsageError("--output DIR is missing: the directory that the site is rendered into")
        return self.output

    def chosen(self, names: tuple[str, ...]) -> list[Node]:
        """The nodes of these names, or all."""
        from cozygen.schema import did_you_mean

        nodes = self.platform.site.hardware.nodes
        for name in names:
            if name not in nodes:
                raise click.UsageError(
                    f"no node {name}; {did_you_mean(name, nodes) or 'known are ' + ', '.join(nodes)}"
                )
        return [nodes[name] for name in names] if names else list(nodes.values())


def read_machines(spec: tuple[str, ...], site: str | None, output: str | None) -> Machines:
    """Compile one site. What is wrong with it is printed and ends the command."""
    from cozygen.cli.compiling import compile_site
    from cozygen.cli.printing import print_diagnostics
    from cozygen.cli.reading import read_site_inputs
    from cozygen.pipeline import CHECKING
    from cozygen.platform.machines.cluster import cluster_of

    sites = read_site_inputs(spec, (site,) if site else (), output)
    if len(sites) != 1:
        names = ", ".join(str(item.name) for item in sites)
        raise click.UsageError(f"there are several sites, {names}; pick one with --site")
    compiled = compile_site(sites[0], CHECKING)
    if compiled.state.failed or compiled.state.platform is None:
        print_diagnostics([d for d in compiled.state.diagnostics if d.is_error], "text", compiled.files)
        sys.exit(EXIT_FAULT)
    platform = compiled.state.platform
    if not platform.site.runs_talos:
        fault("the spec describes no machines that run Talos")
    directory = Path(sites[0].output) if sites[0].output is not None else None
    return Machines(compiled, platform, cluster_of(platform.site), directory)


def secrets_path(machines: Machines, stated: str | None) -> Path:
    """Where the encrypted secrets are: as stated, else in the rendered directory."""
    from cozygen.layout.tree import SECRETS

    return Path(stated) if stated is not None else machines.directory / SECRETS


def read_secrets(path: Path) -> Bundle:
    """The decrypted secrets."""
    import yaml

    from cozygen.deliver.sops import SopsError, decrypt, is_encrypted
    from cozygen.emit.talos.bundle import bundle_of, malformed_fields, missing_fields

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        fault(f"{path} does not exist; make it with cozygen talos secrets")
    except OSError as error:
        outside(f"{path}: {error.strerror}")
    if not is_encrypted(data):
        if b"ENC[" in data:
            fault(f"{path} is damaged: it is no longer YAML; restore it from Git")
        fault(
            f"{path} is not encrypted; encrypt it with sops, and replace the secrets if it was ever committed"
        )
    try:
        content = yaml.safe_load(decrypt(data))
    except SopsError as error:
        outside(str(error))
    missing = missing_fields(content)
    if missing:
        fault(f"{path} lacks {', '.join(missing)}")
    wrong = malformed_fields(content)
    if wrong:
        fault(f"{path} holds something else than Talos' own tools write as {', '.join(wrong)}")
    return bundle_of(content)


def fault(message: str) -> NoReturn:
    """Say what is wrong with what the command was given, and exit."""
    click.echo(f"cozygen: {message}", err=True)
    sys.exit(EXIT_FAULT)


def outside(message: str) -> NoReturn:
    """Say that something outside of cozygen failed, and exit."""
    click.echo(f"cozygen: {message}", err=True)
    sys.exit(EXIT_OUTSIDE)
