"""In source-watcher's place: cuts ExternalArtifacts out of sources, as ArtifactGenerators say.

Keeps to what the real one does where a test can see it (facts: e2e 5b): an artifact's revision is a digest of
its content, so what did not change wakes nobody; outputs that a generator no longer names are removed; one that
copies nothing fails the generator, and what comes after it in the list stays as it was.
"""

from __future__ import annotations

import gzip
import http.client
import io
import tarfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cluster.api import Api, Object
from cluster.stand_ins.controller import Controller, condition

GENERATOR = "source.extensions.fluxcd.io/v1beta1"
SOURCE = "source.toolkit.fluxcd.io/v1"
OWNER = "app.kubernetes.io/managed-by"
SOURCES = ("GitRepository", "OCIRepository", "ExternalArtifact")
Files = dict[str, bytes]


@dataclass
class SourceWatcher:
    """Reconciles ArtifactGenerators, at every change of one or of a source that has one."""

    api: Api
    tarballs: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = [(GENERATOR, "ArtifactGenerator"), *((SOURCE, kind) for kind in SOURCES)]
        self.controller = Controller(self.api, kinds, self._reconcile, self._gone)
        self._server = _serving(self.tarballs)
        self._unpacked: dict[str, Files] = {}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.controller.stop()

    def _reconcile(self, item: Object) -> None:
        if item["kind"] == "ArtifactGenerator":
            self._generate(item)
            return
        key = item["kind"], item["metadata"]["namespace"], item["metadata"]["name"]
        for generator in self.api.objects(GENERATOR, "ArtifactGenerator"):
            own = generator["metadata"]["namespace"]
            sources = generator["spec"]["sources"]
            if key in [(s["kind"], s.get("namespace", own), s["name"]) for s in sources]:
                self._generate(generator)

    def _generate(self, generator: Object) -> None:
        namespace, name = generator["metadata"]["namespace"], generator["metadata"]["name"]
        sources: dict[str, Files] = {}
        for source in generator["spec"]["sources"]:
            found = self.api.find(SOURCE, source["kind"], source["name"], source.get("namespace", namespace))
            artifact = (found or {}).get("status", {}).get("artifact")
            if artifact is None:
                return  # the source's own event comes once it has one
            sources[source["alias"]] = self._files(artifact)
        ready = condition(generator, "True", "ReconciliationSucceeded")
        named = {output["name"] for output in generator["spec"]["artifacts"]}
        for output in generator["spec"]["artifacts"]:
            files, empty = cut(output["copy"], sources)
            if empty is not None:
                ready = condition(
                    generator, "False", "BuildFailed", f"{output['name']}: nothing matches {empty}"
                )
                break
            self._publish(output["name"], namespace, files, name)
        for artifact in self.api.objects(SOURCE, "ExternalArtifact", namespace):
            if _owner(artifact) == name and artifact["metadata"]["name"] not in named:
                self.api.delete(artifact)
        self.api.report(generator, conditions=[ready])

    def _files(self, artifact: Mapping[str, Any]) -> Files:
        digest = artifact["digest"]
        if digest not in self._unpacked:
            if len(self._unpacked) > 50:
                self._unpacked.clear()
            self._unpacked[digest] = unpacked(fetched(artifact["url"]))
        return self._unpacked[digest]

    def _publish(self, name: str, namespace: str, files: Files, owner: str) -> None:
        data = packed(files)
        digest = f"sha256:{sha256(data).hexdigest()}"
        path = f"{namespace}/{name}/{digest.removeprefix('sha256:')}.tar.gz"
        self.tarballs[path] = data
        metadata = {"name": name, "namespace": namespace, "labels": {OWNER: owner}}
        made = self.api.apply(
            {"apiVersion": SOURCE, "kind": "ExternalArtifact", "metadata": metadata, "spec": {}},
            "source-watcher",
        )
        if made.get("status", {}).get("artifact", {}).get("digest") == digest:
            return
        artifact = {
            "digest": digest,
            "lastUpdateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "path": path,
            "revision": f"latest@{digest}",
            "size": len(data),
            "url": f"http://127.0.0.1:{self._server.server_port}/{path}",
        }
        self.api.report(made, artifact=artifact, conditions=[condition(made, "True", "Succeeded")])

    def _gone(self, item: Object) -> None:
        if item["kind"] == "ArtifactGenerator":
            for artifact in self.api.objects(SOURCE, "ExternalArtifact", item["metadata"]["namespace"]):
                if _owner(artifact) == item["metadata"]["name"]:
                    self.api.delete(artifact)


def _owner(artifact: Object) -> str | None:
    found: str | None = artifact["metadata"].get("labels", {}).get(OWNER)
    return found


def cut(copies: list[Mapping[str, str]], sources: Mapping[str, Files]) -> tuple[Files, str | None]:
    """The files of an output, and the pattern that matched none, if there is one.

    ``@alias/dir/**`` takes what is below ``dir``, to ``@artifact/`` plus a directory; of other patterns the name.
    """
    out: Files = {}
    for copy in copies:
        alias, _, pattern = copy["from"].removeprefix("@").partition("/")
        target = copy["to"].removeprefix("@artifact/")
        below = pattern.removesuffix("**") if pattern.endswith("/**") or pattern == "**" else None
        found = {
            target + (path.removeprefix(below) if below is not None else path.rpartition("/")[2]): data
            for path, data in sources[alias].items()
            if (path.startswith(below) if below is not None else fnmatchcase(path, pattern))
        }
        if not found:
            return out, copy["from"]
        out |= found
    return out, None


def packed(files: Files) -> bytes:
    """The same files as the same bytes."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path, data in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def unpacked(data: bytes) -> Files:
    """The files of a tarball by path."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        found = {entry.name.removeprefix("./"): tar.extractfile(entry) for entry in tar if entry.isfile()}
        return {name: file.read() for name, file in found.items() if file is not None}


def fetched(url: str) -> bytes:
    """What a controller serves at a URL."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"{answer.status} {url}")
        return answer.read()
    finally:
        connection.close()


def _serving(tarballs: Mapping[str, bytes]) -> ThreadingHTTPServer:
    class Tarballs(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = tarballs.get(self.path.lstrip("/"))
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tarballs)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
