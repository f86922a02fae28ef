"""The rows of a workbook, put together as the files of a catalogue would have them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from guiji.catalog import faults
from guiji.catalog.source import Place, Problem, Source
from guiji.catalog.workbook import cells
from guiji.catalog.workbook.layout import (
    CLOCKS,
    CODES,
    DATASET,
    DATASETS,
    FORMER,
    GOVERNMENT,
    LIST,
    OF_DATASETS,
    OF_GOVERNMENT,
    OTHER,
    RULES,
    UNIT,
    UNITS,
    Sheet,
)
from guiji.catalog.workbook.read import Cell, Row, Sheets


@dataclass
class Draft:
    """Content of one file of a catalogue, and the cells that its parts come from."""

    label: str
    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    files: dict[Place, str] = field(default_factory=dict)

    @property
    def source(self) -> Source:
        """The content as that of a file: its lines are rows of sheets."""
        return Source(self.label, self.content, self.lines, self.files)

    def note(self, place: Place, value: Any, cell: Cell) -> None:
        """Note the cell of a value and of all that is in it."""
        self.lines[place], self.files[place] = cell.row, cell.label
        parts: Any = ()
        if isinstance(value, dict):
            parts = value.items()
        elif isinstance(value, list):
            parts = enumerate(value)
        for step, part in parts:
            self.note((*place, step), part, cell)

    def put(self, place: Place, value: Any, cell: Cell) -> None:
        """Put a value in its place, after the last entry of a list."""
        owner: Any = self.content
        for step in place[:-1]:
            owner = owner[step]
        if isinstance(owner, list):
            owner.append(value)
        else:
            owner[place[-1]] = value
        self.note(place, value, cell)

    def fill(self, sheet: Sheet, row: Row, place: Place) -> Iterator[Problem]:
        """Put the cells of a row into the mapping at a place; yield what is wrong."""
        for column in sheet.columns:
            if (cell := row.get(column.key)) is None:
                continue
            steps = place
            for step in column.key.split(".")[:-1]:
                steps = (*steps, step)
                if steps not in self.lines:
                    self.put(steps, {}, cell)
            try:
                value = cells.read(cell.text, column.hint)
            except cells.NotReadable as error:
                remedy = "write a line `word: value` for each"
                yield cell.problem(f"{column.key}: {error}", remedy)
                continue
            self.put((*steps, column.key.rpartition(".")[2]), value, cell)

    def append(self, sheet: Sheet, row: Row, place: Place) -> Iterator[Problem]:
        """Put a row as an entry at the end of the list at a place."""
        listed: Any = self.content
        for step in place:
            listed = listed[step]
        at = (*place, len(listed))
        self.put(at, {}, _first(row))
        yield from self.fill(sheet, row, at)


@dataclass
class Drafts:
    """What the files of a jurisdiction would hold.

    Attributes:
        government: of jurisdiction.yml.
        units: of departments.yml.
        datasets: id -> of its file.
        rules: dataset -> of its file of rules.
    """

    government: Draft
    units: Draft
    datasets: dict[str, Draft]
    rules: dict[str, Draft]


def drafts(sheets: Sheets) -> Drafts:
    """Put the rows of a workbook together; problems are added to those of `sheets`."""
    made = Drafts(_draft(sheets, GOVERNMENT), _draft(sheets, UNITS), {}, {})
    for step in (_government, _units, _datasets, _parts, _codes, _rules):
        sheets.problems += [*step(sheets, made)]
    return made


def _draft(sheets: Sheets, sheet: Sheet) -> Draft:
    return Draft(f"{sheets.name}[{sheet.title}]")


def _first(row: Row) -> Cell:
    return next(iter(row.values()))


def _government(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    for sheet in (*OF_GOVERNMENT, CLOCKS):
        made.government.content[sheet.attribute] = []
    for row in sheets.rows[GOVERNMENT.title]:
        yield from made.government.fill(GOVERNMENT, row, ())
    for sheet in OF_GOVERNMENT:
        for row in sheets.rows[sheet.title]:
            yield from made.government.append(sheet, row, (sheet.attribute,))


def _units(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    listed: list[dict[str, Any]] = []
    made.units.content[UNITS.attribute] = listed
    for row in sheets.rows[UNITS.title]:
        yield from made.units.append(UNITS, row, (UNITS.attribute,))
    ids = [str(unit.get("id")) for unit in listed]
    for row in sheets.rows[FORMER.title]:
        cell = row.get(UNIT)
        if cell is None or cell.text not in ids:
            yield _nowhere(row, cell, ids)
            continue
        unit = ids.index(cell.text)
        place = (UNITS.attribute, unit, FORMER.attribute)
        listed[unit].setdefault(FORMER.attribute, [])
        yield from made.units.append(FORMER, row, place)


def _datasets(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    for row in sheets.rows[DATASETS.title]:
        cell = row.get("id")
        if cell is None or cell.text in made.datasets:
            what = (
                "the row has no id" if cell is None else f"{cell.text!r} is there twice"
            )
            yield (cell or _first(row)).problem(what, "give each row an id of its own")
            continue
        draft = made.datasets[cell.text] = _draft(sheets, DATASETS)
        draft.note((), {}, cell)
        for sheet in OF_DATASETS:
            draft.content[sheet.attribute] = []
        others = {key: value for key, value in row.items() if key != "id"}
        yield from draft.fill(DATASETS, others, ())


def _parts(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    for sheet in OF_DATASETS:
        for row in sheets.rows[sheet.title]:
            cell = row.get(DATASET)
            draft = made.datasets.get(cell.text) if cell else None
            if cell is None and sheet is CLOCKS:
                draft = made.government
            if draft is None:
                yield _nowhere(row, cell, made.datasets)
            else:
                yield from draft.append(sheet, row, (sheet.attribute,))


def _codes(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    for row in sheets.rows[CODES.title]:
        cell, name = row.get(DATASET), row.get(LIST)
        draft = made.datasets.get(cell.text) if cell else made.government
        if draft is None:
            yield _nowhere(row, cell, made.datasets)
            continue
        if name is None:
            yield _first(row).problem("the row names no code list", f"fill in [{LIST}]")
            continue
        place: Place = (CODES.attribute, name.text)
        if (CODES.attribute,) not in draft.lines:
            draft.put((CODES.attribute,), {}, name)
        if place not in draft.lines:
            draft.put(place, {"values": []}, name)
        yield from _prefix(draft, row.get(OTHER), place)
        yield from draft.append(CODES, row, (*place, "values"))


def _prefix(draft: Draft, cell: Cell | None, place: Place) -> Iterator[Problem]:
    """Put the prefix of other values, which every row of a list says alike."""
    codes = draft.content[CODES.attribute][place[-1]]
    value = cells.read(cell.text, str) if cell else None
    if not codes["values"]:
        if cell:
            draft.put((*place, "other_prefix"), value, cell)
    elif cell and value != codes.get("other_prefix"):
        what = f"{value!r} differs from the first row of the list"
        yield cell.problem(what, "write the same in every row of a list")


def _rules(sheets: Sheets, made: Drafts) -> Iterator[Problem]:
    for row in sheets.rows[RULES.title]:
        cell = row.get(DATASET)
        if cell is None or cell.text not in made.datasets:
            yield _nowhere(row, cell, made.datasets)
            continue
        draft = made.rules.get(cell.text)
        if draft is None:
            draft = made.rules[cell.text] = _draft(sheets, RULES)
            draft.put((RULES.attribute,), [], cell)
        if len(row) > 1:  # a dataset alone: it has rules, and none are left
            yield from draft.append(RULES, row, (RULES.attribute,))


def _nowhere(row: Row, cell: Cell | None, names: Any) -> Problem:
    """Tell of a row that belongs to nothing."""
    if cell is None:
        what = "the row does not say to what it belongs"
        return _first(row).problem(what, faults.nearest("", names))
    return cell.problem(f"no such id: {cell.text!r}", faults.nearest(cell.text, names))
