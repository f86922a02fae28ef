"""What a clerk sees of the numbers in some columns of a zipped workbook.

The reader gives numbers without their formats. Where numbers stand in a column of
texts, the worksheet is gone through once more for these cells alone.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from guiji.reading.workbooks import opendocument
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.grid import Shown
from guiji.reading.workbooks.lost import Address, column_index
from guiji.reading.workbooks.number_formats import Kind, kind, shown
from guiji.reading.workbooks.parts import BLOCK, cut, normal

PLACED = re.compile(
    rb"<(?:\w+:)?(row|c)\b([^>]*)>"
    rb"(?:(?:\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?"
    rb"\s*<(?:\w+:)?v>([^<]+)<)?"
)
"""A row, or a cell and its value."""

ROW = re.compile(rb"\br=\"(\d{1,7})\"")
COLUMN = re.compile(rb"\br=\"([A-Z]{1,3})\d")
STYLE = re.compile(rb"\bs=\"(\d{1,9})\"")
FORM = re.compile(rb"\bt=\"(?!n\")")


def of_sheet(path: Path, position: int, facts: Facts) -> Shown:
    """Return the function that looks at a worksheet; see `grid.Grid`.

    Args:
        path: the workbook.
        position: of the worksheet.
        facts: what is known of the workbook.
    """
    if facts.parts:
        return partial(_of_part, path, facts.parts[position], facts.formats)
    return partial(_of_table, path, position)


def _of_part(
    path: Path, part: str, formats: Sequence[str], columns: AbstractSet[int]
) -> Mapping[Address, str | None]:
    is_odd = [kind(code) is not Kind.PLAIN for code in formats]
    texts: dict[Address, str | None] = {}
    if not any(is_odd):
        return texts
    for cell, attributes, value in _values(_blocks(path, part, b"<c")):
        style = STYLE.search(attributes)
        number = int(style[1]) if style else 0
        is_number = cell[1] in columns and not FORM.search(attributes)
        if is_number and number < len(formats) and is_odd[number]:
            texts[cell] = shown(float(value), formats[number])
    return texts


def _values(blocks: Iterator[bytes]) -> Iterator[tuple[Address, bytes, bytes]]:
    """Yield address, attributes and value of cells; one without address follows on."""
    row = column = -1
    for block in blocks:
        for tag, attributes, value in PLACED.findall(block):
            if tag == b"row":
                stated = ROW.search(attributes)
                row, column = int(stated[1]) - 1 if stated else row + 1, -1
                continue
            stated = COLUMN.search(attributes)
            column = column_index(stated[1]) if stated else column + 1
            if value:
                yield (row, column), attributes, value


def _of_table(
    path: Path, position: int, columns: AbstractSet[int]
) -> Mapping[Address, str | None]:
    look = opendocument.Numbers(position, columns)
    for block in _blocks(path, opendocument.CONTENT, b"<table:table-cell"):
        look.take(block)
    return look.shown


def _blocks(path: Path, part: str, before: bytes) -> Iterator[bytes]:
    """Yield a part of a workbook that was judged, cut where a cell begins."""
    with zipfile.ZipFile(path) as file:
        name = next(n for n in file.namelist() if normal(n) == part)
        with file.open(name) as stream:
            yield from cut(iter(partial(stream.read, BLOCK), b""), before)
