"""How git gets in, and what of the machine's configuration reaches it: nothing that runs programs or leaks.

Everything is handed over in the environment, which only the same user can read, never on a command line. A
password reaches git through a credential helper that prints it from the environment, for the one remote
that it belongs to.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from cozygen.deliver.git_address import Address, without_userinfo
from cozygen.record import Record

STALL = 30
"""Seconds without data after which a transfer counts as dead."""

_KEPT = frozenset(
    {
        "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY",
        "GIT_PROXY_SSL_CAINFO", "GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT",
    }
)  # fmt: skip
_HELPER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" '
    '"$COZYGEN_HELPER_USERNAME" "$COZYGEN_HELPER_PASSWORD"; }; f'
)
_NEVER_RUN = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.alternateRefsCommand": "true",
    "receive.denyCurrentBranch": "refuse",
    "receive.autogc": "false",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "safe.directory": "*",
}


@dataclass(frozen=True, slots=True)
class Access:
    """``ssh_key`` and ``known_hosts`` are files. With ``own_config`` the user's and the system's git
    configuration counts as well, with its credential helpers, proxies and certificates.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ssh_key: str | None = None
    known_hosts: str | None = None
    own_config: bool = False
    timeout: float = 300.0


class Login(Record):
    """An address with the way in; ``redact`` takes every secret out of a text that people will see."""

    address: Address
    access: Access

    @property
    def username(self) -> str | None:
        """Who logs in over HTTP: by the access, else by the address."""
        return self.access.username or self.address.username

    @property
    def password(self) -> str | None:
        """The password or token that goes with it."""
        return self.access.password or self.address.password

    def redact(self, text: str) -> str:
        """The text without passwords, however they got into it."""
        text = without_userinfo(text)
        for secret in (self.access.password, self.address.password):
            if secret:
                text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
        return text


def environment(login: Login | None, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of a git process: ``base`` without git's variables, plus what it needs.

    Without a login git talks to nobody, not even to fetch what a repository that it reads is missing.
    """
    out = {k: v for k, v in base.items() if k in _KEPT or not k.startswith(("GIT_", "COZYGEN_"))}
    access = login.access if login is not None else Access()
    out |= {
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "" if login is None else "file:http:https:ssh",
        "GIT_ADVICE": "0",
    }
    if not access.own_config:
        out |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1"}
    settings = list(_settings(login, access))
    if login is not None and login.username is not None and login.password is not None:
        out |= {"COZYGEN_HELPER_USERNAME": login.username, "COZYGEN_HELPER_PASSWORD": login.password}
    if access.ssh_key or access.known_hosts or not ({"GIT_SSH", "GIT_SSH_COMMAND"} & out.keys()):
        out.pop("GIT_SSH", None)
        out["GIT_SSH_COMMAND"] = ssh_command(access)
    return out | as_variables(settings)


def as_variables(settings: list[tuple[str, str]]) -> dict[str, str]:
    """Configuration for git as environment variables, stronger than any file."""
    out = {"GIT_CONFIG_COUNT": str(len(settings))}
    for index, (key, value) in enumerate(settings):
        out |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return out


def local_program(name: str) -> str:
    """The program at the other end of a local repository, guarded against that repository's configuration."""
    words = ["git"]
    for key, value in _NEVER_RUN.items():
        words += ["-c", f"{key}={value}"]
    return " ".join(shlex.quote(word) for word in [*words, name])


def ssh_command(access: Access) -> str:
    """The ssh that asks nothing and accepts no unknown host."""
    words = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=20"]
    words += ["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3"]
    if access.ssh_key:
        words += ["-i", os.path.abspath(access.ssh_key), "-o", "IdentitiesOnly=yes"]
    if access.known_hosts:
        known = os.path.abspath(access.known_hosts).replace('"', "")
        words += ["-o", f'UserKnownHostsFile="{known}"', "-o", "GlobalKnownHostsFile=/dev/null"]
    return " ".join(shlex.quote(word) for word in words)


def _settings(login: Login | None, access: Access) -> Iterator[tuple[str, str]]:
    yield from _NEVER_RUN.items()
    yield "core.askPass", ""
    yield "gc.auto", "0"
    yield "maintenance.auto", "false"
    yield "submodule.recurse", "false"
    yield "fetch.recurseSubmodules", "false"
    yield "push.recurseSubmodules", "no"
    yield "push.gpgSign", "false"
    yield "push.followTags", "false"
    yield "commit.gpgSign", "false"
    yield "fetch.writeCommitGraph", "false"
    yield "fetch.negotiationAlgorithm", "consecutive"
    yield "protocol.version", "2"
    yield "http.lowSpeedLimit", "100"
    yield "http.lowSpeedTime", str(int(min(STALL, max(access.timeout, 1))))
    yield "http.postBuffer", str(8 << 20)
    if login is None:
        return
    if not access.own_config:
        yield "credential.helper", ""
    if login.username is not None and login.password is not None and login.address.scheme.startswith("http"):
        scope = f"credential.{login.address.origin}"
        yield f"{scope}.helper", ""
        yield f"{scope}.helper", _HELPER
        yield f"{scope}.username", login.username
