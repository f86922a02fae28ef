"""One writer at a time on this machine; a kill frees the lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from guiji.core import locking
from guiji.core.settings import Settings


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Wait until no other process of this machine merges, folds or publishes.

    Writers on other machines are kept apart by the ledger's lock and, in the end, by
    the tables' own commits.
    """
    with locking.held(settings.warehouse / ".lock", "the warehouse"):
        yield
