"""Files that are none, are too much, or lead elsewhere: an answer, soon, and never a traceback."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from world import as_yaml, platform, tenant

HANGS = 60  # seconds after which a run counts as hanging
SPEC = as_yaml(
    platform(), tenant("root", services={name: {} for name in ("etcd", "ingress", "monitoring", "seaweedfs")})
)
MEBIBYTE = 1 << 20


def run(*words: str, cwd: Path, memory: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    done = subprocess.run(
        [sys.executable, "-m", "cozygen", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=HANGS,
        stdin=subprocess.DEVNULL,
        preexec_fn=limit,
    )
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return done


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A directory with a spec that checks clean."""
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "platform.yaml").write_text(SPEC)
    return tmp_path / "spec"


def told(directory: Path, *words: str) -> list[tuple[str, str]]:
    """Code and file of everything that check finds."""
    found = json.loads(run("check", *(words or ("spec",)), "--format", "json", cwd=directory).stdout)
    return [(d["code"], d["file"]) for d in found["diagnostics"]]


def test_two_hundred_megabytes(spec: Path) -> None:
    with open(spec / "huge.yaml", "wb") as file:
        file.truncate(200 * MEBIBYTE)
    for words in (("check", "spec/huge.yaml"), ("check", "spec", "--format", "json")):
        done = run(*words, cwd=spec.parent, memory=900 * MEBIBYTE)
        assert done.returncode == 1
        assert "CZ0003" in done.stderr + done.stdout


def test_a_named_pipe(spec: Path) -> None:
    os.mkfifo(spec / "pipe.yaml")
    for words in (("check", "spec"), ("check", "spec/pipe.yaml"), ("render", "spec", "-o", "out")):
        done = run(*words, cwd=spec.parent)
        assert done.returncode == 3
        assert "pipe.yaml is no regular file" in done.stderr


@pytest.mark.parametrize("target", [".", "..", "../spec", "loop.yaml", "nowhere.yaml"])
def test_symbolic_links_that_lead_in_circles_or_nowhere(spec: Path, target: str) -> None:
    (spec / "loop").symlink_to(target)
    assert told(spec.parent) == []
    (spec / "loop.yaml").symlink_to(target)
    done = run("check", "spec", cwd=spec.parent)
    assert done.returncode == 3
    assert "loop.yaml" in done.stderr


def test_a_directory_named_like_a_file(spec: Path) -> None:
    (spec / "more.yaml").mkdir()
    (spec / "more.yaml" / "tenant.yaml").write_text(as_yaml(tenant("acme")))
    assert told(spec.parent) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(spec: Path) -> None:
    (spec / "platform.yaml").chmod(0)
    assert run("check", "spec", cwd=spec.parent).returncode == 3


def test_a_directory_without_yaml(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    assert told(tmp_path) == [("CZ1018", "spec")]


def test_what_a_spec_must_not_reach(spec: Path) -> None:
    """Files that a spec points at lie inside of its directories, whatever links say."""
    outside = spec.parent / "outside.yaml"
    outside.write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nsops: {a: b}\n")
    (spec / "link.yaml.txt").symlink_to(outside)
    (spec / "ring").symlink_to("ring")
    os.mkfifo(spec / "pipe")
    (spec / "directory").mkdir()
    names = [
        "../outside.yaml",
        "link.yaml.txt",
        str(outside),
        "ring",
        "ring/x",
        "pipe",
        "directory",
        "n" * 300,
        "/dev/zero",
        "../spec/../outside.yaml",
        "",
    ]
    secrets = {f"x{number}": {"file": name} for number, name in enumerate(names)}
    (spec / "tenant.yaml").write_text(as_yaml(tenant("acme", secrets=secrets)))
    assert told(spec.parent) == [("CZ1106", "spec/tenant.yaml")] * len(names)
    (spec / "inside.txt").write_text(outside.read_text())
    (spec / "tenant.yaml").write_text(as_yaml(tenant("acme", secrets={"x": {"file": "inside.txt"}})))
    assert told(spec.parent) == []


def test_ten_thousand_files(spec: Path) -> None:
    for number in range(2000):
        (spec / f"t{number}.yaml").write_text(
            f"apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {{name: T{number}}}\n"
        )
    found = told(spec.parent)
    assert len(found) == 2000
    assert {code for code, _ in found} == {"CZ2002"}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{n}: &{n} [*{o}, *{o}, *{o}, *{o}, *{o}, *{o}, *{o}, *{o}, *{o}, *{o}]\n"
            for o, n in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "[" * 500_000,
        "a: " + "{a: " * 100_000,
        "---\n" * 100_000,
        "- " * 100_000,
        "a:\n" + "".join(" " * (n % 200) + "b:\n" for n in range(20_000)),
    ],
    ids=["aliases", "brackets", "braces", "documents", "dashes", "stairs"],
)
def test_bombs(spec: Path, text: str) -> None:
    (spec / "bomb.yaml").write_text(text)
    done = run("check", "spec", cwd=spec.parent, memory=900 * MEBIBYTE)
    assert "bomb.yaml" in done.stderr
