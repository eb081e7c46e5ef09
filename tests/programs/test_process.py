"""Bad weather for programs: a taken port, a death at the start, and the death of whoever started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from programs import BrokenError
from programs.process import Ports, free_ports, listening, started
from programs.waiting import until

SERVE = (
    "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), None).serve_forever()"
)


def serve(ports: Ports) -> list[str]:
    return [sys.executable, "-c", SERVE, str(ports[0])]


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_program_is_ready_when_it_listens(tmp_path: Path) -> None:
    program = started("serve", serve, tmp_path, ports=1)
    assert program.ports[0] in listening(program.process.pid)
    assert program.memory > 1
    assert program.cpu >= 0
    program.stop()
    assert not program.runs
    program.stop()


def test_a_port_that_someone_else_took_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        asked: list[int] = []

        def command(ports: Ports) -> list[str]:
            asked.append(ports[0])
            return serve((taken,) if len(asked) == 1 else ports)

        program = started("serve", command, tmp_path, ports=1)
        assert len(asked) == 2
        assert program.ports == (asked[1],)
        program.stop()


def test_a_program_that_dies_while_it_starts_tells_why(tmp_path: Path) -> None:
    with pytest.raises(BrokenError, match=r"(?s)short ended with 3:.*no such flag"):
        started(
            "short",
            lambda _: [sys.executable, "-c", "print('no such flag'); raise SystemExit(3)"],
            tmp_path,
            ports=1,
        )


def test_a_program_that_never_gets_ready_is_ended(tmp_path: Path) -> None:
    words = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(BrokenError, match="was not ready after 1 s"):
        started("idle", lambda _: [sys.executable, "-c", words], tmp_path, ports=1, patience=1)
    assert gone(int((tmp_path / "idle.log").read_text()))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_running_after_an_interrupted_run(tmp_path: Path, how: signal.Signals) -> None:
    run = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pathlib import Path
from programs.process import started
from programs.test_process import serve
print(started("serve", serve, Path({str(tmp_path)!r}), ports=1).process.pid, flush=True)
time.sleep(60)
"""
    runner = subprocess.Popen([sys.executable, "-c", run], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert runner.stdout is not None
    pid = int(runner.stdout.readline())
    assert not gone(pid)
    os.kill(runner.pid, how)
    runner.wait()
    until(lambda: gone(pid), "the program has ended", 10)


RUN = """
import time
import pytest
from programs.process import started
from programs.test_process import serve

@pytest.fixture(scope="module")
def program(tmp_path_factory):
    found = started("serve", serve, tmp_path_factory.mktemp("serve"), ports=1)
    yield found
    found.stop()

def test_it_runs(program):
    time.sleep({seconds})
"""


@pytest.mark.truth
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_running_after_an_interrupted_run_of_pytest(
    tmp_path: Path, how: signal.Signals
) -> None:
    """With a worker, as the tier runs; and the next run starts clean."""
    test = tmp_path / "test_run.py"
    test.write_text(RUN.format(seconds=600))  # longer than anything here waits for its end
    words = ["-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-n", "1", str(test)]
    base = tmp_path / "base"
    command = [sys.executable, "-m", "pytest", *words, "--basetemp", str(base)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: bool(children_listening(base)), "the program listens", 60)
    (pid,) = children_listening(base)
    os.kill(run.pid, how)
    run.wait()
    until(lambda: gone(pid), "the program has ended", 30)  # a worker of xdist lets its test go on for 15 s

    test.write_text(RUN.format(seconds=0))
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert children_listening(base) == []


def children_listening(base: Path) -> list[int]:
    """The processes that run in a directory and listen."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cwd").readlink().is_relative_to(base) and listening(int(process.name)):
                found.append(int(process.name))
        except OSError:  # gone, or somebody else's
            continue
    return found


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20


def test_cpu_seconds_grow(tmp_path: Path) -> None:
    words = f"import threading, time; threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start(); {SERVE}"
    program = started("busy", lambda ports: [sys.executable, "-c", words, str(ports[0])], tmp_path, ports=1)
    before = program.cpu
    until(lambda: program.cpu > before, "it has used some", 10)
    program.stop()
