"""Workbooks whose bytes depend on nothing but their content.

openpyxl stamps the hour of saving into the document properties and into every entry
of the zip. Both are replaced: the same workbook, saved again, has the same bytes.
"""

import zipfile
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

from guiji.core.undated_zip import entry, in_utc


def save(book: Workbook, target: Path | BinaryIO, instant: datetime) -> None:
    """Write a workbook, stamped with `instant` and no hour of any machine.

    Args:
        book: an openpyxl workbook, of either mode; it cannot be saved again.
        target: the file, or a stream that can seek.
        instant: what it states as the time of its making and of its last change;
            an aware one is stated in UTC, a naive one as it is.
    """
    book.properties.created = book.properties.modified = in_utc(instant)
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
        part = entry(str(zinfo_or_arcname))
        super().writestr(part, data, compress_type, compresslevel)

    def write(
        self,
        filename: str | PathLike[str],
        arcname: str | PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        del compress_type, compresslevel
        undated = entry(str(arcname or filename))
        with Path(filename).open("rb") as source, self.open(undated, "w") as part:
            while block := source.read(1 << 20):
                part.write(block)
