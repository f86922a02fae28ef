"""Zips and workbooks byte by byte, so that they can lie."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
STORED, DEFLATED = 0, 8

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"

SHEET1 = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Entry:
    """A part of a zip, with what its directory says of it."""

    packed: bytes
    size: int
    crc: int
    method: int = DEFLATED
    flags: int = 0


def entry(content: bytes, method: int = DEFLATED) -> Entry:
    """Pack a part honestly."""
    packed = content
    if method == DEFLATED:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
    return Entry(packed, len(content), zlib.crc32(content), method)


def repeated(start: bytes, block: bytes, times: int, end: bytes) -> Entry:
    """Pack `start`, many times the same block, and `end`, without doing it each time.

    The checksum is wrong: computing it would take longer than the tests do.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * times + packer.compress(end) + packer.flush()
    return Entry(packed, len(start) + len(block) * times + len(end), 0)


def write(path: Path, entries: Iterable[tuple[str, Entry]]) -> None:
    """Write a zip of entries, duplicates and all."""
    directory, at, count = b"", 0, 0
    with path.open("wb") as file:
        for name, part in entries:
            raw = name.encode()
            shared = struct.pack(
                "<HHHHHIIIHH",
                *(20, part.flags | 0x800, part.method, 0, 33),
                *(part.crc, len(part.packed), part.size, len(raw), 0),
            )
            file.write(b"PK\3\4" + shared + raw + part.packed)
            place = struct.pack("<HHHII", 0, 0, 0, 0, at)
            directory += b"PK\1\2" + struct.pack("<H", 20) + shared + place + raw
            at = file.tell()
            count += 1
        file.write(directory)
        counts = struct.pack("<HHHH", 0, 0, count & 0xFFFF, count & 0xFFFF)
        end = struct.pack("<IIH", len(directory), at, 0)
        file.write(b"PK\5\6" + counts + end)


def sheet(rows: str, start: str = "", end: str = "", main: str = MAIN) -> bytes:
    """Write a worksheet's XML around its rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{main}">{start}'
        f"<sheetData>{rows}</sheetData>{end}</worksheet>"
    ).encode()


def relations(*targets: tuple[str, str], office: str = OFFICE) -> bytes:
    """Write relations rId1, rId2 … of kind and target."""
    lines = (
        f'<Relationship Id="rId{i}" Type="{office}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">'
        f"{''.join(lines)}</Relationships>"
    ).encode()


FORMATS = (
    "yyyy-mm-dd",
    'yyyy"年"m"月"d"日"',
    '[DBNum1][$-804]yyyy"年"m"月"d"日";@',
    "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    "h:mm:ss",
    "[h]:mm:ss",
)
"""Number formats of the cell styles 1, 2, 3 …"""


def styles(main: str = MAIN) -> bytes:
    """Write cell styles 0 (General) and one for each of `FORMATS`."""
    quoted = [f.replace('"', "&quot;") for f in FORMATS]
    known = "".join(
        f'<numFmt numFmtId="{164 + i}" formatCode="{f}"/>' for i, f in enumerate(quoted)
    )
    used = "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        for n in (0, *range(164, 164 + len(FORMATS)))
    )
    return (
        f'<?xml version="1.0"?><styleSheet xmlns="{main}">'
        f'<numFmts count="{len(FORMATS)}">{known}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
        f'</cellStyleXfs><cellXfs count="{len(FORMATS) + 1}">{used}</cellXfs>'
        "</styleSheet>"
    ).encode()


def workbook_parts(
    sheets: Mapping[str, bytes], *, workbook: str = "", strict: bool = False
) -> dict[str, bytes]:
    """Return the parts of a workbook.

    Args:
        sheets: name of a tab -> XML of its worksheet.
        workbook: XML before the list of tabs.
        strict: whether to use the namespaces of the ISO standard.
    """
    main, office = (STRICT_MAIN, STRICT_OFFICE) if strict else (MAIN, OFFICE)
    tabs = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(sheets, 1)
    )
    kinds = [("worksheet", f"worksheets/sheet{i + 1}.xml") for i in range(len(sheets))]
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{types}.{kind}+xml"/>'
        for kind, part in [("sheet.main", "workbook.xml"), *kinds]
    )
    return {
        "[Content_Types].xml": (
            f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f"{overrides}</Types>"
        ).encode(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml"), office=office),
        "xl/workbook.xml": (
            f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{office}">'
            f"{workbook}<sheets>{tabs}</sheets></workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": relations(
            *kinds,
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            office=office,
        ),
        "xl/styles.xml": styles(main),
        STRINGS: f'<?xml version="1.0"?><sst xmlns="{main}"/>'.encode(),
        **{
            f"xl/worksheets/sheet{i}.xml": xml
            for i, xml in enumerate(sheets.values(), 1)
        },
    }


def save(path: Path, parts: Mapping[str, bytes | Entry]) -> None:
    """Write parts as a zip; those not packed yet are packed."""
    write(
        path,
        (
            (name, part if isinstance(part, Entry) else entry(part))
            for name, part in parts.items()
        ),
    )


def packed_otherwise(path: Path, parts: Mapping[str, bytes], method: int) -> None:
    """Write parts as a zip by a way of packing that workbooks do not use."""
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
