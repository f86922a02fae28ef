"""The text table, written in pieces so that a large file does not fill the memory."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guiji.core.schemas import TEXT_COLUMNS
from guiji.reading.layout import Layout
from guiji.reading.remarks import RecordFilter
from guiji.reading.result import Note
from guiji.reading.texts.arrow_cells import Flags, Places, lengths
from guiji.reading.texts.batches import Batch, Fault, PlainBatch

MAYBE_NOTES = ("RAGGED_SHORT", "RAGGED_LONG", "OTHER_TABLE")
"""Faults of lines that may be no records: a remark has fewer cells, or more, and may
stand below any table."""

GROUP = 120_000
"""Rows of a Parquet row group."""

Column = Sequence[str]
Row = Sequence[str]


class Sink:
    """Takes batches of text and writes `text.parquet`.

    Attributes:
        rows: records taken, faulty ones included.
        faulty: records with a fault.
        items: the columns after those of `schemas.TEXT_COLUMNS`.
    """

    def __init__(self, path: Path, items: Sequence[str]) -> None:
        """Open the file.

        Args:
            path: where to write.
            items: the columns after those of `schemas.TEXT_COLUMNS`.
        """
        self.rows = 0
        self.faulty = 0
        self.items = items
        self._schema = pa.schema([*TEXT_COLUMNS, *((i, pa.string()) for i in items)])
        self._batches: list[pa.RecordBatch] = []
        self._held_rows = 0
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=False,
            write_statistics=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._flush()
        self._writer.close()

    def add(
        self,
        sheet: str | None,
        numbers: Sequence[int],
        columns: Mapping[str, Column],
        faults: Mapping[int, Fault],
        lines: Sequence[int] | None = None,
    ) -> None:
        """Add records.

        Args:
            sheet: worksheet, None for text files.
            numbers: row number of each record.
            columns: item -> cells as text, as many as `numbers`.
            faults: index of a record -> what is wrong with it; its cells are dropped,
                its raw line is kept.
            lines: number of each record's first line; None for workbooks.
        """
        count = len(numbers)
        if not count:
            return
        arrays = [
            _repeated(sheet, count),
            pa.array(numbers, pa.int32()),
            *_fault_columns(faults, count),
            pa.nulls(count, pa.int32())
            if lines is None
            else pa.array(lines, pa.int32()),
        ]
        for item in self.items:
            cells: Sequence[str | None] | None = columns.get(item)
            if cells is None:
                cells = pa.nulls(count, pa.string())
            elif faults:
                cells = [None if i in faults else c for i, c in enumerate(cells)]
            arrays.append(pa.array(cells, pa.string()))
        self._hold(arrays, count, len(faults))

    def add_plain(
        self,
        numbers: Places,
        lines: Places,
        columns: Mapping[str, pa.StringArray],
    ) -> None:
        """Add records of a text file without any fault.

        Args:
            numbers: row number of each record.
            lines: number of each record's first line.
            columns: item -> cells as text, as many as `numbers`.
        """
        count = len(numbers)
        nothing = pa.nulls(count, pa.string())
        arrays = [
            nothing,
            pa.array(numbers, pa.int32()),
            *[nothing] * 3,
            pa.array(lines, pa.int32()),
            *(columns.get(item, nothing) for item in self.items),
        ]
        self._hold(arrays, count, 0)

    def _hold(self, arrays: list[pa.Array], count: int, faulty: int) -> None:
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._held_rows += count
        self.rows += count
        self.faulty += faulty
        if self._held_rows >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, self._schema))
        self._batches.clear()
        self._held_rows = 0


def _kept(
    kept: Flags, columns: list[pa.StringArray], numbers: Places, lines: Places
) -> tuple[list[pa.StringArray], Places, Places]:
    mask = pa.array(kept)
    return [c.filter(mask) for c in columns], numbers[kept], lines[kept]


def _repeated(text: str | None, count: int) -> pa.Array:
    return pa.nulls(count, pa.string()) if text is None else pa.repeat(text, count)


def _fault_columns(faults: Mapping[int, Fault], count: int) -> list[pa.Array]:
    if not faults:
        return [pa.nulls(count, pa.string())] * 3
    row_faults = [faults.get(i) for i in range(count)]
    return [
        pa.array([f and f.code for f in row_faults], pa.string()),
        pa.array([f and f.column for f in row_faults], pa.string()),
        pa.array([f and f.raw for f in row_faults], pa.string()),
    ]


class Table:
    """Takes the rows of one table below its headings: screens them, then sinks them."""

    def __init__(
        self,
        sink: Sink,
        sheet: str | None,
        items: Sequence[str | None],
        layout: Layout,
    ) -> None:
        """Begin a table.

        Args:
            sink: where the records go.
            sheet: worksheet, None for text files.
            items: item of each column, None where the heading is unknown.
            layout: the dataset.
        """
        self._sink = sink
        self._sheet = sheet
        self._columns = [(i, x) for i, x in enumerate(items) if x is not None]
        self._screen = RecordFilter(items, layout)
        self.rows = 0
        self.blank = 0

    @property
    def notes(self) -> list[Note]:
        """Lines that were no records."""
        return self._screen.notes

    def add_batch(
        self, batch: Batch, columns: Sequence[Column], below: Row | None = None
    ) -> None:
        """Add the rows of a batch.

        Args:
            batch: number, faults and what else is told of its rows.
            columns: their cells as text, every column of the table.
            below: the row below the batch; None at the end of the table.
        """
        count = len(columns[0]) if columns else 0
        numbers: Sequence[int] = range(batch.number, batch.number + count)
        lines: Sequence[int] | None = batch.lines or None
        faults = batch.faults
        dropped = self._dropped(numbers, columns, batch, below)
        if dropped:
            kept = [i for i in range(count) if i not in dropped]
            numbers = [numbers[i] for i in kept]
            lines = lines and [lines[i] for i in kept]
            columns = [list(map(list(column).__getitem__, kept)) for column in columns]
            faults = {k: faults[i] for k, i in enumerate(kept) if i in faults}
        cells = {x: columns[i] for i, x in self._columns}
        self._sink.add(self._sheet, numbers, cells, faults, lines)
        self.rows += len(numbers)

    def add_plain(self, batch: PlainBatch, below: Row | None = None) -> None:
        """Add records without any fault, column by column; see `add_batch`."""
        columns, lines = batch.columns, batch.lines
        numbers = np.arange(batch.number, batch.number + len(lines))
        filled = np.add.reduce([lengths(c) for c in columns]) > 0
        if not filled.all():
            self.blank += int(np.count_nonzero(~filled))
            columns, numbers, lines = _kept(filled, columns, numbers, lines)
        if not len(numbers):
            return
        dropped = self._dropped_of_plain(numbers, columns, below)
        if dropped:
            kept = np.ones(len(numbers), np.bool_)
            kept[list(dropped)] = False
            columns, numbers, lines = _kept(kept, columns, numbers, lines)
        if len(numbers):
            cells = {x: columns[i] for i, x in self._columns}
            self._sink.add_plain(numbers, lines, cells)
        self.rows += len(numbers)

    def _dropped_of_plain(
        self, numbers: Places, columns: Sequence[pa.StringArray], below: Row | None
    ) -> set[int]:
        lacking = self._screen.suspects_of(columns)
        if not lacking:
            self._screen.passed()
            return set()
        rows: dict[int, Row] = {i: [c[i].as_py() for c in columns] for i in lacking}
        rows |= {len(numbers): below} if below is not None else {}
        return self._screened(numbers, sorted(lacking), rows)

    def _dropped(
        self,
        numbers: Sequence[int],
        columns: Sequence[Column],
        batch: Batch,
        below: Row | None,
    ) -> set[int]:
        certain = {i for i, x in batch.faults.items() if x.code not in MAYBE_NOTES}
        for index in batch.repeats:
            self._screen.repeated(numbers[index])
        taken = certain | set(batch.repeats)
        suspects = [i for i in self._screen.suspects(columns) if i not in taken]
        rows: dict[int, Row] = {i: [c[i] for c in columns] for i in suspects}
        rows |= {len(numbers): below} if below is not None else {}
        ragged = batch.faults.keys()
        return self._screened(numbers, suspects, rows, ragged) | set(batch.repeats)

    def _screened(
        self,
        numbers: Sequence[int] | Places,
        suspects: Sequence[int],
        rows: Mapping[int, Row],
        ragged: Collection[int] = (),
    ) -> set[int]:
        """Examine the suspects in order; count and return those that are no records."""
        dropped: set[int] = set()
        noted_before = len(self._screen.notes)
        last = -1
        for index in suspects:
            if index != last + 1:
                self._screen.passed()
            is_kept = self._screen.keep(
                int(numbers[index]),
                rows[index],
                rows.get(index + 1),
                is_ragged=index in ragged,
            )
            if not is_kept:
                dropped.add(index)
            last = index
        if last != len(numbers) - 1:
            self._screen.passed()
        self.blank += len(dropped) - (len(self._screen.notes) - noted_before)
        return dropped
