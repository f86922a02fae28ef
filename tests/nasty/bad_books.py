"""Workbooks that must be refused: they lie, are damaged or are something else."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nasty import Nasty
from nasty.books import (
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
    SHEET1,
    Entry,
    entry,
    packed_otherwise,
    relations,
    save,
    sheet,
    workbook_parts,
    write,
)

Build = Callable[[Path], None]

GOOD = workbook_parts({"登记": sheet(HEAD + row(2, "甲", CODE))})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def having(**parts: bytes | Entry) -> Build:
    """A good workbook with parts put in or replaced; `__` stands for `/`."""
    changed = {n.replace("__", "/"): p for n, p in parts.items()}
    return lambda path: save(path, {**GOOD, **changed})


def with_sheet(content: bytes | Entry) -> Build:
    return having(**{SHEET1: content})


def bytes_of(content: bytes) -> Build:
    return lambda path: path.write_bytes(content) and None


def lying(size: int) -> Build:
    """A worksheet of which the directory states another size."""
    honest = entry(sheet(HEAD + row(2, "甲", CODE)))
    return with_sheet(Entry(honest.packed, size, honest.crc))


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
        headings_far_below, NAME, "HEADINGS", ("平台只在前 30 行中查找表头",)
    ),
}

REFUSED = DAMAGED | OTHER
