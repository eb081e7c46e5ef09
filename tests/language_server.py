"""The real yaml-language-server, driven over its standard input and output as an editor does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

from programs import BrokenError, MissingError
from programs.cache import kept
from programs.process import tied

VERSION = "1.25.0"
Message = dict[str, Any]


def installed() -> Path:
    """The server's script, installed with npm outside of the repository."""
    if which("npm") is None:
        raise MissingError("yaml-language-server comes with npm, which is not on PATH: install Node.js")

    def install(target: Path) -> None:
        target.mkdir()
        command = ["npm", "install", "--prefix", ".", "--no-audit", "--no-fund", "--no-save"]
        done = subprocess.run(
            [*command, f"yaml-language-server@{VERSION}"], cwd=target, capture_output=True, text=True
        )
        if done.returncode:
            raise BrokenError(f"npm does not install yaml-language-server:\n{done.stderr[-2000:]}")

    return kept("yaml-language-server", VERSION, install) / "node_modules" / ".bin" / "yaml-language-server"


class Server:
    """A running server and the answers that it gives."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.number = 0
        self.published: dict[str, list[Message]] = {}

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        """Send a notification, or with a number a request."""
        body: Message = {"jsonrpc": "2.0", "method": method, "params": params}
        self._write(body if number is None else body | {"id": number})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its result."""
        self.number += 1
        self.send(method, params, self.number)
        while True:
            message = self._read()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def open(self, uri: str, text: str) -> list[Message]:
        """Open a document for the first time and wait for its diagnostics."""
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})
        while uri not in self.published:
            self._read()
        return self.published[uri]

    def complete(self, uri: str, line: int, character: int) -> list[str]:
        """The labels that are offered at a place, counted from 0."""
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        found = self.ask("textDocument/completion", params)
        return [item["label"] for item in (found["items"] if isinstance(found, dict) else found or ())]

    def hover(self, uri: str, line: int, character: int) -> str:
        """What is shown for a word."""
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        found = self.ask("textDocument/hover", params)
        return str(found["contents"]["value"]) if found else ""

    def _write(self, body: Message) -> None:
        data = json.dumps(body).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _read(self) -> Message:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            assert line, "the server ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: Message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            asked = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
            self._write(
                {
                    "jsonrpc": "2.0",
                    "id": message["id"],
                    "result": [_SETTINGS.get(i.get("section")) for i in asked],
                }
            )
        return message


_SETTINGS = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    }
}


@contextmanager
def running(root: Path, script: Path) -> Iterator[Server]:
    """A server for the files below ``root``."""
    process = subprocess.Popen(
        tied([script, "--stdio"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=root,
    )
    server = Server(process)
    try:
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True}},
                "publishDiagnostics": {},
            },
        }
        server.ask(
            "initialize", {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities}
        )
        server.send("initialized", {})
        server.send("workspace/didChangeConfiguration", {"settings": _SETTINGS})
        yield server
        server.ask("shutdown", None)
        server.send("exit", None)
        process.wait(10)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
