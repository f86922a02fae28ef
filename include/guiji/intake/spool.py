"""The rows of an extract on their way into a CSV, and how far the table is read.

A transaction that commits late may carry an early time of change, so every extract
reads the hours before the last watermark again; digests of those rows are kept, and
what was read before is left out.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from guiji import nights
from guiji.intake import source
from guiji.intake.job import Job
from guiji.ledger.progress import Watermark

DIGEST_BYTES = 16


class Spool:
    """Chooses the rows that are new, and remembers those to be read again.

    Attributes:
        new: how many rows were chosen.
    """

    def __init__(self, job: Job, night: date, last: Watermark | None) -> None:
        self._job, self._night = job, night
        self._overlap = timedelta(hours=job.extract.overlap_hours)
        self._known = _digests(last.seen if last else b"")
        self._read: dict[bytes, datetime | None] = {}
        self._top = last.top if last else None
        self._since = self._top - self._overlap if self._top is not None else None
        self.new = 0

    def window(self, *, whole: bool = False) -> source.Window | None:
        """Tell which changes to read; `whole`: since the beginning."""
        if self._job.watermark is None:
            return None
        until = nights.instant(self._night).replace(tzinfo=None)
        return source.Window(self._job.watermark, None if whole else self._since, until)

    def chosen(self, rows: Iterable[tuple[source.Row, bool]]) -> Iterator[source.Row]:
        """Leave out rows that were read before.

        Args:
            rows: each with whether it is wanted in any case.
        """
        for row, wanted in rows:
            due = self._in_window(row.changed) and self._is_new(row)
            if due or wanted:
                self.new += 1
                yield row

    def watermark(self) -> Watermark:
        """Tell how far the table is read now."""
        again = sorted(d for d, changed in self._read.items() if self._again(changed))
        return Watermark(self._job.name, self._night, self._top, b"".join(again))

    def _in_window(self, changed: datetime | None) -> bool:
        return changed is None or self._since is None or changed >= self._since

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


def write(
    path: Path, headings: list[str], rows: Iterable[Iterable[str | None]]
) -> None:
    """Write a CSV as extracts are landed: UTF-8, commas, quotes where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def _digests(joined: bytes) -> set[bytes]:
    return {
        joined[start : start + DIGEST_BYTES]
        for start in range(0, len(joined), DIGEST_BYTES)
    }
