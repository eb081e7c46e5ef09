"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_OUTSIDE = 3


def format_option(*more: str) -> Callable[[F], F]:
    """``--format text|json``, and what else a command offers."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(["text", "json", *more]),
        default="text",
        show_default=True,
        help="How to print the result; json prints JSON only, on standard output.",
    )


def spec_argument(f: F) -> F:
    """SPEC...: files or directories, each a layer over the ones before it."""
    return click.argument("spec", nargs=-1, metavar="[SPEC]...")(f)


def site_option(f: F) -> F:
    """``--site``: which of cozygen.yaml's sites."""
    return click.option(
        "--site",
        "sites",
        multiple=True,
        metavar="NAME",
        help="Only this site of cozygen.yaml; may be repeated.",
    )(f)
