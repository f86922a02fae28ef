"""What the platform itself has put into a workbook that comes back (退回工作簿).

A department corrects the workbook that it was given and drops it again as it is. Our
column and our sheet are in it; they are nobody's data and nothing to remark upon.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from guiji.catalog import template_sheets
from guiji.catalog.headings import normal

REASON = "退回原因"
"""Heading of our column."""

ROW_NUMBER = "原表行号"
"""Heading of the column that tells where a row stood, where rows were left out."""

SHEET = "退回说明"
TITLE = "数据归集退回说明"
"""Name of our sheet, and the text of its first cell."""

SKIPPED = "平台的退回说明"
TEMPLATE = "平台模板的说明"
"""Reasons why a sheet of ours is not read; the receipt does not mention it."""

PROPERTY = "guiji_batch"
"""Document property that holds the id of the batch that was returned."""

PROPERTIES_PART = "docprops/custom.xml"

_OURS = {normal(REASON), normal(ROW_NUMBER)}
_BATCH = re.compile(
    rb"\bname=\"" + PROPERTY.encode() + rb"\"[^>]*>\s*<(?:\w+:)?lpwstr>([\w.-]{1,200})<"
)

_STATED = re.compile(
    rb"\bname=\"(dataset(?:_version)?)\"[^>]*>\s*"
    rb"(?:<(?:\w+:)?lpwstr>)?([^<>]{1,80})<"
)


def is_our_column(heading: str) -> bool:
    """Return whether a column of this heading is ours."""
    return normal(heading) in _OURS


def may_be_our_sheet(name: str | None) -> bool:
    """Recognise by its tab whether a sheet may be ours."""
    return name is not None and name.startswith(SHEET)


def is_our_sheet(name: str | None, top: Sequence[Sequence[str]]) -> bool:
    """Return whether a sheet is ours: by its tab and its first cell.

    Args:
        name: as the tab shows it.
        top: its first rows as text.
    """
    first = next((row for row in top if any(row)), ())
    return may_be_our_sheet(name) and TITLE in first[:1]


def is_template_notes(name: str | None, top: Sequence[Sequence[str]]) -> bool:
    """Return whether a sheet is the notes of a fill-in template of ours.

    Args:
        name: as the tab shows it.
        top: its first rows as text.
    """
    first = next((row for row in top if any(row)), ())
    return name == template_sheets.NOTES and any(
        map(template_sheets.is_notes_title, first[:1])
    )


class Template(NamedTuple):
    """What a fill-in template of ours says of itself.

    Attributes:
        dataset: id of the dataset that it is for.
        version: of the dataset's entry in the catalogue when it was made.
    """

    dataset: str
    version: str


def template_of(properties: bytes) -> Template | None:
    """Return what document properties say of a template of ours; None if it is none.

    Args:
        properties: the part `docProps/custom.xml` or `meta.xml`; empty = there is none.
    """
    name = template_sheets.VERSION_PROPERTY.encode()
    if b'name="' + name + b'"' not in properties:
        return None
    pairs = _STATED.findall(properties)
    stated = {n: value.decode("utf-8", "replace").strip() for n, value in pairs}
    return Template(stated.get(b"dataset", ""), stated.get(b"dataset_version", ""))


def batch_of(properties: bytes) -> str | None:
    """Return the batch id that a workbook's own document properties state.

    Anybody can write such a property: whoever uses it asks the ledger whether the
    batch is one of the same department.

    Args:
        properties: the part `docProps/custom.xml`; empty if there is none.
    """
    match = _BATCH.search(properties)
    return match[1].decode("ascii", "replace") if match else None
