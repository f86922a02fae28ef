"""What a look at a workbook finds out beside the values that its reader gives."""

from collections import defaultdict
from dataclasses import dataclass, field

from guiji.reading.result import Remark
from guiji.reading.returned import Template
from guiji.reading.workbooks.lost import Address, LostCell

Merged = tuple[Address, Address]
"""First and last cell of a range that is shown as one cell."""


@dataclass
class SheetFacts:
    """What is known of a worksheet; rows and columns count from 0.

    Attributes:
        lost: cells that the reader gives as empty, or not as they were typed.
        merged: ranges that are shown as one cell.
        hidden_rows: rows that nobody sees.
        hidden_columns: columns that nobody sees.
        struck_rows: rows with a cell that is struck through.
        repeated_rows: rows of which the sheet has several of the same number.
        repeated_cells: row -> a column of which it has several cells with content.
    """

    lost: dict[Address, LostCell] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    repeated_rows: set[int] = field(default_factory=set)
    repeated_cells: dict[int, int] = field(default_factory=dict)


@dataclass
class Facts:
    """What the look found out.

    Attributes:
        sheets: position of a worksheet -> what is known of it.
        remarks: what the receipt states.
        returned_batch: the batch that was returned as this workbook, as it says.
        template: the fill-in template of ours that it is, as its properties say.
        since_1904: whether its days count from 1904-01-01.
        parts: of each worksheet, the name of its part; empty if there are no parts.
        formats: number format of each cell style.
    """

    sheets: dict[int, SheetFacts] = field(
        default_factory=lambda: defaultdict(SheetFacts)
    )
    remarks: list[Remark] = field(default_factory=list)
    returned_batch: str | None = None
    template: Template | None = None
    since_1904: bool = False
    parts: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
