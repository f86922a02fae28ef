"""What a file is, told by its content: names and suffixes are often wrong."""

import zipfile
from enum import StrEnum
from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
PARTS = 5000


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
    ZIP = "zip"
    ARCHIVE = "archive"
    HTML = "html"
    XML = "xml"
    PDF = "pdf"
    IMAGE = "image"
    DOCUMENT = "document"


WORKBOOKS = (Kind.XLSX, Kind.XLS, Kind.ODS)


def tell(path: Path) -> Kind:
    """Tell a file's kind by its bytes."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\0 \r\n\t") and path.stat().st_size <= len(head):
        return Kind.EMPTY
    if head.startswith(ZIP):
        return _zip_kind(path)
    if head.startswith(OLE):
        return _ole_kind(path)
    for kind, marks in (
        (Kind.ARCHIVE, ARCHIVES),
        (Kind.IMAGE, IMAGES),
        (Kind.PDF, (b"%PDF",)),
    ):
        if head.startswith(marks):
            return kind
    return _text_kind(head)


def _text_kind(head: bytes) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<?xml"):
        return Kind.XML
    if start.startswith(b"<") and any(
        mark in start for mark in (b"<table", b"<html", b"<meta", b"<!doctype")
    ):
        return Kind.HTML
    return Kind.TEXT


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
    """Look for stream names in the directory, which is near either end of the file."""
    with path.open("rb") as file:
        content = file.read(2 << 20)
        file.seek(max(len(content), path.stat().st_size - (1 << 20)))
        content += file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Kind.ENCRYPTED
    if any(n.encode("utf-16-le") in content for n in ("Workbook", "Book")):
        return Kind.XLS
    return Kind.DOCUMENT
