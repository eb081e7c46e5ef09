"""Pull and merge requests: what the four forges have in common, and which one an address belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from cozygen.deliver import http_codes as codes
from cozygen.deliver.failures import DeliveryError, MisuseError
from cozygen.deliver.git_address import Address
from cozygen.deliver.http import Reply, Request, send
from cozygen.record import Record


class Draft(Record):
    """A request as it should be: from ``branch`` into ``base``."""

    branch: str
    base: str
    title: str
    body: str


class Proposal(Record):
    """A request that is open; ``new`` says that this run opened it."""

    number: int
    url: str
    new: bool = False


class Forge(Protocol):
    """One forge's API for one repository."""

    def find(self, branch: str, base: str) -> Proposal | None:
        """The open request from one branch into the other."""

    def open(self, draft: Draft) -> Proposal:
        """A new request."""

    def update(self, proposal: Proposal, draft: Draft) -> Proposal:
        """The same request with another title and text."""


@dataclass(frozen=True, slots=True)
class Api:
    """Where a forge's API is, for which repository, and the headers that open it."""

    url: str
    repository: str
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    timeout: float = 30.0

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer; raises for what is no success."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "User-Agent": "cozygen", **self.headers}
        if data is not None:
            headers["Content-Type"] = "application/json"
        reply = send(Request(method, f"{self.url}{path}", headers, data), self.timeout)
        if 200 <= reply.status < 300:
            return reply.json()
        raise self._refused(method, path, reply)

    def _refused(self, method: str, path: str, reply: Reply) -> DeliveryError:
        site = urlsplit(self.url)
        where = f"{method} {path.partition('?')[0]}"
        message = f"{site.netloc} answers {where} with {reply.status}: {reply.said() or 'nothing'}"
        code = codes.FORGE_DENIED if reply.status in (401, 403, 404) else codes.FORGE_REFUSED
        return DeliveryError.of(code, f"{site.scheme}://{site.netloc}", message)


class Wary(Record):
    """A forge whose answers may be something else: a login page, a proxy's, another forge's."""

    forge: Forge
    site: str

    def find(self, branch: str, base: str) -> Proposal | None:
        """The open request from one branch into the other."""
        with self._understood():
            return self.forge.find(branch, base)

    def open(self, draft: Draft) -> Proposal:
        """A new request."""
        with self._understood():
            return self.forge.open(draft)

    def update(self, proposal: Proposal, draft: Draft) -> Proposal:
        """The same request with another title and text."""
        with self._understood():
            return self.forge.update(proposal, draft)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            message = f"{self.site} answers, but not as the API of {type(self.forge).__name__} does"
            hint = "check --forge and its address, or a proxy between"
            raise DeliveryError.of(codes.FORGE_REFUSED, self.site, message, hint) from error


def propose(forge: Forge, draft: Draft) -> Proposal:
    """Open the request, or update the one that is open."""
    found = forge.find(draft.branch, draft.base)
    return forge.open(draft) if found is None else forge.update(found, draft)


def kind_of(address: Address, stated: str | None) -> str:
    """Which forge an address belongs to; raises where nobody can tell."""
    if stated:
        return stated
    host = address.host.lower()
    for part, kind in (("github", "github"), ("gitlab", "gitlab"), ("gitea", "gitea")):
        if part in host:
            return kind
    if "forgejo" in host or "codeberg" in host:
        return "forgejo"
    message = f"cannot tell which forge {address.shown} is at"
    raise MisuseError.of(codes.FORGE_UNKNOWN, address.shown, message)


def site_of(address: Address, stated: str | None) -> str:
    """The forge's own address, without a slash at its end."""
    if stated:
        return stated.rstrip("/")
    parts = urlsplit(address.url)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{address.host}"


def repository_of(address: Address, site: str) -> str:
    """The repository's path at the forge: owner and name, or groups and name."""
    path = urlsplit(address.url).path if "://" in address.url else address.url.partition(":")[2]
    below = urlsplit(site).path.strip("/")
    path = path.strip("/").removesuffix(".git")
    if below and path.startswith(f"{below}/"):
        path = path[len(below) + 1 :]
    if not re.fullmatch(r"[^/]+(/[^/]+)+", path):
        message = f"{address.shown} names no repository of a forge"
        raise MisuseError.of(codes.FORGE_UNKNOWN, address.shown, message)
    return path
