"""A real MariaDB for the tests: private, on a loopback port, gone at the end.

The server runs as whoever runs the tests; as root it must be told so.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from servers.missing import Missing
from servers.ports import free_port
from servers.waiting import PATIENCE

SERVER = Path("/usr/sbin/mariadbd")
SCRIPTS = Path("/usr/share")
FIRST = ("system_tables.sql", "system_tables_data.sql")
"""What makes the server's own tables; mariadb-install-db does the same, and is not
whole without the package of the client. Newer versions call `mysql` `mariadb`."""

OWNER = "guiji_tests"
PASSWORD = "only for tests"
MISSING = (
    f"no MariaDB at {SERVER}: run `make test`, which installs what the tests need, or "
    "install the system package `mariadb-server-core`"
)
BEGIN = (
    "create database mysql;\nuse mysql;\n"
    "set @auth_root_socket = null;\nset @skip_auth_anonymous = 1;\n"
)
OPTIONS = (
    *("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0"),
    *("--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M"),
    *("--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=60"),
    *("--character-set-server=utf8mb4", "--performance-schema=off"),
)


@dataclass(frozen=True)
class Server:
    """A running server; every test gets a database of its own."""

    port: int

    def url(self, database: str, user: str = OWNER, password: str = PASSWORD) -> str:
        made = sa.URL.create(
            "mysql+pymysql", user, password, "127.0.0.1", self.port, database
        )
        return made.update_query_dict({"charset": "utf8mb4"}).render_as_string(
            hide_password=False
        )

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Yield the URL of a new, empty database; drop it at the end."""
        self.run(f"create database `{name}` character set utf8mb4")
        try:
            yield self.url(name)
        finally:
            self.run(f"drop database `{name}`")

    def run(self, statement: str) -> None:
        """Run one statement as the server's owner."""
        engine = sa.create_engine(self.url("mysql"), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)


def _script(name: str) -> str:
    found = [*SCRIPTS.glob(f"m*/mysql_{name}"), *SCRIPTS.glob(f"m*/mariadb_{name}")]
    return found[0].read_text(encoding="utf-8")


def _as_this_user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on new data in a temporary folder; stop it and forget both.

    Raises:
        Missing: it is not installed.
    """
    if not SERVER.exists():
        raise Missing(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="guiji-mariadb-"))
    try:
        data, log = folder / "data", folder / "log"
        data.mkdir()
        owner = folder / "owner.sql"
        owner.write_text(
            f"create user '{OWNER}'@'127.0.0.1' identified by '{PASSWORD}';\n"
            f"grant all on *.* to '{OWNER}'@'127.0.0.1' with grant option;\n"
        )
        command = [str(SERVER), "--no-defaults", f"--datadir={data}", *OPTIONS]
        command += _as_this_user()
        with log.open("wb") as said:
            first = "".join(_script(name) for name in FIRST)
            subprocess.run(
                [*command, "--bootstrap"],
                input=f"{BEGIN}{first}".encode(),
                stdout=said,
                stderr=said,
                check=False,  # if it fails, the server does not answer, and tells why
            )
            server = Server(free_port())
            process = subprocess.Popen(
                [
                    *(*command, f"--port={server.port}", f"--init-file={owner}"),
                    *(f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"),
                ],
                stdout=said,
                stderr=said,
            )
        try:
            _wait(server, process, log)
            yield server
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _wait(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            server.run("select 1")
        except sa.exc.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"MariaDB does not answer: {log.read_text('utf-8')[-2000:]}")
