"""What a look at a workbook finds out before its reader sees it."""

from dataclasses import dataclass, field

from guiji.reading.result import Remark
from guiji.reading.workbooks.lost import Address, Lost

Merged = tuple[Address, Address]
"""First and last cell of a range that is shown as one cell."""


@dataclass
class Facts:
    """What the look found out.

    Attributes:
        lost: position of a worksheet -> its cells that the reader does not give.
        merged: the same for merged ranges, where the reader does not know of any.
        remarks: what the receipt states.
        returned_batch: the batch that was returned as this workbook, as it says.
    """

    lost: dict[int, dict[Address, Lost]] = field(default_factory=dict)
    merged: dict[int, list[Merged]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    returned_batch: str | None = None
