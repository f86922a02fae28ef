"""Telling records from the lines that stand around them in a table made by hand.

Blank rows are skipped. A total, a remark, a signature line is a note if the cells that
every record fills in are empty; it is listed in the reading and never merged.
"""

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa

from guiji.reading.result import Note
from guiji.reading.texts.plain import blank

MARKED = re.compile(
    r"(合计|总计|小计|共计|本页合计|累计)([:\d(]|$)"
    r"|(注|备注|说明|填表说明|填报说明|表格说明|注意事项)\d?([:\u3001.]|$)"
    r"|(填表人|填报人|制表人|制表|经办人|审核人|审核|复核|负责人|单位负责人|联系人"
    r"|联系电话|填报单位|报送单位|制表单位|填表日期|填报日期|报送日期|盖章|签字)"
    r"([:(]|$)"
    r"|第\d+页"
)
BLANKS = re.compile(r"\s+")
NUMBERING = "栏次编号"
TOTAL_OR_REMARK = "合计、说明或签字行"
CONTINUED = "说明的续行"
REPEATED = "重复的表头行"


class Screen:
    """Looks at the rows of one table in order; remembers whether it is in the notes."""

    def __init__(self, anchors: Sequence[int]) -> None:
        """Begin below the headings.

        Args:
            anchors: columns that every record fills in.
        """
        self._anchors = anchors
        self._first = True
        self._in_notes = False
        self.notes: list[Note] = []

    def suspects(self, columns: Sequence[Sequence[str]]) -> list[int]:
        """Give the rows of a batch that may be no records.

        Only these need `keep`: the first row of all, and those that lack an anchor;
        while notes are being read, every row.

        Args:
            columns: the batch's cells as text, column by column.
        """
        if not columns:
            return []
        rows = range(len(columns[0]))
        if self._in_notes:
            return list(rows)
        lacking = {0} if self._first else set()
        for anchor in self._anchors:
            cells = columns[anchor]
            if all(map(str.strip, cells)):
                continue
            lacking.update(i for i, cell in enumerate(cells) if not cell.strip())
        return sorted(lacking)

    def suspects_of(self, columns: Sequence[pa.StringArray]) -> list[int]:
        """Give the same of columns of Arrow."""
        count = len(columns[0])
        if self._in_notes:
            return list(range(count))
        lacking = {0} if self._first else set()
        for anchor in self._anchors:
            lacking.update(blank(columns[anchor]))
        return sorted(lacking)

    def repeated(self, number: int) -> None:
        """Note a row that repeats the headings."""
        self.notes.append(Note(number, REPEATED))

    def keep(self, number: int, row: Sequence[str]) -> bool:
        """Tell whether a row is a record; note why if it is another line.

        Args:
            number: the row's number, for the note.
            row: its cells as text.
        """
        filled = [i for i, cell in enumerate(row) if cell.strip()]
        if not filled:
            return False
        why = self._why(row, filled)
        self._first = False
        self._in_notes = why in (TOTAL_OR_REMARK, CONTINUED)
        if why is not None:
            self.notes.append(Note(number, why))
        return why is None

    def passed(self) -> None:
        """Say that records were kept without a look."""
        self._first = False
        self._in_notes = False

    def _why(self, row: Sequence[str], filled: Sequence[int]) -> str | None:
        if self._first and _is_numbering([row[i].strip() for i in filled]):
            return NUMBERING
        others = [i for i in self._anchors if i in filled and i != filled[0]]
        if not others and marked(row[filled[0]]):
            return TOTAL_OR_REMARK
        if self._in_notes and len(filled) == 1:
            return CONTINUED
        return None


def marked(line: str) -> bool:
    """Tell a total, a remark or a signature line by its beginning."""
    return MARKED.match(_plain(line)) is not None


def _plain(cell: str) -> str:
    return BLANKS.sub("", unicodedata.normalize("NFKC", cell))


def _is_numbering(cells: Sequence[str]) -> bool:
    """Tell the row 1, 2, 3 … that some tables have below their headings."""
    return len(cells) > 2 and all(c == str(i + 1) for i, c in enumerate(cells))
