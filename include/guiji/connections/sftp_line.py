"""A line to a server: connected when it is needed, and again when it was cut."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from guiji.connections.sftp import SftpConnection
from guiji.connections.sftp_session import Session
from guiji.core.errors import SourceUnavailable

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""Cuts in a row, with nothing gained in between, that end the patience."""

T = TypeVar("T")


def nothing() -> int:
    """Gain nothing in between."""
    return 0


class Line:
    """The line to one server; `close` it when nobody will speak for a while."""

    def __init__(
        self, connection: SftpConnection, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.id = connection.id
        self._connection, self._sleep = connection, sleep
        self._session: Session | None = None

    def patiently(
        self, work: Callable[[Session], T], gained: Callable[[], int] = nothing
    ) -> T:
        """Do something over the line; begin again if it is cut.

        Args:
            work: must be able to go on where it was cut.
            gained: how far it has come; as long as it comes further, no cut counts.

        Raises:
            SourceUnavailable: the server stays out of reach.
        """
        cuts, had = 0, gained()
        while True:
            try:
                if self._session is None:
                    self._session = Session(self._connection)
                return work(self._session)
            except SourceUnavailable as error:
                self.close()
                cuts, had = (cuts if gained() == had else 0) + 1, gained()
                if cuts == ATTEMPTS:
                    raise
                log.info("%s; attempt %d follows", error, cuts + 1)
                self._sleep(cuts)

    def close(self) -> None:
        """Disconnect, if connected."""
        session, self._session = self._session, None
        if session is not None:
            session.close()
