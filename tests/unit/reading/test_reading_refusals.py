"""Files that are not read: each ends in a code, a notice and a remedy."""

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlwt
from reading_samples import CODE, PENALTY, REGISTRATION, Drop

from guiji.catalog.model import DeliveryLimits
from guiji.core.errors import BatchRefused
from guiji.reading.limits import MIB, Limits
from guiji.reading.limits import of as limits_of

SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(rows: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for row in [["企业名称", "统一社会信用代码"], *[["甲", CODE]] * rows]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_parts(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with some parts put in or replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(stream, "w", packing) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return stream.getvalue()


def zipped(names: list[str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


def ole(stream: str) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + stream.encode("utf-16-le") + bytes(512)


def archive() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz"):
        pass
    return stream.getvalue()


def lying() -> bytes:
    """A zip that declares another checksum than the part has."""
    content = bytearray(workbook())
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x05\x06"))
    for place in range(16, 20):
        content[at + place] ^= 0xFF
    return bytes(content)


SHEET1 = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
CASES = {
    "nothing": (b"", "EMPTY_FILE"),
    "blanks": (b" \r\n\t\n" * 3, "EMPTY_FILE"),
    "many blanks": (b" \r\n" * 5000, "EMPTY_FILE"),
    "only a mark": (b"\xef\xbb\xbf", "EMPTY_FILE"),
    "only delimiters": (b",,,\n,,,\n", "EMPTY_FILE"),
    "noise": (bytes(range(1, 256)) * 40, "UNKNOWN_FILE"),
    "prose": ("今日无数据。".encode(), "UNKNOWN_FILE"),
    "a cut zip": (workbook()[:-200], "UNREADABLE"),
    "a wrong checksum": (lying(), "UNREADABLE"),
    "no sheet data": (with_parts({SHEET1: b"<x"}), "UNREADABLE"),
    "a DTD": (
        with_parts({SHEET1: b'<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.encode()}),
        "UNREADABLE",
    ),
    "UTF-16 parts": (with_parts({SHEET1: SHEET.encode("utf-16")}), "UNREADABLE"),
    "a part twice": (with_parts({"XL/Worksheets/Sheet1.xml": b"<x/>"}), "UNREADABLE"),
    "an odd packing": (with_parts({}, zipfile.ZIP_BZIP2), "UNREADABLE"),
    "strings that are not there": (
        with_parts({STRINGS: b'<sst count="4000000000" uniqueCount="4000000000"/>'}),
        "UNREADABLE",
    ),
    "a far cell": (
        with_parts(
            {
                SHEET1: SHEET.format(
                    '<row r="1"><c r="A1"><v>1</v></c></row>'
                    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                ).encode()
            }
        ),
        "TOO_BIG",
    ),
    "a bomb of blanks": (
        with_parts({SHEET1: SHEET.format(" " * (40 * MIB)).encode()}),
        "TOO_BIG",
    ),
    "too many parts": (zipped(["xl/workbook.xml", *map(str, range(2001))]), "TOO_BIG"),
    "an encrypted workbook": (ole("EncryptedPackage"), "ENCRYPTED"),
    "a broken xls": (ole("Workbook"), "UNREADABLE"),
    "a Word file": (ole("WordDocument"), "KIND_DOCUMENT"),
    "a docx": (zipped(["[Content_Types].xml", "word/document.xml"]), "KIND_DOCUMENT"),
    "an xlsb": (zipped(["xl/workbook.bin"]), "KIND_XLSB"),
    "a zip": (zipped(["登记.csv"]), "KIND_ZIP"),
    "a rar": (b"Rar!\x1a\x07\x01\0" + bytes(100), "KIND_ARCHIVE"),
    "a tar.gz": (archive(), "KIND_ARCHIVE"),
    "a PDF": (b"%PDF-1.7\n%x", "KIND_PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "KIND_IMAGE"),
    "a page": (b"\n<html><table><tr><td>1</td></tr></table></html>", "KIND_HTML"),
    "XML of 2003": (b'<?xml version="1.0"?><Workbook/>', "KIND_XML"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_unusable_file_is_refused(drop: Drop, case: str) -> None:
    content, code = CASES[case]
    with pytest.raises(BatchRefused) as caught:
        drop.read(content, name="某表.xlsx", limits=replace(Limits(), wall_seconds=60))
    assert caught.value.code == code
    assert "《某表.xlsx》" in caught.value.notice
    assert caught.value.remedy.endswith("。")
    assert list(drop.out.glob("*")) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(workbook_bytes=1000), "TOO_BIG"),
        (Limits(zip_entries=3), "TOO_BIG"),
        (Limits(unpacked_bytes=1000), "TOO_BIG"),
        (Limits(part_bytes=400), "TOO_BIG"),
        (Limits(small_part_bytes=100), "TOO_BIG"),
        (Limits(tagless_bytes=3), "TOO_BIG"),
        (Limits(ratio=1, ratio_floor=100), "TOO_BIG"),
        (Limits(sheets=0), "TOO_BIG"),
        (Limits(sheet_rows=2), "TOO_BIG"),
        (Limits(cells=5), "TOO_BIG"),
        (Limits(box=5), "TOO_BIG"),
        (Limits(rows=1), "TOO_BIG"),
        (Limits(wall_seconds=0.001), "TIMEOUT"),
        (Limits(cpu_seconds=0), "TIMEOUT"),
        (Limits(output_bytes=10), "UNREADABLE"),
    ],
)
def test_limits_of_a_workbook(drop: Drop, limits: Limits, code: str) -> None:
    with pytest.raises(BatchRefused, match=code):
        drop.read(workbook(rows=2), limits=limits)


def test_the_memory_limit_ends_the_child_only(drop: Drop) -> None:
    content = workbook(rows=20_000)
    with pytest.raises(BatchRefused, match="UNREADABLE|TOO_BIG"):
        drop.read(content, limits=Limits(memory_bytes=2 * MIB))
    assert drop.read(content)[0].rows_read == 20_000


@pytest.mark.parametrize(
    "limits", [Limits(text_bytes=20), Limits(rows=1), Limits(line_bytes=100)]
)
def test_limits_of_a_text_file(drop: Drop, limits: Limits) -> None:
    lines = ["企业名称,统一社会信用代码", f"甲,{CODE}", f"{'乙' * MIB},{CODE}"]
    with pytest.raises(BatchRefused, match="TOO_BIG|LINE_TOO_LONG"):
        drop.text("\n".join(lines), limits=limits)


def test_a_protected_xls_is_encrypted_or_read(drop: Drop, tmp_path: Path) -> None:
    """Protection against editing needs no password to read."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("登记")
    sheet.protect = True
    for column, text in enumerate(["企业名称", "统一社会信用代码"]):
        sheet.write(0, column, text)
    path = tmp_path / "protected"
    book.save(str(path))
    assert drop.read(path)[0].rows_read == 0


def test_the_catalogue_says_otherwise(drop: Drop) -> None:
    """What one of the department's datasets allows is allowed."""
    narrow = REGISTRATION.model_copy(update={"limits": DeliveryLimits(rows=1)})
    with pytest.raises(BatchRefused, match="TOO_BIG"):
        drop.read(workbook(rows=2), candidates=[narrow])
    assert drop.read(workbook(rows=2), candidates=[narrow, PENALTY])[0].rows_read == 2


def test_limits_of_the_catalogue_have_units() -> None:
    wide = REGISTRATION.model_copy(
        update={"limits": DeliveryLimits(workbook_mib=300, seconds=360)}
    )
    found, usual = limits_of([wide, PENALTY]), Limits()
    assert found.workbook_bytes == 300 * MIB
    assert (found.cpu_seconds, found.wall_seconds) == (360, 480.0)
    assert (found.text_bytes, found.rows) == (usual.text_bytes, usual.rows)


@pytest.mark.parametrize("state", ["hidden", "veryHidden", "empty"])
def test_no_visible_data(drop: Drop, state: str) -> None:
    book = openpyxl.Workbook()
    if state != "empty":
        sheet = book.create_sheet("登记")
        sheet.append(["企业名称", "统一社会信用代码"])
        sheet.sheet_state = state
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(BatchRefused, match="NO_DATA_SHEET"):
        drop.read(stream.getvalue())
