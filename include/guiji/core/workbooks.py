"""Workbooks whose bytes depend on nothing but their content.

openpyxl stamps the hour of saving into the document properties and into every entry
of the zip. Both are replaced: the same workbook, saved again, has the same bytes.
"""

import re
import zipfile
from collections.abc import Generator, Sequence
from contextlib import suppress
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from et_xmlfile import xmlfile
from openpyxl.cell._writer import etree_write_cell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHEET_MAIN_NS

from guiji.core.undated_zip import entry, in_utc

SPECIAL = re.compile(r"[&<>\r\n\t]|^\s|\s$")
"""What XML writes otherwise than it stands, and blanks that must be kept."""

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", re.IGNORECASE)


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
        _Writer(book, parts).write_data()


def begin_rows(page: Any) -> None:
    """Begin the rows of a sheet that is only written; its settings stand by then.

    Its plain cells are written as `save` writes those of a loaded workbook.
    """
    page._writer = _SheetWriter(page)
    page._writer.write_top()


class _Writer(ExcelWriter):  # type: ignore[misc]  # openpyxl has no types
    """Writes a loaded workbook as openpyxl does, its plain cells in less time."""

    def write_worksheet(self, ws: Any) -> None:
        if self.workbook.write_only:
            super().write_worksheet(ws)
            return
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = _SheetWriter(ws)
        writer.write()
        ws._rels = writer._rels
        self._archive.write(writer.out, ws.path[1:])
        self.manifest.append(ws)
        writer.cleanup()


class _SheetWriter(WorksheetWriter):  # type: ignore[misc]
    """Writes texts and empty cells as text: an element for each costs ten times that.

    The bytes are those of openpyxl without lxml, which it uses where it is installed
    and which takes no text; what is not plain openpyxl writes itself.
    """

    def get_stream(self) -> Generator[Any, Any, None]:
        with (
            xmlfile(self.out) as xf,
            xf.element("worksheet", xmlns=SHEET_MAIN_NS),
            suppress(GeneratorExit),
        ):
            while True:
                part = yield
                if part is True:
                    yield xf
                elif part is not None:
                    xf.write(part)

    def write_row(self, xf: Any, row: Sequence[Any], row_idx: int) -> None:
        dimension = self.ws.row_dimensions.get(row_idx, {})
        with xf.element("row", {"r": f"{row_idx}", **dict(dimension)}):
            for cell in row:
                if cell._comment is not None:
                    self.ws._comments.append(CommentRecord.from_cell(cell))
                elif cell._value is None and not cell.has_style:
                    continue
                plain = _plain(cell)
                if plain is None:
                    etree_write_cell(xf, self.ws, cell, cell.has_style)
                else:
                    xf._file(plain)


def _plain(cell: Any) -> str | None:
    """Return a cell as XML; None if it is no text, or one that XML writes otherwise."""
    value = cell._value
    is_empty = value is None and cell.data_type == "n"
    if cell.hyperlink or not (is_empty or type(value) is str):
        return None
    style = f' s="{cell.style_id}"' if cell.has_style else ""
    if is_empty:
        return f'<c r="{cell.coordinate}"{style} t="n" />'
    if cell.data_type != "s" or not value or SPECIAL.search(value):
        return None
    return f'<c r="{cell.coordinate}"{style} t="inlineStr"><is><t>{value}</t></is></c>'


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


def escaped(text: str) -> str:
    """Return a text so that no reader takes `_x0041_` in it for a character's code."""
    return _ESCAPE.sub("_x005F_", text)


def unescaped(text: str) -> str:
    """Return the text that `escaped` made, as openpyxl reads it."""
    return _ESCAPED.sub("_", text)
