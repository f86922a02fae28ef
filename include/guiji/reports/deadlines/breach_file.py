"""Write missed deadlines in their order: Parquet for programs, CSV for people.

Whatever pieces they come in, the same rows give the same bytes.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.core import files
from guiji.core.schemas import BREACHES
from guiji.reports.deadlines.csv_lines import CsvLines

GROUP_ROWS = 200_000
"""Rows of a row group, and rows that are in memory at a time."""

CODES = frozenset({"record_id", "uscc"})
"""Texts that differ from row to row: a dictionary of them only costs time."""

REPEATED = tuple(
    field.name
    for field in BREACHES
    if field.type == pa.string() and field.name not in CODES
)
"""Texts of which a row group has few; in memory they are dictionary-encoded, too."""

SCHEMA = pa.schema(
    field.with_type(pa.dictionary(pa.int32(), pa.string()))
    if field.name in REPEATED
    else field
    for field in BREACHES
)
"""`BREACHES` with dictionaries."""


def read(path: Path) -> Iterator[pa.Table]:
    """Read a file's row groups, one by one, with dictionaries (`SCHEMA`)."""
    with pq.ParquetFile(path, read_dictionary=list(REPEATED)) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number).cast(SCHEMA)


def write(
    tables: Iterable[pa.Table],
    path: Path,
    *,
    lines: CsvLines | None = None,
) -> None:
    """Write tables of missed deadlines one after the other.

    Args:
        tables: with the columns of `schemas.BREACHES`, with dictionaries or without.
        path: the Parquet file.
        lines: writes a CSV file of the same name beside it; None = there is none.
    """
    with ExitStack() as stack:
        temporary = stack.enter_context(files.replacing(path))
        groups = _groups(tables)
        if lines:
            target = stack.enter_context(files.replacing(path.with_suffix(".csv")))
            text = stack.enter_context(target.open("wb"))
            groups = _worded(groups, lines, text)
        files.write_pieces(
            temporary,
            SCHEMA,
            groups,
            GROUP_ROWS,
            use_dictionary=[name for name in BREACHES.names if name not in CODES],
            store_schema=False,
        )


def _worded(
    groups: Iterable[pa.Table], lines: CsvLines, text: BinaryIO
) -> Iterator[pa.Table]:
    """Write tables as lines of a CSV file, and hand them on."""
    text.write(lines.heading())
    for group in groups:
        text.write(lines.text(group))
        yield group


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut tables into row groups."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        waiting.append(table.select(BREACHES.names).cast(SCHEMA))
        rows += len(table)
        while rows >= GROUP_ROWS:
            whole = pa.concat_tables(waiting)
            yield _normalised(whole.slice(0, GROUP_ROWS))
            waiting = [whole.slice(GROUP_ROWS)]
            rows -= GROUP_ROWS
    if rows:
        yield _normalised(pa.concat_tables(waiting))


def _normalised(table: pa.Table) -> pa.Table:
    """Return a table in one piece, its dictionaries in the order of first use."""
    table = table.unify_dictionaries().combine_chunks()
    for name in REPEATED:
        column = table[name].combine_chunks()
        used = column.indices.dictionary_encode()
        texts = column.dictionary.take(used.dictionary)
        array = pa.DictionaryArray.from_arrays(used.indices, texts)
        table = table.set_column(table.column_names.index(name), name, array)
    return table.cast(SCHEMA)
