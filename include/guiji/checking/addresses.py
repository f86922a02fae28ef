"""Where a finding is: its sheet, and the letter of the column in its own table."""

import pyarrow as pa
import pyarrow.compute as pc

from guiji.reading.result import Reading


def in_sheet(rows: pa.Table, name: str | None) -> pa.ChunkedArray:
    """Return which rows are in a worksheet; None = a file without sheets."""
    sheets = rows["source_sheet"]
    if name is None:
        return pc.is_null(sheets)
    return pc.fill_null(pc.equal(sheets, name), False)


def letters(reading: Reading, item: str | None, rows: pa.Table) -> pa.Array:
    """Return the letter of an item's column for each row.

    Args:
        reading: how the file was read.
        item: the item; None = none.
        rows: with `source_sheet` and `source_row`.

    Returns:
        Letters, as many as rows; null where the row's table does not have the item.
    """
    sheets = rows["source_sheet"].combine_chunks().dictionary_encode()
    names = [*sheets.dictionary.to_pylist(), None]
    of_names = [item and reading.column_letter(name, item) for name in names]
    indices = pc.fill_null(sheets.indices, len(names) - 1)
    column = pa.array(of_names, pa.string()).take(indices)
    for table in reading.lower_tables() if item else ():
        below = pc.greater(rows["source_row"].combine_chunks(), table.header_row)
        is_in = pc.and_(in_sheet(rows, table.name).combine_chunks(), below)
        letter = pa.scalar(table.column_letter(item or ""), pa.string())
        column = pc.if_else(pc.fill_null(is_in, False), letter, column)
    return column
