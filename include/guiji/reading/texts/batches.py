"""Records on their way from a text file to the text table, many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from guiji.reading.texts.arrow_cells import Places
from guiji.reading.texts.repeated import Heading


@dataclass(frozen=True)
class Fault:
    """What is wrong with a whole row.

    Attributes:
        code: RAGGED_LONG, RAGGED_SHORT, CHARS_LOST, NUL, BAD_ENCODING, OTHER_ENCODING,
            BAD_QUOTES, QUOTED_LINES, TORN, CUT_OFF, OTHER_TABLE, ROW_REPEATED or
            CELL_REPEATED.
        column: letter of the first damaged column, None if it is the row's shape.
        raw: the row as delivered.
    """

    code: str
    column: str | None
    raw: str


@dataclass
class Batch:
    """Consecutive records of a file.

    Attributes:
        number: of the first record; 1 is the first of the file. Blank lines count.
        lines: of each record, the number of its first line.
        rows: cells of each record; any number of cells where there is a fault.
        faults: index in `rows` -> what is wrong.
        remarks: index in `rows` -> what is unusual but was read: MIXED_ENCODING,
            PRIVATE_USE.
        rounded: index in `rows` and column of numbers that lost their digits.
        repeats: indices of rows that repeat the headings.
        tears: whether its first row may be the rest of the record before the batch.
        sound: index of the last record without fault, and the record as delivered.
    """

    number: int
    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    remarks: dict[int, list[str]] = field(default_factory=dict)
    rounded: list[tuple[int, int]] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)
    tears: bool = False
    sound: tuple[int, str] | None = None


@dataclass(frozen=True)
class PlainBatch:
    """Consecutive records without any fault, column by column.

    Attributes:
        number: of the first record.
        lines: of each record, the number of its first line.
        columns: their cells.
        last: the last record as delivered; empty if it is blank.
    """

    number: int
    lines: Places
    columns: list[pa.StringArray]
    last: str


@dataclass(frozen=True)
class Shape:
    """What a record of the table looks like.

    Attributes:
        width: columns that have a heading.
        cells: cells of every record; those beyond `width` are empty.
        heading: the headings, by which repetitions are known.
        first: cells of the first records, as they were read to find the headings.
    """

    width: int
    cells: int
    heading: Heading
    first: Sequence[Sequence[str]] = ()
