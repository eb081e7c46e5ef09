"""A registry's API, as far as an artifact needs it: look, upload, tag (OCI distribution specification 1.1)."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from cozygen.deliver import oci_codes as codes
from cozygen.deliver.failures import DeliveryError, MisuseError
from cozygen.deliver.git_address import discreet
from cozygen.deliver.http import Reply, Request, send
from cozygen.deliver.oci_artifact import MANIFEST, Artifact, Blob
from cozygen.deliver.oci_credentials import Credentials
from cozygen.record import Record

_ADDRESS = re.compile(r"oci://(?P<host>[^/\s@]+)/(?P<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)").fullmatch
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}").fullmatch
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


class Repository(Record):
    """A repository of a registry."""

    host: str
    name: str
    insecure: bool = False

    @classmethod
    def of(cls, url: str, *, insecure: bool) -> Repository:
        """The repository at an ``oci://`` address."""
        match = _ADDRESS(url.rstrip("/"))
        if match is None:
            shown = discreet(url)
            raise MisuseError.of(codes.BAD_ADDRESS, shown, f"{shown} is no address of an artifact")
        return cls(match["host"], match["name"], insecure)

    @property
    def shown(self) -> str:
        """The repository as messages name it."""
        return f"oci://{self.host}/{self.name}"

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"{'http' if self.insecure else 'https'}://{self.host}/v2/{self.name}"


class Registry:
    """Talks to one repository; logs in when it is asked to."""

    def __init__(self, repository: Repository, credentials: Credentials | None, timeout: float) -> None:
        self.repository = repository
        self._credentials = credentials
        self._timeout = timeout
        self._authorization: str | None = None

    def manifest(self, tag: str) -> tuple[dict[str, Any], str] | None:
        """The manifest that a tag names, with its digest; None where it names none."""
        if _TAG(tag) is None:
            message = f"{tag!r} is no tag"
            raise MisuseError.of(codes.BAD_ADDRESS, self.repository.shown, message)
        reply = self._call("GET", f"{self.repository.url}/manifests/{quote(tag)}", {"Accept": MANIFEST})
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise self._refused("read", reply)
        found = reply.json()
        return (found, Blob(MANIFEST, reply.body).digest) if isinstance(found, dict) else None

    def upload(self, artifact: Artifact, tag: str) -> None:
        """Put the artifact under a tag, which changes only once everything else is there."""
        for blob in (artifact.config, artifact.layer):
            self._blob(blob)
        headers = {"Content-Type": MANIFEST}
        url = f"{self.repository.url}/manifests/{quote(tag)}"
        reply = self._call("PUT", url, headers, artifact.manifest.data)
        if reply.status not in (200, 201, 202):
            raise self._refused(f"tag {tag} of", reply)
        stored = reply.headers.get("docker-content-digest", artifact.manifest.digest)
        if stored != artifact.manifest.digest:
            message = f"{self.repository.shown} stored {stored} in place of {artifact.manifest.digest}"
            raise DeliveryError.of(codes.REFUSED, self.repository.shown, message)

    def _blob(self, blob: Blob) -> None:
        if self._call("HEAD", f"{self.repository.url}/blobs/{blob.digest}").status == 200:
            return
        started = self._call("POST", f"{self.repository.url}/blobs/uploads/", {"Content-Length": "0"}, b"")
        location = started.headers.get("location")
        if started.status != 202 or not location:
            raise self._refused("upload to", started)
        target = urljoin(f"{self.repository.url}/blobs/uploads/", location)
        separator = "&" if urlsplit(target).query else "?"
        headers = {"Content-Type": "application/octet-stream"}
        done = self._call("PUT", f"{target}{separator}digest={quote(blob.digest)}", headers, blob.data)
        if done.status not in (201, 202):
            raise self._refused("upload to", done)

    def _call(
        self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        reply = self._send(method, url, headers or {}, body)
        if reply.status != 401:
            return reply
        self._authorization = self._log_in(reply)
        reply = self._send(method, url, headers or {}, body)
        if reply.status in (401, 403):
            raise self._denied(reply)
        return reply

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Reply:
        same_host = urlsplit(url).netloc == self.repository.host
        if self._authorization and same_host:
            headers = {**headers, "Authorization": self._authorization}
        return send(Request(method, url, {"User-Agent": "cozygen", **headers}, body), self._timeout)

    def _log_in(self, reply: Reply) -> str:
        """The header that the registry asks for: the credentials themselves, or a token bought with them."""
        scheme, _, rest = reply.headers.get("www-authenticate", "").partition(" ")
        basic = None
        if self._credentials is not None:
            pair = f"{self._credentials.username}:{self._credentials.password}"
            basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if scheme.lower() != "bearer":
            if basic is None or self._authorization == basic:
                raise self._denied(reply)
            return basic
        stated = dict(_CHALLENGE.findall(rest))
        query = {"scope": f"repository:{self.repository.name}:pull,push"}
        if "service" in stated:
            query["service"] = stated["service"]
        realm = stated.get("realm", "")
        if urlsplit(realm).scheme not in ("https", "http") or (
            urlsplit(realm).scheme == "http" and not self.repository.insecure
        ):
            raise self._denied(reply)
        headers = {"Authorization": basic} if basic is not None else {}
        answer = send(Request("GET", f"{realm}?{urlencode(query)}", headers), self._timeout)
        found = answer.json()
        token = (found.get("token") or found.get("access_token")) if isinstance(found, dict) else None
        if answer.status != 200 or not isinstance(token, str):
            raise self._denied(answer)
        return f"Bearer {token}"

    def _denied(self, reply: Reply) -> DeliveryError:
        said = f"{reply.status} {reply.said()}".rstrip()
        message = f"{self.repository.host} does not let us write to {self.repository.name}: {said}"
        return DeliveryError.of(codes.DENIED, self.repository.shown, message)

    def _refused(self, doing: str, reply: Reply) -> DeliveryError:
        if reply.status in (401, 403):
            return self._denied(reply)
        message = f"cannot {doing} {self.repository.shown}: {reply.status} {reply.said()}"
        return DeliveryError.of(codes.REFUSED, self.repository.shown, message.rstrip())
