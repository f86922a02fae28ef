"""Writing a delivery as text file or workbook, and knowing where each cell went.

Text is built line by line in Arrow and encoded once; a workbook is small by plan. The
same delivery gives the same bytes: a workbook's times are those of its night.
"""

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import ItemType
from guiji.core import business_date, workbooks
from guiji.sample.draft import OPERATION, UNDECODABLE, Draft
from guiji.sample.injection import Injected
from guiji.sample.layouts import Layout, Text, heading, replaced

SHEET = "报送数据"
COVER = "填报说明"
NUMBER = "_number"  # the column 序号, where the catalogue does not know it
NUMBER_TITLE = "序号"
_EXCEL_NUMBER = re.compile(r"\d\.\d+E\+17")


@dataclass(frozen=True)
class Address:
    """Where the cells of a written delivery are.

    Attributes:
        sheet: name of the sheet with the data; None for text files.
        rows: for each record its row number, as a spreadsheet or editor shows it.
        columns: items in the order of their columns; others begin with `_`.
    """

    sheet: str | None
    rows: NDArray[np.int64]
    columns: tuple[str, ...]

    def letter(self, item: str | None) -> str | None:
        """Return the column letter of an item; None for the whole row."""
        if item is None:
            return None
        return letter(self.columns.index(item))


def letter(place: int) -> str:
    """Return the letters of a column; 0 is A."""
    return str(get_column_letter(place + 1))


def write(path: Path, injected: Injected, signer: str) -> Address:
    """Write a delivery.

    Args:
        path: of the file; its folder is made.
        injected: what to write.
        signer: the department's title, for title rows and footers.

    Returns:
        Where everything is.
    """
    draft = injected.draft
    columns = _columns(draft)
    address = Address(
        SHEET if draft.layout.suffix == ".xlsx" else None,
        _rows(draft.layout, len(injected.origins)),
        columns,
    )
    if draft.layout.suffix == ".xlsx":
        content = _workbook(draft, columns, signer)
    else:
        content = _encoded(_lines(injected, columns, signer), draft.layout)
    put(path, content)
    return address


