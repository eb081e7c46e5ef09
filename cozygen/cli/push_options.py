"""The options of ``cozygen push``, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cozygen.cli import remembering
from cozygen.cli.options import help_all_option, rare
from cozygen.record import Record

FORGES = ("github", "gitlab", "gitea", "forgejo")

F = TypeVar("F", bound=Callable[..., Any])


class PushOptions(Record):
    """What was asked for, option by option."""

    to: str | None
    branch: str | None
    path: str | None
    propose: bool
    oci: bool
    tag: str | None
    dry_run: bool
    overwrite: tuple[str, ...]
    author: str | None
    committer: str | None
    date: str | None
    sign: str | None
    credentials: str | None
    ssh_key: str | None
    known_hosts: str | None
    own_git_config: bool
    forge: tuple[str, str | None] | None
    token_file: str | None
    proposal_branch: str | None
    attempts: int
    timeout: float
    cache: Path | None


def cache_directory(_context: click.Context, _parameter: click.Parameter, stated: str | None) -> Path | None:
    """Where repositories are kept between runs, None for nowhere."""
    return remembering.cache_directory(stated)


def forge_choice(
    _context: click.Context, _parameter: click.Parameter, stated: str | None
) -> tuple[str, str | None] | None:
    """The forge, and where it is if that was said."""
    if stated is None:
        return None
    kind, _, url = stated.partition("=")
    if kind not in FORGES or (url and not url.startswith(("http://", "https://"))):
        raise click.BadParameter(f"write {', '.join(FORGES)}, or one of them with =https://…")
    return kind, url or None


def remote_options(f: F) -> F:
    """Where to, and how to get in; for a command with rare options, so ``--help-all`` too."""
    return _with(
        f,
        click.option("--to", metavar="URL", help="A path, file, http, https, ssh or oci URL."),
        click.option("--branch", metavar="NAME", help="By default the spec's, else main."),
        click.option("--path", metavar="DIR", help="The directory in it; by default the spec's."),
        rare("--credentials", metavar="FILE", help="For HTTP: a token, or URLs with passwords."),
        rare("--ssh-key", metavar="FILE", envvar="COZYGEN_SSH_KEY", help="The key for SSH."),
        rare("--known-hosts", metavar="FILE", envvar="COZYGEN_SSH_KNOWN_HOSTS", help="Host keys."),
        rare("--own-git-config", is_flag=True, help="Use your git configuration too."),
        rare("--timeout", type=click.FloatRange(1), metavar="SECONDS", default=300, help="For one exchange."),
        rare(
            "--cache",
            metavar="DIR",
            envvar="COZYGEN_CACHE_DIR",
            callback=cache_directory,
            help="Kept between runs; none for nothing.",
        ),
        help_all_option,
    )


def push_options(f: F) -> F:
    """What becomes of the tree, and in whose name."""
    person = "'NAME <EMAIL>'"
    return _with(
        f,
        click.option("--dry-run", is_flag=True, help="Say what would be published."),
        click.option("--propose", is_flag=True, help="Open or update a pull or merge request."),
        click.option("--forge", metavar="KIND[=URL]", callback=forge_choice, help="|".join(FORGES)),
        rare("--token-file", metavar="FILE", help="The forge's token."),
        rare("--proposal-branch", metavar="NAME", help="By default cozygen/PLATFORM."),
        click.option("--oci", is_flag=True, help="Publish an OCI artifact, not a commit."),
        rare("--tag", metavar="TAG", help="The artifact's, by default the spec's."),
        click.option("--overwrite", multiple=True, metavar="PATH", help="Give up hand-made edits; . is all."),
        click.option("--author", metavar=person, help="Who made the change."),
        rare("--committer", metavar=person, help="Who commits it."),
        rare("--date", metavar="DATE", help="When; by default now."),
        click.option("--sign", metavar="KEY", help="A key file for SSH, or a GPG key's id."),
        rare("--attempts", metavar="N", type=click.IntRange(1, 100), default=10, help="If the branch moves."),
    )


def _with(f: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        f = option(f)
    return f
