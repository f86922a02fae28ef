"""Finding the heading row of a table, under titles and in one row or two.

The catalogue decides: a heading row is one in which enough cells are headings of a
dataset, wherever it stands. In a two-row heading the upper cells span the ones below.

Source: 3-domain-standards.md §7: the first row that matches 60 % of names.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from guiji.catalog.headings import normal
from guiji.reading.layout import Layout, without_remark
from guiji.reading.returned import REASON, ROW_NUMBER

LOOK_AT = 30
"""Rows at the top of a table among which the heading row is looked for."""

SHARE = 0.6
"""Share of a heading row's cells that must be headings of the dataset."""

LOOSE_SHARE = 0.3
"""The same for a file that is known to be meant for the dataset."""

LONGEST = 100
"""Characters of a heading, its remark and translation included."""

LONGEST_REMARKED = 300
"""Characters from which on a cell is not looked at: no heading, whatever it remarks."""

LEAST = 2
"""Different headings that make a heading row."""

NEUTRAL = {"序号", "行号", ROW_NUMBER, REASON}
"""Columns that tables have beside the items; they do not count."""

Cells = Sequence[str]


@dataclass(frozen=True)
class Page:
    """The top of one table: a worksheet's, or a text file's.

    Attributes:
        name: of the worksheet; None for a text file.
        rows: its first rows as text.
    """

    name: str | None
    rows: Sequence[Cells]


_MONEY = "[十百千万亿]*(?:[美欧港日英澳加韩]?元|美金|港币|日币|英镑)"
UNIT = re.compile(f"[/:_,\\-]?({_MONEY})$")
"""The unit of an amount behind its name."""

IN_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
UNITS = re.compile(_MONEY)


@lru_cache(10_000)
def normal_form(cell: str) -> str:
    """Return `catalog.headings.normal`; kept, because every dataset asks for it."""
    return normal(cell) if len(cell) <= LONGEST_REMARKED else ""


_loose = lru_cache(10_000)(without_remark)

BETWEEN = re.compile(r"[\s/\uff0f|\uff5c]+")
"""What stands between name and code of an item in one cell."""

BILINGUAL = re.compile(
    r"(.*[^\x00-\x7f])[\s/|_,:(\-]*[A-Za-z][A-Za-z .,'&/()_\-]{3,80}", re.DOTALL
)
"""A name and its translation."""


@lru_cache(10_000)
def halves(cell: str) -> tuple[str, str] | None:
    """Split a cell of name and code into their normal forms; None if it is none."""
    parts = BETWEEN.split(cell.strip(), 2) if len(cell) <= LONGEST else ()
    return (normal_form(parts[0]), normal_form(parts[1])) if len(parts) == 2 else None


@lru_cache(10_000)
def untranslated(cell: str) -> str | None:
    """Return the normal form of a name before its translation; None if it has none."""
    match = BILINGUAL.fullmatch(cell.strip()) if len(cell) <= LONGEST else None
    return normal_form(match[1]) if match else None


def is_heading(cell: str, vocabulary: Container[str]) -> bool:
    """Return whether a cell may be a heading, with or without what stands around it.

    Args:
        cell: its text.
        vocabulary: normal headings, and those without remarks.
    """
    name = normal_form(cell)
    if name in vocabulary or _loose(name) in vocabulary:
        return True
    bare = untranslated(cell)
    if bare and (bare in vocabulary or _loose(bare) in vocabulary):
        return True
    return all(
        n in vocabulary or _loose(n) in vocabulary for n in halves(cell) or ("",)
    )


def item_of(layout: Layout, cell: str) -> str | None:
    """Return the item of a heading, which may have a remark, or name and code."""
    return _of_name(layout, normal_form(cell)) or _of_halves(layout, cell)


def _of_name(layout: Layout, name: str) -> str | None:
    item = layout.exact.get(name, layout.loose.get(_loose(name)))
    if item is None and (stated := UNIT.search(name)):
        bare = name[: stated.start()]
        amount = layout.exact.get(bare, layout.loose.get(_loose(bare)))
        item = amount if amount in layout.units else None
    return item


def states_other_unit(layout: Layout, item: str, heading: str) -> bool:
    """Return whether a heading states another unit, in brackets or last.

    Args:
        layout: the dataset.
        item: of any type.
        heading: as delivered.
    """
    unit, name = layout.units.get(item), normal_form(heading)
    if unit is None:
        return False
    stated = {match[1] for match in UNIT.finditer(name)}
    for text in IN_BRACKETS.findall(name):
        stated.update(UNITS.findall(text))
    return bool(stated - {unit})


