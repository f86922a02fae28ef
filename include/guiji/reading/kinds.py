"""What a file is, told by its content: names and suffixes are often wrong."""

import codecs
import struct
import zipfile
from enum import StrEnum
from pathlib import Path

from guiji.reading.workbooks import directory

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
PARTS = 5000
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, and the encoding that each tells."""

OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""Record BOF and its length, with which sheets of Excel 2, 3 and 4 begin."""

FLAT = "urn:oasis:names:tc:opendocument:xmlns:office"
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


class Kind(StrEnum):
    """Kinds of file; `TEXT` is what is left."""

    EMPTY = "empty"
    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"  # BIFF in OLE: Excel 97 and the .et of WPS
    ODS = "ods"
    XLSB = "xlsb"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    CROWDED = "crowded"  # a zip of too many parts
    ZIP = "zip"
    ARCHIVE = "archive"
    HTML = "html"
    XML = "xml"
    XML2003 = "xml2003"  # "XML Spreadsheet 2003"
    ARCHIVED_PAGE = "archived_page"  # MHTML
    FLAT_ODS = "flat_ods"  # OpenDocument in one XML file
    OLD_XLS = "old_xls"  # BIFF 2 to 4 without OLE; macro sheets of Excel 4 among them
    PDF = "pdf"
    IMAGE = "image"
    DOCUMENT = "document"


def tell(path: Path, zip_entries: int = 2000) -> Kind:
    """Return a file's kind by its bytes.

    Args:
        path: the file.
        zip_entries: parts that a zip may have.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0 \r\n\t") and path.stat().st_size <= len(head):
        return Kind.EMPTY
    if head.startswith(ZIP):
        crowded = directory.too_large(path, zip_entries)
        return Kind.CROWDED if crowded else _zip_kind(path)
    if head.startswith(OLE):
        return _ole_kind(path)
    for kind, marks in (
        (Kind.ARCHIVE, ARCHIVES),
        (Kind.IMAGE, IMAGES),
        (Kind.PDF, (b"%PDF",)),
        (Kind.OLD_XLS, OLD_BIFF),
    ):
        if head.startswith(marks):
            return kind
    return _text_kind(head)


def _text_kind(head: bytes) -> Kind:
    start = _plain(head).lstrip().lower()
    if start.startswith("mime-version:"):
        return Kind.ARCHIVED_PAGE
    if not start.startswith("<"):
        return Kind.TEXT
    if SPREADSHEET in start:
        return Kind.XML2003
    if start.startswith("<?xml") and FLAT in start:
        return Kind.FLAT_ODS
    if any(mark in start for mark in ("<table", "<html", "<meta", "<!doctype html")):
        return Kind.HTML
    return Kind.XML if start.startswith(("<?xml", "<!doctype")) else Kind.TEXT


def _plain(head: bytes) -> str:
    """Decode the first bytes as far as their ASCII goes."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "ignore")
    return head.decode("latin-1")


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as file:
            names = [i.filename for i in file.infolist()[:PARTS]]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return Kind.BROKEN
    parts = {n.replace("\\", "/").lstrip("/").lower() for n in names}
    if "xl/workbook.xml" in parts:
        return Kind.XLSX
    if "xl/workbook.bin" in parts:
        return Kind.XLSB
    if "content.xml" in parts:
        return Kind.ODS
    if "[content_types].xml" in parts:
        return Kind.DOCUMENT
    return Kind.ZIP


def _ole_kind(path: Path) -> Kind:
    """Find stream names in the directory, which is near either end of the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
        if len(head) < 512 or _directory_place(head) >= size:
            return Kind.BROKEN
        file.seek(0)
        content = file.read(2 << 20)
        file.seek(max(len(content), size - (1 << 20)))
        content += file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Kind.ENCRYPTED
    if any(n.encode("utf-16-le") in content for n in ("Workbook", "Book")):
        return Kind.XLS
    return Kind.DOCUMENT


def _directory_place(head: bytes) -> int:
    """Return where an OLE file's directory begins."""
    (shift,) = struct.unpack_from("<H", head, 30)
    (sector,) = struct.unpack_from("<I", head, 48)
    return int(sector + 1 << min(shift, 16))
