"""The API server, asked over HTTPS: apply, read, watch, delete, and the status that controllers write."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

Object = dict[str, Any]
JSON = "application/json"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


class RefusedError(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, answer: Any, asked: str) -> None:
        self.code = code
        self.answer = answer
        self.message = answer.get("message", "") if isinstance(answer, dict) else str(answer)
        super().__init__(f"{code} {asked}: {self.message}")


@dataclass
class Api:
    """A client; any number of threads may use it, each has a connection of its own."""

    port: int
    token: str
    authority: str
    _mine: threading.local = field(default_factory=threading.local)
    _plurals: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    def request(
        self, method: str, path: str, body: Any = None, kind: str = JSON, *, patience: float = 60
    ) -> Any:
        """The answer as data."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, "Accept": JSON}
        for attempt in (1, 2):
            connection = self._connection(patience)
            try:
                connection.request(method, path, data, headers)
                answer = connection.getresponse()
                text = answer.read()
                break
            except (OSError, http.client.HTTPException):
                self.close()
                if attempt == 2:
                    raise
        try:
            found = json.loads(text)
        except ValueError:
            found = text.decode(errors="replace")
        if answer.status >= 300:
            raise RefusedError(answer.status, found, f"{method} {path}")
        return found

    def path(self, api_version: str, kind: str, namespace: str | None = None, name: str | None = None) -> str:
        """Where objects of a kind are, or one of them."""
        plural, namespaced = self._plural(api_version, kind)
        base = "/api/v1" if api_version == "v1" else f"/apis/{api_version}"
        within = f"/namespaces/{namespace}" if namespaced and namespace else ""
        return f"{base}{within}/{plural}" + (f"/{quote(name)}" if name else "")

    def path_of(self, item: Mapping[str, Any]) -> str:
        """Where an object is."""
        metadata = item["metadata"]
        return self.path(item["apiVersion"], item["kind"], metadata.get("namespace"), metadata["name"])

    def apply(self, item: Object, manager: str = "cozygen-tests", *, dry_run: bool = False) -> Object:
        """Server-side apply with strict validation of fields: what the server makes of the object."""
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        return dict(self.request("PATCH", f"{self.path_of(item)}?{urlencode(query)}", item, APPLY))

    def create(self, item: Object) -> Object:
        """A new object."""
        where = self.path(item["apiVersion"], item["kind"], item["metadata"].get("namespace"))
        return dict(self.request("POST", where, item))

    def find(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """An object, None where there is none, not even its kind."""
        try:
            return dict(self.request("GET", self.path(api_version, kind, namespace, name)))
        except RefusedError as error:
            if error.code == 404:
                return None
            raise

    def objects(self, api_version: str, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind; none where the server does not have the kind."""
        try:
            found = self.request("GET", self.path(api_version, kind, namespace))
        except RefusedError as error:
            if error.code == 404:
                return []
            raise
        return [{"apiVersion": api_version, "kind": kind, **item} for item in found["items"]]

    def patch(self, item: Mapping[str, Any], change: Object, *, subresource: str = "") -> Object:
        """A merge patch."""
        return dict(self.request("PATCH", self.path_of(item) + subresource, change, MERGE))

    def report(self, item: Mapping[str, Any], **status: Any) -> None:
        """Write some of an object's status, as its controller does; nothing where it is gone."""
        try:
            self.patch(item, {"status": status}, subresource="/status")
        except RefusedError as error:
            if error.code != 404:
                raise

    def delete(self, item: Mapping[str, Any]) -> None:
        """Delete an object that may be gone."""
        try:
            self.request("DELETE", self.path_of(item))
        except RefusedError as error:
            if error.code != 404:
                raise

    def watch(
        self, api_version: str, kind: str, since: str, seconds: int = 30
    ) -> Iterator[tuple[str, Object]]:
        """What happens to objects of a kind, for so many seconds: the type of each event, and the object."""
        query = urlencode({"watch": "1", "resourceVersion": since, "timeoutSeconds": seconds})
        connection = self._new(seconds + 30)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Accept": JSON}
            connection.request("GET", f"{self.path(api_version, kind)}?{query}", headers=headers)
            answer = connection.getresponse()
            if answer.status >= 300:
                raise RefusedError(answer.status, answer.read().decode(), f"watch {kind}")
            while line := answer.readline():
                event = json.loads(line)
                yield event["type"], event["object"]
        finally:
            connection.close()

    def close(self) -> None:
        """Give up this thread's connection."""
        connection = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.close()
            self._mine.connection = None

    def _connection(self, patience: float) -> http.client.HTTPSConnection:
        found: http.client.HTTPSConnection | None = getattr(self._mine, "connection", None)
        if found is None:
            found = self._mine.connection = self._new(patience)
        return found

    def _new(self, patience: float) -> http.client.HTTPSConnection:
        trust = ssl.create_default_context(cadata=self.authority)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=patience, context=trust)

    def _plural(self, api_version: str, kind: str) -> tuple[str, bool]:
        key = api_version, kind
        if key not in self._plurals:
            base = "/api/v1" if api_version == "v1" else f"/apis/{api_version}"
            for found in self.request("GET", base)["resources"]:
                if "/" not in found["name"]:
                    self._plurals[api_version, found["kind"]] = found["name"], found["namespaced"]
            if key not in self._plurals:
                raise RefusedError(404, {"message": f"no kind {kind} in {api_version}"}, f"find {kind}")
        return self._plurals[key]
