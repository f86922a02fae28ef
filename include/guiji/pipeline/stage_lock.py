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

_RUNNING: ContextVar[Context | None] = ContextVar("running", default=None)
"""The context of the stage that this thread runs under the lock; None = it runs none.

A whole night holds the lock over all of its stages, and they share its context.
"""


def current() -> Context:
    """Return the context of the running stage, else one of the environment."""
    return _RUNNING.get() or Context.current()


def exclusive(stage: Callable[P, R]) -> Callable[P, R]:
    """Run a stage while no other process runs one; wait for it a while.

    Raises:
        LockHeld: another process ran one for `GUIJI_LOCK_WAIT_SECONDS`.
    """

    @wraps(stage)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from guiji.ledger import locks

        if _RUNNING.get():
            return stage(*args, **kwargs)
        context = Context.current()
        seconds = context.settings.lock_wait_seconds
        with context.ledger.pooled(), context.ledger.lock(locks.NIGHT, seconds):
            token = _RUNNING.set(context)
            try:
                return stage(*args, **kwargs)
            finally:
                _RUNNING.reset(token)

    return run
