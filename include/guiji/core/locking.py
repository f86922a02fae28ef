"""Locks on files, which the system frees when their holder ends, and who holds one.

A holder is known by host, boot, pid namespace, process number and start of the process:
of two containers on one volume, or of one container made anew, both may have process 7
on the same host. Whether a holder lives is told by the lock alone, which holds across
containers of one machine; the names are for people.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guiji.core.errors import LockHeld

if TYPE_CHECKING:
    from filelock import FileLock

log = logging.getLogger(__name__)

PAUSE = 0.1
"""Seconds between two attempts to take a lock."""

FOR_EVER = float("inf")


@dataclass(frozen=True)
class Holder:
    """A process, told from every other of any machine and any boot.

    Attributes:
        host: name of the machine or container.
        boot: id of the machine's present boot; empty where the system does not tell.
        namespace: the pid namespace in which `pid` counts; empty likewise.
        pid: process number.
        started: when it started, in the system's own ticks; "?" = not told.
    """

    host: str
    boot: str
    namespace: str
    pid: int
    started: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def mark(self) -> str:
        """A part of a file name that no other process has."""
        namespace = "".join(filter(str.isdigit, self.namespace))
        return "~".join(
            (self.host, self.boot[:8], namespace, str(self.pid), self.started)
        )

    def columns(self) -> dict[str, str | int]:
        """Return the columns of a table's row."""
        return asdict(self)


def this_process() -> Holder:
    """Describe the process that asks."""
    return Holder(
        host=socket.gethostname(),
        boot=_first_line("/proc/sys/kernel/random/boot_id"),
        namespace=_link("/proc/self/ns/pid"),
        pid=os.getpid(),
        started=_started(),
    )


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text("ascii").strip()
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""


def _started() -> str:
    try:
        stat = Path("/proc/self/stat").read_text("utf-8", "replace")
    except OSError:
        return "?"
    return stat.rpartition(")")[2].split()[19]  # the program's name may hold anything


def file_lock(path: Path) -> "FileLock":
    """Open the lock on a file; its folder is made where it is missing.

    A child that is forked while it is held does not hold it.
    """
    from filelock import FileLock  # noqa: PLC0415 - only where something is locked

    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path, mode=0o600, fallback_to_soft=False)


def try_to_take(lock: "FileLock") -> bool:
    """Acquire a lock unless another holds it; return whether it is acquired."""
    from filelock import Timeout  # noqa: PLC0415

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def wait_for(
    attempt: Callable[[], bool], wait: float, describe: Callable[[], str]
) -> None:
    """Try until an attempt succeeds.

    Args:
        attempt: tells whether it did.
        wait: seconds after which it is given up; 0 = one attempt.
        describe: says in one line who is in the way.

    Raises:
        LockHeld: it did not succeed in time.
    """
    until = time.monotonic() + wait
    is_told = False
    while not attempt():
        if time.monotonic() >= until:
            raise LockHeld(f"{describe()}; wait until it is done and run this again")
        if not is_told:
            level = logging.INFO if wait == FOR_EVER else logging.WARNING
            log.log(level, "waiting: %s", describe())
            is_told = True
        time.sleep(PAUSE)


@contextmanager
def held(path: Path, what: str, wait: float = FOR_EVER) -> Iterator[None]:
    """Hold the lock on a file during a block.

    Args:
        path: the file; it stays.
        what: is locked, for the message: "the warehouse".
        wait: seconds to wait for another holder.

    Raises:
        LockHeld: another held it all that time.
    """
    lock = file_lock(path)
    attempt = _attempt(lock)
    wait_for(attempt, wait, lambda: f"{what} is being changed by another process")
    try:
        yield
    finally:
        lock.release()


def _attempt(lock: "FileLock") -> Callable[[], bool]:
    return lambda: try_to_take(lock)
