"""What a terminal shows of long work, and CI does not."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cozygen.cli.main import cli
from cozygen.cli.progress import doing
from tests.deliver.git_world import bare
from tests.review.spec_world import write


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_terminal_shows_what_is_being_done_and_then_nothing_of_it() -> None:
    child, terminal = pty.fork()
    if child == 0:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")  # pytest has put something else there
        with doing("publishing"):
            pass
        os._exit(0)
    shown = b""
    try:
        while chunk := os.read(terminal, 1000):
            shown += chunk
    except OSError:
        pass  # how Linux says that the other end is closed
    os.waitpid(child, 0)
    os.close(terminal)
    assert shown.decode() == "publishing …\r\x1b[K"


def test_anything_else_shows_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    remote = bare(tmp_path / "fleet.git")
    done = CliRunner().invoke(cli, ["push", str(write(tmp_path / "spec")), "--to", str(remote)])
    assert done.exit_code == 0
    assert "…" not in done.output
