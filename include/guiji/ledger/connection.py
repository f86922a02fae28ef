"""One connection to the ledger: its transactions, its clock and its trace."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Self

import sqlalchemy as sa

from guiji.core.settings import Settings
from guiji.ledger import trace, upgrade
from guiji.ledger.database import Database


def _now() -> datetime:
    return datetime.now(UTC)


class LedgerConnection:
    """A ledger whose tables are at the newest revision."""

    def __init__(self, url: str, clock: Callable[[], datetime] = _now) -> None:
        """Open the ledger at an SQLAlchemy URL; make or upgrade its tables."""
        self._database = Database(url)
        self._clock = clock
        upgrade.to_head(self._database)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the ledger of the settings."""
        return cls(settings.ledger_url)

    def pooled(self) -> AbstractContextManager[None]:
        """Use connections again until the end, see `Database.pooled`."""
        return self._database.pooled()

    def _trace(
        self,
        connection: sa.Connection,
        kind: str,
        subject: str,
        details: Mapping[str, Any],
    ) -> str:
        at = self._clock().astimezone(UTC).isoformat()
        return trace.append(connection, at, kind, subject, details)
