"""makejinja: Jinja2 templates, a file of output for each."""

from __future__ import annotations

from pathlib import Path

from peers.templates import TEMPLATE
from peers.work import rows, write_rows

NAME = "makejinja"
REQUIREMENTS = ("makejinja==2.8.1",)
OUTPUT = "out"
CHECKS = "undefined variables (asked for here); what comes out is text"

ONE = '{%% set t = tenants[%d] %%}\n{%% include "releases.partial" %%}\n'
RUN = "import sys; from makejinja.cli import makejinja_cli; sys.exit(makejinja_cli())"


def prepare(count: int, directory: Path) -> None:
    """The template, a line for each tenant that includes it, and the tenants as data."""
    write_rows(count, directory / "tenants.json")
    (directory / "templates").mkdir()
    (directory / "templates" / "releases.partial").write_text(TEMPLATE)
    for index, row in enumerate(rows(count)):
        (directory / "templates" / f"{row.directory}.yaml.jinja").write_text(ONE % index)


def command(python: Path) -> list[str]:
    """How it is run."""
    words = ["--input", "templates", "--output", "out", "--data", "tenants.json", "--include", "*.jinja"]
    return [str(python), "-c", RUN, *words, "--undefined", "strict", "--force", "--quiet"]
