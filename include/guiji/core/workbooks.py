"""Workbooks whose bytes depend on nothing but their content.

openpyxl stamps the hour of saving into the document properties and into every entry
of the zip. Both are replaced: the same workbook, saved again, has the same bytes.
"""

import zipfile
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the first that a zip can state."""

READABLE = 0o644 << 16


def save(book: Workbook, target: Path | BinaryIO, instant: datetime) -> None:
    """Write a workbook, stamped with `instant` and no hour of any machine.

    Args:
        book: an openpyxl workbook, of either mode; it cannot be saved again.
        target: the file, or a stream that can seek.
        instant: what it states as the time of its making and of its last change;
            an aware one is stated in UTC, a naive one as it is.
    """
    if instant.tzinfo is not None:
        instant = instant.astimezone(UTC).replace(tzinfo=None)
    book.properties.created = instant
    book.properties.modified = instant
    with _Undated(target, "w", zipfile.ZIP_DEFLATED) as parts:
        ExcelWriter(book, parts).write_data()


class _Undated(zipfile.ZipFile):
    """A zip that knows of no time and no owner."""

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: str | bytes | bytearray,  # type: ignore[override]
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        entry = _undated(str(zinfo_or_arcname))
        super().writestr(entry, data, compress_type, compresslevel)

    def write(
        self,
        filename: str | PathLike[str],
        arcname: str | PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        del compress_type, compresslevel
        entry = _undated(str(arcname or filename))
        with Path(filename).open("rb") as source, self.open(entry, "w") as part:
            while block := source.read(1 << 20):
                part.write(block)


def _undated(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = READABLE
    return entry
