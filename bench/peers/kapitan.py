"""Kapitan: an inventory of classes and targets, compiled by Jinja2 here."""

from __future__ import annotations

import json
from pathlib import Path

from peers.templates import TEMPLATE
from peers.work import rows

NAME = "Kapitan"
REQUIREMENTS = ("kapitan==0.36.3",)
OUTPUT = "compiled"
CHECKS = "undefined variables, references of the inventory; schemas of rendered kinds in a command of its own"

COMMON = """parameters:
  target_name: ${_reclass_:name:short}
  kapitan:
    vars: {target: "${target_name}"}
    compile:
    - {output_path: ., input_type: jinja2, input_paths: [templates/releases.yaml]}
"""


def prepare(count: int, directory: Path) -> None:
    """The template, a class for all tenants, a target for each."""
    (directory / "templates").mkdir()
    (directory / "inventory" / "classes").mkdir(parents=True)
    (directory / "inventory" / "targets").mkdir()
    head = "{% set t = inventory.parameters.tenant %}\n"
    (directory / "templates" / "releases.yaml").write_text(head + TEMPLATE)
    (directory / "inventory" / "classes" / "common.yml").write_text(COMMON)
    for row in rows(count):
        target = {"classes": ["common"], "parameters": {"tenant": row._asdict()}}
        (directory / "inventory" / "targets" / f"{row.directory}.yml").write_text(json.dumps(target))


def command(python: Path) -> list[str]:
    """How it is run."""
    return [str(python), "-m", "kapitan", "compile"]
