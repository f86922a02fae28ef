"""Locks for what only one process may change at a time.

A lock is a line in the ledger that names host and process. The line of a process of
this host that no longer lives is taken over; a process of another host cannot be
seen, so its line stays until it is given back or broken by hand.
"""

import os
import socket
from pathlib import Path

import sqlalchemy as sa

from guiji.errors import LockHeld
from guiji.ledger.tables import LOCKS


def host() -> str:
    """Name this machine."""
    return socket.gethostname()


def started(pid: int) -> str:
    """Tell when a process of this host started, in the system's own ticks.

    Returns:
        Empty where there is no such process; "?" where the system does not tell.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        except OSError:
            return ""
        fields = stat.rpartition(")")[2].split()  # the name may hold anything
        return "" if fields[0] in ("Z", "X") else fields[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "?"
    return "?"


def take(connection: sa.Connection, name: str, at: str) -> str | None:
    """Write the line of a lock, in a writing transaction.

    Returns:
        None, or who held it and is dead: host and process.

    Raises:
        LockHeld: it belongs to a living process, or to another host.
    """
    mine = {"host": host(), "pid": os.getpid(), "started": started(os.getpid())}
    held = connection.execute(sa.select(LOCKS).where(LOCKS.c.name == name)).first()
    if held is None:
        connection.execute(sa.insert(LOCKS).values(name=name, taken_at=at, **mine))
        return None
    owner = f"process {held.pid} on {held.host}"
    if held.host != mine["host"] or started(held.pid) == held.started:
        raise LockHeld(
            f"{name} is being changed by {owner} since {held.taken_at}; "
            "wait until it is done and run this again"
        )
    connection.execute(
        sa.update(LOCKS).where(LOCKS.c.name == name).values(taken_at=at, **mine)
    )
    return owner


def give_back(connection: sa.Connection, name: str) -> None:
    """Remove the line, if it is this process's."""
    connection.execute(
        sa.delete(LOCKS).where(
            LOCKS.c.name == name, LOCKS.c.host == host(), LOCKS.c.pid == os.getpid()
        )
    )


def remove(connection: sa.Connection, name: str) -> bool:
    """Remove the line whoever holds it; tell whether there was one."""
    return connection.execute(sa.delete(LOCKS).where(LOCKS.c.name == name)).rowcount > 0
