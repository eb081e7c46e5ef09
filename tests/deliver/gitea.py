"""A real Gitea on loopback, built from ``tests/truth/gitea`` where ``COZYGEN_TRUTH=1`` says so and Go is there.

It is built once for each state of its sources, into the user's cache directory: some minutes with both cores.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from cozygen.deliver.http import Request, send

SOURCES = Path(__file__).parents[1] / "truth" / "gitea"
MODULE = "code.gitea.io/gitea"
OWNER, PASSWORD = "platform", "a-passw0rd-of-some-length"
_SETTINGS = """
APP_NAME = fleet
RUN_MODE = prod
RUN_USER = %(user)s
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = %(home)s
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %(port)d
ROOT_URL = http://127.0.0.1:%(port)d/
DISABLE_SSH = true
OFFLINE_MODE = true
STATIC_ROOT_PATH = %(module)s
APP_DATA_PATH = %(home)s/data
[database]
DB_TYPE = sqlite3
PATH = %(home)s/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = of-a-test
[indexer]
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
[oauth2]
ENABLED = false
[log]
LEVEL = warn
"""


def program() -> Path:
    """The built program; skips the test where it cannot be had."""
    if os.environ.get("COZYGEN_TRUTH") != "1":
        pytest.skip(
            "a real Gitea is asked only with COZYGEN_TRUTH=1 (needs Go and gcc; builds in some minutes)"
        )
    if which("go") is None or which("gcc") is None:
        pytest.skip("Gitea is built with Go and gcc, and one of them is not on PATH")
    sources = b"".join((SOURCES / name).read_bytes() for name in ("go.mod", "go.sum"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = cache / "cozygen-tests" / f"gitea-{sha256(sources).hexdigest()[:16]}" / "gitea"
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers that start at once build it once
        if not path.exists():
            built = path.with_name("unfinished")
            _go(
                "build",
                "-trimpath",
                "-ldflags=-s -w",
                "-tags=sqlite,sqlite_unlock_notify",
                "-o",
                str(built),
                MODULE,
            )
            built.replace(path)
    return path


def _go(*words: str) -> str:
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "1"}
    done = subprocess.run(
        ["go", *words], cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass(frozen=True)
class Gitea:
    """A running server and the token of its one user."""

    url: str
    token: str
    process: subprocess.Popen[bytes]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        reply = send(Request(method, f"{self.url}/api/v1{path}", headers, data), 30)
        assert reply.status < 300, f"{method} {path}: {reply.status} {reply.said()}"
        return reply.json()

    def repository(self, name: str) -> str:
        """A new, empty repository, by its address."""
        self.api("POST", "/user/repos", {"name": name, "private": True})
        return f"{self.url}/{OWNER}/{name}.git"

    def person(self, name: str) -> None:
        """Someone else, if they are not there yet."""
        known = {item["login"] for item in self.api("GET", "/admin/users")}
        facts = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        if name not in known:
            self.api("POST", "/admin/users", {**facts, "must_change_password": False})

    def edit(self, name: str, path: str, old: str, new: str, branch: str = "main") -> None:
        """An edit of a file as someone makes it in the browser."""
        at = f"/repos/{OWNER}/{name}/contents/{path}"
        found = self.api("GET", f"{at}?ref={branch}")
        text = base64.b64decode(found["content"]).decode()
        assert old in text
        content = base64.b64encode(text.replace(old, new).encode()).decode()
        message = {"message": "by hand", "content": content, "sha": found["sha"], "branch": branch}
        self.api("PUT", at, message)

    def until(self, path: str, key: str, value: Any) -> Any:
        """What the API says once it says this: Gitea takes in what was pushed a moment later."""
        deadline = time.monotonic() + 30
        while True:
            found = self.api("GET", path)
            if found[key] == value:
                return found
            assert time.monotonic() < deadline, f"{path} has {key} {found[key]!r}, not {value!r}"
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def start(home: Path) -> Gitea:
    """A fresh server with one user."""
    binary = program()
    _go("mod", "download", MODULE)  # its templates are read from the module's own directory
    module = _go("list", "-m", "-f", "{{.Dir}}", MODULE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "git")
    settings = home / "app.ini"
    settings.write_text(_SETTINGS % {"home": home, "port": port, "module": module, "user": user})
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "USER": user}
    words = [str(binary), "--config", str(settings)]

    def run(*more: str) -> str:
        done = subprocess.run([*words, *more], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("migrate")
    person = ["--username", OWNER, "--password", PASSWORD, "--email", "platform@example.org"]
    run("admin", "user", "create", "--admin", *person, "--must-change-password=false")
    said = run(
        "admin", "user", "generate-access-token", "--username", OWNER, "--scopes", "all", "--raw",
        "--token-name", "tests",
    )  # fmt: skip
    process = subprocess.Popen(
        [*words, "web"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = Gitea(f"http://127.0.0.1:{port}", said.split()[-1], process)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.stop()
    raise AssertionError("Gitea does not answer")
