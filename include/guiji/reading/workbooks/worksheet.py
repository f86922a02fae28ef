"""One pass over a worksheet: how far it reaches, and what its reader is silent of.

Each question is asked of a block only if the block holds the one word that the answer
needs; most blocks hold none.

Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.13 (col), 18.3.1.73 (row).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from guiji.reading import refusals
from guiji.reading.limits import Limits
from guiji.reading.workbooks import lost, merged, tags
from guiji.reading.workbooks.facts import SheetFacts
from guiji.reading.workbooks.lost import ADDRESS, Address, LostCell, column_index
from guiji.reading.workbooks.repeated_cells import RepeatedCells
from guiji.reading.workbooks.styles import STRIKE, Styles
from guiji.reading.workbooks.tags import RowTags, Tags

CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
SHORTEST_CELL = 4  # <c/>
UNSEEN_ROW = re.compile(rb"\b(?:hidden=\"(?:1|true)\"|ht=\"0+(?:\.0*)?\")")
UNSEEN_COLUMN = re.compile(rb"\b(?:hidden=\"(?:1|true)\"|width=\"0+(?:\.0*)?\")")
"""What nobody sees, because it is hidden or has no height or width."""

COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
FROM, TO = re.compile(rb"\bmin=\"(\d{1,5})\""), re.compile(rb"\bmax=\"(\d{1,5})\"")
FAR_SIGN = re.compile(rb" r=\"(?:[B-Z][A-Z]|[A-Z]{3})\d")
FAR = re.compile(rb" r=\"([B-Z][A-Z]|[A-Z]{3})\d+\"(?:[^>]*[^/>])?>[^<]*<(?!/)")
"""A cell beyond the column AZ that holds anything."""

ANY = re.compile(rb" r=\"([A-Z]{1,3})\d+\"(?:[^>]*[^/>])?>[^<]*<(?!/)")
"""A cell that holds anything."""

UNPLACED = re.compile(rb"<(?:\w+:)?c(?:\s(?![^>]*\br=)[^>]*)?>")
STYLE = re.compile(rb"\bs=\"(\d{1,9})\"")
STRING = re.compile(rb"<(?:\w+:)?v>(\d{1,9})<")
SHARED_CELL = re.compile(rb"t=\"s\"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<")
SHARED, INLINE = b't="s"', b't="inlineStr"'
NINES = np.frombuffer(b"9999", np.uint32)[0]
NEARLY_WHOLE = b".99999999"
"""What most blocks lack: four of the nines stand where a block's words begin."""

DATA = b"sheetData"

END_OF_DAY = re.compile(rb"(<(?:\w+:)?c\b[^>]*>)<(?:\w+:)?v>(\d{1,7}\.99999999\d*)<")
"""A number half a millisecond before a whole one, to which its reader rounds it."""

SPANS = re.compile(rb"\bspans=\"\d{1,5}:(\d{1,5})\"")
FARTHEST = 16_384
"""Columns that a row may span if it does not say. One that lies is found out by the
limit of memory."""

NARROW = 52
"""Columns up to AZ; a large worksheet counts as this wide at least, for so many
columns of all rows that there may be are not too much."""

SMALL = 16 << 20
"""Bytes of a worksheet up to which the column of every cell is looked at."""

SPARSE = 24_000_000
"""Rows × columns that a small worksheet may reach; the reader keeps all of them."""

FIRST_DAY, END_OF_TIME = 60, 2_958_466
"""Serial numbers between which every one is a day."""

LAST_INSTANT = 1 - 1e-6 / 86_400
"""Part of a day after which its last microsecond begins."""

COPIES = 500_000_000
"""Bytes of long texts that the cells of a small worksheet may refer to."""

EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - day 0


