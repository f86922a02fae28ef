"""One process at a time in the stages of a night, whichever night it is.

Two nights at once would claim one another's files, name a batch twice and write the
same reports. Stages that change what others read are run one after the other; `check`
is not among them, because Airflow checks the parts of one night side by side: there,
each delivery is checked by one process at a time (`batch.delivery_processor`).
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from guiji.context import Context

P = ParamSpec("P")
R = TypeVar("R")

HELD: ContextVar[frozenset[str]] = ContextVar("HELD", default=frozenset())
"""Ledgers whose lock this thread holds: a night holds it over all of its stages."""


def exclusive(stage: Callable[P, R]) -> Callable[P, R]:
    """Run a stage while no other process runs one; wait for it a while.

    Raises:
        LockHeld: another process ran one for `GUIJI_LOCK_WAIT_SECONDS`.
    """

    @wraps(stage)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from guiji.ledger import locks

        context = Context.current()
        url = context.settings.ledger_url
        if url in HELD.get():
            return stage(*args, **kwargs)
        with context.ledger.lock(locks.NIGHT, context.settings.lock_wait_seconds):
            token = HELD.set(HELD.get() | {url})
            try:
                return stage(*args, **kwargs)
            finally:
                HELD.reset(token)

    return run
