"""Telling records from the lines that stand around them in a table made by hand.

Blank rows are skipped. A total, a remark, a section title, an example, a row with
nothing but a serial number or defaults, or one that says there is nothing to report
is a note: it is listed in the reading and never merged. What may be the rest of a
damaged record stays a record, for the checks to put into quarantine.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.reading import non_record_wording as wording
from guiji.reading.layout import OPERATION, Layout
from guiji.reading.non_record_wording import EXAMPLE_CELLS, marked
from guiji.reading.numbering import is_numbering
from guiji.reading.result import Note
from guiji.reading.texts.arrow_cells import blank

__all__ = ["RecordFilter", "marked"]

TOP = 6
"""Rows below the headings that may belong to the template."""

SHARE = 0.6
"""Share of a row's cells that must be field codes, or what a template asks."""

LONGEST_DEFAULT = 20
"""Characters of a default."""

NUMBERING = "栏次编号"
FIELD_CODES = "字段代码行"
REQUIREMENTS = "填写要求行"
EXAMPLE = "填写示例行"
TOTAL_OR_REMARK = "合计、说明或签字行"
CONTINUED = "说明的续行"
NOTHING = "写明没有数据"
SECTION = "分组标题行"
REMARK = "页码、日期、说明等单独一格的行"
PREFILLED = "只有序号或预填内容"
REPEATED = "重复的表头行"

Row = Sequence[str]


