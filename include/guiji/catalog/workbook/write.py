"""Write a whole catalogue as a workbook; the same catalogue gives the same bytes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from guiji.catalog.base import Model
from guiji.catalog.model import Catalog, CodeList, Dataset
from guiji.catalog.workbook import cells, layout
from guiji.catalog.workbook.layout import (
    CODES,
    DATASET,
    DATASETS,
    FORMER,
    FRONT,
    GOVERNMENT,
    LIST,
    OF_DATASETS,
    OF_GOVERNMENT,
    OTHER,
    RULES,
    SHEETS,
    UNIT,
    UNITS,
    Sheet,
    heading,
)
from guiji.core import files, workbooks
from guiji.core.errors import UsageError

LONGEST = 32_767
"""Characters of a cell."""

FRONT_KEYS = {
    "jurisdiction": "政府标识",
    "catalogue_version": "目录版本",
    "title": "修改标题",
    "reason": "修改理由",
    "in_force_from": "施行日期",
}
NOTES = (
    "各工作表表头方括号内为键名, 不要改动; 标有(参考)的列不读取。",
    "一格多值的, 每行一个(Alt+Enter); 空格表示没有规定。黄色列必填。",
    "提出修改的, 填写修改标题、理由、施行日期(YYYY-MM-DD), 并在其他工作表中直接改动。",
)
WORDS = "字典"
"""The hidden sheet with the words of the drop-downs."""

Row = dict[str, str]
_SHOWN = tuple(
    f"{title}{layout.FOR_READERS}"
    for title in ("提供方名称", "提供方代码", "信息项", "开放条件")
)
"""Columns of 目录 that are in the guide, and say what other columns or sheets hold."""

_TEXT = "@"
_MUST = PatternFill("solid", fgColor="FFE699")
_MAY = PatternFill("solid", fgColor="DDEBF7")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_LAST_ROW = 1_048_576


def write(catalog: Catalog, path: Path) -> None:
    """Write the workbook of a catalogue.

    Args:
        catalog: the catalogue.
        path: the file, replaced in one piece.

    Raises:
        UsageError: a value is longer than a cell can hold.
    """
    book = openpyxl.Workbook()
    _front(book.worksheets[0], catalog)
    lists = book.create_sheet(WORDS)
    lists.sheet_state = "hidden"
    for sheet in SHEETS:
        target = book.create_sheet(sheet.title)
        listed = [*rows(catalog, sheet)]
        if sheet is GOVERNMENT:
            _vertical(target, sheet, listed[0])
        else:
            _table(target, sheet, listed)
            _drop_downs(target, sheet, lists)
    book.move_sheet(lists, len(SHEETS))
    newest = max((d.valid_from for d in catalog.datasets.values()), default=date.min)
    with files.replacing(path) as temporary:
        workbooks.save(book, temporary, datetime.combine(newest, time()))


def rows(catalog: Catalog, sheet: Sheet) -> Iterator[Row]:
    """Yield the rows of a sheet: key of a column -> text of its cell."""
    here = catalog.jurisdiction
    if sheet is DATASETS:
        for dataset in catalog.datasets.values():
            yield _row(sheet, dataset) | _for_readers(catalog, dataset)
    elif sheet is GOVERNMENT:
        yield _row(sheet, here)
    elif sheet is UNITS:
        yield from (_row(sheet, unit) for unit in catalog.departments.values())
    elif sheet is CODES:
        yield from _codes(here.codes, {})
        for dataset in catalog.datasets.values():
            yield from _codes(dataset.codes, {DATASET: dataset.id})
    else:
        yield from _entries(catalog, sheet)


def _entries(catalog: Catalog, sheet: Sheet) -> Iterator[Row]:
    if sheet is FORMER:
        for unit in catalog.departments.values():
            yield from (_row(sheet, f) | {UNIT: unit.id} for f in unit.successor_of)
        return
    if sheet is RULES:
        for name, rules in catalog.rules.items():
            without = [] if rules else [{DATASET: name}]
            yield from [_row(sheet, r) | {DATASET: name} for r in rules] + without
        return
    if sheet not in OF_DATASETS or sheet is layout.CLOCKS:
        for entry in getattr(catalog.jurisdiction, sheet.attribute):
            yield _row(sheet, entry)
    if sheet not in OF_GOVERNMENT:
        for dataset in catalog.datasets.values():
            for entry in getattr(dataset, sheet.attribute):
                yield _row(sheet, entry) | {DATASET: dataset.id}


def _codes(lists: Mapping[str, CodeList], place: Row) -> Iterator[Row]:
    for name, codes in lists.items():
        prefix = codes.other_prefix
        other = {} if prefix is None else {OTHER: cells.write(prefix, str)}
        for code in codes.values:
            yield _row(CODES, code) | place | {LIST: name} | other


def _row(sheet: Sheet, entry: Model) -> Row:
    row = {}
    for column in sheet.columns:
        owner: Model | None = entry
        *above, name = column.key.split(".")
        for step in above:
            owner = getattr(owner, step)
        if owner is None or layout.says_nothing(owner, name):
            continue
        row[column.key] = cells.write(getattr(owner, name), column.hint)
    return row


def _for_readers(catalog: Catalog, dataset: Dataset) -> Row:
    units = [
        catalog.departments[p] for p in dataset.providers if p in catalog.departments
    ]
    texts = tuple[str, ...]
    values = (
        cells.write([unit.title for unit in units], texts),
        cells.write([unit.uscc for unit in units], texts),
        cells.write([item.title for item in dataset.items], texts),
        cells.write(catalog.jurisdiction.opening_ways.get(dataset.open_level, ""), str),
    )
    return dict(zip(_SHOWN, values, strict=True))


def _headings(sheet: Sheet) -> dict[str, tuple[str, bool]]:
    """Return key -> heading and whether it must be filled in, in their order."""
    places = {k: (heading(layout.PLACES[k], k), False) for k in sheet.places}
    own = {c.key: (c.heading, c.is_required) for c in sheet.columns}
    if sheet is not DATASETS:
        return places | own
    at, listed = len(layout.GUIDE), [*own.items()]
    shown = [(title, (title, False)) for title in _SHOWN]
    return dict([*listed[:at], *shown, *listed[at:]])


def _table(target: Worksheet, sheet: Sheet, listed: Iterable[Row]) -> None:
    headings = _headings(sheet)
    for number, (title, is_required) in enumerate(headings.values(), start=1):
        letter = get_column_letter(number)
        target.column_dimensions[letter].number_format = _TEXT
        target.column_dimensions[letter].width = 24
        _heading(target, 1, number, title, is_required=is_required)
    for line, row in enumerate(listed, start=2):
        for number, key in enumerate(headings, start=1):
            if row.get(key):
                _text(target, line, number, row[key])
    target.freeze_panes = "A2"


def _vertical(target: Worksheet, sheet: Sheet, row: Row) -> None:
    for line, column in enumerate(sheet.columns, start=1):
        _heading(target, line, 1, column.heading, is_required=column.is_required)
        _text(target, line, 2, row.get(column.key, ""))
    _widen(target)


def _front(target: Worksheet, catalog: Catalog) -> None:
    target.title = FRONT
    values = {
        "jurisdiction": catalog.jurisdiction.id,
        "catalogue_version": catalog.version,
    }
    for line, (key, name) in enumerate(FRONT_KEYS.items(), start=1):
        _heading(target, line, 1, heading(name, key), is_required=key not in values)
        _text(target, line, 2, values.get(key, ""))
    for line, note in enumerate(NOTES, start=len(FRONT_KEYS) + 2):
        target.cell(line, 2, note).alignment = _WRAPPED
    _widen(target)


def _widen(target: Worksheet) -> None:
    for letter, width in (("A", 36), ("B", 90)):
        target.column_dimensions[letter].number_format = _TEXT
        target.column_dimensions[letter].width = width


def _heading(
    target: Worksheet, line: int, number: int, title: str, *, is_required: bool
) -> None:
    cell = target.cell(line, number, title)
    cell.font = Font(bold=True)
    cell.fill = _MUST if is_required else _MAY
    cell.alignment, cell.number_format = _WRAPPED, _TEXT


def _text(target: Worksheet, line: int, number: int, text: str) -> None:
    """Write a text as it is: no formula, no code of a character."""
    if len(text) > LONGEST:
        where = f"{target.title}!{get_column_letter(number)}{line}"
        raise UsageError(f"{where} would hold {len(text)} characters, over {LONGEST}")
    cell = target.cell(line, number, workbooks.escaped(text) or None)
    if text:
        cell.data_type = "s"
    cell.alignment, cell.number_format = _WRAPPED, _TEXT


def _drop_downs(target: Worksheet, sheet: Sheet, lists: Worksheet) -> None:
    """Offer the words of the vocabulary, from ranges on the hidden sheet."""
    hints = {column.key: column.hint for column in sheet.columns}
    for number, key in enumerate(_headings(sheet), start=1):
        words = cells.words(hints[key]) if key in hints else []
        if not words:
            continue
        at = lists.max_column + (lists.cell(1, 1).value is not None)
        for line, word in enumerate([f"{sheet.title} {key}", *words], start=1):
            lists.cell(line, at, word).number_format = _TEXT
        letter, own = get_column_letter(at), get_column_letter(number)
        target.add_data_validation(
            DataValidation(
                type="list",
                formula1=f"'{WORDS}'!${letter}$2:${letter}${len(words) + 1}",
                allow_blank=True,
                showErrorMessage=True,
                sqref=f"{own}2:{own}{_LAST_ROW}",
            )
        )
