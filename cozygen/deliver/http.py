"""Requests to forges and registries: no surprise redirects, a time limit, nothing secret in an error."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from cozygen.deliver import http_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_address import without_userinfo
from cozygen.record import Record, field

_ANSWER_MOST = 64 << 20


class Request(Record):
    """A request; ``body`` is sent as it is."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Reply(Record):
    """An answer of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def said(self, most: int = 300) -> str:
        """What the server said about an error, in a line."""
        found = self.json()
        if isinstance(found, dict):
            parts = [found.get(key) for key in ("message", "error", "error_description", "errors")]
            text = "; ".join(p if isinstance(p, str) else json.dumps(p) for p in parts if p)
        else:
            text = self.body[:2000].decode("utf-8", "replace")
        text = " ".join(text.split())
        return text if len(text) <= most else text[: most - 1] + "…"


class _Careful(urllib.request.HTTPRedirectHandler):
    """Follows redirects of reads only, and takes credentials to no other host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request to follow with, None to give the answer as it is."""
        if req.get_method() not in ("GET", "HEAD"):
            return None
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            for name in ("Authorization", "Private-token"):
                new.remove_header(name)
        return new


def send(request: Request, timeout: float) -> Reply:
    """The answer, whatever its status; raises where there is none."""
    parts = urlsplit(request.url)
    host = parts.netloc.rpartition("@")[2]
    prepared = urllib.request.Request(
        request.url, data=request.body, headers=dict(request.headers), method=request.method
    )
    opener = urllib.request.build_opener(_Careful())
    try:
        with opener.open(prepared, timeout=timeout) as answer:
            return _reply(answer.status, answer.headers, answer.read(_ANSWER_MOST))
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error.code, error.headers, error.read(_ANSWER_MOST))
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = without_userinfo(_reason(error))
        raise DeliveryError.of(
            codes.UNREACHABLE, f"{parts.scheme}://{host}", f"cannot reach {host}: {said}"
        ) from error


def _reply(status: int, headers: Any, body: bytes) -> Reply:
    return Reply(status, {key.lower(): value for key, value in headers.items()}, body)


def _reason(error: BaseException) -> str:
    """What went wrong, without what was sent: a token that no header can hold would be quoted whole."""
    inner = getattr(error, "reason", error)
    if isinstance(inner, ValueError):
        return (
            "the request cannot be sent; look for line breaks and odd characters in the address and the token"
        )
    if isinstance(inner, (TimeoutError, socket.timeout)):
        return "no answer in time"
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({inner.verify_message})"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return str(inner) or type(inner).__name__
