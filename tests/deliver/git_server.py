"""A real git server over HTTP(S): ``git http-backend`` behind a small bridge, with a password and with faults."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

USER, PASSWORD = "flux", "s3cret/pass word"


class GitServer(ThreadingHTTPServer):
    """Serves the repositories below ``root``. The attributes are faults that a test may switch on."""

    daemon_threads = True

    def __init__(self, root: Path, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Bridge)
        self.root = root
        self.scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.password: str | None = None
        self.before_receive: Callable[[], object] | None = None
        self.close_after_bytes: int | None = None
        self.closings = 100
        self.close_before_answer = False
        self.cut_answers = 0
        self.redirect: str | None = None
        self.authorized: list[str] = []
        self.delay = threading.Event()
        self.slow = False
        self.most_bytes: int | None = None
        self.requests: list[str] = []
        self.received = 0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, name: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/{name}"

    def stop(self) -> None:
        self.delay.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that go away are part of the tests


class _Bridge(BaseHTTPRequestHandler):
    server: GitServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        server, parts = self.server, urlsplit(self.path)
        server.requests.append(f"{self.command} {self.path}")
        if "Authorization" in self.headers:
            server.authorized.append(self.path)
        if server.slow:
            server.delay.wait(30)
        if server.redirect is not None:
            self._answer(302, {"Location": server.redirect + self.path, "Content-Length": "0"}, b"")
            return
        receiving = self.command == "POST" and parts.path.endswith("git-receive-pack")
        if receiving and server.close_after_bytes is not None and server.closings > 0:
            server.closings -= 1
            self.rfile.read(server.close_after_bytes)
            self.close_connection = True
            self.connection.close()
            return
        body = self._body()
        server.received += len(body) if receiving else 0
        if server.password is not None and not self._allowed():
            self._answer(401, {"WWW-Authenticate": 'Basic realm="git"', "Content-Length": "0"}, b"")
            return
        if receiving and server.before_receive is not None:
            server.before_receive()
        done = self._backend(parts.path, parts.query, body, limited=receiving)
        if receiving and server.close_before_answer:
            self.close_connection = True
            self.connection.close()
            return
        head, _, payload = done.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        length = {**headers, "Content-Length": str(len(payload))}
        if parts.path.endswith("git-upload-pack") and server.cut_answers > 0:
            server.cut_answers -= 1
            self.close_connection = True
            payload = payload[: len(payload) // 2]
        self._answer(status, length, payload)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        out = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return out

    def _allowed(self) -> bool:
        expected = base64.b64encode(f"{USER}:{self.server.password}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _backend(self, path: str, query: str, body: bytes, *, limited: bool) -> bytes:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": USER,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        words = ["git", "http-backend"]
        if limited and self.server.most_bytes is not None:
            blocks = self.server.most_bytes // 512  # dash counts file sizes in blocks of 512 bytes
            words = ["sh", "-c", f"trap '' XFSZ; ulimit -f {blocks}; exec git http-backend"]
        return subprocess.run(
            words, input=body, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout

    def _answer(self, status: int, headers: dict[str, str], payload: bytes) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass
