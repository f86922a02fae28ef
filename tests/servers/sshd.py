"""A real OpenSSH server for the tests: on loopback ports, gone at the end.

Every account has a port of its own, by which the server tells what it may do: `pull`
only reads, `push` writes, a department sees nothing but its own folder. Where the
tests run as root the accounts are system users that every Debian has, confined by
ChrootDirectory as in production; anyone else is all of them himself, unconfined.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pwd import getpwnam, getpwuid

from servers.missing import Missing
from servers.ports import free_port
from servers.waiting import PATIENCE

SSHD = Path("/usr/sbin/sshd")
MISSING = (
    f"no {SSHD}: run `make test`, which installs what the tests need, or install the "
    "system package `openssh-server`"
)
USERS = {"pull": "nobody", "push": "daemon", "tax": "games", "transport": "man"}
DEPARTMENTS = ("tax", "transport")

GLOBAL = """\
HostKey {folder}/keys/host
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile none
DisableForwarding yes
PermitTTY no
MaxStartups 100
Subsystem sftp internal-sftp
"""
ACCOUNT = """\
Match LocalPort {port}
  AuthorizedKeysFile {folder}/keys/{account}.pub
  ChrootDirectory {chroot}
  ForceCommand internal-sftp {options}
"""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        folder: all that belongs to it.
        ports: account -> port.
        confined: accounts are users of their own, in their own folders.
    """

    folder: Path
    ports: dict[str, int]
    confined: bool

    @property
    def drop(self) -> Path:
        """Holds one folder per department, with `inbox` and `outbox`."""
        return self.folder / "drop"

    @property
    def host_key(self) -> str:
        """The key to pin."""
        kind, key, *_ = (self.folder / "keys/host.pub").read_text().split()
        return f"{kind} {key}"

    def key_file(self, account: str) -> Path:
        """The private key of an account."""
        return self.folder / "keys" / account

    def user(self, account: str) -> str:
        """The name to log in with."""
        return USERS[account] if self.confined else getpwuid(os.geteuid()).pw_name

    def connection(self, account: str, port: int | None = None, **extra: str) -> str:
        """Write an account as an Airflow connection."""
        return json.dumps(
            {
                "conn_type": "sftp",
                "host": "127.0.0.1",
                "port": port or self.ports[account],
                "login": self.user(account),
                "extra": {
                    "host_key": self.host_key,
                    "key_file": str(self.key_file(account)),
                    **extra,
                },
            }
        )

    def sftp(self, account: str, *commands: str) -> list[str]:
        """Run commands of the system's own client; give what it says went wrong."""
        port = self.ports[account]
        known = self.folder / f"known_hosts_{account}"
        known.write_text(f"[127.0.0.1]:{port} {self.host_key}\n")
        options = [f"UserKnownHostsFile={known}", "StrictHostKeyChecking=yes"]
        done = subprocess.run(
            [
                *("sftp", "-q", "-b", "-", "-P", str(port), "-F", "none"),
                *("-i", self.key_file(account)),
                *[word for option in options for word in ("-o", option)],
                f"{self.user(account)}@127.0.0.1",
            ],
            input="".join(f"-{command}\n" for command in commands),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stderr.splitlines()

    def empty(self) -> None:
        """Forget everything that was dropped, and make the departments' folders."""
        shutil.rmtree(self.drop, ignore_errors=True)
        for department in DEPARTMENTS:
            self.add(department)

    def add(self, department: str) -> Path:
        """Make a department's folders; give the one that holds them.

        The department writes its inbox, and nobody else reads it but `pull`.
        """
        home = self.drop / department
        inbox, outbox = home / "inbox", home / "outbox"
        for folder in (inbox, outbox):
            folder.mkdir(parents=True)
        if self.confined:
            owner = getpwnam(USERS.get(department, "root")).pw_uid
            reader = getpwnam(USERS["pull"]).pw_gid
            os.chown(inbox, owner, reader)
            inbox.chmod(0o2750)
            os.chown(outbox, getpwnam(USERS["push"]).pw_uid, reader)
        return home


@contextmanager
def running() -> Iterator[Server]:
    """Start a server with keys and folders of its own; stop it and forget them.

    Raises:
        Missing: there is no server on this machine.
    """
    if not SSHD.exists():
        raise Missing(MISSING)
    confined = os.geteuid() == 0
    # a folder above a chroot must not be anybody's to write to, as /tmp is
    folder = Path(
        tempfile.mkdtemp(prefix="guiji-sshd-", dir="/srv" if confined else None)
    )
    try:
        folder.chmod(0o755)
        server = Server(folder, {name: free_port() for name in USERS}, confined)
        _make_keys(folder)
        server.empty()
        (folder / "config").write_text(_config(server))
        if confined:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with (folder / "log").open("wb") as log:
            command = [SSHD, "-D", "-e", "-f", folder / "config"]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)
    finally:
        shutil.rmtree(folder)


def _make_keys(folder: Path) -> None:
    keys = folder / "keys"
    keys.mkdir()
    for name in ("host", *USERS):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name]
        subprocess.run([*command, "-f", keys / name], check=True)


def _config(server: Server) -> str:
    listening = [f"ListenAddress 127.0.0.1:{p}\n" for p in server.ports.values()]
    accounts = []
    for account, port in server.ports.items():
        is_department = account in DEPARTMENTS
        home = server.drop / account if is_department else server.drop
        options = ["-R"] if account == "pull" else []
        start = "/inbox" if is_department else "/"
        if is_department:
            options += ["-u", "0027", "-P", "symlink,hardlink"]
        elif account == "push":
            options += ["-u", "0022"]
        options += ["-d", start if server.confined else f"{home}{start}"]
        accounts.append(
            ACCOUNT.format(
                port=port,
                folder=server.folder,
                account=account,
                chroot=home if server.confined else "none",
                options=" ".join(options),
            )
        )
    return "".join([*listening, GLOBAL.format(folder=server.folder), *accounts])


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", server.ports["pull"]), 1) as s:
                if s.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.05)
    log = (server.folder / "log").read_text(errors="replace")
    raise RuntimeError(f"sshd does not answer; exit code {process.poll()}: {log}")
