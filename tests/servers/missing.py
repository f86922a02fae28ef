"""A server whose programs are not installed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import pytest

Server = TypeVar("Server")


class Missing(Exception):
    """The programs of a server are not on this machine; says what to install."""


@contextmanager
def started(running: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    """Start a server; where it is missing the test fails and says what to do."""
    try:
        with running() as server:
            yield server
    except Missing as missing:
        pytest.fail(str(missing), pytrace=False)
