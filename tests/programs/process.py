"""A running program: started on ports that are free, ready before anyone uses it, stopped whatever happens.

Whoever starts a program in a thread that ends loses it: the kernel ends a tied program with the thread.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from programs import BrokenError

Ports = tuple[int, ...]
TAKEN = ("address already in use", "Address already in use")
_TICKS = os.sysconf("SC_CLK_TCK")


def tied(command: Sequence[str | Path]) -> list[str]:
    """The command, killed by the kernel should the process that started it die, however that happens."""
    words = [str(word) for word in command]
    wrapper = which("setpriv")
    return [wrapper, "--pdeathsig", "KILL", *words] if wrapper else words


def free_ports(count: int) -> Ports:
    """Ports of the loopback address that nobody listens on now. Someone may later: see ``started``."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return tuple(found.getsockname()[1] for found in sockets)
    finally:
        for found in sockets:
            found.close()


def listening(pid: int) -> set[int]:
    """The TCP ports that a process listens on."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            sockets.add(os.readlink(link))
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.add(int(fields[1].rpartition(":")[2], 16))
    return found


@dataclass(frozen=True)
class Program:
    """A program that runs, and what it has used."""

    name: str
    process: subprocess.Popen[bytes]
    ports: Ports
    log: Path

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    @property
    def cpu(self) -> float:
        """CPU seconds so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """MiB that it holds now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def said(self, most: int = 3000) -> str:
        """The end of its log."""
        return self.log.read_bytes()[-most:].decode(errors="replace")

    def stop(self, patience: float = 5) -> None:
        """End it: politely, then at once."""
        if self.runs:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def started(
    name: str,
    command: Callable[[Ports], Sequence[str | Path]],
    directory: Path,
    *,
    ports: int,
    ready: Callable[[Ports], bool] = lambda _: True,
    environment: Mapping[str, str] | None = None,
    patience: float = 60,
    attempts: int = 5,
) -> Program:
    """A program that listens on as many ports as asked for, and is ready; ``command`` gets the ports.

    Between choosing a port and using it someone else may take it. A program that dies of that is started again
    on other ports; one that dies of anything else raises ``BrokenError`` with what it said.
    """
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / f"{name}.log"
    for attempt in range(attempts):
        chosen = free_ports(ports)
        with log.open("wb") as output:
            process = subprocess.Popen(
                tied(command(chosen)),
                env=None if environment is None else dict(environment),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt at the terminal reaches us, and we stop it in order
            )
        program = Program(name, process, chosen, log)
        if _became_ready(program, ready, patience):
            return program
        state = f"was not ready after {patience:g} s" if program.runs else f"ended with {process.returncode}"
        lost_port = not program.runs and any(word in program.said() for word in TAKEN)
        program.stop()
        if not lost_port or attempt == attempts - 1:
            raise BrokenError(f"{name} {state}:\n{program.said()}")
    raise AssertionError("unreachable")


def _became_ready(program: Program, ready: Callable[[Ports], bool], patience: float) -> bool:
    end = time.monotonic() + patience
    try:
        while program.runs and time.monotonic() < end:
            if listening(program.process.pid).issuperset(program.ports) and ready(program.ports):
                return True
            time.sleep(0.05)
    except BaseException:
        program.process.send_signal(signal.SIGKILL)
        program.process.wait()
        raise
    return False