class WorksheetScan:
    """Goes through the blocks of a worksheet in order.

    Attributes:
        facts: what was found.
        copied: bytes of long shared strings, as often as cells refer to them.
    """

    def __init__(
        self, name: str, size: int, limits: Limits, styles: Styles, *, since_1904: bool
    ) -> None:
        """Begin a worksheet.

        Args:
            name: the file as the department named it.
            size: bytes of the worksheet's part.
            limits: what it may cost.
            styles: the styles of its cells.
            since_1904: whether its days count from 1904-01-01.
        """
        self.facts = SheetFacts()
        self._name = name
        self._limits = limits
        self._styles = styles
        self._epoch = EPOCHS[since_1904]
        self._is_counted = size // SHORTEST_CELL > limits.cells
        self._is_small = size < SMALL
        self._cells = self._row = self._filled_rows = 0
        self._columns = 0 if self._is_small else NARROW
        self._numbers: list[tags.Numbers] = []
        self._repeated = RepeatedCells()
        self._is_inline = False
        self.copied = 0
        self._spanned = [0]  # by rows that began in the block before, and in this one

    @property
    def box(self) -> int:
        """Rows × columns up to the last cell that holds anything."""
        return self._filled_rows * self._columns

    def take(self, block: bytes) -> None:
        """Go through a block in which cells are whole.

        Raises:
            BatchRefused: TOO_BIG; or UNREADABLE, see `lost.find`.
        """
        self._cells += len(CELL.findall(block)) if self._is_counted else 0
        before = self._row
        found_tags = tags.find(block)
        rows = tags.rows(found_tags, before)
        if not before:
            self._is_inline = INLINE in block
            self._see_columns(block)
        self._follow(rows)
        self._measure(found_tags, rows, before)
        self._repeated.take(found_tags)
        lost_cells = self.facts.lost
        lost_cells.update(lost.find(block, self._name))
        if _has_nines(block) and NEARLY_WHOLE in block:
            lost_cells.update(self._ends_of_day(block))
        if UNSEEN_ROW.search(b" ".join(rows.attributes)):
            self._see_hidden(block, before)
        if self._styles.are_struck or (self._is_inline and b"strike" in block):
            self._see_struck(block)
        if self._is_small and self._styles.long_strings:
            self._count_copies(block)
        if merged.has_ranges(block):
            self.facts.merged += merged.ranges(block, self._name)
        self._judge()

    def end(self) -> SheetFacts:
        """Return what was found."""
        self.facts.repeated_cells = self._repeated.end()
        numbers = np.concatenate([tags.NONE, *self._numbers])
        if (np.diff(numbers) <= 0).any():
            counts = Counter(numbers.tolist()).items()
            self.facts.repeated_rows = {n - 1 for n, count in counts if count > 1}
        return self.facts

    def _judge(self) -> None:
        limits = self._limits
        if self._cells > limits.cells or self._row > limits.sheet_rows:
            why = f"{self._row} rows, {self._cells} cells in a worksheet"
            raise refusals.too_big(self._name, why)
        if len(self.facts.lost) > lost.MOST:
            why = f"{len(self.facts.lost)} cells without content"
            raise refusals.too_big(self._name, why)
        if self.box > (min(SPARSE, limits.box) if self._is_small else limits.box):
            why = f"cells as far as {self._filled_rows} × {self._columns}"
            raise refusals.too_big(self._name, why)

    def _follow(self, rows: RowTags) -> None:
        """Follow the numbers of the rows, and how many columns they say they span."""
        if len(rows.numbers):
            self._numbers.append(rows.numbers)
            self._row = max(self._row, int(rows.numbers.max()))
        spans = [SPANS.search(attributes) for attributes in rows.attributes]
        widths = [int(x[1]) if x else FARTHEST for x in spans]
        self._spanned = self._spanned[-1:] + [max(widths, default=0)]

    def _measure(self, tags: Tags, rows: RowTags, before: int) -> None:
        """See how far cells reach that hold anything."""
        number, block = self._row, tags.block
        if not len(rows.places) or block.find(b"v>", int(rows.places[-1])) < 0:
            number = _last_filled(block, rows, before)
        self._filled_rows = max(self._filled_rows, number)
        if self._is_small:
            self._columns = max(self._columns, _reach(tags))
        elif max(self._spanned) > NARROW and FAR_SIGN.search(block):
            self._columns = max(self._columns, _farthest(FAR.findall(block)))

    def _count_copies(self, block: bytes) -> None:
        """Add up the long shared strings, of which the reader makes a copy each."""
        long_strings = self._styles.long_strings
        self.copied += sum(
            long_strings.get(int(i), 0) for i in SHARED_CELL.findall(block)
        )
        if self.copied > COPIES:
            raise refusals.too_big(self._name, f"{self.copied} bytes of shared texts")

    def _ends_of_day(self, block: bytes) -> Iterator[tuple[Address, LostCell]]:
        for attributes, number in END_OF_DAY.findall(block):
            address = ADDRESS.search(attributes)
            days, _, fraction = number.partition(b".")
            if address is not None and FIRST_DAY < int(days) < END_OF_TIME:
                day = self._epoch + timedelta(days=int(days))
                clock = timedelta(days=min(float(b"0." + fraction), LAST_INSTANT))
                shown = (day + clock).isoformat(" ")
                place = (int(address[2]) - 1, column_index(address[1]))
                yield place, LostCell(lost.NEAR_MIDNIGHT, shown)

    def _see_columns(self, block: bytes) -> None:
        """Note hidden columns, which are stated before the rows."""
        for attributes in COLUMN.findall(block, 0, max(block.find(DATA), 0)):
            first, last = FROM.search(attributes), TO.search(attributes)
            if first and last and UNSEEN_COLUMN.search(attributes):
                columns = range(int(first[1]) - 1, min(int(last[1]), 16_384))
                self.facts.hidden_columns.update(columns)

    def _see_hidden(self, block: bytes, before: int) -> None:
        for number, attributes in tags.each_row(block, before):
            if UNSEEN_ROW.search(attributes):
                self.facts.hidden_rows.add(number - 1)

    def _see_struck(self, block: bytes) -> None:
        styles = self._styles
        for attributes, content in lost.CELL.findall(block):
            style = STYLE.search(attributes)
            is_struck = style is not None and int(style[1]) in styles.struck
            if not is_struck and SHARED in attributes:
                string = STRING.search(content)
                is_struck = (
                    string is not None and int(string[1]) in styles.struck_strings
                )
            address = ADDRESS.search(attributes)
            if address and (is_struck or STRIKE.search(content)):
                self.facts.struck_rows.add(int(address[2]) - 1)