def _of_halves(layout: Layout, cell: str) -> str | None:
    """Return the item that both halves of a cell name, or that is named and translated.

    The code of another item is no translation, and neither is a unit of amounts.
    """
    items = {_of_name(layout, half) for half in halves(cell) or ()}
    if len(items) == 1 and None not in items:
        return items.pop()
    name = untranslated(cell)
    item = _of_name(layout, name) if name else None
    return item if items <= {item, None} and item not in layout.units else None


@dataclass(frozen=True)
class Header:
    """A heading row, found.

    Attributes:
        first: index of its first row, 0 = the first row of the table.
        last: index of its last row; the data begin below.
        headings: text of each column's heading, without empty ones at the end.
        items: item of each column, None where the heading is unknown.
        hits: number of different items.
    """

    first: int
    last: int
    headings: tuple[str, ...]
    items: tuple[str | None, ...]
    hits: int

    def missing(self, layout: Layout) -> list[str]:
        """Return the required items that have no column."""
        return [item for item in layout.required if item not in self.items]

    def unknown(self) -> list[str]:
        """Return the headings that are no item's."""
        pairs = zip(self.headings, self.items, strict=True)
        return [h for h, item in pairs if h and item is None]

    def repeated(self) -> tuple[str, list[int]] | None:
        """Return the first item that several columns claim, and these columns."""
        for item in self.items:
            if item is not None and self.items.count(item) > 1:
                return item, [i for i, x in enumerate(self.items) if x == item]
        return None

    def wrong_unit(self, layout: Layout) -> tuple[str, str] | None:
        """Return the first (heading, item) that states another unit than the item's."""
        for heading, item in zip(self.headings, self.items, strict=True):
            if item is not None and states_other_unit(layout, item, heading):
                return heading, item
        return None


def find(layout: Layout, rows: Sequence[Cells], share: float = SHARE) -> Header | None:
    """Find the heading row of a dataset.

    The one with the most items wins. If it is that of a second table, with records of
    a first one above it, the first table's heading row is given: what stands between
    two heading rows is never a title.

    Args:
        layout: the dataset.
        rows: the first rows of the table as text.
        share: share of the row's cells that must be headings.

    Returns:
        The heading row; None if there is none.
    """
    fits = _candidates(layout, rows, share)
    if not fits:
        return None
    best = max(fits, key=lambda fit: fit.hits)  # of equals the first
    first = next((f for f in fits if _has_records(layout, rows, f, best, fits)), best)
    return first if first.hits >= min(LEAST, len(layout.items)) else None


def below(layout: Layout, rows: Sequence[Cells], header: Header) -> Header | None:
    """Find a heading row with more items below a heading row that was found.

    Args:
        layout: the dataset.
        rows: the first rows of the table as text.
        header: what `find` gave.
    """
    fits = _candidates(layout, rows, SHARE)
    lower = [x for x in fits if x.first > header.last and x.hits > header.hits]
    return max(lower, key=lambda fit: fit.hits, default=None)


@dataclass(frozen=True)
class _Candidate:
    """One row, or two, that may be a heading: what every dataset asks of it.

    Attributes:
        first: index of its first row.
        last: index of its last row.
        columns: each column's possible headings, best first.
        names: their normal forms.
        bare: the same without remarks.
        pairs: cells of a name and its code or translation.
    """

    first: int
    last: int
    columns: Sequence[tuple[str, ...]]
    names: frozenset[str]
    bare: frozenset[str]
    pairs: Sequence[str]

    @classmethod
    def of(cls, first: int, last: int, columns: Sequence[tuple[str, ...]]) -> Self:
        """Prepare the cells of one or two rows."""
        cells = [cell for column in columns for cell in column]
        names = frozenset(map(normal_form, cells))
        pairs = [cell for cell in cells if halves(cell) or untranslated(cell)]
        return cls(first, last, columns, names, frozenset(map(_loose, names)), pairs)

    def may_be(self, layout: Layout) -> bool:
        """Recognise cheaply whether any cell is a heading: a record's are none."""
        return (
            not layout.exact.keys().isdisjoint(self.names)
            or not layout.loose.keys().isdisjoint(self.bare)
            or any(_of_halves(layout, cell) for cell in self.pairs)
        )


