"""A real SSH server on loopback, for one user with one key: Debian's ``openssh-server``."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from programs import MissingError
from programs.process import Ports, Program, started


@dataclass(frozen=True)
class SshServer:
    """A running server, and the files with which one gets in."""

    program: Program
    key: Path
    known_hosts: Path

    @property
    def port(self) -> int:
        return self.program.ports[0]

    def url(self, repository: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{repository}"


def sshd() -> Path:
    """The server's binary."""
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise MissingError("no sshd: install openssh-server")
    if os.geteuid() == 0 and "sshd" not in {user.pw_name for user in pwd.getpwall()}:
        raise MissingError("sshd run by root wants the user sshd: install openssh-server")
    return Path(found)


def new_key(path: Path) -> str:
    """A new key pair; gives the public one."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text().strip()


def start(directory: Path, authorized: str | None = None) -> SshServer:
    """A server that lets the key ``user`` in, or the public key that is given."""
    server = sshd()
    directory.mkdir(parents=True, exist_ok=True)
    host, user = new_key(directory / "host"), new_key(directory / "user")
    (directory / "authorized").write_text(f"{authorized or user}\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)

    def command(ports: Ports) -> list[str | Path]:
        (directory / "known_hosts").write_text(f"[127.0.0.1]:{ports[0]} {host}\n")
        settings = [
            f"ListenAddress 127.0.0.1:{ports[0]}",
            f"HostKey {directory / 'host'}",
            f"AuthorizedKeysFile {directory / 'authorized'}",
            "StrictModes no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            "UsePAM no",
            "PidFile none",
        ]
        (directory / "sshd_config").write_text("\n".join(settings) + "\n")
        return [server, "-D", "-e", "-f", directory / "sshd_config"]

    program = started("sshd", command, directory, ports=1)
    return SshServer(program, directory / "user", directory / "known_hosts")
