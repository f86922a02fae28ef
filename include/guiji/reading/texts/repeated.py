"""Headings that come again further down: of the same table, or of another one.

Files put together from several pages or exports repeat their headings. If they are the
same, the row is no record; if they are others, the rows below them belong to columns
that the file's first headings do not describe, and are not read as if they did.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.headings import normal
from guiji.reading.headings import (
    LEAST,
    NEUTRAL,
    SHARE,
    Header,
    is_heading,
    item_of,
    states_other_unit,
)
from guiji.reading.layout import Layout

SAME = "same"
ANOTHER = "another"
MARKS = "*＊※"
ENDS = ")）]】〕*＊※:："
BLANKS = " \t\r\n\u3000\xa0"
"""What headings have beside their words: a mark, a remark in brackets, a line break."""

REMARK = re.compile(r"[(\[【〔（*＊※:：\s]")
"""What a heading has between its words and a remark."""

FIRST = 4
"""Columns that are looked at beside those that every record fills in."""

LONGEST = 100
"""Characters of a heading, its remark included."""


class Heading:
    """The headings of a table, to be known again."""

    def __init__(
        self, layout: Layout, header: Header, others: Iterable[Layout] = ()
    ) -> None:
        """Remember the headings.

        Args:
            layout: the dataset, with all headings that it may have.
            header: the ones that were found.
            others: datasets of which a table may follow.
        """
        self._layout = layout
        self._others = [other for other in others if other != layout]
        self._items = header.items
        self._names = [normal(heading) for heading in header.headings]
        titles = {*header.headings} - {""}
        self._normals: set[str] = set()
        for layout_ in (layout, *self._others):
            titles |= {*layout_.items.values(), *layout_.exact}
            self._normals |= {*layout_.exact, *layout_.loose}
        self._words = titles | {word.upper() for word in titles}
        self._value_set = pa.array(sorted(self._words), pa.string())
        columns = {i for i, x in enumerate(header.items) if x in layout.anchors}
        width = len(header.items)
        self._looked_at = sorted(columns | {*range(min(width, FIRST))}) or [0]
        first = REMARK.split(header.headings[0].strip("*＊※ "))[0]
        leading = (first, *(mark + first for mark in "*＊※"))
        self._leading = leading if len(first) > 1 else ()

    def maybe_in(self, columns: Sequence[pa.StringArray]) -> bool:
        """Return whether any record may be headings, from the cells of all records."""
        begun = (pc.starts_with(columns[0], pattern=x) for x in self._leading)
        return any(pc.any(begun_night).as_py() for begun_night in begun) or any(
            pc.any(pc.is_in(columns[i], value_set=self._value_set)).as_py()
            for i in self._looked_at
        )

    def maybe_in_rows(self, rows: Sequence[Sequence[str]]) -> bool:
        """Recognise the same from the records themselves."""
        if any(row[0].startswith(self._leading) for row in rows):
            return True
        return any(row[i] in self._words for i in self._looked_at for row in rows)

    def suspects(self, columns: Sequence[Sequence[str]]) -> set[int]:
        """Return the indices of rows that may be headings, with or without remarks.

        Args:
            columns: the cells of all rows, column by column.
        """
        rows: set[int] = set()
        for number in (i for i in self._looked_at if i < len(columns)):
            column = columns[number]
            if not self._words.isdisjoint(column):
                rows.update(i for i, x in enumerate(column) if x in self._words)
            if _may_be_decorated(column):
                rows.update(i for i, x in enumerate(column) if self._is_word(x))
        return rows

    def _is_word(self, cell: str) -> bool:
        if cell in self._words:
            return True
        if not cell or len(cell) > LONGEST or not _is_decorated(cell):
            return False
        return is_heading(cell, self._normals)

    def repeated_by(self, row: Sequence[str]) -> str | None:
        """Return SAME or ANOTHER for a row of headings, None for a record."""
        plain = not any(cell in self._words for cell in row)
        if plain and not any(self._is_word(row[i]) for i in self._in(row)):
            return None
        filled = {i: cell for i, cell in enumerate(row) if cell.strip()}
        counted = {i: c for i, c in filled.items() if normal(c) not in NEUTRAL}
        if self._fits(self._layout, counted):
            return (
                SAME
                if all(self._agrees(i, cell) for i, cell in counted.items())
                else ANOTHER
            )
        if any(self._fits(other, counted) for other in self._others):
            return ANOTHER
        return None

    def begun_by(self, row: Sequence[str]) -> bool:
        """Recognise the headings again, of which the last one was cut off."""
        names = [normal(cell) for cell in row[: len(self._names)]]
        last = len(self._names) - 1
        whole = len(names) > last > 0 and names[:last] == [*self._names[:last]]
        return whole and self._names[last].startswith(names[last])

    def _in(self, row: Sequence[str]) -> list[int]:
        """Return the columns of a row in which a heading is looked for."""
        return [i for i in self._looked_at if i < len(row)]

    def _fits(self, layout: Layout, row: Mapping[int, str]) -> bool:
        """Return whether enough cells are headings of a dataset.

        Two headings of items that every record fills in are enough: no record has the
        words "企业名称" and "统一社会信用代码" for its values.
        """
        hits = {item for cell in row.values() if (item := item_of(layout, cell))}
        enough = len(hits) >= SHARE * len(row) or len(hits & {*layout.anchors}) > 1
        return len(hits) >= LEAST and enough

    def _agrees(self, column: int, cell: str) -> bool:
        """Return whether a heading means what the first heading of its column means."""
        if column >= len(self._items):
            return False
        item = self._items[column]
        if normal(cell) == self._names[column]:
            return True
        if item is not None and states_other_unit(self._layout, item, cell):
            return False
        return item_of(self._layout, cell) == item


def _is_decorated(cell: str) -> bool:
    """Return whether a cell has a mark or a blank that headings have beside words."""
    return cell[0] in MARKS or cell[-1] in ENDS or cell.split() != [cell]


def _may_be_decorated(column: Sequence[str]) -> bool:
    """Return the same for all cells of a column at once; many have signs inside."""
    text = "\0".join(["", *column, ""])
    if any(blank in text for blank in BLANKS):
        return True
    return any(sign in text and f"{sign}\0" in text for sign in ENDS) or any(
        sign in text and f"\0{sign}" in text for sign in MARKS
    )
