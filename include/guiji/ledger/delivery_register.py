"""The register of deliveries: what was claimed, judged and asked for again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guiji.ledger import deliveries, progress, remote_file_state, resubmission
from guiji.ledger.connection import LedgerConnection
from guiji.ledger.deliveries import Delivery, Incoming, RowCounts
from guiji.ledger.progress import NightState, Watermark
from guiji.ledger.remote_file_state import RemoteFileState
from guiji.ledger.resubmission import Request


class DeliveryRegister(LedgerConnection):
    """The part of the ledger that keeps deliveries and their verdicts."""

    def claim(
        self,
        incoming: Incoming,
        watermark: Watermark | None = None,
        details: Mapping[str, Any] | None = None,
        *,
        swept: Watermark | None = None,
        sighting: RemoteFileState | None = None,
    ) -> Delivery:
        """Register a delivery, exactly once.

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
            earlier = deliveries.dropped(
                connection, incoming.department, incoming.drop_mark
            )
            if earlier is not None:
                return earlier
            progress.still_open(connection, incoming.night)
            delivery = deliveries.insert(connection, incoming)
            for mark in (watermark, swept):
                if mark is not None:
                    progress.keep_watermark(connection, mark)
            kind = "duplicate" if delivery.duplicate_of else "claimed"
            if sighting is not None:
                remote_file_state.mark(connection, sighting, kind)
            traced = deliveries.trace_details(delivery) | dict(details or {})
            self._trace(connection, kind, delivery.delivery_id, traced)
            return delivery

    def delivery(self, identity: str) -> Delivery:
        """Find a delivery by its delivery id or batch id.

        Raises:
            UsageError: there is none.
        """
        with self._database.reading() as connection:
            return deliveries.find(connection, identity)

    def deliveries(self, night: date | None = None) -> list[Delivery]:
        """Return the deliveries of a night, or all, duplicates included, by id."""
        with self._database.reading() as connection:
            return deliveries.of_night(connection, night)

    def holds(self, department: str, sha256: str) -> bool:
        """Return whether the ledger has these bytes from this department."""
        with self._database.reading() as connection:
            return deliveries.holds(connection, department, sha256)

    def name_batch(self, identity: str, dataset: str | None) -> str:
        """Describe which dataset a delivery is of (None = it cannot be told).

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
        self, identity: str, verdict: str, rows: RowCounts, catalogue_version: str
    ) -> None:
        """Store the verdict of the checks on one delivery, see `set_verdicts`."""
        self.set_verdicts({identity: (verdict, rows)}, catalogue_version)

    def set_verdicts(
        self, verdicts: Mapping[str, tuple[str, RowCounts]], catalogue_version: str
    ) -> None:
        """Store the verdicts of the checks on some deliveries: all, or none.

        The same verdict again changes nothing.

        Args:
            verdicts: delivery -> its verdict, and what became of its rows.
            catalogue_version: of the catalogue by which they were checked.

        Raises:
            NightClosed: another verdict stands and the night is merged.
        """
        with self._database.writing() as connection:
            for identity, (verdict, rows) in verdicts.items():
                delivery = deliveries.find(connection, identity)
                values = {
                    "verdict": verdict,
                    "rows_read": rows.read,
                    "rows_accepted": rows.accepted,
                    "rows_quarantined": rows.quarantined,
                    "catalogue_version": catalogue_version,
                }
                if values == deliveries.judged(delivery):
                    continue
                progress.still_open(connection, delivery.night)
                deliveries.update(connection, delivery.delivery_id, **values)
                self._trace(connection, "judged", delivery.delivery_id, values)

    def reconcile(
        self,
        identity: str,
        verdict: str,
        rows: RowCounts,
        duplicate_of: str | None = None,
    ) -> None:
        """Store the result of a delivery's comparison with the others of its night.

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
        """Store how many of its rows the warehouse already had unchanged."""
        with self._database.writing() as connection:
            delivery = deliveries.find(connection, identity)
            if delivery.rows.unchanged != rows:
                deliveries.update(connection, delivery.delivery_id, rows_unchanged=rows)
                details = {"rows_unchanged": rows}
                self._trace(connection, "merged", delivery.delivery_id, details)

    def accepted_before(
        self, delivery: Delivery, dataset: str, most: int
    ) -> list[Delivery]:
        """Return what the department delivered before, see `deliveries`."""
        with self._database.reading() as connection:
            return deliveries.accepted_before(connection, delivery, dataset, most)

    def same_bytes_before(self, delivery: Delivery) -> list[Delivery]:
        """Return the earlier deliveries of the same bytes, see `deliveries`."""
        with self._database.reading() as connection:
            return deliveries.same_bytes_before(connection, delivery)

    # Deliveries that are taken again

    def ask_again(
        self, request: Request, kind: str, details: Mapping[str, Any]
    ) -> bool:
        """Request that the coming night takes a delivery again; traced.

        Args:
            request: which delivery, and why.
            kind: of the line in the trace, whose subject is that delivery.
            details: of that line.

        Returns:
            Whether it was not asked before; the first request stands.
        """
        with self._database.writing() as connection:
            is_new = resubmission.ask(connection, request)
            if is_new:
                self._trace(connection, kind, request.first_id, details)
            return is_new

    def request(self, mark: str) -> tuple[Request, Delivery | None] | None:
        """Find a request and, once a night took it, the delivery that answers it."""
        with self._database.reading() as connection:
            request = resubmission.find(connection, mark)
            return (
                (request, resubmission.answer(connection, request)) if request else None
            )

    def answered_by(self, delivery: Delivery) -> Request | None:
        """Find the request that a delivery answers."""
        with self._database.reading() as connection:
            return resubmission.answered_by(connection, delivery)

    def waiting(self) -> list[Request]:
        """Return the requests that no night has taken yet."""
        with self._database.reading() as connection:
            return resubmission.waiting(connection)

    def not_repeated(self, verdict: str) -> list[Delivery]:
        """Return the deliveries with a verdict that no night has taken again."""
        with self._database.reading() as connection:
            return resubmission.not_repeated(connection, verdict)

    def take_again(self, night: date) -> list[Delivery]:
        """Register every requested resubmission, if the night is still open.

        Returns:
            The new deliveries; none that an earlier call has taken.
        """
        with self._database.writing() as connection:
            if progress.begun(connection, night) is not NightState.OPEN:
                return []
            taken = [
                resubmission.take(connection, request, night)
                for request in resubmission.waiting(connection)
            ]
            for delivery in taken:
                traced = deliveries.trace_details(delivery)
                self._trace(connection, "claimed", delivery.delivery_id, traced)
            return taken