def _has_nines(block: bytes) -> bool:
    """Recognise cheaply whether there may be eight nines in a row."""
    words = np.frombuffer(block, np.uint32, len(block) // 4)
    return bool((words == NINES).any())


def _last_filled(block: bytes, rows: RowTags, before: int) -> int:
    """Return the number of the last row that holds anything; 0 if none does."""
    last = block.rfind(b"v>")
    last = max(last, *(block.rfind(x, last + 1) for x in (b"is>", b"<f", b":f")))
    if last < 0:
        return 0
    at = int(np.searchsorted(rows.places, last))
    return int(rows.numbers[at - 1]) if at else before


def _reach(tags: Tags) -> int:
    """Return how many columns cells reach that hold anything.

    Cells without an address may be in any column, up to those of a narrow sheet.
    """
    block, columns = tags.block, tags.columns
    if columns is not None and not tags.may_have_prefixes:
        if not len(columns.places):
            return 0
        last = columns.places[columns.codes == columns.codes.max()]
        matches = (ANY.match(block, place + len(b"<c")) for place in last.tolist())
        if farthest := next((match[1] for match in matches if match), None):
            return column_index(farthest) + 1
        return _farthest(ANY.findall(block))
    unplaced = NARROW if UNPLACED.search(block) else 0
    return max(unplaced, _farthest(ANY.findall(block)))


def _farthest(names: Iterable[bytes]) -> int:
    """Return the number of the farthest of some columns; 0 if there are none."""
    return max((column_index(name) + 1 for name in set(names)), default=0)
