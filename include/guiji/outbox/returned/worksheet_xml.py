"""One worksheet of a new workbook, written from top to bottom as XML.

Rows go straight into the zip; only comments, links and merged cells are remembered,
because the format keeps them behind the rows or in parts of their own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from guiji.outbox.returned.sheet_model import (
    AUTHOR,
    COMMENT_WIDTH,
    FORMULA_SIGNS,
    LONGEST,
    RED,
    TEXT_CELL,
    SheetCell,
    SheetLayout,
    comment_height,
    stored,
)
from guiji.outbox.returned.style_sheet import MAIN, StyleSheet
from guiji.reading.result import letter

DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

DRAWING = "drawing"
"""Id of the relationship between a sheet and the boxes of its comments."""

_MARGINS = (
    '<pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5"'
    ' footer="0.5"/>'
)
_SPECIAL = re.compile(
    r"[\x00-\x08\x0b-\x1f&<>\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
"""What cannot stand in XML as it is."""

_SHAPES = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202"'
    ' coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    "</v:shapetype>"
)
_SHAPE = (
    '<v:shape id="_x0000_s{number:04d}" type="#_x0000_t202" style="position:absolute;'
    "margin-left:59.25pt;margin-top:1.5pt;width:{width}px;height:{height}px;z-index:1;"
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill'
    ' color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path'
    ' o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div'
    ' style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
"""The box of a comment; the form is the one that openpyxl writes."""

FIRST_SHAPE = 1026


def escaped(text: str) -> str:
    """Return a text as XML holds it between two tags."""
    plain = stored(text).replace("&", "&amp;").replace("<", "&lt;")
    return plain.replace(">", "&gt;")


def quoted(text: str) -> str:
    """Return a text as XML holds it in an attribute between double quotes."""
    return escaped(text).replace('"', "&quot;")


@dataclass(frozen=True)
class _Comment:
    """A comment; row and column from 0."""

    row: int
    column: int
    text: str


class Worksheet:
    """A worksheet that is being written.

    Attributes:
        layout: what is fixed before its rows.
    """

    def __init__(
        self, layout: SheetLayout, part: IO[bytes], styles: StyleSheet
    ) -> None:
        """Begin a sheet.

        Args:
            layout: what is fixed before its rows.
            part: its part of the zip, open.
            styles: those of the workbook.
        """
        self.layout = layout
        self._part = part
        self._styles = styles
        self._letters = [letter(index) for index in range(len(layout.widths))]
        self._text = styles.number(TEXT_CELL)
        self._last = 0
        self._comments: list[_Comment] = []
        self._links: list[str] = []
        self._merged: list[str] = []
        self._write("".join(_head(layout, self._text)))

    def row(
        self,
        number: int,
        cells: Sequence[str | SheetCell | None],
        height: float | None = None,
        *,
        is_spanning: bool = False,
    ) -> None:
        """Write a row; one that is not below the last one goes right below it.

        Args:
            number: its number, 1 = the first.
            cells: from column A on; a text alone looks like `TEXT_CELL`, nothing is
                written where there is none.
            height: in points; None = the usual one.
            is_spanning: whether its second cell goes over all other columns.
        """
        number = self._last = max(number, self._last + 1)
        high = "" if height is None else f' ht="{height:g}" customHeight="1"'
        parts = [f'<row r="{number}"{high}>']
        for column, cell in enumerate(cells):
            place = f"{self._letters[column]}{number}"
            if isinstance(cell, SheetCell):
                parts.append(self._cell(place, cell))
                if cell.comment is not None:
                    self._comments.append(_Comment(number - 1, column, cell.comment))
            elif cell:
                parts.append(self._text_cell(place, cell))
        parts.append("</row>")
        self._write("".join(parts))
        if is_spanning:
            self._merged.append(f"B{number}:{self._letters[-1]}{number}")

    def _cell(self, place: str, cell: SheetCell) -> str:
        if cell.link is not None:
            self._links.append(f'ref="{place}" location="{quoted(cell.link)}"')
        value = cell.value
        if isinstance(value, int):
            style = self._styles.number(cell.look)
            return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
        is_quoted = value.startswith(FORMULA_SIGNS)
        style = self._styles.number(cell.look, quoted=is_quoted)
        return _inline(place, style, value)

    def _text_cell(self, place: str, text: str) -> str:
        if text.isalnum() and len(text) <= LONGEST:  # most are, and need no look
            return (
                f'<c r="{place}" s="{self._text}" t="inlineStr">'
                f"<is><t>{text}</t></is></c>"
            )
        style = self._text
        if text.startswith(FORMULA_SIGNS):
            style = self._styles.number(TEXT_CELL, quoted=True)
        return _inline(place, style, text)

    def finish(self) -> None:
        """Write what follows the rows."""
        self._write("".join(self._tail()))

    def comments(self) -> tuple[str, str] | None:
        """Return the parts of the comments and of their boxes; None without any."""
        if not self._comments:
            return None
        said = [
            f'<comment ref="{self._letters[c.column]}{c.row + 1}" authorId="0">'
            f'<text><t xml:space="preserve">{escaped(c.text)}</t></text></comment>'
            for c in self._comments
        ]
        boxes = [
            _SHAPE.format(
                number=number,
                width=COMMENT_WIDTH,
                height=comment_height(c.text),
                row=c.row,
                column=c.column,
            )
            for number, c in enumerate(self._comments, FIRST_SHAPE)
        ]
        authors = f"<authors><author>{AUTHOR}</author></authors>"
        listed = f"<commentList>{''.join(said)}</commentList>"
        return (
            f'<comments xmlns="{MAIN}">{authors}{listed}</comments>',
            f"{_SHAPES}{''.join(boxes)}</xml>",
        )

    def _tail(self) -> Iterator[str]:
        yield "</sheetData>"
        if self._merged:
            cells = "".join(f'<mergeCell ref="{area}"/>' for area in self._merged)
            yield f'<mergeCells count="{len(self._merged)}">{cells}</mergeCells>'
        if self._links:
            links = "".join(f"<hyperlink {link}/>" for link in self._links)
            yield f"<hyperlinks>{links}</hyperlinks>"
        yield _MARGINS
        if self.layout.is_notice:
            yield '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>'
        if self._comments:
            yield f'<legacyDrawing r:id="{DRAWING}"/>'
        yield "</worksheet>"

    def _write(self, xml: str) -> None:
        self._part.write(xml.encode())


def _inline(place: str, style: int, text: str) -> str:
    """Return a cell of a text; an empty one is a cell without content."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    if len(text) > LONGEST or _SPECIAL.search(text):
        text = escaped(text)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _head(layout: SheetLayout, text_style: int) -> Iterator[str]:
    """Yield what comes before the rows."""
    yield f'<worksheet xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
    if layout.is_notice:
        yield f'<sheetPr><tabColor rgb="{RED}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    grid = ' showGridLines="0"' if layout.is_notice else ""
    top = layout.frozen_rows
    yield (
        f'<sheetViews><sheetView{grid} workbookViewId="0"><pane ySplit="{top}"'
        f' topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/><cols>'
    )
    style = "" if layout.is_notice else f' style="{text_style}"'
    for number, width in enumerate(layout.widths, start=1):
        yield (
            f'<col min="{number}" max="{number}" width="{width:g}"'
            f' customWidth="1"{style}/>'
        )
    yield "</cols><sheetData>"
