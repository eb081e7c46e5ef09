"""A URL split as Go splits it: what Cilium on isp-full-generic gets out of ``publishing.apiServerEndpoint``.

Mirrors ``net/url.Parse`` as far as it decides whether the chart renders and which host it finds, and the
chart's own cut of that host at colons (``templates/bundles/system.yaml``).
"""

from __future__ import annotations

import re
import string

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
_PORT = re.compile(r"(:[0-9]*)?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_USER = frozenset(string.ascii_letters + string.digits + "-._:~!$&'()*+,;=%@")
_HOST = frozenset(string.ascii_letters + string.digits + "-_.~!$&'()*+,;=:[]<>\"")
_DEFAULT_PORT = "6443"


class NotAURLError(ValueError):
    """Go refuses the text as a URL, which ends the chart's render."""


def api_server(endpoint: str) -> tuple[str, str]:
    """Host and port that the chart hands to Cilium; both empty parts and nonsense are handed on as they are.

    The port is 6443 where the URL names none. An IPv6 address comes out cut at its first colon.
    """
    if not endpoint:
        return "", _DEFAULT_PORT
    parts = url_host(endpoint).split(":")
    return parts[0], parts[1] if len(parts) > 1 else _DEFAULT_PORT


def url_host(url: str) -> str:
    """The host of a URL with its port, empty if it has none."""
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in url):
        raise NotAURLError("it holds a control character")
    rest, _, fragment = url.partition("#")
    _escapes(fragment)
    rest, scheme = _without_scheme(rest)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return ""
        if ":" in rest.partition("/")[0]:
            raise NotAURLError("it has a port, but no scheme such as https:// before the host")
        _escapes(rest)
        return ""
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _host_of(authority), slash + path
    _escapes(rest)
    return host


def _without_scheme(url: str) -> tuple[str, str]:
    if url.startswith(":"):
        raise NotAURLError("it has no scheme such as https before the colon")
    found = _SCHEME.match(url)
    return (url[found.end() + 1 :], found.group()) if found else (url, "")


def _host_of(authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if at:
        if not set(user) <= _USER:
            raise NotAURLError("the part before @ holds characters that are not allowed there")
        _escapes(user)
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            raise NotAURLError("the address in brackets is not closed")
        _port(host[end + 1 :])
        host = host[:end].replace("%25", "", 1) + host[end:]  # a zone
    elif ":" in host:
        _port(host[host.index(":") :])
    bare, percent, _ = host.partition("%")
    if percent or not all(c in _HOST or ord(c) >= 0x80 for c in bare):
        raise NotAURLError("the host holds characters that are not allowed there")
    return authority.rpartition("@")[2].replace("%25", "%", 1)


def _port(text: str) -> None:
    if not _PORT.fullmatch(text):
        raise NotAURLError(f'"{text.removeprefix(":")}" is no port')


def _escapes(text: str) -> None:
    if _ESCAPE.search(text):
        raise NotAURLError("it holds a % that begins no escape")
