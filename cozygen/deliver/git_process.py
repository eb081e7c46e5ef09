"""Running git: with a clean environment, a time limit, and every output read."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from cozygen.deliver import git_codes as codes
from cozygen.deliver.failures import DeliveryError
from cozygen.deliver.git_access import Login, environment
from cozygen.record import Record

OLDEST = (2, 34)


class Result(Record):
    """What a git process gave; ``late`` says that it was stopped because its time was up."""

    code: int
    out: bytes
    err: str
    late: bool = False

    @property
    def text(self) -> str:
        """The output as text, without the line end."""
        return self.out.decode("utf-8", "replace").rstrip("\n")


class Git:
    """git in one repository, or in none. ``hold`` is a lock that outlives this process in git's own ones."""

    def __init__(self, directory: Path | None, login: Login | None = None, hold: int | None = None) -> None:
        self.directory = directory
        self.login = login
        self._hold = hold
        self._environment = environment(login, os.environ)

    def run(
        self,
        *arguments: str,
        feed: bytes = b"",
        timeout: float | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Result:
        """One run; an exit code other than 0 is the caller's to judge. ``more`` adds to the environment."""
        words = ["git", *([f"--git-dir={self.directory}"] if self.directory else []), *arguments]
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment | dict(more or {}),
                start_new_session=True,
                pass_fds=() if self._hold is None else (self._hold,),
            )
        except OSError as error:
            raise DeliveryError.of(codes.NO_GIT, "git", f"git cannot be started: {error.strerror}") from error
        try:
            out, err = process.communicate(feed, timeout)
        except subprocess.TimeoutExpired:
            _stop(process)
            out, err = process.communicate()
            return Result(process.returncode, out, self._text(err), late=True)
        except BaseException:
            _stop(process)
            process.communicate()
            raise
        return Result(process.returncode, out, self._text(err))

    def ask(self, *arguments: str, feed: bytes = b"") -> str:
        """The output of a run that only fails when something is wrong with the local store."""
        return self.read(*arguments, feed=feed).decode("utf-8", "replace").rstrip("\n")

    def read(self, *arguments: str, feed: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        """The same, as bytes."""
        result = self.run(*arguments, feed=feed, more=more)
        if result.code != 0:
            raise local_failure(self.directory, arguments, result)
        return result.out

    def _text(self, err: bytes) -> str:
        text = err.decode("utf-8", "replace")
        return self.login.redact(text) if self.login is not None else text


class StoreError(DeliveryError):
    """The local repository is damaged, full or not writable; a fresh one may do."""


def local_failure(directory: Path | None, arguments: Sequence[str], result: Result) -> StoreError:
    """What a failed local run comes to."""
    said = last_words(result.err) or f"exit code {result.code}"
    message = f"git {arguments[0]} failed in {directory}: {said}"
    return StoreError.of(codes.LOCAL_STORE, str(directory), message)


def last_words(text: str, most: int = 400) -> str:
    """What git said that matters: its errors, else its last line."""
    found = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    errors = [line for line in found if line.startswith(("fatal:", "error:", "remote:", "ssh:", "! "))]
    said = "; ".join(dict.fromkeys(errors or found[-1:]))
    return said if len(said) <= most else said[: most - 1] + "…"


def require_git() -> None:
    """Raises unless git is there and understands the settings that guard it."""
    result = Git(None).run("version")
    match = re.search(r"(\d+)\.(\d+)", result.text)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        found = result.text or "no version"
        raise DeliveryError.of(
            codes.NO_GIT, "git", f"git {OLDEST[0]}.{OLDEST[1]} or later is needed; found {found}"
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a git process with everything that it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(2)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return
