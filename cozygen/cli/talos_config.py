"""``cozygen talos config``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cozygen.cli.options import EXIT_FAULT, format_option
from cozygen.cli.talos_site import (
    Machines,
    fault,
    outside,
    read_machines,
    read_secrets,
    secrets_path,
    site_options,
)

if TYPE_CHECKING:
    from cozygen.emit.talos.bundle import Bundle
    from cozygen.emit.talos.document import Document
    from cozygen.platform.nodes import Node

TALOSCONFIG = "talosconfig"


@click.command()
@click.argument("nodes", nargs=-1, metavar="[NODE]...")
@site_options
@click.option("--bundle", metavar="FILE", help="The encrypted secrets, if not in the rendered directory.")
@click.option(
    "--patch",
    "patches",
    multiple=True,
    metavar="FILE",
    help="A SOPS-encrypted patch with secrets, such as registry credentials; may be repeated.",
)
@click.option(
    "--to", metavar="DIR", help="Where to write, if not into talos/configs of the rendered directory."
)
@click.option("--renew", is_flag=True, help="Write a new talosconfig; its certificate is good for a year.")
@format_option()
def config(
    nodes: tuple[str, ...],
    spec: tuple[str, ...],
    site: str | None,
    output: str | None,
    style: str,
    **options: Any,
) -> None:
    """Write whole machine configurations, of the named nodes or of all, and a talosconfig.

    They hold secrets in plain text, so they go into a directory that Git ignores, readable by you alone.
    """
    from cozygen.cli.printing import print_json
    from cozygen.deliver.private import NotPrivateError, private_directory, write_private
    from cozygen.yamlio import dump_all

    machines = read_machines(spec, site, output)
    chosen = machines.chosen(nodes)
    bundle = read_secrets(secrets_path(machines, options["bundle"]))
    extra = [document for name in options["patches"] for document in _extra(Path(name))]
    texts = {f"{node.name}.yaml": dump_all(_documents(machines, node, bundle, extra)) for node in chosen}
    try:
        directory = private_directory(
            Path(options["to"]) if options["to"] else machines.directory / "talos" / "configs"
        )
        if options["renew"] or not (directory / TALOSCONFIG).exists():
            texts[TALOSCONFIG] = _talosconfig(machines, bundle)
        for name, text in texts.items():
            write_private(directory / name, text)
        written = [str(directory / name) for name in texts]
    except NotPrivateError as error:
        fault(str(error))
    except OSError as error:
        outside(f"{error.filename}: {error.strerror}")
    _say_stale(machines, chosen)
    _say_left(machines, directory)
    if style == "json":
        print_json({"version": 1, "written": written})
    else:
        click.echo("\n".join(f"wrote {path}" for path in written), err=True)


def _documents(machines: Machines, node: Node, bundle: Bundle, extra: list[Document]) -> list[Document]:
    """The complete configuration; what a patch with secrets spoils is said, and ends the command."""
    from cozygen.checks.talos.effective import effective
    from cozygen.checks.talos.rules import judge
    from cozygen.emit.talos.merge import merged
    from cozygen.emit.talos.node import configuration, node_patch

    patch = node_patch(node, machines.cluster, machines.platform.site.hardware)
    documents = merged(configuration(patch, machines.cluster, bundle), extra)
    found = judge(documents) or list(effective(documents, machines.cluster))
    for item in found:
        click.echo(f"cozygen: {node.name}: {item.where}: {item.message}; {item.hint}", err=True)
    if found:
        sys.exit(EXIT_FAULT)
    return documents


def _extra(path: Path) -> list[Document]:
    import yaml

    from cozygen.deliver.sops import SopsError, decrypt, is_encrypted

    try:
        data = path.read_bytes()
    except OSError as error:
        outside(f"{path}: {error.strerror}")
    if not is_encrypted(data):
        fault(f"{path} is not encrypted; patches without secrets belong into the spec, others into sops")
    try:
        documents = list(yaml.safe_load_all(decrypt(data)))
    except SopsError as error:
        outside(str(error))
    except yaml.YAMLError as error:
        fault(f"{path}: {error}")
    if not all(isinstance(document, dict) for document in documents):
        fault(f"{path} holds something that is no document")
    return documents


def _talosconfig(machines: Machines, bundle: Bundle) -> str:
    from cozygen.deliver.talos_keys import (
        Clock,
        CryptographyMissingError,
        UnreadableKeyError,
        client_pair,
    )
    from cozygen.emit.talos.talosconfig import talosconfig
    from cozygen.yamlio import dump

    try:
        client = client_pair(bundle.talos, Clock.real())
    except CryptographyMissingError as error:
        outside(str(error))
    except UnreadableKeyError as error:
        fault(str(error))
    hardware = machines.platform.site.hardware
    return dump(talosconfig(machines.cluster, hardware, bundle.talos.crt, client))


def _say_left(machines: Machines, directory: Path) -> None:
    """Say which configurations are of machines that are gone: their secrets are those of the cluster."""
    nodes = machines.platform.site.hardware.nodes
    left = sorted(path.name for path in directory.glob("*.yaml") if path.stem not in nodes)
    if left:
        names = ", ".join(left)
        click.echo(f"cozygen: {names} in {directory} are of no node in the spec; delete them", err=True)


def _say_stale(machines: Machines, chosen: list[Node]) -> None:
    """Say which rendered patches are not what the spec gives now, and so not what was just written."""
    from cozygen.layout.compose import HEADER
    from cozygen.layout.talos import patch_text

    if machines.output is None:
        return
    stale = []
    for node in chosen:
        path = machines.output / "talos" / "nodes" / f"{node.name}.yaml"
        wanted = patch_text(machines.platform, node.name, machines.cluster, HEADER)
        if path.is_file() and path.read_text(encoding="utf-8") != wanted:
            stale.append(node.name)
    if stale:
        click.echo(
            f"cozygen: the rendered patches of {', '.join(stale)} are older than the spec; render and commit them",
            err=True,
        )
