"""How long a test waits for what must happen: no longer than it takes, yet far longer
than a loaded machine at a fifth of its speed needs."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 300
"""Seconds after which a test gives up; whoever passes never waits for their end."""

T = TypeVar("T")


def until(condition: Callable[[], T]) -> T:
    """Ask again and again until the answer is true; return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.005)
    raise AssertionError(f"not so within {PATIENCE} seconds")
