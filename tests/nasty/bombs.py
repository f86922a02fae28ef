"""Workbooks that would take all memory or time, did anybody believe them."""

from pathlib import Path
from typing import Any

import xlwt

from nasty import Nasty
from nasty.bad_books import BROKEN, GOOD, TOO_MUCH, Build, having, with_sheet
from nasty.books import (
    CODE,
    HEAD,
    HEADINGS,
    NAME,
    ONE,
    PLAIN,
    by_openpyxl,
    of_rows,
    old_book,
    row,
)
from nasty.zips import (
    MAIN,
    MIB,
    SHEET1,
    STRINGS,
    Entry,
    entry,
    repeated,
    save,
    sheet,
    workbook_parts,
    write,
)

BLANKS = b" " * MIB
LETTERS = b"A" * MIB
DTD = b'<!DOCTYPE x [<!ENTITY a "b">]>'
XML = b'<?xml version="1.0" encoding="UTF-8"?>'
TEXT_CELL = b'<row r="2"><c r="A2" t="inlineStr"><is><t>'


def around(block: bytes, times: int, start: bytes, end: bytes) -> Entry:
    """A worksheet of which one block is there very often."""
    head = sheet(HEAD).removesuffix(b"</sheetData></worksheet>")
    return repeated(head + start, block, times, end + b"</sheetData></worksheet>")


def strings(content: str, stated: int = 1) -> bytes:
    counts = f'count="{stated}" uniqueCount="{stated}"'
    return XML + f'<sst xmlns="{MAIN}" {counts}>{content}</sst>'.encode()


def laughing(root: bytes) -> bytes:
    """A document whose one entity stands for a thousand million others."""
    entities = "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    ).encode()
    return b'<!DOCTYPE x [<!ENTITY a0 "ha">' + entities + b"]>" + root


def hidden_bomb(path: Path) -> None:
    """A worksheet of 300 MiB that says it has a thousand bytes."""
    bomb = around(BLANKS, 300, b"", b"")
    save(path, {**GOOD, SHEET1: Entry(bomb.packed, 1000, bomb.crc)})


def many_entries(path: Path) -> None:
    media = ((f"xl/media/{i}.bin", entry(b"", 0)) for i in range(2500))
    write(path, [*((n, entry(c)) for n, c in GOOD.items()), *media])


def millions_of_entries(path: Path) -> None:
    """A directory that would be read into gigabytes of objects."""
    PLAIN(path)
    content = path.read_bytes()
    first = content.find(b"PK\1\2")
    end = content.rfind(b"PK\5\6")
    size = end - first
    name_size = int.from_bytes(content[first + 28 : first + 30], "little")
    one = content[first : first + 46 + name_size]
    directory = one * (64 * MIB // len(one))
    tail = bytearray(content[end:])
    tail[12:16] = (len(directory)).to_bytes(4, "little")
    assert size > 0
    path.write_bytes(content[:first] + directory + tail)


def far_column(path: Path) -> None:
    """A stray cell in the last column, and ten thousand rows below it."""
    stray = '<c r="XFD1" t="inlineStr"><is><t>x</t></is></c>'
    head = HEAD.replace("</row>", f"{stray}</row>")
    rows = "".join(row(i, "甲", CODE) for i in range(2, 10_002))
    save(path, workbook_parts({"登记": sheet(head + rows)}))


FAR_CELL = '<row r="1048576"><c r="G1048576" t="inlineStr"><is><t> </t></is></c></row>'


def far_rows(path: Path) -> None:
    """Ten small worksheets, each with a stray blank in the last row."""
    xml = sheet(HEAD + row(2, "甲", CODE) + FAR_CELL)
    save(path, workbook_parts({f"表{i}": xml for i in range(10)}))


def far_rows_of_old(path: Path) -> None:
    """An Excel 97 workbook of 18 kB with such a cell in each of sixty worksheets."""
    book = xlwt.Workbook(encoding="utf-8")
    for number in range(60):
        tab = book.add_sheet(f"表{number}")
        for column, heading in enumerate(HEADINGS):
            tab.write(0, column, heading)
        tab.write(65_535, 255, "x")
    book.save(str(path))


def one_text_often(path: Path) -> None:
    """A text of 30 kB that sixty thousand cells refer to."""
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(2, 60_000)
    )
    parts = workbook_parts({"登记": sheet(HEAD + rows)})
    save(path, parts | {STRINGS: strings(f"<si><t>{'甲' * 10_000}</t></si>")})


