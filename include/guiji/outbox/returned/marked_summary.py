"""The summary sheet, drawn by openpyxl into a department's own workbook."""

from collections.abc import Iterable

from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink

from guiji.outbox.returned import cells
from guiji.outbox.returned.sheet_model import RED, SheetRow
from guiji.outbox.returned.summary_sheet import LAYOUT
from guiji.reading.returned import PROPERTY


def add(book: Workbook, page: Iterable[SheetRow], batch_id: str) -> None:
    """Add the sheet to a workbook, and the batch to its properties.

    Args:
        book: of openpyxl; the sheet comes last.
        page: its rows.
        batch_id: what the property states.
    """
    sheet = book.create_sheet(LAYOUT.name)
    sheet.sheet_properties.tabColor = RED
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"A{LAYOUT.frozen_rows + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, width in enumerate(LAYOUT.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    last = get_column_letter(len(LAYOUT.widths))
    for number, row in enumerate(page, start=1):
        sheet.row_dimensions[number].height = row.height
        line = [cells.drawn(sheet, cell) for cell in row.cells]
        sheet.append(line)
        for cell, drawn in zip(row.cells, line, strict=True):
            if cell.link is not None:
                drawn.hyperlink = Hyperlink(ref=drawn.coordinate, location=cell.link)
        if row.is_spanning:
            sheet.merged_cells.add(f"B{number}:{last}{number}")
    if PROPERTY in book.custom_doc_props.names:
        del book.custom_doc_props[PROPERTY]
    book.custom_doc_props.append(StringProperty(name=PROPERTY, value=batch_id))
