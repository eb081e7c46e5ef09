"""What git's words about a remote mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_access import Login
from cozygen.deliver.git_process import Result, last_words
from cozygen.diagnostics import Code

TRANSIENT = frozenset({codes.CLOSED.id})
"""Failures of the connection for which another attempt may do."""

# In this order: the first that matches says most.
_SIGNS: tuple[tuple[Code, str], ...] = (
    (
        codes.HOST_KEY,
        r"host key verification failed|remote host identification has changed|host key is known",
    ),
    (
        codes.CERTIFICATE,
        r"ssl certificate problem|certificate verif|certificate subject name|no alternative certificate|"
        r"unable to get local issuer|self[- ]signed certificate|ssl_error|tls handshake|gnutls_handshake",
    ),
    (
        codes.CREDENTIALS,
        r"authentication failed|could not read (?:username|password)|permission denied \(|invalid credentials|"
        r"returned error: 40[13]|access denied|invalid username or|no such identity|too many authentication",
    ),
    (
        codes.REMOTE_FULL,
        r"no space left|disk quota|file too large|unpacker error|unpack failed|out of memory",
    ),
    (
        codes.NOT_FOUND,
        r"does not appear to be a git repository|repository .{0,200}not found|returned error: 404|"
        r"no such file or directory|does not exist|not a git repository",
    ),
    (
        codes.UNREACHABLE,
        r"could not resolve|couldn't resolve|failed to connect|couldn't connect|connection refused|"
        r"connection timed out|no route to host|network is unreachable|name or service not known|"
        r"temporary failure in name resolution|proxy|operation timed out",
    ),
    (codes.SLOW, r"operation too slow|timed out|timeout"),
    (
        codes.CORRUPT,
        r"bad object|corrupt|missing (?:blob|tree|commit|necessary)|did not send all necessary|index-pack|"
        r"unable to (?:read|parse)|could not parse|inflate|invalid object|loose object|bad tree|bad pack|"
        r"not a valid object|pack-objects died|upload-pack: not our ref|revision walk|"
        r"bad (?:config|numeric config)|unable to find [0-9a-f]{40}",
    ),
    (
        codes.CLOSED,
        r"early eof|hung up|unexpected disconnect|rpc failed|broken pipe|connection reset|curl 18|curl 5[26]|"
        r"empty reply|expected flush|protocol error|bad band|unexpected end|invalid server response|"
        r"returned error: 5\d\d|closed by remote|connection closed|short read|bad line length",
    ),
)
_REASON = re.compile(r"^!\t[^\t]*\t\[(remote rejected|rejected|remote failure)\] ?\((.*)\)\s*$", re.MULTILINE)
_LOST = re.compile(
    r"fetch first|non-fast-forward|cannot lock ref|failed to update ref|stale info|is at .* expected"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A push that the remote did not take; ``lost`` says that the branch had moved."""

    reason: str
    lost: bool


def refusal(result: Result) -> Refusal | None:
    """Why the remote did not take a push of one branch, None if it never came to that."""
    match = _REASON.search(result.out.decode("utf-8", "replace"))
    if match is None:
        return None
    return Refusal(match[2], _LOST.search(match[2]) is not None)


def remote_lines(result: Result) -> Iterator[str]:
    """What the remote itself printed."""
    for line in re.split(r"[\r\n]+", result.err):
        text = line.removeprefix("remote:").strip()
        if line.startswith("remote:") and text:
            yield text


def failure(login: Login, doing: str, result: Result) -> DeliveryError:
    """The error of a run that talked to the remote."""
    where = login.address.shown
    code = verdict(result)
    if result.late:
        said = f"no end after {login.access.timeout:g} s"
    else:
        said = last_words(result.err) or f"git ended with exit code {result.code}"
    return DeliveryError.of(code, where, f"cannot {doing} {where}: {said}")


def verdict(result: Result) -> Code:
    """The code for what git said."""
    if result.late:
        return codes.SLOW
    text = result.err.lower()
    for code, pattern in _SIGNS:
        if re.search(pattern, text):
            return code
    return codes.GIT_FAILED
