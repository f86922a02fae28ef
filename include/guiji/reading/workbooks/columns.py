"""Columns of a worksheet to text, each by what its item is.

A number is a value in a column of amounts. In a column of texts it stands for what the
clerk sees, and in a column of days for a day of the workbook's date system. Where that
cannot be told the cell is noted, and its row goes into quarantine.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from guiji.reading.layout import Layout
from guiji.reading.workbooks import cells as forms
from guiji.reading.workbooks import lost, text_columns
from guiji.reading.workbooks.grid import Grid
from guiji.reading.workbooks.lost import Address
from guiji.reading.workbooks.text_columns import TextColumn

MOMENTS = frozenset((bool, date, datetime, time, timedelta))
FIRST_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - day 0 of a date system
LAST_OF_1904 = 71_588
"""Serial number of 2099-12-31; see `domain.dates`."""

YEARS = range(1900, 2100)
"""Numbers that are rather a year than a day."""

SERIAL = re.compile(r"[0-9]{1,5}")
LAST_MINUTE = " 23:59:"
BEGIN_OF_LAST_MINUTE = 1 - 60 / 86_400
"""Part of a day after which its last minute has begun."""


class ColumnTexts:
    """Writes the cells of a worksheet as text, and notes those that have none.

    Attributes:
        faults: code and column -> numbers of the rows.
    """

    def __init__(self, grid: Grid, layout: Layout, used: Mapping[int, str]) -> None:
        """Begin a worksheet.

        Args:
            grid: the worksheet.
            layout: its dataset.
            used: item of each column that is read.
        """
        self.faults: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._grid = grid
        self._used = used
        self._texts = {i for i, item in used.items() if item in layout.texts}
        keys = {*layout.keys} & {*layout.texts}
        self._keys = {i for i, item in used.items() if item in keys}
        self._dates = {i for i, item in used.items() if item in layout.dates}

    def is_day(self, column: int) -> bool:
        """Return whether days are in a column."""
        return column in self._dates

    def write(self, first: int, column: int, values: Sequence[Any]) -> TextColumn:
        """Write cells of a column as text.

        Args:
            first: index of the first one's row.
            column: its index.
            values: the cells.
        """
        is_day = column in self._dates
        texts = text_columns.of_texts(values)
        if texts is not None and not (is_day and self._grid.since_1904):
            return texts
        kinds = set(map(type, values))
        written = text_columns.written(values, kinds)
        if is_day and self._grid.since_1904 and str in kinds:
            written = TextColumn([_of_text(text) for text in written])
        if column not in self._used or kinds == {str}:
            return written
        self._note(lost.DIGITS_LOST, column, first, forms.without_digits(values, kinds))
        self._note(lost.DATE_LOST, column, first, forms.without_day(values, kinds))
        if column in self._texts:
            args = (first, column, values, list(written))
            return TextColumn(self._as_texts(*args, kinds))
        if is_day:
            if datetime in kinds and written.holds(LAST_MINUTE):
                late = [i for i, text in enumerate(written) if LAST_MINUTE in text]
                self._note(lost.NEAR_MIDNIGHT, column, first, late)
            if kinds & forms.NUMBERS:
                days = self._as_days(first, column, values, list(written))
                return TextColumn(days)
        return written

    def forget(self, end: int) -> None:
        """Forget what was noted of rows from one on, which belong to another table.

        Args:
            end: its index.
        """
        for rows in self.faults.values():
            rows[:] = [number for number in rows if number <= end]

    def _note(self, code: str, column: int, first: int, indices: list[int]) -> None:
        if indices:
            self.faults[code, column] += [first + i + 1 for i in indices]

    @cached_property
    def _shown(self) -> Mapping[Address, str | None]:
        return self._grid.shown(self._texts)

    def _as_texts(
        self,
        first: int,
        column: int,
        values: Sequence[Any],
        written: list[str],
        kinds: set[type],
    ) -> list[str]:
        """Write what is seen of numbers; note what nobody can have typed as a text."""
        unknown: list[int] = []
        if kinds & MOMENTS:
            for i, value in enumerate(values):
                if type(value) in MOMENTS and value != forms.NO_DAY:
                    unknown.append(i)
                    if type(value) is bool:
                        written[i] = str(value).upper()
        if kinds & forms.NUMBERS:
            unknown += self._write_numbers(first, column, values, written)
        self._note(lost.NOT_TEXT, column, first, sorted(unknown))
        return written

    def _write_numbers(
        self, first: int, column: int, values: Sequence[Any], written: list[str]
    ) -> list[int]:
        """Write what is seen of numbers; give those of which nothing is known.

        Decimals that are seen as they are, in the number of a document, are noted:
        3.10 was typed as well as 3.1, which is another document.
        """
        unknown, decimals = [], []
        for i, value in enumerate(values):
            if type(value) not in forms.NUMBERS or abs(value) >= forms.EXACT:
                continue
            place = (first + i, column)
            text = self._shown.get(place, written[i])
            if text is None:
                unknown.append(i)
            else:
                written[i] = text
            if place not in self._shown and value % 1:
                decimals.append(i)
        if column in self._keys:
            self._note(lost.NUMBER_FOR_TEXT, column, first, decimals)
        return unknown

    def _as_days(
        self, first: int, column: int, values: Sequence[Any], written: list[str]
    ) -> list[str]:
        """Write numbers as days of the file's date system."""
        late: list[int] = []
        for i, value in enumerate(values):
            if type(value) not in forms.NUMBERS:
                continue
            if value > 1 and value % 1 > BEGIN_OF_LAST_MINUTE:
                late.append(i)
            if self._grid.since_1904 and 1 <= value <= LAST_OF_1904:
                written[i] = _since_1904(value) or written[i]
        self._note(lost.NEAR_MIDNIGHT, column, first, late)
        return written


def _of_text(text: str) -> str:
    """Write the number of a day that was typed as a text as the day that it is."""
    is_serial = SERIAL.fullmatch(text) and 1 <= int(text) <= LAST_OF_1904
    return (_since_1904(int(text)) or text) if is_serial else text


def _since_1904(value: float) -> str | None:
    """Write the day of a serial number; None if it is rather a year."""
    if int(value) in YEARS:
        return None
    return (FIRST_OF_1904 + timedelta(days=int(value))).date().isoformat()
