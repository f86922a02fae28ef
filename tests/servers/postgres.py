"""A real PostgreSQL for the tests: private, on a loopback port, gone at the end.

PostgreSQL refuses to run as root, so where the tests run as root its programs are
started as the system's own user `postgres`; anyone else runs them as himself.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from servers.missing import Missing
from servers.ports import free_port
from servers.waiting import PATIENCE

OWNER = "postgres"
INSTALLED = Path("/usr/lib/postgresql")
MISSING = (
    f"no PostgreSQL under {INSTALLED}/*/bin: run `make test`, which installs what the "
    "tests need, or install the system package `postgresql`"
)
OPTIONS = (
    "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off "
    "-c synchronous_commit=off -c max_connections=60 -c shared_buffers=32MB"
)


@dataclass(frozen=True)
class Server:
    """A running server; every test gets a database of its own."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Yield the URL of a new, empty database; drop it at the end."""
        self._run(f'create database "{name}"')
        try:
            yield self.url(name)
        finally:
            self._run(f'drop database "{name}" with (force)')

    def _run(self, statement: str) -> None:
        target = f"host=127.0.0.1 port={self.port} user={OWNER} dbname=postgres"
        with psycopg.connect(target, autocommit=True) as connection:
            connection.execute(statement.encode())


def programs() -> Path:
    """Find the folder of the newest version's programs.

    Raises:
        Missing: there is none.
    """
    found = sorted(
        INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if not found:
        raise Missing(MISSING)
    return found[-1].parent


def _as_owner(*command: str | Path) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    done = subprocess.run(
        words,
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise RuntimeError(f"{Path(words[-1]).name}: {done.stdout[-2000:]}")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on new data in a temporary folder; stop it and forget both."""
    binaries = programs()
    folder = Path(tempfile.mkdtemp(prefix="guiji-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        data, port = folder / "data", free_port()
        _as_owner(
            binaries / "initdb",
            *("-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"),
            *("-D", data),
        )
        options = f"{OPTIONS} -c port={port} -c unix_socket_directories={folder}"
        control = (binaries / "pg_ctl", "-D", data, "-w", "-t", str(PATIENCE))
        _as_owner(*control, "-l", folder / "log", "-o", options, "start")
        try:
            yield Server(port)
        finally:
            _as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
