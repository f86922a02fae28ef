"""One writer at a time on this machine; a kill frees the lock."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from guiji.settings import Settings


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Wait until no other process of this machine merges, folds or publishes.

    Writers on other machines are kept apart by the ledger's lock and, in the end, by
    the tables' own commits.
    """
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with (settings.warehouse / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
