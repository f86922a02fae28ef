"""Extracts: what departments' databases hold, read when its turn comes.

An extract is a canonical CSV under the catalogue's headings, landed and claimed like
a file. What changed is read by watermark (`incremental_reader`), what has vanished by
comparing keys (`deletion_detection`), both in one snapshot, so that no row is stated
and revoked at once.
Watermark, digests and delivery are kept in one transaction, so a kill repeats an
extract or finds it done.

Source: 筑府办发〔2016〕39号 三(三)4 (GY2, 数据自动采集).
"""

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Item
from guiji.connections import databases
from guiji.context import NightContext
from guiji.core import business_date
from guiji.core.errors import SourceUnavailable
from guiji.core.platform_faults import contained
from guiji.intake import arrivals, landing
from guiji.intake.databases import incremental_reader, source
from guiji.intake.databases.deletion_detection import (
    HEADING,
    WORD,
    DeletionDetection,
    DeletionsRefused,
    WarehouseComparison,
)
from guiji.intake.databases.incremental_reader import IncrementalReader
from guiji.intake.databases.job import Job
from guiji.ledger.deliveries import Incoming
from guiji.ledger.progress import NightState, Watermark
from guiji.outbox import receipts
from guiji.parsing.operations import RESTORE

log = logging.getLogger(__name__)

UNREAD, UNSWEPT = "未采集", "未撤销"
"""What the notices to a department are called after."""


def extract_due(context: NightContext, standing: WarehouseComparison) -> list[str]:
    """Run every extract whose turn it is.

    A database that is silent or refuses is traced and its department told; the other
    extracts go on, and the next night tries again. Nothing new is a delivery too: a
    zero report (零报告).

    Args:
        context: settings, where landing and outbox are; catalogue, whose datasets name
            the extracts; ledger, keeps what was read; night, the night that takes the
            extracts.
        standing: compares a table with the warehouse, for sweeps.

    Returns:
        Delivery ids of all the night's extracts, sorted.
    """
    if context.ledger.open_night(context.night) is NightState.OPEN:
        landing.sweep(context.settings)
        for dataset in context.catalog.datasets.values():
            for extract in dataset.extracts:
                job = Job(dataset, extract)
                extraction = _Extraction(context, job, standing)
                with contained(context.ledger, context.night, "extract", job.name):
                    extraction.attempt()
    return [
        delivery.delivery_id
        for delivery in context.ledger.deliveries(context.night)
        if delivery.way == "extract"
    ]


