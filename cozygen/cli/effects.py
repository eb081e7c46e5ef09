"""``cozygen check --only``: the spec as it is now against the spec that the change began from."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from cozygen.cli.compiling import Compiled, compile_site
from cozygen.cli.reading import FILE, read_site_inputs
from cozygen.deliver.git_base import write_revision
from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.pipeline import CHECKING
from cozygen.record import Record
from cozygen.review import effect_codes as codes
from cozygen.review.effect import Sides, leaving
from cozygen.review.scope import Scope


class Before(Record):
    """What a change began from: a revision or a directory, and which SPEC or sites of it."""

    base: str
    spec: tuple[str, ...]
    sites: tuple[str, ...]


def effects(now: list[Compiled], before: Before, scope: Scope, *, grants: bool) -> Iterator[Diagnostic]:
    """What the change does outside of the scope."""
    spec, base = before.spec, before.base
    if any(os.path.isabs(path) or path == "-" for path in spec):
        raise click.UsageError("--base needs SPEC as relative paths, to find the same below the base")
    with base_directory(base) as here, contextlib.chdir(here):
        old_sites = {item.name: compile_site(item, CHECKING) for item in read_site_inputs(spec, (), None)}
    for compiled in now:
        name = compiled.site.name
        old = old_sites.pop(name, None)
        broken = [item for item in old.state.diagnostics if item.is_error] if old is not None else []
        if old is not None and broken:
            related = [Related(broken[0].message, broken[0].place)]
            message = f"the spec at {base} has errors, so what changed since is not known"
            yield codes.BASE_BROKEN.at(
                Place(base, 1, 1), message, hint=codes.BASE_BROKEN.fix, related=related
            )
        elif compiled.state.platform is None:
            continue
        elif old is None or old.state.platform is None:
            message = f"this adds a whole platform, which {scope.label} does not cover"
            yield codes.LEAVES.at(compiled.state.platform.site.place, message)
        else:
            yield from leaving(Sides(old.state.platform, compiled.state.platform), scope, grants=grants)
    for name in old_sites if not before.sites else ():
        message = f"this removes the site {name} with a whole platform, which {scope.label} does not cover"
        yield codes.LEAVES.at(Place(FILE, 1, 1), message)


@contextlib.contextmanager
def base_directory(base: str) -> Iterator[Path]:
    """The directory that corresponds to this one in the base."""
    if os.path.isdir(base):
        yield Path(base)
        return
    with tempfile.TemporaryDirectory(prefix="cozygen-") as temporary:
        yield write_revision(base, Path(os.path.realpath(temporary)))[1]
