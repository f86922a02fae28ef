"""Deliveries that are no use, or that hold nothing: one of each kind a night.

They show what becomes of an unknown file, an empty one, one for another department,
a workbook that is broken, and so on. Their bytes differ from night to night, because
the same bytes again would be a duplicate.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook

from guiji.catalog.model import Catalog, Dataset, Department
from guiji.core import business_date
from guiji.sample import written
from guiji.sample.layouts import Layout

BLANK = Layout(".csv", encoding="utf-8-sig", title_rows=2)
"""How a zero report is written: its title rows tell one night's from another's."""


@dataclass(frozen=True)
class InvalidFile:
    """One file that is refused.

    Attributes:
        department: who drops it.
        file: its name.
        code: why it is refused.
        content: its bytes.
    """

    department: Department
    file: str
    code: str
    content: bytes


@dataclass(frozen=True)
class _Desk:
    """Whose file it is, and what it should have been."""

    department: Department
    dataset: Dataset
    night: date
    number: int


def make(
    catalog: Catalog, departments: list[Department], night: date, number: int
) -> list[InvalidFile]:
    """Make one file of each kind that is refused.

    Args:
        catalog: what the departments should deliver.
        departments: who drops them, in turn.
        night: the night.
        number: of the night in the sample, from 0.
    """
    files = []
    for place, (code, suffix, content) in enumerate(_KINDS):
        department = departments[place % len(departments)]
        dataset = catalog.datasets_of(department.id)[0]
        if code == "WRONG_DEPARTMENT":
            department, dataset = _stranger(catalog, departments)
        desk = _Desk(department, dataset, night, number)
        title = "会议通知" if code == "UNKNOWN_FILE" else dataset.title
        name = f"{title}_{code.lower()}_{night:%Y%m%d}{suffix}"
        files.append(InvalidFile(department, name, code, content(desk)))
    return files


def _stranger(
    catalog: Catalog, departments: list[Department]
) -> tuple[Department, Dataset]:
    """Find a department and a dataset that it does not provide."""
    return next(
        (department, dataset)
        for dataset in catalog.datasets.values()
        for department in departments
        if department.id not in dataset.providers
    )


def _titles(desk: _Desk) -> bytes:
    """All headings of the dataset and a row that repeats them."""
    line = ",".join(item.title for item in desk.dataset.items)
    return f"{line}\r\n{line}{desk.night}\r\n".encode("utf-8-sig")


def _renamed(desk: _Desk) -> bytes:
    """A required heading is another one."""
    required = [item.title for item in desk.dataset.items if item.required]
    titles = [i.title for i in desk.dataset.items if i.title != required[-1]]
    line = ",".join(["自编栏目", *titles])
    return f"{line}\r\n{line}{desk.night}\r\n".encode("utf-8-sig")


def _notice(desk: _Desk) -> bytes:
    text = f"会议名称,会议时间,会议地点\r\n信用工作例会,{desk.night},三楼会议室\r\n"
    return text.encode("gb18030")


def _nothing(desk: _Desk) -> bytes:
    return b"\r\n" * desk.number


def _workbook(desk: _Desk, *rows: list[str]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(written.SHEET)
    for row in rows:
        sheet.append(row)
    return written.saved(book, desk.night)


def _cut_off(desk: _Desk) -> bytes:
    """A workbook whose upload broke off."""
    whole = _workbook(desk, [item.title for item in desk.dataset.items])
    return whole[: len(whole) // 2]


def _no_sheet(desk: _Desk) -> bytes:
    return _workbook(desk)


def _pdf(desk: _Desk) -> bytes:
    return f"%PDF-1.4\n% {desk.night}\n%%EOF\n".encode("ascii")


def _web_page(desk: _Desk) -> bytes:
    """What some systems export under the name of a workbook."""
    page = f"<html><table><tr><td>{desk.dataset.title}{desk.night}</td></tr></table>"
    return f"{page}</html>".encode()


def _archive(desk: _Desk) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        moment = business_date.instant(desk.night).timetuple()[:6]
        entry = zipfile.ZipInfo("报送数据.csv", moment)
        file.writestr(entry, _titles(desk))
    return packed.getvalue()


_KINDS: tuple[tuple[str, str, Callable[[_Desk], bytes]], ...] = (
    ("WRONG_DEPARTMENT", ".csv", _titles),
    ("UNKNOWN_FILE", ".csv", _notice),
    ("EMPTY_FILE", ".csv", _nothing),
    ("UNREADABLE", ".xlsx", _cut_off),
    ("HEADINGS", ".csv", _renamed),
    ("NO_DATA_SHEET", ".xlsx", _no_sheet),
    ("KIND_PDF", ".pdf", _pdf),
    ("KIND_HTML", ".xls", _web_page),
    ("KIND_ZIP", ".zip", _archive),
)
"""Refusal code of reading, suffix, and what makes the bytes."""
