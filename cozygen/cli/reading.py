"""Reading a spec's files: from arguments or cozygen.yaml to layers, and the files that a spec points at."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

import click

from cozygen.cli import remembering
from cozygen.cli.options import EXIT_FAULT, EXIT_OUTSIDE
from cozygen.cli.printing import print_diagnostics
from cozygen.limits import MAX_BYTES
from cozygen.record import Record
from cozygen.spec.source import Layer, Source

FILE = "cozygen.yaml"
_SUFFIXES = (".yaml", ".yml", ".json")
_MANIFEST = (".cozygen", "manifest.json")


class Site(Record):
    """What one compile reads and where it goes; ``name`` and ``output`` are None where arguments do not say."""

    name: str | None
    layers: tuple[Layer, ...]
    output: str | None


def read_site_inputs(spec: tuple[str, ...], wanted: tuple[str, ...], output: str | None) -> list[Site]:
    """The sites to compile: one from the arguments, or those of the nearest cozygen.yaml."""
    if spec:
        if wanted:
            raise click.UsageError("--site picks a site of cozygen.yaml and does not go with SPEC")
        return [Site(None, tuple(read_layer(path) for path in spec), output)]
    root = find_root()
    if root is None:
        raise click.UsageError(
            f"no SPEC, and no {FILE} here or above; name the spec's directory, or run cozygen init"
        )
    path = relative(root / FILE)
    try:
        data = (root / FILE).read_bytes()
    except OSError as error:
        outside(f"{path}: {error.strerror}")
    chosen = _chosen(_sites(data, path), wanted)
    if output is not None and len(chosen) > 1:
        raise click.UsageError("--output takes one site; pick it with --site")
    return [
        Site(
            s.name,
            tuple(read_layer(relative(root / layer)) for layer in s.layers),
            output or relative(root / s.output),
        )
        for s in chosen
    ]


def note_sites(spec: tuple[str, ...]) -> None:
    """Say of a SPEC with errors that it holds sites, which is why it may make no sense as one layer."""
    for path in spec:
        if os.path.isfile(os.path.join(path, FILE)):
            click.echo(
                f"note: {path} has a {FILE}; run cozygen in there, without SPEC, to compile its sites",
                err=True,
            )


class _Stated(NamedTuple):
    """A site as cozygen.yaml states it."""

    name: str
    layers: tuple[str, ...]
    output: str


def _sites(data: bytes, path: str) -> list[_Stated]:
    """The sites that the file states; with mistakes in it, they are told and the command ends."""
    file = remembering.memory_file("sites", path)
    known = remembering.load(file)
    if known is not None and known[:2] == (remembering.fingerprint(), data):
        return [_Stated(*site) for site in known[2]]
    from cozygen.sites import read_sites

    found, problems = read_sites(data, path)
    if problems:
        print_diagnostics(problems, "text", {path: data})
        sys.exit(EXIT_FAULT)
    sites = [_Stated(site.name, site.layers, site.output) for site in found]
    remembering.store(file, (remembering.fingerprint(), data, [tuple(site) for site in sites]))
    return sites


def _chosen(sites: list[_Stated], wanted: tuple[str, ...]) -> list[_Stated]:
    known = {site.name: site for site in sites}
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"{FILE} has no site {name}; it has {', '.join(known)}")
    return [known[name] for name in wanted] if wanted else sites


def find_root() -> Path | None:
    """The directory of the nearest cozygen.yaml, from here upwards."""
    here = Path.cwd()
    return next((d for d in (here, *here.parents) if (d / FILE).is_file()), None)


def relative(path: Path) -> str:
    """A path as people would type it from here."""
    return os.path.relpath(path)


def read_layer(path: str) -> Layer:
    """The files of one SPEC argument: a file, a directory with everything below it, or ``-``."""
    if path == "-":
        return Layer("-", (Source("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1)),))
    try:
        if os.path.isdir(path):
            return Layer(path, tuple(_read(name) for name in sorted(_walk(path))))
        if not os.path.exists(path):
            raise click.UsageError(f"{path} does not exist")
        return Layer(path, (_read(path),))
    except OSError as error:
        outside(f"{error.filename or path}: {error.strerror}")


def _walk(top: str) -> list[str]:
    """The YAML files below a directory; hidden ones and rendered trees are left out."""
    found = []
    for entry in os.scandir(top):
        name = os.path.join(top, entry.name) if top != "." else entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not os.path.exists(os.path.join(name, *_MANIFEST)):
                found.extend(_walk(name))
        elif entry.name.endswith(_SUFFIXES) and entry.name not in (FILE, "cozygen.schema.json"):
            found.append(name)
    return found


def _read(path: str) -> Source:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            outside(f"{path} is no regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return Source(path, file.read(MAX_BYTES + 1))
    finally:
        os.close(descriptor)


def read_attachments(references: Iterable[str], layers: Iterable[Layer]) -> dict[str, Source]:
    """The files that a spec points at, as far as they can be read and lie inside of the spec's directories."""
    out: dict[str, Source] = {}
    wanted = tuple(references)
    if not wanted:
        return out
    roots = [Path(layer.name) if os.path.isdir(layer.name) else Path(layer.name).parent for layer in layers]
    root = find_root()
    allowed = [path.resolve() for path in [*roots, *([root] if root else [])]]
    for name in wanted:
        target = Path(os.path.realpath(name))
        try:
            if any(target.is_relative_to(directory) for directory in allowed) and target.is_file():
                out[name] = _read(name)
        except OSError:
            continue  # reported as missing, where the spec names it
    return out


def as_named(references: Iterable[str], read: Mapping[str, Source]) -> dict[str, bytes | None]:
    """The content of every file that a spec points at, None for those that could not be read."""
    return {name: read[name].data if name in read else None for name in references}


def outside(message: str) -> NoReturn:
    """Say that something outside of cozygen failed, and exit."""
    click.echo(f"cozygen: {message}", err=True)
    sys.exit(EXIT_OUTSIDE)