@lru_cache(4)
def _prepared(
    rows: tuple[tuple[str, ...], ...],
) -> list[tuple[_Candidate, _Candidate | None]]:
    """Return each row, alone and with the row below where both may be the heading.

    Kept, because every dataset is asked about the same top of a table.
    """
    candidates = []
    for index, row in enumerate(rows):
        double = None
        if index + 1 < len(rows) and _has_headings(row) and any(rows[index + 1]):
            columns = _columns(row, rows[index + 1])
            double = _Candidate.of(index, index + 1, columns)
        single = _Candidate.of(index, index, [(cell,) for cell in row])
        candidates.append((single, double))
    return candidates


def _candidates(layout: Layout, rows: Sequence[Cells], share: float) -> list[Header]:
    """Return the rows that may be headings, alone or with the row below.

    Below another heading row, a row that adds no item to the next one may be a record.
    """
    prepared = _prepared(tuple(map(tuple, rows[: LOOK_AT + 1])))
    singles = [_header(layout, single, share) for single, _ in prepared]
    headers: list[Header] = []
    for index, (_, two_rows) in enumerate(prepared[:LOOK_AT]):
        best = singles[index]
        if two_rows is not None:
            double = _header(layout, two_rows, share)
            below = _hits(singles[index + 1]) + any(f.hits >= LEAST for f in headers)
            if _hits(double) > _hits(best) and _hits(double) >= below:
                best = double
        if best is not None:
            headers.append(best)
    return headers


def _hits(header: Header | None) -> int:
    return 0 if header is None else header.hits


def _has_records(
    layout: Layout,
    rows: Sequence[Cells],
    upper: Header,
    best: Header,
    fits: Sequence[Header],
) -> bool:
    """Return whether there are records between a heading row and a better one below."""
    if upper.last >= best.first or upper.hits < LEAST:
        return False
    counted = [
        c for c in rows[upper.last] if c.strip() and normal_form(c) not in NEUTRAL
    ]
    if upper.first == upper.last and upper.hits < SHARE * len(counted):
        return False
    headings = {i for f in fits for i in range(f.first, f.last + 1)}
    between = [rows[i] for i in range(upper.last + 1, best.first) if i not in headings]
    if upper.missing(layout):
        return hold_records(between)
    return any(any(cell.strip() for cell in row) for row in between)


def hold_records(rows: Sequence[Cells]) -> bool:
    """Return whether any row has several cells; a title is one."""
    return any(map(_has_headings, rows))


def _has_headings(row: Cells) -> bool:
    """Recognise a row of several cells from a title, which is one."""
    return sum(1 for cell in row if cell.strip()) > 1


def _columns(upper: Cells, lower: Cells) -> list[tuple[str, ...]]:
    """Return each column's possible headings in a two-row heading, best first."""
    columns: list[tuple[str, ...]] = []
    above = ""
    for index in range(max(len(upper), len(lower))):
        top = upper[index] if index < len(upper) else ""
        bottom = lower[index] if index < len(lower) else ""
        above = top or above
        columns.append((bottom, above + bottom) if bottom.strip() else (top,))
    return columns


def _header(layout: Layout, candidate: _Candidate, share: float) -> Header | None:
    if not candidate.may_be(layout):
        return None
    columns = candidate.columns
    width = max((i + 1 for i, c in enumerate(columns) if c[0].strip()), default=0)
    columns = columns[:width]
    counted = [c for c in columns if c[0].strip() and normal_form(c[0]) not in NEUTRAL]
    items = _assign(layout, columns)
    hits = len({i for i in items if i is not None})
    if not hits or hits < share * len(counted):
        return None
    headings = tuple(c[0].strip() for c in columns)
    return Header(candidate.first, candidate.last, headings, tuple(items), hits)


def _assign(layout: Layout, columns: Sequence[tuple[str, ...]]) -> list[str | None]:
    """Return each column its item: exact headings first, then those with remarks."""
    names = [[normal_form(n) for n in reversed(column)] for column in columns]
    items = [_first(layout.exact, column) for column in names]
    taken = set(items)
    for index, column in enumerate(names):
        if items[index] is None:
            item = _first(layout.loose, [_loose(n) for n in column])
            item = item or _first_of_cells(layout, columns[index])
            items[index] = item if item not in taken else None
    return items


def _first_of_cells(layout: Layout, column: Sequence[str]) -> str | None:
    items = (item_of(layout, cell) for cell in reversed(column))
    return next((item for item in items if item), None)


def _first(by_name: dict[str, str], names: Sequence[str]) -> str | None:
    return next((by_name[n] for n in names if n in by_name), None)
