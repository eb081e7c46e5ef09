"""What the tests of publishing share: a bare repository, people who push to it, and publishing with defaults."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from cozygen.deliver.git_access import Access, Login
from cozygen.deliver.git_address import Address, parse_address
from cozygen.deliver.git_commit import Person, Signatures
from cozygen.deliver.git_publish import Manner, Publication, Target, publish
from cozygen.layout.tree import Facts, Tree
from cozygen.review.summary import message

ME = Signatures(Person("Robot", "robot@example.org"), Person("Robot", "robot@example.org"))
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  labels:
    apps.cozystack.io/application.kind: Postgres
    apps.cozystack.io/application.name: %(name)s
  name: postgres-%(name)s
  namespace: tenant-%(tenant)s
spec:
  values:
    replicas: %(replicas)d
"""


def release(tenant: str, name: str = "main", replicas: int = 2) -> str:
    return RELEASE % {"tenant": tenant, "name": name, "replicas": replicas}


def tree(platform: str = "prod", **tenants: int) -> Tree:
    """A tree with one database for each tenant, of so many replicas."""
    files = {f"tenants/{name}/apps/releases.yaml": release(name, replicas=n) for name, n in tenants.items()}
    files["platform/objects.yaml"] = "kind: none\n"
    data = {path: text.encode() for path, text in files.items()}
    return Tree.of(data, Facts(platform, "0" * 64, "0.1.0", "v1.6.2"))


def git(directory: Path, *words: str, feed: str = "") -> str:
    """git as a person runs it, without the configuration of whoever runs the tests."""
    environment = {
        **os.environ,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Jane",
        "GIT_AUTHOR_EMAIL": "jane@example.org",
        "GIT_COMMITTER_NAME": "Jane",
        "GIT_COMMITTER_EMAIL": "jane@example.org",
    }
    done = subprocess.run(
        ["git", "-C", str(directory), *words], input=feed, text=True, capture_output=True, env=environment
    )
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout.rstrip("\n")


def bare(path: Path, *options: str) -> Path:
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--bare", "--initial-branch=main", *options)
    return path


def by_hand(
    remote: Path, files: dict[str, str | None], subject: str = "by hand", mode: str = "100644"
) -> str:
    """Jane's commit on top of main: files written, or removed where there is no text."""
    known = bool(git(remote, "branch", "--list", "main"))
    lines = ["commit refs/heads/main", f"committer Jane <jane@example.org> {int(time.time())} +0000"]
    lines += [f"data {len(subject.encode())}", subject]
    if known:
        lines.append("from refs/heads/main^0")
    for name, text in files.items():
        if text is None:
            lines.append(f'D "{name}"')
        elif mode == "160000":
            lines.append(f'M 160000 {text} "{name}"')
        else:
            lines += [f'M {mode} inline "{name}"', f"data {len(text.encode())}", text]
    git(remote, "fast-import", "--quiet", feed="\n".join([*lines, "", ""]))
    return git(remote, "rev-parse", "main")


def target(url: str | Path, path: str = "clusters/prod", branch: str = "main", **access: Any) -> Target:
    address = parse_address(str(url))
    assert isinstance(address, Address), address
    return Target(Login(address, Access(**{"timeout": 20.0, **access})), branch, path)


def send(of: Tree, to: Target, **manner: Any) -> Publication:
    trailers = {"Cozygen-Output": f"sha256:{of.output}"}
    return publish(
        of,
        to,
        lambda changes, first: message("prod", changes, trailers, first=first),
        Manner(**{"by": ME, **manner}),
    )


def listing(remote: Path, commit: str = "main") -> dict[str, str]:
    """Every file of a commit with its content."""
    names = git(remote, "ls-tree", "-r", "--name-only", commit).splitlines()
    return dict(zip(names, _contents(remote, [f"{commit}:{name}" for name in names]), strict=True))


def _contents(remote: Path, names: list[str]) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(remote), "cat-file", "--batch"],
        input="".join(f"{name}\n" for name in names).encode(),
        capture_output=True,
        check=True,
    ).stdout
    out = []
    while done:
        head, _, rest = done.partition(b"\n")
        size = int(head.split()[2])
        out.append(rest[:size].decode())
        done = rest[size + 1 :]
    return out


def sound(remote: Path) -> None:
    """The repository is whole."""
    git(remote, "fsck", "--strict", "--connectivity-only")
