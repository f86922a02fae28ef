"""The stream of records that an Excel 97 workbook is, as far as its reader is silent.

The reader takes a formula whose result was never stored for an empty text, or ends at
it. These are looked for in the records; so are the tabs that are no worksheets.

Source: [MS-XLS] 2.4.28 BoundSheet8, 2.4.117 FilePass, 2.4.127 Formula, 2.4.233
RecalcId, 2.5.133 FormulaValue.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from guiji.reading import refusals
from guiji.reading.result import MACROS, Remark
from guiji.reading.workbooks.lost import CELL_NO_VALUE, Address, LostCell

STREAMS = ("Workbook", "Book")
MACRO_STORAGE = "_VBA_PROJECT_CUR"
BOUND_SHEET, RECALCULATED = 0x85, 0x1C1
FORMULAS = (0x06, 0x206, 0x406)
STRINGS = (0x207, 0x07)
BESIDE_FORMULAS = (0x21, 0x221, 0x236, 0x37, 0x4BC)
"""Records that may stand between a formula and its text: arrays, tables, shared."""

BEGIN, END = 0x809, 0x0A
FILE_PASS = 0x2F
TEXT, EMPTY = 0, 3
"""What a formula's stored result is: a text in a record of its own, or an empty one."""

TEXTUAL = {0x08, 0x17, 0x21, 0x22, 0x41, 0x42, 0x61, 0x62, 0x24, 0x44, 0x64}
"""Parts of a formula of which the result may be a text: `&`, a text, a function, a
cell."""

SIGN = re.compile(rb"\x06[\x00\x02\x04].{8}[\x00\x03].{5}\xff\xff", re.DOTALL)
"""What the record of such a formula looks like; others may look so by chance."""


@dataclass(frozen=True)
class Tab:
    """A tab of the workbook.

    Attributes:
        start: where its records begin.
        is_worksheet: whether it holds cells of data; else a chart or macros.
        is_hidden: whether nobody sees it.
        name: as the tab shows it, if it is no worksheet.
    """

    start: int
    is_worksheet: bool
    is_hidden: bool
    name: str


@dataclass
class Stream:
    """The records of a workbook.

    Attributes:
        content: what its reader gets.
        tabs: in their order.
        lost: position of a tab -> formulas without a stored result.
        remarks: what the receipt states.
    """

    content: bytes
    tabs: list[Tab]
    lost: dict[int, dict[Address, LostCell]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def look(path: Path, name: str) -> Stream:
    """Scan a workbook of BIFF records.

    Raises:
        BatchRefused: UNREADABLE if it is damaged, ENCRYPTED if it needs a password.
    """
    try:
        with olefile.OleFileIO(path) as file:
            entry = next((s for s in STREAMS if file.exists(s)), None)
            if entry is None:
                raise refusals.unreadable(name, "there is no workbook in the file")
            has_macros = file.exists(MACRO_STORAGE)
            content = bytearray(file.openstream(entry).read())
        tabs, is_calculated = _globals(content, name)
        lost = {}
        if SIGN.search(content):
            for position, tab in enumerate(tabs):
                if cells := dict(_formulas(content, tab.start, is_calculated)):
                    lost[position] = cells
    except (OSError, struct.error, IndexError) as error:
        raise refusals.unreadable(name, "the records are damaged") from error
    return Stream(bytes(content), tabs, lost, [MACROS] if has_macros else [])


def _records(content: bytearray, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, beginning and size of each record from a place on."""
    at = start
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, at + 4, size
        at += 4 + size


def _globals(content: bytearray, name: str) -> tuple[list[Tab], bool]:
    """Return the tabs, and whether a spreadsheet has ever calculated the workbook."""
    tabs = []
    is_calculated = False
    for kind, at, size in _records(content, 0):
        if kind == BOUND_SHEET:
            start, state, form = struct.unpack_from("<IBB", content, at)
            title = content[at + 8 : at + size]
            wide = size > 7 and content[at + 7] & 1
            said = title.decode("utf-16-le" if wide else "latin-1", "replace")
            tabs.append(Tab(start, form == 0, state & 3 != 0, said))
        elif kind == RECALCULATED:
            is_calculated = True
        elif kind == FILE_PASS:
            raise refusals.encrypted(name)
        elif kind == END:
            break
    return tabs, is_calculated


def _formulas(
    content: bytearray, start: int, is_calculated: bool
) -> Iterator[tuple[Address, LostCell]]:
    """Find a worksheet's formulas without result; a chart in it has its own records.

    A formula that promises a text and has none is made one of an empty text, because
    the reader would end at it.
    """
    depth = 0
    waiting: int | None = None  # a formula whose text comes next
    for kind, at, _ in _records(content, start):
        if waiting is not None and kind not in BESIDE_FORMULAS:
            if kind not in STRINGS:
                content[waiting + 6] = EMPTY
                yield _lost(content, waiting)
            waiting = None
        if kind == BEGIN:
            depth += 1
        elif kind == END:
            depth -= 1
            if not depth:
                return
        elif depth == 1 and kind in FORMULAS:
            result = _result(content, at)
            if result == TEXT:
                waiting = at
            elif result == EMPTY and not (is_calculated and _may_be_text(content, at)):
                yield _lost(content, at)


def _result(content: bytearray, at: int) -> int | None:
    """Return what a formula's stored result is; None if it is a number."""
    return content[at + 6] if content[at + 12 : at + 14] == b"\xff\xff" else None


def _may_be_text(content: bytearray, at: int) -> bool:
    """Return whether the result of a formula may be a text, even an empty one."""
    (size,) = struct.unpack_from("<H", content, at + 20)
    return not TEXTUAL.isdisjoint(content[at + 22 : at + 22 + size])


def _lost(content: bytearray, at: int) -> tuple[Address, LostCell]:
    row, column = struct.unpack_from("<HH", content, at)
    return (row, column), LostCell(CELL_NO_VALUE, "=")
