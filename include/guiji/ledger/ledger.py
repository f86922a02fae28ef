"""The ledger: every change of state is one transaction here, with its trace.

The ledger reads the clock for the trace, the locks, and for arrivals that nothing else
tells: the first sighting of a file on a server, the snapshot of an extract.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from guiji.ledger import locks, progress, remote_file_state, trace
from guiji.ledger.delivery_register import DeliveryRegister
from guiji.ledger.progress import NightState, Publication, Watermark
from guiji.ledger.remote_file_state import RemoteFileState

Trace = Callable[[str, str, Mapping[str, Any]], str]
"""Adds a line to the trace: kind, subject, details; gives its seal."""


class Ledger(DeliveryRegister):
    """Nights, deliveries, sightings, publications, trace and locks."""

    # Nights

    def open_night(self, night: date) -> NightState:
        """Begin a night, or tell how far it has come.

        Raises:
            NightClosed: it is new, and a later night is already merged.
        """
        with self._database.writing() as connection:
            state = progress.state(connection, night)
            if state is not None:
                return state
            progress.begin(connection, night)
            self._trace(connection, "night_opened", str(night), {})
            return NightState.OPEN

    def night_state(self, night: date) -> NightState | None:
        """Return how far a night has come; None = it never began."""
        with self._database.reading() as connection:
            return progress.state(connection, night)

    def set_state(self, night: date, state: NightState | str) -> NightState:
        """Advance a night; one that is already further stays there.

        Returns:
            The state it is in afterwards.

        Raises:
            UsageError: the night never began.
        """
        wanted = NightState(state)
        with self._database.writing() as connection:
            if progress.advance(connection, night, wanted):
                self._trace(connection, f"night_{wanted.value}", str(night), {})
            return progress.begun(connection, night)

    def nights(self) -> dict[date, NightState]:
        """Return every night and how far it has come, oldest first."""
        with self._database.reading() as connection:
            return progress.nights(connection)

    # Files that stay where they lie

    def now(self) -> datetime:
        """Read the ledger's clock: when a look into an inbox begins."""
        return self._clock().astimezone(UTC)

    def see(
        self,
        source: str,
        department: str,
        seen: Mapping[bytes, tuple[int, int]],
        since: datetime,
        whole: bool = True,
    ) -> dict[bytes, RemoteFileState]:
        """Write down what one look into a department's inbox found.

        Args:
            source: the connection by which the inbox is reached.
            department: whose inbox.
            seen: path -> size and time of change.
            since: when the look began.
            whole: it saw everything, so that what it did not see is gone.

        Returns:
            Path -> what is known of it, for every path seen.
        """
        with self._database.writing() as connection:
            return remote_file_state.note(
                connection, source, department, seen, since, self.now(), whole
            )

    def is_unclaimed(self, sighting: RemoteFileState) -> bool:
        """Return whether a file that was seen still waits for its claim."""
        with self._database.reading() as connection:
            state = remote_file_state.find(connection, sighting)
        return state is not None and state.is_open

    def hold(self, sighting: RemoteFileState, reason: str) -> None:
        """Remember why a file was not claimed."""
        with self._database.writing() as connection:
            remote_file_state.mark(connection, sighting, remote_file_state.HELD, reason)

    # Extracts and publications

    def watermark(self, extract_id: str) -> Watermark | None:
        """Return how far an extract has come; None = it never ran."""
        with self._database.reading() as connection:
            return progress.watermark(connection, extract_id)

    def set_watermark(self, watermark: Watermark) -> None:
        """Store an extract's watermark, apart from any delivery (for repair)."""
        with self._database.writing() as connection:
            progress.keep_watermark(connection, watermark)
            details = {"top": watermark.top and watermark.top.isoformat()}
            self._trace(connection, "watermark", watermark.extract_id, details)

    def record_publication(
        self, night: date, manifest_sha256: str, lines: int
    ) -> Publication:
        """Store the hash of a released manifest.

        Raises:
            LedgerBroken: another manifest was released for that night.
        """
        publication = Publication(night, manifest_sha256, lines)
        with self._database.writing() as connection:
            if progress.release(connection, publication):
                details = {"manifest_sha256": manifest_sha256, "lines": lines}
                self._trace(connection, "released", str(night), details)
        return publication

    def publications(self) -> list[Publication]:
        """Return the released publications, oldest first."""
        with self._database.reading() as connection:
            return progress.publications(connection)

    # Trace

    def append(self, kind: str, subject: str, details: Mapping[str, Any]) -> str:
        """Add a line to the trace; return its seal. No personal data in `details`."""
        with self._database.writing() as connection:
            return self._trace(connection, kind, subject, details)

    def append_once(self, kind: str, subject: str, details: Mapping[str, Any]) -> bool:
        """Add a line unless that kind is already there for the subject."""
        with self._database.writing() as connection:
            if trace.exists(connection, kind, subject):
                return False
            self._trace(connection, kind, subject, details)
            return True

    def entries(
        self, kind: str | None = None, subject: str | None = None
    ) -> list[trace.Entry]:
        """Read the trace, or its lines of one kind or about one subject."""
        with self._database.reading() as connection:
            return trace.entries(connection, kind, subject)

    def verify_chain(self) -> list[str]:
        """Check the trace's seals, and that it tells of all that the tables hold.

        Returns:
            What is wrong, one sentence each; empty = nothing.
        """
        with self._database.reading() as connection:
            problems = list(trace.problems(connection))
            return problems or list(progress.untraced(connection))

    # Locks

    @contextmanager
    def lock(self, name: str, wait: float = 0) -> Iterator[None]:
        """Hold a lock; the system frees it when its holder dies, see `locks`.

        Args:
            name: of the lock.
            wait: seconds to wait for another process that holds it.

        Raises:
            LockHeld: another process held it all that time.
        """
        with locks.taken(self._database, name, wait):
            with self._database.writing() as connection:
                dead = locks.write(connection, name, self._clock().isoformat())
                if dead is not None:
                    self._trace(connection, "lock_taken_over", name, {"from": dead})
            try:
                yield
            finally:
                with self._database.writing() as connection:
                    locks.remove(connection, name)

    def break_lock(self, name: str, by: str, why: str, force: bool = False) -> str:
        """Free a lock by hand, traced.

        Args:
            name: of the lock.
            by: who breaks it.
            why: the explanation.
            force: break it even if a process holds it.

        Returns:
            Who held it last; empty if nobody did.

        Raises:
            LockHeld: a process holds it, and `force` is not said.
        """
        with self._database.reading() as connection:
            holder = locks.find(connection, name)
        locks.free(self._database, name, force, holder)
        with self._database.writing() as connection:
            locks.remove(connection, name)
            details = {"by": by, "why": why, "from": holder, "force": force}
            self._trace(connection, "lock_broken", name, details)
        return holder or ""

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """Open one transaction that changes nothing."""
        return self._database.reading()

    @contextmanager
    def changing(self) -> Iterator[tuple[sa.Connection, Trace]]:
        """Yield one transaction of the writer, and what adds its lines to the trace."""
        with self._database.writing() as connection:
            yield connection, partial(self._trace, connection)