@dataclass(frozen=True)
class _SweepResult:
    """What a sweep adds to an extract.

    Attributes:
        is_done: the sweep was due and not refused.
        revoked: rows to be revoked, one column per item.
        returned: ids of records that were revoked by a sweep and are back.
    """

    is_done: bool = False
    revoked: pa.Table = field(default_factory=lambda: pa.table({}))
    returned: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Extraction:
    """One extract in one night."""

    context: NightContext
    job: Job
    standing: WarehouseComparison

    def attempt(self) -> None:
        """Run it if its turn has come; trace and tell what is in the way."""
        last = self.context.ledger.watermark(self.job.name)
        if not self.job.is_due(last.night if last else None, self.context.night):
            return
        try:
            self._run(last)
        except SourceUnavailable as unavailable:
            self._refused("source_unavailable", UNREAD, unavailable)
        else:
            self._notice(UNREAD).unlink(missing_ok=True)

    def _run(self, last: Watermark | None) -> None:
        job, spooled = self.job, IncrementalReader(self.job, self.context.night, last)
        relation = job.relation(self.context.settings)
        url = databases.url(job.extract.connection, self.context.settings)
        with landing.workplace(self.context.settings) as folder:
            with source.reading(url, relation) as table:
                began = self._began()
                items = job.items(table.columns())
                gone = self._vanished(table, items, folder)
                self._write(table, items, spooled, gone, folder / landing.ORIGINAL)
            landed = landing.measure(folder)
            meta = landing.land(
                self.context.settings,
                folder,
                landed,
                self._meta(began),
                ("from", "night"),
            )
        incoming = Incoming(
            night=self.context.night,
            department=job.extract.department,
            source_file=job.file,
            sha256=landed.sha256,
            bytes=landed.bytes,
            drop_mark=f"{job.name}@{self.context.night}",
            received_at=datetime.fromisoformat(meta["received_at"]),
            way="extract",
        )
        details = self._details(items, table, spooled, gone)
        swept = (
            Watermark(job.sweep_name, self.context.night, None)
            if gone.is_done
            else None
        )
        delivery = self.context.ledger.claim(
            incoming, spooled.watermark(), details, swept=swept
        )
        log.info("extracted: %s, %d rows", delivery.delivery_id, spooled.new)

    def _vanished(
        self, table: source.Source, items: list[Item], folder: Path
    ) -> _SweepResult:
        """Detect deletions if that is due; refused ones leave the extract as it is."""
        last = self.context.ledger.watermark(self.job.sweep_name)
        if not self.job.sweep_is_due(last.night if last else None, self.context.night):
            return _SweepResult()
        sweep = self._sweep()
        try:
            compared = sweep.compare(table, items, folder)
            revoked = sweep.revocations(compared.gone)
            returned = sweep.returned(compared.back)
        except DeletionsRefused as refused:
            self._refused("sweep_refused", UNSWEPT, refused)
            return _SweepResult()
        self._notice(UNSWEPT).unlink(missing_ok=True)
        return _SweepResult(True, revoked, returned)

    def _sweep(self) -> DeletionDetection:
        return DeletionDetection(
            self.context,
            self.job,
            self.standing,
        )

    def _write(
        self,
        table: source.Source,
        items: list[Item],
        spooled: IncrementalReader,
        gone: _SweepResult,
        path: Path,
    ) -> None:
        """Write the CSV: what is new in the order of the key, then what is revoked.

        The table is the state: a row that is there again is restored.
        """
        chosen = self._chosen(table, items, spooled, gone)
        if not gone.revoked.num_rows and not gone.returned:
            stated = (row.cells for row, _ in chosen)
            incremental_reader.write(path, [item.title for item in items], stated)
            return
        item_ids = {item.id for item in items} | {*gone.revoked.column_names}
        shown = [item for item in self.job.dataset.items if item.id in item_ids]
        at = [items.index(item) if item in items else None for item in shown]
        stated = (
            (
                RESTORE if is_back else None,
                *(None if i is None else row.cells[i] for i in at),
            )
            for row, is_back in chosen
        )
        headings = [HEADING, *(item.title for item in shown)]
        incremental_reader.write(path, headings, _both(stated, gone.revoked, shown))

    def _chosen(
        self,
        table: source.Source,
        items: list[Item],
        spooled: IncrementalReader,
        gone: _SweepResult,
    ) -> Iterator[tuple[source.Row, bool]]:
        job = self.job
        columns = [job.column(item) for item in items]
        order = [job.column(job.dataset.item(name)) for name in job.dataset.key]
        if gone.returned:
            rows = table.rows(columns, order, spooled.window(whole=True))
            beside = self._sweep().beside(rows, items, gone.returned)
            return spooled.chosen(beside)
        rows = table.rows(columns, order, spooled.window())
        return spooled.chosen((row, False) for row in rows)

    def _began(self) -> datetime:
        """Return the instant of the snapshot, which is about to be read."""
        stand_in = databases.stand_in(
            self.job.extract.connection, self.context.settings
        )
        if stand_in is not None:
            root = self.context.settings.sources
            arrival = arrivals.noted(root).get(os.fsencode(stand_in.relative_to(root)))
            if arrival is not None and arrival.is_of(stand_in.lstat()):
                return arrival.arrived_at
        return self.context.ledger.now()

    def _meta(self, began: datetime) -> dict[str, Any]:
        return {
            "name": self.job.file,
            "from": self.job.place,
            "night": str(self.context.night),
            "received_at": began.astimezone(business_date.SHANGHAI).isoformat(),
        }

    def _details(
        self,
        items: list[Item],
        table: source.Source,
        spooled: IncrementalReader,
        gone: _SweepResult,
    ) -> dict[str, Any]:
        """Return what was read, for the trace."""
        details: dict[str, Any] = {
            "extract": self.job.name,
            "rows": spooled.new,
            "nothing_new": spooled.new + gone.revoked.num_rows == 0,
            "absent_columns": self.job.absent(items),
        }
        if table.inexact:
            details["inexact_columns"] = sorted(table.inexact)
            log.warning(
                "extract %s: binary fractions in %s; ask for a decimal column",
                self.job.name,
                ", ".join(sorted(table.inexact)),
            )
        if gone.is_done:
            details |= {
                "revoked": gone.revoked.num_rows,
                "returned": len(gone.returned),
            }
        return details

    def _refused(self, kind: str, word: str, refused: SourceUnavailable) -> None:
        """Trace what is in the way; tell the department what is its own to mend."""
        job = self.job
        details = {"department": job.extract.department, "reason": str(refused)}
        self.context.ledger.append_once(
            kind, f"{self.context.night}:{job.name}"[:300], details
        )
        log.warning("extract %s: %s", job.name, refused)
        if refused.notice:
            receipts.write_notice(
                self.context,
                job.extract.department,
                self._notice(word).name,
                f"数据自动采集（{job.dataset.title}，{job.place}）{word}。\n"
                f"{refused.notice}\n",
            )

    def _notice(self, word: str) -> Path:
        department = self.job.extract.department
        folder = receipts.outbox(self.context.settings, department, self.context.night)
        return folder / f"{self.job.place}.{word}.txt"


def _both(
    stated: Iterable[tuple[str | None, ...]], revoked: pa.Table, shown: list[Item]
) -> Iterator[tuple[str | None, ...]]:
    """Yield the stated rows, then the revoked ones."""
    yield from stated
    names = revoked.column_names
    for row in revoked.to_pylist():
        yield (WORD, *(row[item.id] if item.id in names else None for item in shown))
