"""A new workbook, written directly as XML: the same bytes for the same content.

It holds what a returned workbook needs and no more: texts, a few looks, comments,
links, merged cells, one document property. For 10,000 cells openpyxl takes four times
as long, and 0.15 seconds to load; `benchmarks/returned_workbooks.py` measures both.

Source: ECMA-376, part 1 (SpreadsheetML) and part 2 (packages).
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from guiji.core.undated_zip import entry, in_utc
from guiji.outbox.returned.sheet_model import AUTHOR, SheetLayout
from guiji.outbox.returned.style_sheet import MAIN, StyleSheet
from guiji.outbox.returned.worksheet_xml import DOCUMENT, DRAWING, Worksheet, quoted

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006"
USER_DEFINED = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""Format of the properties that a user adds ([MS-OSHARED] 2.3.3.2.2.1.1)."""

LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
"""What spreadsheets do not open: longer names of sheets, and these signs in them."""

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class _Part:
    """A part of the package: its name, and its content type if it needs one stated."""

    name: str
    kind: str


class WorkbookWriter:
    """A workbook that is being written, sheet after sheet."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        """Begin a workbook.

        Args:
            file: a new zip.
        """
        self._file = file
        self._styles = StyleSheet()
        self._names: list[str] = []
        self._parts: list[_Part] = []

    @contextmanager
    def sheet(self, layout: SheetLayout) -> Iterator[Worksheet]:
        """Add a sheet; its rows are written in the context.

        Args:
            layout: its name is changed where no spreadsheet would open it, or where
                there is a sheet of that name; the sheet's own layout has the new one.
        """
        layout = replace(layout, name=self._free(layout.name))
        self._names.append(layout.name)
        number = len(self._names)
        part = self._added(f"xl/worksheets/sheet{number}.xml", f"{KIND}.worksheet+xml")
        with self._file.open(part, "w") as stream:
            stream.write(_DECLARATION.encode())
            sheet = Worksheet(layout, stream, self._styles)
            yield sheet
            sheet.finish()
        parts = sheet.comments()
        if parts is None:
            return
        said, boxes = parts
        self._write(f"xl/comments{number}.xml", said, f"{KIND}.comments+xml")
        drawing = f"xl/drawings/vmlDrawing{number}.vml"
        self._file.writestr(entry(drawing), boxes)
        links = _relation("comments", "comments", f"../comments{number}.xml")
        links += _relation(DRAWING, "vmlDrawing", f"../drawings/vmlDrawing{number}.vml")
        self._relate(f"xl/worksheets/_rels/sheet{number}.xml.rels", links)

    def finish(self, instant: datetime, property_name: str, value: str) -> None:
        """Write the parts that tell of the others.

        Args:
            instant: what the workbook states as the time of its making.
            property_name: name of a document property.
            value: its text.
        """
        self._write("xl/styles.xml", self._styles.xml(), f"{KIND}.styles+xml")
        self._write("xl/workbook.xml", self._workbook(), f"{KIND}.sheet.main+xml")
        sheets = [
            _relation(f"sheet{number}", "worksheet", f"worksheets/sheet{number}.xml")
            for number in range(1, len(self._names) + 1)
        ]
        styles = _relation("styles", "styles", "styles.xml")
        self._relate("xl/_rels/workbook.xml.rels", "".join([*sheets, styles]))
        core = "application/vnd.openxmlformats-package.core-properties+xml"
        self._write("docProps/core.xml", _core(instant), core)
        custom = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
        self._write("docProps/custom.xml", _custom(property_name, value), custom)
        self._relate("_rels/.rels", _ROOT)
        self._file.writestr(entry("[Content_Types].xml"), self._content_types())

    def _free(self, name: str) -> str:
        """Return a name that spreadsheets open and no other sheet has."""
        usual = _NOT_IN_NAMES.sub("_", name)[:LONGEST_NAME]
        taken = {other.lower() for other in self._names}
        free, number = usual, 1
        while free.lower() in taken:
            free = f"{usual[: LONGEST_NAME - len(str(number))]}{number}"
            number += 1
        return free

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name="{quoted(name)}" sheetId="{number}" r:id="sheet{number}"/>'
            for number, name in enumerate(self._names, start=1)
        )
        return (
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><workbookPr/><bookViews>'
            f"<workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
        )

    def _content_types(self) -> str:
        stated = "".join(
            f'<Override PartName="/{part.name}" ContentType="{part.kind}"/>'
            for part in self._parts
        )
        return (
            f'{_DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="vml" ContentType='
            '"application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            f"{stated}</Types>"
        )

    def _added(self, name: str, kind: str) -> zipfile.ZipInfo:
        self._parts.append(_Part(name, kind))
        return entry(name)

    def _write(self, name: str, xml: str, kind: str) -> None:
        self._file.writestr(self._added(name, kind), _DECLARATION + xml)

    def _relate(self, name: str, relations: str) -> None:
        xml = f'<Relationships xmlns="{PACKAGE}/relationships">{relations}'
        self._file.writestr(entry(name), f"{_DECLARATION}{xml}</Relationships>")


@contextmanager
def written(path: Path) -> Iterator[WorkbookWriter]:
    """Yield the writer of a new workbook; `finish` must be called on it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        yield WorkbookWriter(file)


def _relation(name: str, kind: str, target: str, family: str = DOCUMENT) -> str:
    return f'<Relationship Id="{name}" Type="{family}/{kind}" Target="{target}"/>'


_ROOT = (
    _relation("workbook", "officeDocument", "xl/workbook.xml")
    + _relation(
        "core",
        "metadata/core-properties",
        "docProps/core.xml",
        f"{PACKAGE}/relationships",
    )
    + _relation("custom", "custom-properties", "docProps/custom.xml")
)


def _core(instant: datetime) -> str:
    stated = in_utc(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
    times = "".join(
        f'<dcterms:{what} xsi:type="dcterms:W3CDTF">{stated}</dcterms:{what}>'
        for what in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{AUTHOR}</dc:creator>{times}</cp:coreProperties>"
    )


def _custom(name: str, value: str) -> str:
    return (
        f'<Properties xmlns="{PROPERTIES}/custom-properties"'
        f' xmlns:vt="{PROPERTIES}/docPropsVTypes"><property fmtid="{USER_DEFINED}"'
        f' pid="2" name="{quoted(name)}"><vt:lpwstr>{quoted(value)}</vt:lpwstr>'
        "</property></Properties>"
    )
