"""The ledger: every change of state is one transaction here, with its trace.

The ledger reads the clock for the trace, the locks, and for arrivals that nothing else
tells: the first sighting of a file on a server, the snapshot of an extract.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Self

import sqlalchemy as sa

from guiji.ledger import again, deliveries, locks, progress, sightings, trace, upgrade
from guiji.ledger.again import Request
from guiji.ledger.database import Database
from guiji.ledger.deliveries import Delivery, Incoming, Rows
from guiji.ledger.progress import NightState, Publication, Watermark
from guiji.ledger.sightings import Sighting
from guiji.settings import Settings

Trace = Callable[[str, str, Mapping[str, Any]], str]
"""Adds a line to the trace: kind, subject, details; gives its seal."""


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger:
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
        """Tell how far a night has come; None = it never began."""
        with self._database.reading() as connection:
            return progress.state(connection, night)

    def set_state(self, night: date, state: NightState | str) -> NightState:
        """Bring a night forward; one that is already further stays there.

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
        """Give every night and how far it has come, oldest first."""
        with self._database.reading() as connection:
            return progress.nights(connection)

    # Deliveries

    def claim(
        self,
        incoming: Incoming,
        watermark: Watermark | None = None,
        details: Mapping[str, Any] | None = None,
        *,
        swept: Watermark | None = None,
        sighting: Sighting | None = None,
    ) -> Delivery:
        """Take a delivery in, exactly once.

        The same act of dropping, claimed again after a kill, gives the same delivery.
        The same bytes once more in one night from the same department give a
        duplicate, which names the first (`duplicate_of`) and is already judged.

        Args:
            incoming: what came.
            watermark: for an extract, how far the database has now been read; kept
                in the same transaction.
            details: more for the trace.
            swept: for an extract whose keys were swept too, when; kept likewise.
            sighting: for a file that stays where it lies, the line that remembers it;
                marked in the same transaction.

        Raises:
            NightClosed: the night takes nothing more.
            UsageError: the night never began.
        """
        with self._database.writing() as connection:
            known = deliveries.dropped(
                connection, incoming.department, incoming.drop_mark
            )
            if known is not None:
                return known
            progress.still_open(connection, incoming.night)
            delivery = deliveries.insert(connection, incoming)
            for mark in (watermark, swept):
                if mark is not None:
                    progress.keep_watermark(connection, mark)
            kind = "duplicate" if delivery.duplicate_of else "claimed"
            if sighting is not None:
                sightings.mark(connection, sighting, kind)
            told = deliveries.told(delivery) | dict(details or {})
            self._trace(connection, kind, delivery.delivery_id, told)
            return delivery

    def delivery(self, identity: str) -> Delivery:
        """Find a delivery by its delivery id or batch id.

        Raises:
            UsageError: there is none.
        """
        with self._database.reading() as connection:
            return deliveries.find(connection, identity)

    def deliveries(self, night: date | None = None) -> list[Delivery]:
        """Give the deliveries of a night, or all, duplicates included, by id."""
        with self._database.reading() as connection:
            return deliveries.of_night(connection, night)

    def holds(self, department: str, sha256: str) -> bool:
        """Tell whether the ledger has these bytes from this department."""
        with self._database.reading() as connection:
            return deliveries.holds(connection, department, sha256)

    def name_batch(self, identity: str, dataset: str | None) -> str:
        """Say which dataset a delivery is of (None = it cannot be told).

        Returns:
            Its batch id.
        """
        with self._database.writing() as connection:
            delivery = deliveries.find(connection, identity)
            if delivery.duplicate_of is not None and delivery.batch_id is not None:
                return delivery.batch_id
            name = deliveries.batch_id(delivery, dataset)
            if delivery.batch_id != name:
                progress.still_open(connection, delivery.night)
                deliveries.update(
                    connection, delivery.delivery_id, batch_id=name, dataset=dataset
                )
                details = {"batch_id": name, "dataset": dataset}
                self._trace(connection, "named", delivery.delivery_id, details)
            return name

    def set_verdict(
        self, identity: str, verdict: str, rows: Rows, catalogue_version: str
    ) -> None:
        """Keep what the checks decided; the same verdict again changes nothing.

        Raises:
            NightClosed: another verdict stands and the night is merged.
        """
        with self._database.writing() as connection:
            delivery = deliveries.find(connection, identity)
            values = {
                "verdict": verdict,
                "rows_read": rows.read,
                "rows_accepted": rows.accepted,
                "rows_quarantined": rows.quarantined,
                "catalogue_version": catalogue_version,
            }
            if values == deliveries.judged(delivery):
                return
            progress.still_open(connection, delivery.night)
            deliveries.update(connection, delivery.delivery_id, **values)
            self._trace(connection, "judged", delivery.delivery_id, values)

    def reconcile(
        self, identity: str, verdict: str, rows: Rows, duplicate_of: str | None = None
    ) -> None:
        """Keep what a delivery came to, compared with the others of its night.

        The same outcome again changes nothing.

        Args:
            identity: the delivery.
            verdict: accepted, partly, refused or duplicate.
            rows: what became of its rows.
            duplicate_of: of a duplicate, the delivery that it repeats.

        Raises:
            NightClosed: another outcome stands and the night is merged.
        """
        with self._database.writing() as connection:
            delivery = deliveries.find(connection, identity)
            before = deliveries.judged(delivery)
            values = before | {
                "verdict": verdict,
                "rows_read": rows.read,
                "rows_accepted": rows.accepted,
                "rows_quarantined": rows.quarantined,
            }
            if (values, duplicate_of) == (before, delivery.duplicate_of):
                return
            progress.still_open(connection, delivery.night)
            values["duplicate_of"] = duplicate_of
            deliveries.update(connection, delivery.delivery_id, **values)
            self._trace(connection, "reconciled", delivery.delivery_id, values)

    def set_unchanged(self, identity: str, rows: int) -> None:
        """Keep how many of its rows the warehouse already had as they are."""
        with self._database.writing() as connection:
            delivery = deliveries.find(connection, identity)
            if delivery.rows.unchanged != rows:
                deliveries.update(connection, delivery.delivery_id, rows_unchanged=rows)
                details = {"rows_unchanged": rows}
                self._trace(connection, "merged", delivery.delivery_id, details)

    def accepted_before(
        self, delivery: Delivery, dataset: str, most: int
    ) -> list[Delivery]:
        """Give what the department delivered before, see `deliveries`."""
        with self._database.reading() as connection:
            return deliveries.accepted_before(connection, delivery, dataset, most)

    def same_bytes_before(self, delivery: Delivery) -> list[Delivery]:
        """Give what brought a delivery's bytes in earlier nights, see `deliveries`."""
        with self._database.reading() as connection:
            return deliveries.same_bytes_before(connection, delivery)

    # Deliveries that are taken again

    def ask_again(
        self, request: Request, kind: str, details: Mapping[str, Any]
    ) -> bool:
        """Ask that the coming night takes a delivery again, traced.

        Args:
            request: which delivery, and why.
            kind: of the line in the trace, whose subject is that delivery.
            details: of that line.

        Returns:
            Whether it was not asked before; the first request stands.
        """
        with self._database.writing() as connection:
            is_new = again.ask(connection, request)
            if is_new:
                self._trace(connection, kind, request.first_id, details)
            return is_new

    def request(self, mark: str) -> tuple[Request, Delivery | None] | None:
        """Find a request and, once a night took it, the delivery that answers it."""
        with self._database.reading() as connection:
            found = again.find(connection, mark)
            return (found, again.answer(connection, found)) if found else None

    def answered_by(self, delivery: Delivery) -> Request | None:
        """Find the request that a delivery answers."""
        with self._database.reading() as connection:
            return again.answered_by(connection, delivery)

    def waiting(self) -> list[Request]:
        """Give the requests that no night has taken yet."""
        with self._database.reading() as connection:
            return again.waiting(connection)

    def not_repeated(self, verdict: str) -> list[Delivery]:
        """Give the deliveries with a verdict that no night has taken again."""
        with self._database.reading() as connection:
            return again.not_repeated(connection, verdict)

    def take_again(self, night: date) -> list[Delivery]:
        """Take every delivery again that is asked for, if the night is still open.

        Returns:
            The new deliveries; none that an earlier call has taken.
        """
        with self._database.writing() as connection:
            if progress.begun(connection, night) is not NightState.OPEN:
                return []
            taken = [
                again.take(connection, request, night)
                for request in again.waiting(connection)
            ]
            for delivery in taken:
                told = deliveries.told(delivery)
                self._trace(connection, "claimed", delivery.delivery_id, told)
            return taken

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
    ) -> dict[bytes, Sighting]:
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
            return sightings.note(
                connection, source, department, seen, since, self.now(), whole
            )

    def is_unclaimed(self, sighting: Sighting) -> bool:
        """Tell whether a file that was seen still waits for its claim."""
        with self._database.reading() as connection:
            found = sightings.find(connection, sighting)
        return found is not None and found.is_open

    def hold(self, sighting: Sighting, reason: str) -> None:
        """Remember why a file was not claimed."""
        with self._database.writing() as connection:
            sightings.mark(connection, sighting, sightings.HELD, reason)

    # Extracts and publications

    def watermark(self, extract_id: str) -> Watermark | None:
        """Tell how far an extract has come; None = it never ran."""
        with self._database.reading() as connection:
            return progress.watermark(connection, extract_id)

    def set_watermark(self, watermark: Watermark) -> None:
        """Keep how far an extract has come, apart from any delivery (for repair)."""
        with self._database.writing() as connection:
            progress.keep_watermark(connection, watermark)
            details = {"top": watermark.top and watermark.top.isoformat()}
            self._trace(connection, "watermark", watermark.extract_id, details)

    def record_publication(
        self, night: date, manifest_sha256: str, lines: int
    ) -> Publication:
        """Keep the hash of a released manifest.

        Raises:
            LedgerBroken: another manifest was released for that night.
        """
        made = Publication(night, manifest_sha256, lines)
        with self._database.writing() as connection:
            if progress.release(connection, made):
                details = {"manifest_sha256": manifest_sha256, "lines": lines}
                self._trace(connection, "released", str(night), details)
        return made

    def publications(self) -> list[Publication]:
        """Give the released publications, oldest first."""
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
            found = list(trace.problems(connection))
            return found or list(progress.untraced(connection))

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
            told = {"by": by, "why": why, "from": holder, "force": force}
            self._trace(connection, "lock_broken", name, told)
        return holder or ""

    @contextmanager
    def changing(self) -> Iterator[tuple[sa.Connection, Trace]]:
        """Give one transaction of the writer, and what adds its lines to the trace."""
        with self._database.writing() as connection:
            yield connection, partial(self._trace, connection)

    def _trace(
        self,
        connection: sa.Connection,
        kind: str,
        subject: str,
        details: Mapping[str, Any],
    ) -> str:
        at = self._clock().astimezone(UTC).isoformat()
        return trace.append(connection, at, kind, subject, details)