def many_sheets(book: Any) -> None:
    for number in range(70):
        book.create_sheet(f"表{number}")


def with_strings(content: bytes | Entry) -> Build:
    return having(**{STRINGS: content})


KINDS: dict[str, Nasty] = {
    "4 GB of blanks": Nasty(
        with_sheet(around(BLANKS, 4000, b"", b"")), NAME, **TOO_MUCH
    ),
    "a cell of 2 GB": Nasty(
        with_sheet(around(LETTERS, 2047, TEXT_CELL, b"</t></is></c></row>")),
        NAME,
        **TOO_MUCH,
    ),
    "a cell of 3 MB": Nasty(of_rows(row(2, "甲" * MIB, CODE)), NAME, **TOO_MUCH),
    "a shared string of 2 GB": Nasty(
        with_strings(
            repeated(XML + b"<sst><si><t>", LETTERS, 2047, b"</t></si></sst>")
        ),
        NAME,
        **TOO_MUCH,
    ),
    "80 million cells": Nasty(
        with_sheet(
            around(b"<c><v>1</v></c>" * 80_000, 1000, b'<row r="2">', b"</row>")
        ),
        NAME,
        **TOO_MUCH,
    ),
    "four thousand million shared strings": Nasty(
        with_strings(strings("<si><t>x</t></si>", 4_000_000_000)), NAME, **BROKEN
    ),
    "a cell in the last corner": Nasty(
        of_rows(
            row(2, "甲", CODE),
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ),
        NAME,
        **TOO_MUCH,
    ),
    "a cell in the last column": Nasty(far_column, NAME, **TOO_MUCH),
    "one long text in many cells": Nasty(one_text_often, NAME, **TOO_MUCH),
    "cells in the last row of ten worksheets": Nasty(far_rows, NAME, **TOO_MUCH),
    "cells in the last row of sixty old worksheets": Nasty(
        far_rows_of_old, "登记.xls", **TOO_MUCH
    ),
    "a cell in the last row and column of an xls": Nasty(
        old_book([HEADINGS, ["甲", CODE]], {(65_535, 255): "#N/A!"}),
        "登记.xls",
        rows=[ONE],
    ),
    "a row beyond the last": Nasty(
        of_rows(row(2, "甲", CODE), '<row r="99999999"><c r="A99999999"/></row>'),
        NAME,
        **TOO_MUCH,
    ),
    "an attribute of 2 MB": Nasty(
        of_rows(f'<row r="2" x="{"y" * 2 * MIB}"></row>'), NAME, **TOO_MUCH
    ),
    "a thousand million laughs": Nasty(
        with_sheet(laughing(sheet(row(1, "&a9;")).split(b"?>", 1)[1])), NAME, **BROKEN
    ),
    "laughs among the strings": Nasty(
        with_strings(laughing(b"<sst><si><t>&a9;</t></si></sst>")), NAME, **BROKEN
    ),
    "one long entity often": Nasty(
        with_sheet(
            b'<!DOCTYPE x [<!ENTITY a "'
            + b"A" * 100_000
            + b'">]>'
            + sheet(row(1, "&a;" * 20_000)).split(b"?>", 1)[1]
        ),
        NAME,
        **BROKEN,
    ),
    "an entity that is a file": Nasty(
        with_sheet(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x/>'),
        NAME,
        **BROKEN,
    ),
    "a DTD behind a long comment": Nasty(
        with_sheet(XML + b"<!--" + b"-x" * 5000 + b"-->" + DTD + b"<worksheet/>"),
        NAME,
        **BROKEN,
    ),
    "a DTD among the relations": Nasty(
        having(**{"xl/_rels/workbook.xml.rels": DTD + GOOD["_rels/.rels"]}),
        NAME,
        **BROKEN,
    ),
    "a hidden bomb of blanks": Nasty(hidden_bomb, NAME, **BROKEN),
    "a drawing of 70 MB": Nasty(
        having(
            **{
                "xl/drawings/drawing1.xml": repeated(
                    b"<x>", b"<y/>" * 256, 70_000, b"</x>"
                )
            }
        ),
        NAME,
        **TOO_MUCH,
    ),
    "2,500 parts": Nasty(many_entries, NAME, **TOO_MUCH),
    "a million parts": Nasty(millions_of_entries, NAME, **TOO_MUCH),
    "70 worksheets": Nasty(by_openpyxl([HEADINGS], many_sheets), NAME, **TOO_MUCH),
}