def put(path: Path, content: bytes) -> None:
    """Write a file that waits for its release."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_blank(
    path: Path, dataset: Dataset, layout: Layout, night: date, signer: str
) -> None:
    """Write a delivery that has headings and no rows (零报告) as a text file."""
    titles = _titles(dataset, layout, night, signer)
    line = layout.delimiter.join(heading(item, layout) for item in dataset.items)
    text = "".join(f"{line}\r\n" for line in [*titles, line])
    put(path, _encoded(text.encode(), layout))


def _columns(draft: Draft) -> tuple[str, ...]:
    """Choose the columns: what is required, and what has any content."""
    items = [
        i.id
        for i in draft.dataset.items
        if i.required or draft.text[i.id].null_count < len(draft.text[i.id])
    ]
    named = {t for i in draft.dataset.items for t in (i.title, *i.aliases)}
    is_numbered = draft.layout.numbered and NUMBER_TITLE not in named
    number = [NUMBER] if is_numbered else []
    return (*number, *items, *([OPERATION] if OPERATION in draft.text else []))


def _rows(layout: Layout, count: int) -> NDArray[np.int64]:
    rows = np.arange(count) + layout.title_rows + 2
    if layout.gap:
        rows[count // 2 :] += 1
    return rows


def _headings(draft: Draft, columns: tuple[str, ...]) -> list[str]:
    others = {NUMBER: NUMBER_TITLE, OPERATION: "操作"}
    return [
        others[name]
        if name in others
        else heading(draft.dataset.item(name), draft.layout)
        for name in columns
    ]


def _titles(dataset: Dataset, layout: Layout, night: date, signer: str) -> list[str]:
    day = night.strftime("%Y年%m月%d日")
    titles = [f"{dataset.title}报送表", f"填报单位：{signer}  填报日期：{day}"]
    return titles[: layout.title_rows]


def _footers(draft: Draft, signer: str, count: int) -> list[str]:
    if not draft.layout.footer:
        return []
    return [f"合计：{count}条", f"填表人：{signer}经办人"]


def _cells(draft: Draft, columns: tuple[str, ...]) -> Text:
    """Return the columns to write."""
    count = len(draft.text[draft.dataset.subject.name])
    numbers = pa.array(np.arange(1, count + 1)).cast(pa.string())
    return {n: numbers if n == NUMBER else draft.text[n] for n in columns}


def quoted(column: pa.Array, delimiter: str) -> pa.Array:
    """Write cells as CSV does: empty for null, in quotes where they need them."""
    filled = pc.fill_null(column, "")
    unsafe = pc.match_substring_regex(filled, f'["\r\n{delimiter}]')
    if not pc.any(unsafe).as_py():
        return filled
    doubled = pc.replace_substring(filled, '"', '""')
    return pc.if_else(
        unsafe, pc.binary_join_element_wise('"', doubled, '"', ""), filled
    )


def _lines(injected: Injected, columns: tuple[str, ...], signer: str) -> bytes:
    """Return the whole text file in UTF-8."""
    draft, layout = injected.draft, injected.draft.layout
    cells = [quoted(c, layout.delimiter) for c in _cells(draft, columns).values()]
    lines = pc.binary_join_element_wise(*cells, layout.delimiter)
    edits: dict[int, str | None] = {
        row: _misshapen(cells, row, shape, layout)
        for row, shape in injected.lines.items()
    }
    lines = replaced(lines, edits)
    head = [pa.array(_headings(draft, columns), pa.string())]
    titles = _titles(draft.dataset, draft.layout, draft.night, signer)
    header = layout.delimiter.join(quoted(head[0], layout.delimiter).to_pylist())
    top = "".join(f"{line}\r\n" for line in [*titles, header])
    bottom = "".join(f"{f}\r\n" for f in _footers(draft, signer, len(lines)))
    return top.encode() + _joined(lines) + bottom.encode()


def _misshapen(cells: list[pa.Array], row: int, shape: str, layout: Layout) -> str:
    kept = cells if shape == "long" else cells[: len(cells) // 2]
    line = layout.delimiter.join(cell[row].as_py() for cell in kept)
    return f"{line}{layout.delimiter}见附件" if shape == "long" else line


def _joined(lines: pa.Array) -> bytes:
    """Join lines with line ends: the buffer of their Arrow array is the text."""
    ended = pc.binary_join_element_wise(lines, "", "\r\n")
    _, offsets, characters = ended.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)[: len(ended) + 1]
    whole: bytes = characters[int(bounds[0]) : int(bounds[-1])].to_pybytes()
    return whole


def _encoded(content: bytes, layout: Layout) -> bytes:
    if layout.encoding == "utf-8":
        return content
    if layout.encoding == "utf-8-sig":
        return b"\xef\xbb\xbf" + content.replace(UNDECODABLE.encode(), b"\xff\xfe")
    text = content.decode()
    if layout.encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(layout.encoding)


def _workbook(draft: Draft, columns: tuple[str, ...], signer: str) -> bytes:
    book = Workbook(write_only=True)
    if draft.layout.cover:
        cover = book.create_sheet(COVER)
        cover.append(["请在“报送数据”工作表中填写。"])
    sheet = book.create_sheet(SHEET)
    for title in _titles(draft.dataset, draft.layout, draft.night, signer):
        sheet.append([title])
    sheet.append(_headings(draft, columns))
    cells = [c.to_pylist() for c in _cells(draft, columns).values()]
    dated = [_is_dated(draft, name) for name in columns]
    count = len(cells[0])
    for row in range(count):
        if draft.layout.gap and row == count // 2:
            sheet.append([])
        sheet.append(
            [
                _cell(sheet, column[row], as_date)
                for column, as_date in zip(cells, dated, strict=True)
            ]
        )
    for footer in _footers(draft, signer, count):
        sheet.append([footer])
    return saved(book, draft.night)


def _is_dated(draft: Draft, name: str) -> bool:
    if name.startswith("_") or draft.layout.dates != "cell":
        return False
    return draft.dataset.item(name).type is ItemType.DATE


def _cell(sheet: WriteOnlyWorksheet, content: str | None, as_date: bool) -> Any:
    if not content:
        return None
    if _EXCEL_NUMBER.fullmatch(content):
        return float(content)
    if as_date:
        try:
            day = date.fromisoformat(content)
        except ValueError:
            return content
        cell = WriteOnlyCell(sheet, day)
        cell.number_format = "yyyy/m/d"
        return cell
    return content


def saved(book: Workbook, night: date) -> bytes:
    """Return a workbook's bytes with the night as the time of everything in it."""
    book.properties.creator = None
    content = io.BytesIO()
    workbooks.save(book, content, business_date.instant(night))
    return content.getvalue()
