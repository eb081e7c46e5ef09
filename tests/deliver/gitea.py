"""A real Gitea on loopback, built from ``tests/truth/gitea``: some minutes with both cores, once, where asked for."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from programs.goprogram import built, environment, go_command
from programs.process import Ports, Program, started
from programs.waiting import until

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
    """The built program."""
    wanted = os.environ.get("COZYGEN_GITEA") == "1"
    return built(
        SOURCES,
        MODULE,
        tags=("sqlite", "sqlite_unlock_notify"),
        with_c=True,
        unless_built=None if wanted else "tests/truth/run --gitea builds it, in some minutes",
    )


def _module() -> str:
    """The directory of the module's sources: Gitea reads its templates from there."""
    go = go_command(SOURCES)

    def said(*words: str) -> str:
        done = subprocess.run(
            [go, *words], cwd=SOURCES, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    said("mod", "download", MODULE)
    return said("list", "-m", "-f", "{{.Dir}}", MODULE)


@dataclass(frozen=True)
class Gitea:
    """A running server and the token of its one user."""

    url: str
    token: str
    program: Program

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
        found: dict[str, Any] = {}

        def holds() -> bool:
            found.update(self.api("GET", path))
            return bool(found[key] == value)

        until(holds, lambda: f"{path} has {key} {value!r}, but {found[key]!r}", 30)
        return found

    def stop(self) -> None:
        self.program.stop(30)


def start(home: Path) -> Gitea:
    """A fresh server with one user."""
    binary = program()
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "git")
    settings = home / "app.ini"
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "USER": user}
    words = [binary, "--config", settings]

    def write(port: int) -> None:
        settings.write_text(_SETTINGS % {"home": home, "port": port, "module": module, "user": user})

    def run(*more: str) -> str:
        done = subprocess.run([*words, *more], env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(ports: Ports) -> list[str | Path]:
        write(ports[0])
        return [*words, "web"]

    module = _module()
    write(0)
    run("migrate")
    person = ["--username", OWNER, "--password", PASSWORD, "--email", "platform@example.org"]
    run("admin", "user", "create", "--admin", *person, "--must-change-password=false")
    said = run(
        "admin", "user", "generate-access-token", "--username", OWNER, "--scopes", "all", "--raw",
        "--token-name", "tests",
    )  # fmt: skip
    running = started("gitea", command, home, ports=1, environment=own)
    return Gitea(f"http://127.0.0.1:{running.ports[0]}", said.split()[-1], running)
