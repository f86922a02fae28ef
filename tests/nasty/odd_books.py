"""Workbooks that are odd and right: they must be read, cell for cell."""

import struct
from pathlib import Path
from typing import Any

from openpyxl.chart import BarChart
from openpyxl.utils import get_column_letter as letter

from nasty import Nasty
from nasty.books import (
    CODE,
    HEAD,
    HEADINGS,
    NAME,
    OLD,
    ONE,
    PLAIN,
    PLAIN_ROW,
    by_openpyxl,
    of_cells,
    of_rows,
    old_book,
    row,
    with_parts,
)
from nasty.zips import MAIN, STRICT_MAIN, STRINGS, entry, save, sheet, workbook_parts


def old_macros(path: Path) -> None:
    """An Excel 97 workbook with the storage that macros have."""
    OLD(path)
    content = bytearray(path.read_bytes())
    book = content.index("Workbook".encode("utf-16-le"))
    nobody = b"\xff" * 4
    name = "_VBA_PROJECT_CUR\0".encode("utf-16-le")
    entry = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), 1, 1)
    entry += nobody * 3 + bytes(36) + b"\xfe\xff\xff\xff" + bytes(8)
    content[book + 128 : book + 256] = entry
    content[book + 256 + 66 : book + 256 + 67] = b"\0"
    content[book + 72 : book + 76] = struct.pack("<I", 2)  # the next in the folder
    path.write_bytes(content)


def backslashes(path: Path) -> None:
    parts = workbook_parts({"登记": sheet(HEAD + row(2, "甲", CODE))})
    save(path, {n.replace("/", "\\"): c for n, c in parts.items()})


def strict(path: Path) -> None:
    xml = sheet(HEAD + row(2, "甲", CODE), main=STRICT_MAIN)
    save(path, workbook_parts({"登记": xml}, strict=True))


def prefixed(path: Path) -> None:
    xml = sheet(HEAD + row(2, "甲", CODE, "", '<c r="D2"><v>5</v></c>')).decode()
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t", "v"):
        xml = xml.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        xml = xml.replace(f"</{tag}>", f"</x:{tag}>")
    xml = xml.replace("xmlns=", "xmlns:x=")
    save(path, workbook_parts({"登记": xml.encode()}))


def junk_behind(path: Path) -> None:
    PLAIN(path)
    with path.open("ab") as file:
        file.write(bytes(1000))


def shared_strings(path: Path) -> None:
    """Rich text, pinyin beside it, an escaped line break, and strings used twice."""
    strings = [
        *(f"<si><t>{h}</t></si>" for h in HEADINGS),
        "<si><r><t>贵阳</t></r><r><rPr><b/></rPr><t>恒达</t></r></si>",
        f'<si><t>{CODE}</t><rPh sb="0" eb="1"><t>pinyin</t></rPh></si>',
        "<si><t>二〇_x000D_\n一</t></si>",
    ]
    cells = [[0, 1, 2, 3], [4, 5, 6], [4, 5]]
    rows = "".join(
        f'<row r="{i}">'
        + "".join(
            f'<c r="{letter(j)}{i}" t="s"><v>{v}</v></c>' for j, v in enumerate(r, 1)
        )
        + "</row>"
        for i, r in enumerate(cells, 1)
    )
    sst = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{"".join(strings)}</sst>'
    parts = workbook_parts({"登记": sheet(rows)})
    save(path, parts | {STRINGS: sst.encode()})


def blank_rows(path: Path) -> None:
    """A hundred thousand formatted rows without a value, as "Ctrl+Shift+↓" leaves."""
    blank = "".join(
        f'<row r="{i}"><c r="A{i}" s="1"/><c r="B{i}" s="1"/></row>'
        for i in range(3, 100_000)
    )
    of_rows(row(2, "甲", CODE), blank, row(100_000, "乙", CODE))(path)


def blank_columns(path: Path) -> None:
    """Two hundred rows formatted up to the last column that there is."""
    blank = "".join(
        f'<row r="{i}">'
        + "".join(f'<c r="{letter(j)}{i}" s="1"/>' for j in range(1, 16_385, 3))
        + "</row>"
        for i in range(3, 203)
    )
    of_rows(row(2, "甲", CODE), blank)(path)


def chart_sheet(book: Any) -> None:
    book.create_chartsheet("图").add_chart(BarChart())
    book.create_sheet("旧", 0).sheet_state = "hidden"


def protect(book: Any) -> None:
    book.active.protection.sheet = True
    book.active.protection.password = "x"
    book.security.lockStructure = True


def merge_down(book: Any) -> None:
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("C3:D3")
    book.active.merge_cells("A4:D4")


def no_addresses(path: Path) -> None:
    texts = [*HEADINGS, "甲", CODE, "2024-03-05", "5"]
    cells = [f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in texts]
    rows = f"<row>{''.join(cells[:4])}</row><row>{''.join(cells[4:])}</row>"
    save(path, workbook_parts({"登记": sheet(rows)}))


