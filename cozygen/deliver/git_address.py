"""Addresses of repositories: taken apart, without passwords, and as messages may show them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_SCP = re.compile(r"(?P<user>[^@/:\s]+)@(?P<host>[^/:\s]+):(?P<path>\S+)").fullmatch
_SCP_PASSWORD = re.compile(r"[^@/:\s]+:[^@/\s]*@[^/:\s]+:").match
_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]").search


@dataclass(frozen=True, slots=True)
class Address:
    """A repository. ``url`` is what git gets and holds no password; ``scheme`` is file, http, https or ssh.

    ``username`` and ``password`` are what an HTTP address held. ``directory`` is set for local repositories.
    """

    url: str
    scheme: str
    host: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    directory: str | None = None
    given: str = ""

    @property
    def shown(self) -> str:
        """The address as messages name it: as it was given, without a password."""
        return self.given or self.directory or self.url

    @property
    def origin(self) -> str:
        """Scheme, host and port: what credentials are for."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def parse_address(text: str) -> Address | str:
    """The address in ``text``, or what is wrong with it."""
    if not text.strip() or _CONTROL(text):
        return "is no address"
    if re.match(r"\w+::", text):
        return "names a program instead of a repository"
    if "://" not in text:
        scp = _SCP(text)
        if scp is not None:
            return _ssh(f"ssh://{scp['user']}@{scp['host']}/{scp['path'].lstrip('/')}", text)
        return "holds a password, which ssh does not take; use a key" if _SCP_PASSWORD(text) else _local(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        return f"is no URL: {error}"
    if parts.scheme == "file":
        return _local(unquote(parts.path)) if parts.netloc in ("", "localhost") else "names a host"
    if parts.scheme == "ssh":
        return _ssh(text, text)
    if parts.scheme not in ("http", "https"):
        return f"has the scheme {parts.scheme}; use https, http, ssh or file"
    if not parts.hostname or " " in parts.hostname:
        return "names no host"
    if parts.query or parts.fragment:
        return "goes on after its path, where git has nothing to read"
    if not parts.path.strip("/"):
        return "names no repository"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = f"{host}:{port}" if port is not None else host
    url = urlunsplit((parts.scheme, netloc, parts.path, "", ""))
    username = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Address(url, parts.scheme, parts.hostname, username, password)


def without_userinfo(text: str) -> str:
    """Text in which no URL holds a user or password."""
    return _USERINFO.sub("***@", text)


def discreet(text: str) -> str:
    """An address that could not be read, as messages may show it: without what may be a password or token."""
    if "://" not in text:
        return re.sub(r"^[^@/:\s]+:[^@/\s]*@", "***@", text)
    return re.sub(r"[?#].*", "", without_userinfo(text), flags=re.DOTALL)


def _ssh(url: str, given: str) -> Address | str:
    parts = urlsplit(url)
    if not parts.hostname or parts.hostname.startswith("-"):
        return "names no host"
    if parts.password:
        return "holds a password, which ssh does not take; use a key"
    if not parts.path.strip("/"):
        return "names no repository"
    if given == url:
        return Address(url, "ssh", parts.hostname)
    return Address(given, "ssh", parts.hostname)


def _local(path: str) -> Address | str:
    if not path:
        return "is no path"
    directory = str(Path(os.path.abspath(path)))
    return Address("file://" + quote(directory), "file", directory=directory, given=path)
