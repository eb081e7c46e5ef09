"""From options and the spec's delivery to a branch of a remote."""

from __future__ import annotations

import os
from typing import Protocol

import click

from cozygen.deliver.git_access import Access, Login
from cozygen.deliver.git_address import discreet, parse_address
from cozygen.deliver.git_credentials import Pair, find_pair
from cozygen.deliver.git_publish import Target
from cozygen.layout.tree import path_fault
from cozygen.platform.delivery import GIT, Delivery


class RemoteOptions(Protocol):
    """The options that say where a branch is and how to get at it."""

    @property
    def to(self) -> str | None:
        """The repository's address."""

    @property
    def branch(self) -> str | None:
        """The branch."""

    @property
    def path(self) -> str | None:
        """The directory in it."""

    @property
    def credentials(self) -> str | None:
        """A file with credentials for HTTP."""

    @property
    def ssh_key(self) -> str | None:
        """The key for SSH."""

    @property
    def known_hosts(self) -> str | None:
        """Host keys for SSH."""

    @property
    def own_git_config(self) -> bool:
        """Whether the user's git configuration counts."""

    @property
    def timeout(self) -> float:
        """Seconds for one exchange."""


def target_of(delivery: Delivery, options: RemoteOptions) -> Target:
    """The branch, and the directory in it."""
    in_git = delivery.kind == GIT
    url = options.to if options.to is not None else delivery.url if delivery.stated and in_git else None
    if url is None:
        raise click.UsageError(
            "no repository is named; set delivery.git.url of the Platform, or give --to URL"
        )
    address = parse_address(url)
    if isinstance(address, str):
        raise click.UsageError(f"{discreet(url) or 'an empty --to'} {address}")
    pair = Pair(None, None)
    if address.scheme in ("http", "https"):
        pair = find_pair(address, os.environ, options.credentials)
    for file in (options.ssh_key, options.known_hosts):
        if file is not None and not os.path.isfile(file):
            raise click.UsageError(f"{file} does not exist")
    access = Access(
        pair.username,
        pair.password,
        options.ssh_key,
        options.known_hosts,
        options.own_git_config,
        options.timeout,
    )
    stated = options.path if options.path is not None else delivery.path
    path = "/".join(part for part in stated.split("/") if part not in ("", "."))
    fault = path_fault(path) if path else None
    if fault is not None:
        raise click.UsageError(f"{stated!r} is no directory of a repository: it {fault}")
    branch = options.branch if options.branch is not None else delivery.branch if in_git else "main"
    return Target(Login(address, access), branch, path)
