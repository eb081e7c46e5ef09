"""Jinja2 templates of what people read: scaffold, workflow, proposal. Never of Kubernetes YAML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cozygen.data import data_directory

if TYPE_CHECKING:
    from jinja2 import Environment


def render(name: str, facts: Mapping[str, Any]) -> str:
    """The template of that name, filled in; a fact that is missing raises."""
    return str(_environment().get_template(name).render(**facts))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(data_directory("templates")),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
