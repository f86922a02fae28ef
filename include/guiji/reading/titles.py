"""What a reading says about the top of a table."""

from collections.abc import Sequence

from guiji.reading.headings import Header
from guiji.reading.result import ColumnReading, Note, letter

ABOVE = "表头以上的标题行"


def columns_of(header: Header) -> tuple[ColumnReading, ...]:
    """List a heading row's columns."""
    pairs = zip(header.headings, header.items, strict=True)
    return tuple(
        ColumnReading(letter(i), heading, item, item is not None)
        for i, (heading, item) in enumerate(pairs)
    )


def titles(rows: Sequence[Sequence[str]]) -> list[Note]:
    """List the rows above the headings that hold anything."""
    return [
        Note(i + 1, ABOVE)
        for i, row in enumerate(rows)
        if any(cell.strip() for cell in row)
    ]