class RecordFilter:
    """Looks at the rows of one table in order; remembers whether it is in the notes."""

    def __init__(self, items: Sequence[str | None], layout: Layout) -> None:
        """Begin below the headings.

        Args:
            items: item of each column, None where the heading is unknown.
            layout: the dataset: which items every record fills in, which say whom it
                is about, and which name the department.
        """
        columns = [(i, item) for i, item in enumerate(items) if item is not None]
        self._described = {i for i, _ in columns}
        self._anchors = [i for i, item in columns if item in layout.anchors]
        self._subjects = {i for i, item in columns if item in layout.subjects}
        names = [i for i in self._anchors if i in self._subjects]
        self._name = names[:1]
        keys = {*layout.keys} - {*layout.subjects, *layout.bodies}
        self._keys = {i for i, item in columns if item in keys}
        self._choices = {
            i for i, item in columns if item in layout.choices
        } - self._keys
        bodies = {*layout.bodies, OPERATION}
        self._bodies = {i for i, item in columns if item in bodies}
        self._first = True
        self._in_notes = False
        self._defaults: Row | None = None
        self.notes: list[Note] = []

    def suspects(self, columns: Sequence[Sequence[str]]) -> list[int]:
        """Return the rows of a batch that may be no records.

        Only these need `keep`: the first rows of all, those that lack an anchor and
        those that may be called examples; while notes are being read, every row.

        Args:
            columns: the batch's cells as text, column by column.
        """
        if not columns:
            return []
        rows = range(len(columns[0]))
        if self._in_notes:
            return list(rows)
        lacking = self._at_the_top(len(rows))
        for anchor in self._anchors:
            cells = columns[anchor]
            if all(map(str.strip, cells)):
                continue
            lacking.update(i for i, cell in enumerate(cells) if not cell.strip())
        for words, indices in self._words(len(columns)):
            for index in indices:
                if not words.isdisjoint(columns[index]):
                    placed = enumerate(columns[index])
                    lacking.update(i for i, cell in placed if cell in words)
        for name in self._name:
            lacking.update(_maybe_examples(columns[name]))
        return sorted(lacking)

    def suspects_of(self, columns: Sequence[pa.StringArray]) -> list[int]:
        """Return the same of columns of Arrow."""
        count = len(columns[0])
        if self._in_notes:
            return list(range(count))
        lacking = self._at_the_top(count)
        for anchor in self._anchors:
            lacking.update(blank(columns[anchor]))
        for words, indices in self._words(len(columns)):
            listed = pa.array(sorted(words), pa.string())
            for index in indices:
                named = pc.is_in(columns[index], value_set=listed)
                if named.true_count:
                    lacking.update(pc.indices_nonzero(named).to_pylist())
        for name in self._name:
            for sign in wording.EXAMPLE_SIGNS:
                signed = pc.match_substring(columns[name], sign)
                if signed.true_count:
                    lacking.update(pc.indices_nonzero(signed).to_pylist())
        return sorted(lacking)

    def repeated(self, number: int) -> None:
        """Note a row that repeats the headings."""
        self.notes.append(Note(number, REPEATED))

    def keep(
        self,
        number: int,
        row: Row,
        following: Row | None = None,
        *,
        is_ragged: bool = False,
    ) -> bool:
        """Return whether a row is a record; note why if it is another line.

        Args:
            number: the row's number, for the note.
            row: its cells as text.
            following: the row below, where that may be no record, too.
            is_ragged: it has more or fewer cells than the headings, and may be a part
                of a record.
        """
        filled = [i for i, cell in enumerate(row) if cell.strip()]
        if not filled:
            return is_ragged  # what it holds lies beyond the last heading
        why = self._why(row, filled, following, is_ragged=is_ragged)
        self._first = self._first and why is not None
        self._in_notes = why in (TOTAL_OR_REMARK, CONTINUED)
        self._defaults = row if why == PREFILLED else None
        if why is not None:
            self.notes.append(Note(number, why))
        return why is None

    def passed(self) -> None:
        """Count records that were kept unchecked."""
        self._first = False
        self._in_notes = False
        self._defaults = None

    def _at_the_top(self, count: int) -> set[int]:
        return set(range(min(TOP, count))) if self._first else set()

    def _words(self, width: int) -> list[tuple[frozenset[str], list[int]]]:
        """Return words by which a row is no record, and the columns that may say so."""
        unknown = [i for i in range(width) if i not in self._described]
        return [
            (EXAMPLE_CELLS, unknown),
            (wording.EMPTY_SUBJECTS, self._anchors[:1]),
        ]

    def _why(
        self, row: Row, filled: Sequence[int], following: Row | None, *, is_ragged: bool
    ) -> str | None:
        content = self._content(row)
        if self._first and (why := _of_template([row[i].strip() for i in filled])):
            return why
        first = content[0] if content else filled[0]
        taken = {first, *self._bodies}
        others = [i for i in self._anchors if i in content and i not in taken]
        sums = {i for i in others if wording.is_number(row[i])}
        sums -= set() if self._is_none(first) else self._subjects
        others = [i for i in others if i not in sums]
        if not others and marked(row[first]):
            return TOTAL_OR_REMARK
        own = [i for i in content if i not in self._bodies] or content
        if is_ragged:
            says_nothing = len(filled) == 1 and wording.is_zero_report(row[first])
        else:
            says_nothing = all(wording.says_nothing(row[i]) for i in own)
        if own and says_nothing:
            return NOTHING
        if not is_ragged and (why := self._of_table(row, content, following)):
            return why
        return CONTINUED if self._in_notes and len(filled) == 1 else None

    def _of_table(
        self, row: Row, content: Sequence[int], following: Row | None
    ) -> str | None:
        """Return what a row is that has as many cells as the headings."""
        if self._is_example(row, content):
            return EXAMPLE
        own = [i for i in content if i not in self._bodies]
        if len(own) == 1 and not self._in_notes:
            cell, is_aside = row[own[0]], own[0] in self._name or self._is_none(own[0])
            if wording.is_section(cell):
                return SECTION
            if is_aside and wording.is_remark(cell):
                return REMARK
        if _is_signature([row[i] for i in content]):
            return TOTAL_OR_REMARK
        return PREFILLED if self._is_prefilled(row, content, following) else None

    def _is_example(self, row: Row, content: Sequence[int]) -> bool:
        if any(row[i].strip() in EXAMPLE_CELLS for i in content if self._is_none(i)):
            return True
        for i in self._name:
            cell = row[i].strip()
            if cell in EXAMPLE_CELLS or wording.is_example(cell, is_subject=True):
                return True
        subjects = {i for i in content if self._is_none(i) or i in self._subjects}
        return self._first and any(
            wording.is_example(row[i], is_subject=i in subjects) for i in content
        )

    def _is_prefilled(
        self, row: Row, content: Sequence[int], following: Row | None
    ) -> bool:
        """Recognise a row of serial numbers and defaults.

        The department's own name is a default anywhere. Where no subject is named, so
        is one cell with a value of a list or a serial number in the place of a key; any
        other cells are if the row above or below has the very same.
        """
        own = [i for i in content if i not in self._bodies]
        if not own:
            return True
        if own[0] in self._name and len(own) == 1:
            return wording.is_short_serial(row[own[0]])  # no name is a number
        if not self._subjects.isdisjoint(content):
            return False
        if len(own) == 1 and self._is_default(row[own[0]], own[0]):
            return True
        defaults = self._filling(row, content)
        return any(
            other is not None and defaults == self._filling(other, self._content(other))
            for other in (self._defaults, following)
        )

    def _content(self, row: Row) -> list[int]:
        """Return the columns of a row that hold more than a serial number."""
        filled = [i for i, cell in enumerate(row) if cell.strip()]
        return [
            i for i in filled if not (self._is_none(i) and wording.is_serial(row[i]))
        ]

    def _is_default(self, cell: str, index: int) -> bool:
        """Return whether a cell may stand alone in a template."""
        if index in self._choices:
            return len(cell.strip()) <= LONGEST_DEFAULT
        return index in self._keys and wording.is_short_serial(cell)

    def _filling(self, row: Row, content: Sequence[int]) -> list[tuple[int, str]]:
        """Return the cells in which prefilled rows are alike; serial numbers differ."""
        serials = {i for i in self._keys & {*content} if wording.is_serial(row[i])}
        return [(i, "" if i in serials else row[i].strip()) for i in content]

    def _is_none(self, index: int) -> bool:
        return index not in self._described


def _maybe_examples(cells: Sequence[str]) -> list[int]:
    """Return the cells that hold a part of a word for an example."""
    text = "".join(cells)
    if not any(sign in text for sign in wording.EXAMPLE_SIGNS):
        return []
    signs = set(wording.EXAMPLE_SIGNS)
    return [i for i, cell in enumerate(cells) if not signs.isdisjoint(cell)]


def _of_template(cells: Sequence[str]) -> str | None:
    """Return what a row that stands below the headings belongs to in a template."""
    if is_numbering(cells):
        return NUMBERING
    if len(cells) > 1 and all(map(wording.is_identifier, cells)):
        return FIELD_CODES
    asked = sum(map(wording.is_requirement, cells))
    return REQUIREMENTS if len(cells) > 1 and asked >= SHARE * len(cells) else None


def _is_signature(cells: Sequence[str]) -> bool:
    """Recognise a row of places for seals and names, and of days beside them."""
    signed = [
        cell
        for cell in cells
        if wording.is_signature(cell)
        or (marked(cell) and not wording.ends_in_total(cell))
    ]
    return bool(signed) and all(
        cell in signed or wording.is_date(cell) for cell in cells
    )
