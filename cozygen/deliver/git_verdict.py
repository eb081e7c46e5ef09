"""What git's words about a remote mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_access import Login
from cozygen.deliver.git_process import Result, last_words
from cozygen.diagnostics import Code
from cozygen.record import Record

TRANSIENT = frozenset({codes.CLOSED.id})
"""Failures of the connection for which another attempt may do."""

# In this order: the first that matches says most.
_SIGNS: tuple[tuple[Code, str], ...] = (
    (
        codes.HOST_KEY,
        r"host key verification failed|remote host identification has changed|host key is known",
    ),
    (
        codes.UNREACHABLE,
        r"unexpected tls packet|wrong version number|packet length too long|unknown protocol|"
        r"returned error: 407|proxy connect aborted",
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
        r"no space left|disk quota|file too large|unpacker error|unpack failed|out of memory|"
        r"returned error: 413|http 413",
    ),
    (
        codes.NOT_FOUND,
        r"does not appear to be a git repository|repository .{0,200}not found|returned error: 404|"
        r"no such file or directory|does not exist|not a git repository|invalid gitfile",
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
        r"returned error: (?:429|5\d\d)|http (?:429|5\d\d)|closed by remote|connection closed|short read|"
        r"bad line length|expected 'packfile'",
    ),
)
_REASON = re.compile(r"^!\t[^\t]*\t\[(remote rejected|rejected|remote failure)\] ?\((.*)\)\s*$", re.MULTILINE)
_LOST = re.compile(
    r"fetch first|non-fast-forward|cannot lock ref|failed to update ref|stale info|is at .* expected"
)
_NAME = re.compile(r"exists; cannot create|file name too long|unable to create directory|not a directory")
_LOCAL = re.compile(
    r"^(?!remote:).*(?:no space left|disk quota|file too large|read-only file system|died of signal 25|"
    r"unable to (?:create temporary|write)|write error|could not write|failed to write)",
    re.MULTILINE,
)
_GENERAL = re.compile(
    r"^(?:fatal: Could not read from remote repository\.|Please make sure you have the correct access rights|"
    r"and the repository exists\.).*\n?",
    re.MULTILINE,
)
_BY_SSH = re.compile(
    r"host key is known for|host identification has changed|permission denied \(|^load key|too many authentication|"
    r"host key verification failed|connection closed by|no such identity",
    re.IGNORECASE,
)
"""Lines of ssh, which begin like no others, that say what git's own words leave out."""
_BY_KEY = "give --ssh-key FILE or COZYGEN_SSH_KEY, or load the key into your agent, and let it write to the repository"
_FINGERPRINT = re.compile(r"key sent by the remote host is\s+(SHA256:[A-Za-z0-9+/]+)")
_ASKS = re.compile(r"could not read (?:username|password) for '(?:([a-z]+://[^']+?))'", re.IGNORECASE)


class Refusal(Record):
    """A push that the remote did not take; ``lost`` says that the branch had moved."""

    reason: str
    lost: bool


def refusal(result: Result) -> Refusal | None:
    """Why the remote did not take a push of one branch, None if it never came to that."""
    match = _REASON.search(result.out.decode("utf-8", "replace"))
    if match is None:
        return None
    name_is_taken = _NAME.search(result.err.lower()) is not None
    return Refusal(match[2], _LOST.search(match[2]) is not None and not name_is_taken)


def remote_lines(result: Result) -> Iterator[str]:
    """What the remote itself printed."""
    for line in re.split(r"[\r\n]+", result.err):
        text = line.removeprefix("remote:").strip().removeprefix("error:").strip()
        if line.startswith("remote:") and text:
            yield text


def failure(login: Login, doing: str, result: Result, after: str = "") -> DeliveryError:
    """The error of a run that talked to the remote; ``after`` says what is known to have come of it."""
    where, code = login.address.shown, verdict(result)
    hint = _BY_KEY if code is codes.CREDENTIALS and login.address.scheme == "ssh" else None
    return DeliveryError.of(code, where, f"cannot {doing} {where}: {_said(login, result)}{after}", hint)


def is_local(result: Result) -> bool:
    """Whether a run that receives from the remote failed at this end, where what it receives is kept.

    index-pack keeps it. Where it says nothing itself, a signal ended it, such as the one for files that grow too large.
    """
    if result.late:
        return False
    said = [line for line in result.err.lower().split("\n") if line.startswith(("fatal:", "error:"))]
    silent = bool(said) and all("invalid index-pack output" in line for line in said)
    return silent or _LOCAL.search(result.err.lower()) is not None


def _said(login: Login, result: Result) -> str:
    if result.late:
        return f"not done after {login.access.timeout:g} s"
    asks = _ASKS.search(result.err)
    if asks is not None:
        host = urlsplit(asks[1]).netloc.rpartition("@")[2]
        if host == urlsplit(login.address.url).netloc:
            return "it asks for a login, and there are no credentials for it"
        return f"it redirects to {host}, for which there are no credentials; push to that address instead"
    told = _GENERAL.sub("", result.err)
    by_ssh = [line.strip("@ \t\r") for line in told.split("\n") if _BY_SSH.search(line)]
    sent = _FINGERPRINT.search(told)
    by_ssh += [f"the key that it sent has the fingerprint {sent[1]}"] if sent is not None else []
    said = "; ".join(dict.fromkeys(by_ssh)) or last_words(told)
    return said or last_words(result.err) or f"git ended with exit code {result.code}"


def verdict(result: Result) -> Code:
    """The code for what git said."""
    if result.late:
        return codes.SLOW
    text = result.err.lower()
    for code, pattern in _SIGNS:
        if re.search(pattern, text):
            return code
    return codes.GIT_FAILED
