"""What is found in the XML of a worksheet beside the values of its cells."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nasty import books
from nasty.zips import save, sheet, workbook_parts
from python_calamine import load_workbook
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused
from guiji.reading.workbooks import merged, parts, tags
from guiji.reading.workbooks.worksheet import _has_nines

SPANS = ' spans="1:15"'
CELL = '<c r="A1"><v>1</v></c>'


def row(number: object, more: str = "") -> str:
    return f'<row r="{number}"{more}>{CELL}</row>'


BLOCKS = {
    "no row": CELL * 3,
    "nothing": "",
    "as Excel writes them": "".join(row(n, SPANS) for n in range(9_998, 10_003)),
    "other attributes": row(1, SPANS) + row(2) + row(3, ' hidden="1"') + row(4, SPANS),
    "each its own": "".join(row(n, f' ht="{n}.5"') for n in range(1, 30)),
    "a long tag": row(1, f' x="{"y" * 300}"') + row(2) + row(3, f' x="{"y" * 300}"'),
    "without cells": '<row r="7"/><row r="8" spans="1:2"/>',
    "without numbers": "<row><c/></row><row><c/></row>" + row(12),
    "the number later": '<row spans="1:2" r="5"></row>' + row(6),
    "no digit": '<row r=""></row><row r="x"></row>',
    "many digits": row(12_345_678),
    "a prefix": '<x:row r="3"><x:c/></x:row><x:row r="4"></x:row>',
    "breaks below": row(3) + '<rowBreaks count="1"><brk id="2"/></rowBreaks>',
    "a text about rows": '<row r="2"><c t="inlineStr"><is><t>row arrow</t></is></c>',
    "ends within a row": row(3) + '<row r="4">',
    "disordered": row(3) + row(2) + row(2),
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_rows_found_at_once_are_those_found_one_by_one(block: str) -> None:
    content = block.encode()
    found = tags.rows(tags.find(content), 40)
    each = list(tags.each_row(content, 40))
    assert found.numbers.tolist() == [number for number, _ in each]
    assert all(content[at:].startswith((b"<row", b"<x:row")) for at in found.places)
    for word in (b"spans", b"hidden", b"ht="):
        is_stated = any(word in attributes for _, attributes in each)
        assert any(word in attributes for attributes in found.attributes) == is_stated


@pytest.mark.parametrize("shift", range(4))
def test_eight_nines_are_seen_wherever_they_stand(shift: int) -> None:
    assert _has_nines(b"0" * shift + b"41.99999999" + b"0" * 3)
    assert not _has_nines(b"0" * shift + b"41.999" + b"0" * 8)
    assert not _has_nines(b"9" * 3)


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[i : i + size] for i in range(0, len(content), size))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_part_is_cut_where_a_cell_begins(size: int) -> None:
    content = b"<row>" + b'<c r="A1"><v>1</v></c>' * 20 + b"</row>"
    blocks = list(parts.cut(pieces(content, size), b"<c "))
    assert b"".join(blocks) == content
    assert all(block.startswith(b"<") for block in blocks if block)
    if size > 40:
        assert all(block.startswith(b"<c ") for block in blocks[1:])


RANGES = (
    '<mergeCell ref="A3:A4"/>',
    '<mergeCell ref="a3:a4"/>',
    "<mergeCell ref='A3:A4'></mergeCell>",
    '<mergeCell  x="1" ref = "A3:A4" />',
    '<x:mergeCell ref="A3:A4"/>',
)


def merging(path: Path, content: str) -> None:
    rows = (books.row(n, name, CODE) for n, name in enumerate("甲乙丙丁", 2))
    xml = sheet(books.HEAD + "".join(rows), end=f"<mergeCells>{content}</mergeCells>")
    save(path, workbook_parts({"登记": xml}))


@pytest.mark.parametrize("content", RANGES)
def test_merged_ranges_are_found_as_the_reader_finds_them(
    drop: Drop, content: str
) -> None:
    path = drop.folder / "a.xlsx"
    merging(path, f'{content}<mergeCell ref="C2"/><mergeCell ref="B5:C5"/>')
    by_reader = load_workbook(path).get_sheet_by_index(0).merged_cell_ranges
    found = list(merged.ranges(parts_of(path), "甲"))
    assert found == by_reader
    reading, _ = drop.read(path)
    faults = [(f.code, f.column, f.rows) for f in reading.sheets[0].faults]
    assert faults == [("MERGED", "A", (4,)), ("MERGED", "C", (5,))]


def parts_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as file:
        return file.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "content",
    ['<mergeCell ref="A:B"/>', '<mergeCell ref="$A$3:$A$4"/>', "<mergeCell/>"],
)
def test_a_merged_range_without_a_place_is_refused(drop: Drop, content: str) -> None:
    merging(drop.folder / "a.xlsx", content)
    with pytest.raises(BatchRefused) as refused:
        drop.read(drop.folder / "a.xlsx")
    assert refused.value.code == "UNREADABLE"


def test_the_reader_is_told_of_no_ranges_before_the_cells() -> None:
    content = b'<worksheet><cols/><x:sheetData><row r="1"></row></x:sheetData>'
    (block,) = merged.searched(iter([content]))
    assert block == content.replace(
        b"<x:sheetData>", merged.NO_RANGES + b"<x:sheetData>"
    )
    later = [b"<worksheet>", b"<sheetData>"]
    assert list(merged.searched(iter(later))) == later
