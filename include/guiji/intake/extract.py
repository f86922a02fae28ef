"""Extracts: what departments' databases hold, read when its turn comes.

An extract is a canonical CSV under the catalogue's headings, landed and claimed like
a file. A transaction that commits late may carry an early time of change, so every
extract reads the hours before the last watermark again; the ledger keeps digests of
those rows, and what was read before is left out. Watermark, digests and delivery are
kept in one transaction, so a kill repeats an extract or finds it done.

Source: 筑府办发〔2016〕39号 三(三)4 (GY2, 数据自动采集).
"""

import csv
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from guiji import nights
from guiji.catalog.model import Catalog, Dataset, Extract, Item
from guiji.catalog.vocabulary import UpdateCycle
from guiji.errors import SourceUnavailable
from guiji.intake import connections, landing, source
from guiji.ledger.deliveries import Incoming
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState, Watermark
from guiji.settings import Settings

log = logging.getLogger(__name__)

DIGEST_BYTES = 16
_HALF_YEAR, _QUARTER = 6, 3


def _day(night: date) -> tuple[int, ...]:
    return (night.toordinal(),)


TURN: dict[UpdateCycle, Callable[[date], tuple[int, ...]]] = {
    UpdateCycle.REALTIME: _day,
    UpdateCycle.DAILY: _day,
    UpdateCycle.ON_DEMAND: _day,
    UpdateCycle.WEEKLY: lambda night: night.isocalendar()[:2],
    UpdateCycle.MONTHLY: lambda night: (night.year, night.month),
    UpdateCycle.QUARTERLY: lambda night: (night.year, (night.month - 1) // _QUARTER),
    UpdateCycle.HALF_YEARLY: lambda night: (
        night.year,
        (night.month - 1) // _HALF_YEAR,
    ),
    UpdateCycle.YEARLY: lambda night: (night.year,),
}
"""Cycle -> the period that a night lies in; an extract runs once in each."""


@dataclass(frozen=True)
class Job:
    """One extract of one dataset."""

    dataset: Dataset
    extract: Extract

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        parts = (self.dataset.id, self.extract.connection, self.extract.table)
        return ".".join(parts)

    @property
    def watermark(self) -> str | None:
        """The column of changes; a full delivery is always the whole table."""
        whole = self.dataset.delivery == "full"
        return None if whole else self.extract.watermark

    def column(self, item: Item) -> str:
        """Name the column that holds an item."""
        return self.extract.columns.get(item.id, item.code.lower())

    def turn(self, night: date) -> tuple[int, ...]:
        """Tell the period of its cycle that a night lies in."""
        return TURN[self.dataset.update_cycle](night)


def extract_due(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date
) -> list[str]:
    """Run every extract whose turn it is.

    A database that is silent or refuses is traced; the other extracts go on, and the
    next night tries again. Nothing new is a delivery too: a zero report (零报告).

    Returns:
        Delivery ids of all the night's extracts, sorted.
    """
    if ledger.open_night(night) is NightState.OPEN:
        landing.sweep(settings)
        for dataset in catalog.datasets.values():
            for extract in dataset.extracts:
                _try(settings, ledger, night, Job(dataset, extract))
    return [
        delivery.delivery_id
        for delivery in ledger.deliveries(night)
        if delivery.way == "extract"
    ]


def _try(settings: Settings, ledger: Ledger, night: date, job: Job) -> None:
    last = ledger.watermark(job.name)
    if last is not None and job.turn(last.night) >= job.turn(night):
        return
    try:
        _run(settings, ledger, night, job, last)
    except SourceUnavailable as unavailable:
        details = {"department": job.extract.department, "reason": str(unavailable)}
        ledger.append_once("source_unavailable", f"{night}:{job.name}", details)
        log.warning("extract %s: %s", job.name, unavailable)


def _run(
    settings: Settings, ledger: Ledger, night: date, job: Job, last: Watermark | None
) -> None:
    url = connections.url(job.extract.connection, settings)
    file = f"{job.extract.connection}.{job.extract.table}.csv"
    with landing.workplace(settings) as folder:
        with source.reading(url, job.extract.table) as table:
            items, absent = _available(job, table.columns())
            spool = _Spool(job, items, night, last)
            spool.write(table, folder / landing.ORIGINAL)
        landed = landing.measure(folder)
        meta = {
            "name": file,
            "from": f"{job.extract.connection}.{job.extract.table}",
            "night": str(night),
            "received_at": nights.instant(night).isoformat(),
        }
        landing.land(settings, folder, landed, meta)
    incoming = Incoming(
        night=night,
        department=job.extract.department,
        source_file=file,
        sha256=landed.sha256,
        bytes=landed.bytes,
        drop_mark=f"{job.name}@{night}",
        way="extract",
    )
    delivery = ledger.claim(incoming, spool.watermark(), spool.details(absent))
    log.info("extracted: %s, %d rows", delivery.delivery_id, spool.new)


def _available(job: Job, present: set[str]) -> tuple[list[Item], list[str]]:
    """Choose the items that the table has; say which columns it has not."""
    items = [item for item in job.dataset.items if job.column(item) in present]
    absent = sorted({job.column(item) for item in job.dataset.items} - present)
    named = set(job.dataset.key)
    missing = [
        job.column(item)
        for item in job.dataset.items
        if item not in items and (item.required or item.id in named)
    ]
    if job.watermark is not None and job.watermark not in present:
        missing.append(job.watermark)
    if missing:
        raise SourceUnavailable(
            f"table {job.extract.table} lacks {', '.join(missing)}; "
            "see `extracts` of the dataset in the catalogue"
        )
    return items, absent


class _Spool:
    """Writes the rows that are new, and remembers those to be read again."""

    def __init__(
        self, job: Job, items: list[Item], night: date, last: Watermark | None
    ) -> None:
        self._job, self._items, self._night, self._last = job, items, night, last
        self._overlap = timedelta(hours=job.extract.overlap_hours)
        self._known = _digests(last.seen if last else b"")
        self._read: dict[bytes, datetime | None] = {}
        self._top = last.top if last else None
        self.new = 0

    def write(self, table: source.Source, path: Path) -> None:
        """Write the CSV: the catalogue's titles, rows in the order of the key."""
        columns = [self._job.column(item) for item in self._items]
        dataset = self._job.dataset
        order = [self._job.column(dataset.item(name)) for name in dataset.key]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([item.title for item in self._items])
            for row in table.rows(columns, order, self._window()):
                if self._is_new(row):
                    writer.writerow(row.cells)
                    self.new += 1

    def watermark(self) -> Watermark:
        """Tell how far the table is read now."""
        again = sorted(d for d, changed in self._read.items() if self._again(changed))
        return Watermark(self._job.name, self._night, self._top, b"".join(again))

    def details(self, absent: list[str]) -> dict[str, Any]:
        """Say for the trace what was read."""
        return {
            "extract": self._job.name,
            "rows": self.new,
            "nothing_new": self.new == 0,
            "absent_columns": absent,
        }

    def _window(self) -> source.Window | None:
        if self._job.watermark is None:
            return None
        since = self._top - self._overlap if self._top is not None else None
        until = nights.instant(self._night).replace(tzinfo=None)
        return source.Window(self._job.watermark, since, until)

    def _is_new(self, row: source.Row) -> bool:
        if self._job.watermark is None:
            return True
        told = "\x1f".join("\x00" if cell is None else cell for cell in row.cells)
        digest = hashlib.blake2b(
            f"{row.changed}\x1f{told}".encode(), digest_size=DIGEST_BYTES
        ).digest()
        if row.changed is not None and (self._top is None or row.changed > self._top):
            self._top = row.changed
        if self._again(row.changed):
            self._read[digest] = row.changed
        return digest not in self._known

    def _again(self, changed: datetime | None) -> bool:
        """Tell whether the next extract reads a row again, as far as it is known."""
        if changed is None or self._top is None:
            return True
        return changed >= self._top - self._overlap


def _digests(joined: bytes) -> set[bytes]:
    return {
        joined[start : start + DIGEST_BYTES]
        for start in range(0, len(joined), DIGEST_BYTES)
    }
