"""Workbooks and archives that must be refused: bombs, lies, damage, other kinds."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nasty import Nasty
from nasty.odd_books import (
    CODE,
    HEAD,
    HEADINGS,
    NAME,
    OLD,
    PLAIN,
    by_openpyxl,
    of_rows,
    row,
)
from nasty.zips import (
    DEFLATED,
    MAIN,
    MIB,
    SHEET1,
    STRINGS,
    Entry,
    entry,
    packed_otherwise,
    relations,
    repeated,
    save,
    sheet,
    workbook_parts,
    write,
)

Build = Callable[[Path], None]

GOOD = workbook_parts({"登记": sheet(HEAD + row(2, "甲", CODE))})
BLANKS = b" " * MIB
LETTERS = b"A" * MIB
DTD = b'<!DOCTYPE x [<!ENTITY a "b">]>'
XML = b'<?xml version="1.0" encoding="UTF-8"?>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def having(**parts: bytes | Entry) -> Build:
    """A good workbook with parts put in or replaced; `__` stands for `/`."""
    changed = {n.replace("__", "/"): p for n, p in parts.items()}
    return lambda path: save(path, {**GOOD, **changed})


def with_sheet(content: bytes | Entry) -> Build:
    return having(**{SHEET1: content})


def with_strings(content: bytes | Entry) -> Build:
    return having(**{STRINGS: content})


def bytes_of(content: bytes) -> Build:
    return lambda path: path.write_bytes(content) and None


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


def lying(size: int) -> Build:
    """A worksheet of which the directory states another size."""
    honest = entry(sheet(HEAD + row(2, "甲", CODE)))
    return with_sheet(Entry(honest.packed, size, honest.crc))


def hidden_bomb(path: Path) -> None:
    """A worksheet of 300 MiB that says it has a thousand bytes."""
    bomb = around(BLANKS, 300, b"", b"")
    save(path, {**GOOD, SHEET1: Entry(bomb.packed, 1000, bomb.crc)})


def wrong_checksum(path: Path) -> None:
    honest = entry(sheet(HEAD + row(2, "甲", CODE)))
    changed = Entry(honest.packed, honest.size, honest.crc ^ 1)
    save(path, {**GOOD, SHEET1: changed})


def twice(path: Path) -> None:
    parts = [(n, entry(c)) for n, c in GOOD.items()]
    write(path, [*parts, ("XL/Worksheets/Sheet1.xml", entry(b"<x/>"))])


def flagged(path: Path) -> None:
    save(path, {n: _flagged(entry(c)) for n, c in GOOD.items()})


def _flagged(part: Entry) -> Entry:
    return Entry(part.packed, part.size, part.crc, part.method, flags=1)


def overlapping(path: Path) -> None:
    """Two entries of the directory that share the bytes of one part."""
    save(path, GOOD | {"xl/media/1.bin": b"x" * 5000})
    content = bytearray(path.read_bytes())
    last = content.rfind(b"PK\1\2")
    place = content.rfind(b"PK\1\2", 0, last)
    content[last + 42 : last + 46] = content[place + 42 : place + 46]
    path.write_bytes(content)


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


def cut(build: Build, keep: float) -> Build:
    def made(path: Path) -> None:
        build(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])

    return made


def changed(build: Build, old: bytes, new: bytes) -> Build:
    """A file with a few of its bytes replaced; they must be there."""

    def made(path: Path) -> None:
        build(path)
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return made


def circling(path: Path) -> None:
    """An Excel 97 workbook of which a sector is its own successor."""
    OLD(path)
    content = bytearray(path.read_bytes())
    table = 512 * (1 + int.from_bytes(content[76:80], "little"))
    start = content.index("Workbook".encode("utf-16-le"))
    sector = int.from_bytes(content[start + 116 : start + 120], "little")
    place = table + 4 * sector
    content[place : place + 4] = sector.to_bytes(4, "little")
    path.write_bytes(content)


def ole(stream: str) -> bytes:
    return OLE + bytes(504) + stream.encode("utf-16-le") + bytes(512)


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, content)
    return stream.getvalue()


def far_column(path: Path) -> None:
    """A stray cell in the last column, and ten thousand rows below it."""
    stray = '<c r="XFD1" t="inlineStr"><is><t>x</t></is></c>'
    head = HEAD.replace("</row>", f"{stray}</row>")
    rows = "".join(row(i, "甲", CODE) for i in range(2, 10_002))
    save(path, workbook_parts({"登记": sheet(head + rows)}))


def many_sheets(book: Any) -> None:
    for number in range(70):
        book.create_sheet(f"表{number}")


def only_hidden(book: Any) -> None:
    book.active.sheet_state = "hidden"
    book.create_sheet("空")


def second_dataset(book: Any) -> None:
    titles = ["行政相对人名称", "处罚决定日期", "行政处罚决定书文号"]
    book.create_sheet("处罚").append(titles)


def headings_far_below(path: Path) -> None:
    words = "".join(row(i, "说明", "无") for i in range(1, 60))
    rows = words + row(60, *HEADINGS) + row(61, "甲", CODE)
    save(path, workbook_parts({"登记": sheet(rows)}))


TOO_MUCH = {"code": "TOO_BIG", "says": ("删除表格外多余的空行空列",)}
BROKEN = {"code": "UNREADABLE", "says": ("另存为 .xlsx",)}
TEXT_CELL = b'<row r="2"><c r="A2" t="inlineStr"><is><t>'

BOMBS: dict[str, Nasty] = {
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

DAMAGED: dict[str, Nasty] = {
    "nothing": Nasty(bytes_of(b""), NAME, "EMPTY_FILE", ("零报告",)),
    "half a zip": Nasty(cut(PLAIN, 0.5), NAME, **BROKEN),
    "a zip without its end": Nasty(cut(PLAIN, 0.98), NAME, **BROKEN),
    "half an xls": Nasty(cut(OLD, 0.5), NAME, **BROKEN),
    "a wrong checksum": Nasty(wrong_checksum, NAME, **BROKEN),
    "a size too small": Nasty(lying(100), NAME, **BROKEN),
    "a size too large": Nasty(lying(100_000), NAME, **BROKEN),
    "a size beyond belief": Nasty(lying(3 << 30), NAME, **TOO_MUCH),
    "a part twice": Nasty(twice, NAME, **BROKEN),
    "parts that overlap": Nasty(overlapping, NAME, **BROKEN),
    "a part outside the zip": Nasty(
        having(**{"xl/../../../tmp/x.xml": b"<x/>"}), NAME, **BROKEN
    ),
    "packed by bzip2": Nasty(
        lambda path: packed_otherwise(path, GOOD, zipfile.ZIP_BZIP2), NAME, **BROKEN
    ),
    "packed by LZMA": Nasty(
        lambda path: packed_otherwise(path, GOOD, zipfile.ZIP_LZMA), NAME, **BROKEN
    ),
    "a deflated part that is noise": Nasty(
        with_sheet(Entry(b"\xff" * 500, 500, 0, DEFLATED)), NAME, **BROKEN
    ),
    "UTF-16 in a part": Nasty(
        with_sheet(sheet(HEAD).decode().encode("utf-16")), NAME, **BROKEN
    ),
    "UTF-16 without a mark": Nasty(
        with_sheet(sheet(HEAD).decode().encode("utf-16-le")), NAME, **BROKEN
    ),
    "UTF-7 in a part": Nasty(
        with_sheet(sheet(HEAD).replace(b"UTF-8", b"UTF-7")), NAME, **BROKEN
    ),
    "a part that is no XML": Nasty(with_sheet(b"{}"), NAME, **BROKEN),
    "XML that breaks off": Nasty(with_sheet(sheet(HEAD)[:-40]), NAME, **BROKEN),
    "no worksheet where one is promised": Nasty(
        lambda path: save(path, {n: c for n, c in GOOD.items() if n != SHEET1}),
        NAME,
        **BROKEN,
    ),
    "a worksheet outside the zip": Nasty(
        having(
            **{
                "xl/_rels/workbook.xml.rels": relations(
                    ("worksheet", "../../../../etc/passwd")
                )
            }
        ),
        NAME,
        **BROKEN,
    ),
    "a workbook part that is noise": Nasty(
        having(**{"xl/workbook.xml": b"<" + bytes(range(1, 256))}), NAME, **BROKEN
    ),
    "an error without an address": Nasty(
        of_rows('<row r="2"><c t="e"><v>#N/A</v></c></row>'), NAME, **BROKEN
    ),
    "an xls going in circles": Nasty(circling, NAME, **BROKEN),
    "an xls of noise": Nasty(
        bytes_of(ole("Workbook") + bytes(range(256)) * 40), NAME, **BROKEN
    ),
}

OTHER: dict[str, Nasty] = {
    "an xls with a password": Nasty(
        changed(OLD, b"\x19\x00\x02\x00", b"\x2f\x00\x02\x00"),
        NAME,
        "ENCRYPTED",
        ("取消文件密码",),
    ),
    "an xlsx with a password": Nasty(
        bytes_of(ole("EncryptedPackage")), NAME, "ENCRYPTED", ("取消文件密码",)
    ),
    "a zip with a password": Nasty(flagged, NAME, "ENCRYPTED", ("取消文件密码",)),
    "an xlsb": Nasty(
        bytes_of(zipped("xl/workbook.bin", b"")), NAME, "KIND_XLSB", ("*.xlsx",)
    ),
    "a zip": Nasty(
        bytes_of(zipped("登记.csv", b"")), NAME, "KIND_ZIP", ("直接放入报送文件夹",)
    ),
    "a workbook in a zip": Nasty(
        bytes_of(zipped("登记.xlsx", b"PK\3\4")), NAME, "KIND_ZIP", ("逐个",)
    ),
    "a rar": Nasty(bytes_of(b"Rar!\x1a\x07\x01\0" + bytes(90)), NAME, "KIND_ARCHIVE"),
    "a 7z": Nasty(
        bytes_of(b"7z\xbc\xaf\x27\x1c" + bytes(90)), NAME, "KIND_ARCHIVE", ("逐个",)
    ),
    "a gzip": Nasty(bytes_of(b"\x1f\x8b\x08" + bytes(90)), NAME, "KIND_ARCHIVE"),
    "a docx": Nasty(
        lambda path: save(
            path, {"[Content_Types].xml": b"<x/>", "word/a.xml": b"<x/>"}
        ),
        NAME,
        "KIND_DOCUMENT",
        ("模板",),
    ),
    "a Word file": Nasty(bytes_of(ole("WordDocument")), NAME, "KIND_DOCUMENT"),
    "a PDF": Nasty(bytes_of(b"%PDF-1.7\n%x"), NAME, "KIND_PDF", ("原始电子表格",)),
    "a picture": Nasty(bytes_of(b"\x89PNG\r\n\x1a\n" + bytes(50)), NAME, "KIND_IMAGE"),
    "nothing but hidden sheets": Nasty(
        by_openpyxl([HEADINGS, ["甲", CODE]], only_hidden),
        NAME,
        "NO_DATA_SHEET",
        ("取消隐藏",),
    ),
    "sheets of two datasets": Nasty(
        by_openpyxl([HEADINGS, ["甲", CODE]], second_dataset),
        NAME,
        "SEVERAL_DATASETS",
        ("分别报送",),
    ),
    "headings too far below": Nasty(
        headings_far_below, NAME, "HEADINGS", ("缺少：企业名称",)
    ),
}

REFUSED = BOMBS | DAMAGED | OTHER
