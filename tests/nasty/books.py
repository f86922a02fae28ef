"""Ways to write a workbook: by a library, or by hand where libraries are too good."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from openpyxl.utils import get_column_letter as letter

from nasty.zips import save, sheet, workbook_parts

CODE = "91520100K5K7MEAE3L"
HEADINGS = ("企业名称", "统一社会信用代码", "成立日期", "注册资本")
NAME = "企业登记信息.xlsx"

Build = Callable[[Path], None]
Row = dict[str, str | int | None]


def cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    """A row of cells: XML as it is, anything else as text."""
    written = (
        c if c.startswith("<") else cell(f"{letter(i)}{number}", c) if c else ""
        for i, c in enumerate(cells, 1)
    )
    return f'<row r="{number}">{"".join(written)}</row>'


HEAD = row(1, *HEADINGS)


def of_rows(*rows: str, start: str = "", end: str = "", workbook: str = "") -> Build:
    """A workbook of rows of XML below the headings."""

    def build(path: Path) -> None:
        xml = sheet(HEAD + "".join(rows), start, end)
        save(path, workbook_parts({"登记": xml}, workbook=workbook))

    return build


def of_cells(*cells: str) -> Build:
    """A workbook of one record with these cells as 成立日期 and 注册资本."""
    return of_rows(row(2, "甲", CODE, *cells))


def with_parts(**parts: bytes) -> Build:
    """A workbook of one record with further parts; `__` stands for `/`."""

    def build(path: Path) -> None:
        plain = workbook_parts({"登记": sheet(HEAD + row(2, "甲", CODE))})
        more = {n.replace("__", "/"): c for n, c in parts.items()}
        save(path, plain | more)

    return build


def by_openpyxl(
    rows: Sequence[Sequence[Any]], change: Callable[[Any], object] = lambda _: None
) -> Build:
    """A workbook as openpyxl writes it, changed before it is saved."""

    def build(path: Path) -> None:
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append(cells)
        change(book)
        book.save(path)

    return build


PLAIN = by_openpyxl([HEADINGS, ["甲", CODE, date(2024, 3, 5), 5]])
PLAIN_ROW: Row = {
    "enterprise_name": "甲",
    "uscc": CODE,
    "established_on": "2024-03-05",
    "capital": "5",
    "source_row": 2,
}


def old_book(
    rows: Sequence[Sequence[Any]], errors: dict[tuple[int, int], str]
) -> Build:
    """An Excel 97 workbook, which is what WPS writes as .et, too."""

    def build(path: Path) -> None:
        book = xlwt.Workbook(encoding="utf-8")
        tab = book.add_sheet("登记")
        day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for i, cells in enumerate(rows):
            for j, value in enumerate(cells):
                if isinstance(value, date):
                    tab.write(i, j, value, day)
                else:
                    tab.write(i, j, value)
        for (i, j), error in errors.items():
            tab.row(i).set_cell_error(j, error)
        book.save(str(path))

    return build


OLD = old_book([HEADINGS, ["甲", CODE, date(2024, 3, 5), 5]], {})
ONE: Row = {"enterprise_name": "甲", "uscc": CODE, "source_row": 2, "fault": None}
