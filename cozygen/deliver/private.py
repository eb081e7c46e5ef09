"""A directory for plain-text secrets: readable by its owner alone, and never a part of any Git repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which

_IGNORE = "# Secrets in plain text: nothing here goes into Git.\n*\n"


class NotPrivateError(RuntimeError):
    """Plain text cannot be written here without risking that it reaches a repository."""


def private_directory(path: Path) -> Path:
    """The directory, made if need be, once it is certain that Git ignores whatever is in it.

    It gets a ``.gitignore`` of its own that leaves out everything, so that it stays private wherever it lies.
    Refused are a symbolic link, and a directory of which Git already follows a file.
    """
    if path.is_symlink():
        raise NotPrivateError(f"{path} is a symbolic link; secrets go only where they are meant to")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(path, 0o700)
    followed = _git(path, "ls-files", "--", ".")
    if followed:
        raise NotPrivateError(
            f"Git follows {path / followed.splitlines()[0]}; run git rm --cached and commit first"
        )
    write_private(path / ".gitignore", _IGNORE)
    if _work_tree(path) and which("git") and _git(path, "check-ignore", "--", "probe.yaml") is None:
        raise NotPrivateError(f"Git does not ignore {path}; a rule elsewhere takes the files back in")
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone; a crash leaves the old file or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_once(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet; False, and nothing done, if it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except FileExistsError:
        return False
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _work_tree(path: Path) -> bool:
    return any((parent / ".git").exists() for parent in (path.resolve(), *path.resolve().parents))


def _git(path: Path, *arguments: str) -> str | None:
    """What Git answers about the directory; None where it refuses, or there is no repository or no Git."""
    program = which("git")
    if program is None or not _work_tree(path):
        return None
    done = subprocess.run(
        [program, "-C", str(path), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
