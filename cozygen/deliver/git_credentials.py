"""Credentials for git over HTTP: from the environment, or from a file; git's own helpers need neither."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import Address

ANYONE = "x-access-token"
"""The user name beside a token where none is given: forges look at the token alone."""


class Pair(NamedTuple):
    """A user name and a password or token."""

    username: str | None
    password: str | None


def find_pair(address: Address, environment: Mapping[str, str], file: str | None) -> Pair:
    """The credentials for an address. A file that is named comes before the environment."""
    if file is not None:
        return _from_file(address, file)
    password = environment.get("COZYGEN_GIT_PASSWORD") or environment.get("COZYGEN_GIT_TOKEN")
    if not password:
        return Pair(None, None)
    username = environment.get("COZYGEN_GIT_USERNAME") or address.username or ANYONE
    return _clean(username.strip(), password.strip("\r\n"), "the environment")


def _from_file(address: Address, file: str) -> Pair:
    """A file as git's credential store writes it (a URL a line), or with ``user:password``, or a token alone."""
    try:
        lines = [line.strip() for line in Path(file).read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise DeliveryError.of(codes.CREDENTIALS, file, f"cannot read {file}: {reason}") from error
    lines = [line for line in lines if line and not line.startswith("#")]
    for line in lines:
        if "://" not in line:
            username, colon, password = line.partition(":")
            return (
                _clean(username, password, file) if colon else _clean(address.username or ANYONE, line, file)
            )
        parts = urlsplit(line)
        if f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" == address.origin and parts.password:
            return _clean(unquote(parts.username or "") or ANYONE, unquote(parts.password), file)
    message = f"{file} has no credentials for {address.origin}"
    raise DeliveryError.of(codes.CREDENTIALS, file, message)


def _clean(username: str, password: str, source: str) -> Pair:
    if any(char in username + password for char in "\n\r\0"):
        raise DeliveryError.of(codes.CREDENTIALS, source, f"the credentials in {source} hold a line break")
    return Pair(username, password)


def read_token(environment: Mapping[str, str], names: tuple[str, ...], file: str | None) -> str | None:
    """A token for an API: the first line of a file, or the first of some variables that is set."""
    if file is not None:
        try:
            return Path(file).read_text("utf-8").strip().splitlines()[0]
        except (OSError, UnicodeDecodeError, IndexError) as error:
            message = f"cannot read a token from {os.fspath(file)}"
            raise DeliveryError.of(codes.CREDENTIALS, file, message) from error
    return next((found for name in names if (found := environment.get(name, "").strip())), None)
