"""What an Excel 97 workbook holds that its reader does not give: errors and macros.

The reader gives error cells as empty, as if nobody had filled them in. A workbook of
this age is one stream of records; those of error cells are looked for in it.

Source: [MS-XLS] 2.4.21 BoundSheet8, 2.4.24 BoolErr, 2.4.117 FilePass,
2.4.127 Formula, 2.5.10 Bes.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from guiji.reading import refusals
from guiji.reading.result import MACROS
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.lost import CELL_ERROR, Address, Lost

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
STREAMS = ("Workbook", "Book")
MACRO_STORAGE = "_VBA_PROJECT_CUR"
BOUND_SHEET, BOOL_ERROR, FORMULA = 0x85, 0x205, 0x06
BEGIN, END = 0x809, 0x0A
FILE_PASS = 0x2F
IS_ERROR = 2  # what a formula's stored result is

SIGN = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01"
    rb"|\x06\x00.{8}\x02.[\x00\x07\x0f\x17\x1d\x24\x2a\x2b].{3}\xff\xff",
    re.DOTALL,
)
"""What the record of an error cell looks like; others may look so by chance."""


def look(path: Path, name: str) -> Facts:
    """Look through a workbook of records.

    Raises:
        BatchRefused: UNREADABLE if it is damaged, ENCRYPTED if it needs a password.
    """
    facts = Facts()
    try:
        with olefile.OleFileIO(path) as file:
            stream = next((s for s in STREAMS if file.exists(s)), None)
            if stream is None:
                raise refusals.unreadable(name, "there is no workbook in the file")
            if file.exists(MACRO_STORAGE):
                facts.remarks.append(MACROS)
            content = file.openstream(stream).read()
        sheets = _sheets(content, name)
        if SIGN.search(content):
            for position, start in enumerate(sheets):
                if found := dict(_errors(content, start)):
                    facts.lost[position] = found
    except (OSError, struct.error, IndexError) as error:
        raise refusals.unreadable(name, "the records are damaged") from error
    return facts


def _records(content: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Give type, beginning and size of each record from a place on."""
    at = start
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, at + 4, size
        at += 4 + size


def _sheets(content: bytes, name: str) -> list[int]:
    """Give where the records of each worksheet begin, in the order of the tabs."""
    found = []
    for kind, at, _ in _records(content, 0):
        if kind == BOUND_SHEET:
            found.append(struct.unpack_from("<I", content, at)[0])
        elif kind == FILE_PASS:
            raise refusals.encrypted(name)
        elif kind == END:
            break
    return found


def _errors(content: bytes, start: int) -> Iterator[tuple[Address, Lost]]:
    """Find a worksheet's error cells; a chart in it has records of its own."""
    depth = 0
    for kind, at, _ in _records(content, start):
        if kind == BEGIN:
            depth += 1
        elif kind == END:
            depth -= 1
            if not depth:
                return
        elif depth == 1 and kind in (BOOL_ERROR, FORMULA):
            error = _error(content, kind, at)
            if error is not None:
                row, column = struct.unpack_from("<HH", content, at)
                yield (row, column), Lost(CELL_ERROR, ERRORS.get(error, "#ERROR"))


def _error(content: bytes, kind: int, at: int) -> int | None:
    """Give the error of a cell's record, None if it has a value."""
    if kind == BOOL_ERROR:
        value, is_error = content[at + 6], content[at + 7]
        return value if is_error else None
    result = content[at + 6 : at + 14]
    is_error = result[6:] == b"\xff\xff" and result[0] == IS_ERROR
    return result[2] if is_error else None