def two_tabs(path: Path) -> None:
    error = '<c r="C2" t="e"><v>#N/A</v></c>'
    xml = sheet(HEAD + row(2, "甲", CODE, error))
    parts = workbook_parts({"登记": xml, "续表": xml})
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"sheet2.xml", b"sheet1.xml")
    save(path, parts)


def empty_parts(path: Path) -> None:
    parts = workbook_parts({"登记": sheet(HEAD + row(2, "甲", CODE))})
    save(path, {**parts, "xl/": entry(b"", 0), "docProps/thumbnail.jpeg": b"\xff\xd8"})


DAY = {"established_on": "2024-03-05"}

READ: dict[str, Nasty] = {
    "an xlsx named .xls": Nasty(PLAIN, "登记.xls", rows=[PLAIN_ROW]),
    "an xlsx named .csv": Nasty(PLAIN, "登记.csv", rows=[PLAIN_ROW]),
    "an xlsx without a suffix": Nasty(PLAIN, "登记", rows=[PLAIN_ROW]),
    "an xls named .xlsx": Nasty(OLD, NAME, rows=[PLAIN_ROW]),
    "an xls named .et": Nasty(OLD, "登记.et", rows=[PLAIN_ROW]),
    "junk behind the zip": Nasty(junk_behind, NAME, rows=[PLAIN_ROW]),
    "backslashes in the zip": Nasty(backslashes, NAME, rows=[ONE]),
    "folders and pictures in the zip": Nasty(empty_parts, NAME, rows=[ONE]),
    "strict OOXML": Nasty(strict, NAME, rows=[ONE]),
    "a namespace prefix": Nasty(prefixed, NAME, rows=[ONE | {"capital": "5"}]),
    "a dimension that is too small": Nasty(
        of_rows(row(2, "甲", CODE), start='<dimension ref="A1"/>'), NAME, rows=[ONE]
    ),
    "a dimension that is too large": Nasty(
        of_rows(row(2, "甲", CODE), start='<dimension ref="A1:XFD1048576"/>'),
        NAME,
        rows=[ONE],
    ),
    "cells without addresses": Nasty(
        no_addresses, NAME, rows=[ONE | DAY | {"capital": "5"}]
    ),
    "rows out of order": Nasty(
        of_rows(row(4, "丙", CODE), row(2, "甲", CODE)),
        NAME,
        rows=[ONE, {"enterprise_name": "丙", "source_row": 4}],
    ),
    "rich text and pinyin": Nasty(
        shared_strings,
        NAME,
        rows=[
            {"enterprise_name": "贵阳恒达", "uscc": CODE, "source_row": 2},
            {"enterprise_name": "贵阳恒达", "uscc": CODE, "source_row": 3},
        ],
    ),
    "blank formatted rows": Nasty(
        blank_rows, NAME, rows=[ONE, {"enterprise_name": "乙", "source_row": 100_000}]
    ),
    "blank formatted columns": Nasty(blank_columns, NAME, rows=[ONE]),
    "dates of 1904": Nasty(
        of_rows(
            row(2, "甲", CODE, '<c r="C2" s="1"><v>43894</v></c>'),
            workbook='<workbookPr date1904="1"/>',
        ),
        NAME,
        rows=[ONE | DAY],
    ),
    "a date in Chinese": Nasty(
        of_cells('<c r="C2" s="2"><v>45356</v></c>'), NAME, rows=[ONE | DAY]
    ),
    "a date in Chinese figures": Nasty(
        of_cells('<c r="C2" s="3"><v>45356</v></c>'), NAME, rows=[ONE | DAY]
    ),
    "a date of the system's format": Nasty(
        of_cells('<c r="C2" s="4"><v>45356</v></c>'), NAME, rows=[ONE | DAY]
    ),
    "a date by ISO 8601": Nasty(
        of_cells('<c r="C2" t="d"><v>2024-03-05T00:00:00</v></c>'),
        NAME,
        rows=[ONE | DAY],
    ),
    "a date without a format": Nasty(
        of_cells('<c r="C2"><v>45356</v></c>'),
        NAME,
        rows=[ONE | {"established_on": "45356"}],
    ),
    "a time of day": Nasty(
        of_cells('<c r="C2" s="5"><v>0.35416666666666669</v></c>'),
        NAME,
        rows=[ONE | {"established_on": "08:30:00"}],
    ),
    "a duration": Nasty(
        of_cells('<c r="C2" s="6"><v>1.25</v></c>'),
        NAME,
        rows=[ONE | {"established_on": "30:00:00"}],
    ),
    "a truth": Nasty(
        of_cells('<c r="C2" t="b"><v>1</v></c>'),
        NAME,
        rows=[ONE | {"established_on": "是"}],
    ),
    "the smallest of numbers": Nasty(
        of_cells("", '<c r="D2"><v>9.9999999999999995E-8</v></c>'),
        NAME,
        rows=[ONE | {"capital": "0.0000001"}],
    ),
    "the sum of 0.1 and 0.2": Nasty(
        of_cells("", '<c r="D2"><v>0.30000000000000004</v></c>'),
        NAME,
        rows=[ONE | {"capital": "0.3"}],
    ),
    "blanks that cannot be seen": Nasty(
        of_rows(row(2, "\u200b甲\u00a0乙\u3000", CODE)),
        NAME,
        rows=[{"enterprise_name": "\u200b甲\u00a0乙\u3000"}],
    ),
    "characters beyond the BMP": Nasty(
        of_rows(row(2, "𬱖𠮷", CODE)), NAME, rows=[{"enterprise_name": "𬱖𠮷"}]
    ),
    "text that looks like a formula": Nasty(
        of_rows(row(2, "=1+1", CODE)), NAME, rows=[{"enterprise_name": "=1+1"}]
    ),
    "a protected sheet": Nasty(
        by_openpyxl([HEADINGS, ["甲", CODE]], protect), NAME, rows=[ONE]
    ),
    "a chart's sheet and a hidden one": Nasty(
        by_openpyxl([HEADINGS, ["甲", CODE]], chart_sheet), NAME, rows=[ONE]
    ),
    "two tabs of one part": Nasty(
        two_tabs,
        NAME,
        rows=[{"established_on": "#N/A", "source_sheet": t} for t in ("登记", "续表")],
        faults=(("CELL_ERROR", "C", (2,)), ("CELL_ERROR", "C", (2,))),
    ),
    "macros": Nasty(
        with_parts(**{"xl__vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        "登记.xlsm",
        rows=[ONE],
        remarks=("MACROS",),
    ),
    "macros of an xls": Nasty(
        old_macros, "登记.xls", rows=[PLAIN_ROW], remarks=("MACROS",)
    ),
    "links to other workbooks": Nasty(
        with_parts(**{"xl__externalLinks__externalLink1.xml": b"<externalLink/>"}),
        NAME,
        rows=[ONE],
        remarks=("LINKS",),
    ),
    "a database connection": Nasty(
        with_parts(**{"xl__connections.xml": b"<connections/>"}),
        NAME,
        rows=[ONE],
        remarks=("LINKS",),
    ),
    "codes stored as numbers": Nasty(
        of_rows(
            row(2, "甲", '<c r="B2"><v>9.15201007136123E+17</v></c>'),
            row(3, "乙", '<c r="B3"><v>915201007136123456</v></c>', "2024-01-01"),
            row(4, "丙", '<c r="B4"><v>123456789012345</v></c>'),
        ),
        NAME,
        rows=[
            {"uscc": "9.15201007136123e+17", "fault": None},
            {"uscc": "9.152010071361234e+17"},
            {"uscc": "123456789012345"},
        ],
        faults=(("DIGITS_LOST", "B", (2, 3)),),
    ),
    "errors in cells": Nasty(
        of_rows(
            row(2, "甲", CODE, '<c r="C2" t="e"><v>#N/A</v></c>', "5"),
            row(
                3,
                "乙",
                CODE,
                '<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
                '<c r="D3" t="e"><v>#REF!</v></c>',
            ),
        ),
        NAME,
        rows=[
            {"established_on": "#N/A", "capital": "5", "fault": None},
            {"established_on": "#DIV/0!", "capital": "#REF!", "source_row": 3},
        ],
        faults=(("CELL_ERROR", "C", (2, 3)), ("CELL_ERROR", "D", (3,))),
    ),
    "errors in an xls": Nasty(
        old_book([HEADINGS, ["甲", CODE], ["乙", CODE]], {(1, 2): "#N/A!"}),
        "登记.xls",
        rows=[{"established_on": "#N/A"}, {"established_on": ""}],
        faults=(("CELL_ERROR", "C", (2,)),),
    ),
    "formulas without results": Nasty(
        of_rows(
            row(2, "甲", CODE, '<c r="C2"><f>TODAY()</f></c>', "5"),
            row(3, "乙", CODE, '<c r="C3"><f>A1&amp;"x"</f><v></v></c>'),
            row(4, "丙", CODE, '<c r="C4" t="str"><f>""</f><v></v></c>'),
            row(5, "丁", CODE, "", '<c r="D5"><f>1+1</f><v>2</v></c>'),
            row(6, '<c r="A6"><f t="shared" si="0"/></c>'),
        ),
        NAME,
        rows=[
            {"established_on": "=TODAY()", "capital": "5", "fault": None},
            {"established_on": '=A1&"x"'},
            {"established_on": ""},
            {"capital": "2"},
            {"enterprise_name": "=", "source_row": 6},
        ],
        faults=(("CELL_NO_VALUE", "A", (6,)), ("CELL_NO_VALUE", "C", (2, 3))),
    ),
    "cells merged over records": Nasty(
        by_openpyxl(
            [HEADINGS, ["甲", CODE, "1", "1"], ["", CODE, "2"], ["合计", "", "", 3]],
            merge_down,
        ),
        NAME,
        rows=[
            {"enterprise_name": "甲"},
            {"enterprise_name": "", "uscc": CODE, "capital": ""},
        ],
        faults=(("MERGED", "A", (3,)), ("MERGED", "D", (3,))),
    ),
    "a date before 1900": Nasty(
        of_cells('<c r="C2" s="1"><v>-1</v></c>'),
        NAME,
        rows=[ONE],
        faults=(("DATE_LOST", "C", (2,)),),
    ),
}
