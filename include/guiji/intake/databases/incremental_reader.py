"""The rows of an extract on their way into a CSV, and how far the table is read.

A transaction that commits late may carry an early time of change, so every extract
reads the hours before the last watermark again; digests of those rows are kept, and
what was read before is left out.
"""

import csv
import hashlib
from array import array
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from guiji.core import business_date
from guiji.intake.databases import source
from guiji.intake.databases.job import Job
from guiji.ledger.progress import Watermark

DIGEST_BYTES = 16
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - of Shanghai's wall clock
FIRST = datetime(1, 1, 1)  # noqa: DTZ001 - the first instant of any calendar here
TICK = timedelta(microseconds=1)
ALWAYS = (1 << 63) - 1
"""The time of rows that do not say when they changed."""


class Digests:
    """Digests of rows, 16 bytes each and nothing around them.

    A department that loads its table anew writes one time of change into millions of
    rows; all of them are in the overlap of the next night.
    """

    def __init__(self, digests: bytes = b"") -> None:
        """Begin with digests that were joined in their order."""
        self._before = digests
        self._digests = bytearray()
        self._ticks = array("q")

    def __contains__(self, digest: bytes) -> bool:
        """Return whether a digest is among the known ones."""
        low, high = 0, len(self._before) // DIGEST_BYTES
        while low < high:
            middle = (low + high) // 2
            entry = self._before[middle * DIGEST_BYTES : (middle + 1) * DIGEST_BYTES]
            if entry == digest:
                return True
            if entry < digest:
                low = middle + 1
            else:
                high = middle
        return False

    def add(self, digest: bytes, changed: datetime | None) -> None:
        """Store the digest of a row that was read, and when the row changed."""
        self._digests += digest
        self._ticks.append(_ticks(changed))

    def since(self, moment: datetime | None) -> bytes:
        """Join the kept digests of rows that changed then or later, in their order."""
        halves = np.frombuffer(self._digests, ">u8").reshape(-1, 2)
        if moment is not None:
            ticks = np.frombuffer(self._ticks, np.int64)
            halves = halves[ticks >= _ticks(moment)]
        ordered = halves[np.lexsort((halves[:, 1], halves[:, 0]))]
        again = np.all(ordered[1:] == ordered[:-1], axis=1)
        joined: bytes = ordered[np.append(True, ~again)[: len(ordered)]].tobytes()
        return joined


def _ticks(moment: datetime | None) -> int:
    return ALWAYS if moment is None else (moment - EPOCH) // TICK


class IncrementalReader:
    """Chooses the rows that are new, and remembers those to be read again.

    Attributes:
        new: how many rows were chosen.
    """

    def __init__(self, job: Job, night: date, last: Watermark | None) -> None:
        self._job, self._night = job, night
        self._overlap = timedelta(hours=job.extract.overlap_hours)
        self._digests = Digests(last.seen if last else b"")
        self._top = last.top if last else None
        self._since = self._overlap_start()
        self.new = 0

    def window(self, *, whole: bool = False) -> source.Window | None:
        """Return which changes to read; `whole`: since the beginning."""
        if self._job.watermark is None:
            return None
        until = business_date.instant(self._night).replace(tzinfo=None)
        return source.Window(self._job.watermark, None if whole else self._since, until)

    def chosen(
        self, rows: Iterable[tuple[source.Row, bool]]
    ) -> Iterator[tuple[source.Row, bool]]:
        """Drop rows that were read before.

        Args:
            rows: each with whether it is wanted in any case.

        Returns:
            The others, with the same flag.
        """
        for row, wanted in rows:
            due = self._in_window(row.changed) and self._is_new(row)
            if due or wanted:
                self.new += 1
                yield row, wanted

    def watermark(self) -> Watermark:
        """Return how far the table is read now."""
        seen = self._digests.since(self._overlap_start())
        return Watermark(self._job.name, self._night, self._top, seen)

    def _in_window(self, changed: datetime | None) -> bool:
        return changed is None or self._since is None or changed >= self._since

    def _is_new(self, row: source.Row) -> bool:
        if self._job.watermark is None:
            return True
        text = "\x1f".join("\x00" if cell is None else cell for cell in row.cells)
        digest = hashlib.blake2b(
            f"{row.changed}\x1f{text}".encode(), digest_size=DIGEST_BYTES
        ).digest()
        if row.changed is not None and (self._top is None or row.changed > self._top):
            self._top = row.changed
        if self._again(row.changed):
            self._digests.add(digest, row.changed)
        return digest not in self._digests

    def _again(self, changed: datetime | None) -> bool:
        """Return whether the next extract reads a row again, as far as it is known."""
        since = self._overlap_start()
        return changed is None or since is None or changed >= since

    def _overlap_start(self) -> datetime | None:
        """Return the time of change from which the next extract reads again.

        None = from the beginning; so it is, too, where the table has no time of change
        but the first days of the calendar (0001-01-01), before which there is none.
        """
        if self._top is None or self._top - FIRST < self._overlap:
            return None
        return self._top - self._overlap


def write(
    path: Path, headings: list[str], rows: Iterable[Iterable[str | None]]
) -> None:
    """Write a CSV as extracts are landed: UTF-8, commas, quotes where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)
