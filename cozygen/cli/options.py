"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

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
        metavar="|".join(["text", "json", *more]),
        help="How to print; json is nothing but JSON.",
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


def rare(*words: str, **settings: Any) -> Callable[[F], F]:
    """An option that most people never need: ``--help-all`` and the reference show it, ``--help`` does not."""
    return click.option(*words, hidden=True, **settings)


def help_all_option(f: F) -> F:
    """``--help-all``: the help with the rare options."""
    return click.option(
        "--help-all",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_all,
        help="Show the rarer options too, and exit.",
    )(f)


def _show_all(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    for parameter in context.command.params:
        if parameter.param_type_name == "option":  # its class is another one under rich-click
            cast(click.Option, parameter).hidden = False
    click.echo(context.get_help(), color=context.color)
    context.exit()
