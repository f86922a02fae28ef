"""The text table, written in pieces so that a large file does not fill the memory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.reading.records import Fault
from guiji.reading.remarks import Screen
from guiji.reading.result import Note
from guiji.schemas import TEXT_COLUMNS

GROUP = 120_000
"""Rows of a Parquet row group."""

Column = Sequence[str]


class Sink:
    """Takes batches of text and writes `text.parquet`.

    Attributes:
        rows: records taken, faulty ones included.
        faulty: records with a fault.
    """

    def __init__(self, path: Path, items: Sequence[str]) -> None:
        """Open the file.

        Args:
            path: where to write.
            items: the columns after those of `schemas.TEXT_COLUMNS`.
        """
        self.rows = 0
        self.faulty = 0
        self._items = items
        self._schema = pa.schema([*TEXT_COLUMNS, *((i, pa.string()) for i in items)])
        self._held: list[pa.RecordBatch] = []
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
    ) -> None:
        """Take consecutive records.

        Args:
            sheet: worksheet, None for text files.
            numbers: row number of each record.
            columns: item -> cells as text, as many as `numbers`.
            faults: index of a record -> what is wrong with it; its cells are dropped,
                its raw line is kept.
        """
        count = len(numbers)
        if not count:
            return
        arrays = [
            _repeated(sheet, count),
            pa.array(numbers, pa.int32()),
            *_fault_columns(faults, count),
        ]
        for item in self._items:
            cells: Sequence[str | None] | None = columns.get(item)
            if cells is not None and faults:
                cells = [None if i in faults else c for i, c in enumerate(cells)]
            arrays.append(
                pa.nulls(count, pa.string())
                if cells is None
                else pa.array(cells, pa.string())
            )
        self._held.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._held_rows += count
        self.rows += count
        self.faulty += len(faults)
        if self._held_rows >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
        self._held.clear()
        self._held_rows = 0


def _repeated(text: str | None, count: int) -> pa.Array:
    return pa.nulls(count, pa.string()) if text is None else pa.repeat(text, count)


def _fault_columns(faults: Mapping[int, Fault], count: int) -> list[pa.Array]:
    if not faults:
        return [pa.nulls(count, pa.string())] * 3
    found = [faults.get(i) for i in range(count)]
    return [
        pa.array([f and f.code for f in found], pa.string()),
        pa.array([f and f.column for f in found], pa.string()),
        pa.array([f and f.raw for f in found], pa.string()),
    ]


class Table:
    """Takes the rows of one table below its headings: screens them, then sinks them."""

    def __init__(
        self,
        sink: Sink,
        sheet: str | None,
        items: Sequence[str | None],
        anchors: Sequence[str],
    ) -> None:
        """Begin a table.

        Args:
            sink: where the records go.
            sheet: worksheet, None for text files.
            items: item of each column, None where the heading is unknown.
            anchors: items that every record fills in.
        """
        self._sink = sink
        self._sheet = sheet
        self._columns = [(i, x) for i, x in enumerate(items) if x is not None]
        self._screen = Screen([i for i, x in self._columns if x in anchors])
        self.rows = 0

    @property
    def notes(self) -> list[Note]:
        """Lines that were no records."""
        return self._screen.notes

    def add(
        self,
        first: int,
        columns: Sequence[Column],
        faults: Mapping[int, Fault],
    ) -> None:
        """Take consecutive rows.

        Args:
            first: row number of the first one.
            columns: cells as text, every column of the table.
            faults: index of a row -> what is wrong with it.
        """
        count = len(columns[0]) if columns else 0
        numbers: Sequence[int] = range(first, first + count)
        dropped = self._dropped(numbers, columns, faults)
        if dropped:
            kept = [i for i in range(count) if i not in dropped]
            numbers = [numbers[i] for i in kept]
            columns = [[column[i] for i in kept] for column in columns]
            faults = {k: faults[i] for k, i in enumerate(kept) if i in faults}
        self._sink.add(
            self._sheet, numbers, {x: columns[i] for i, x in self._columns}, faults
        )
        self.rows += len(numbers)

    def _dropped(
        self,
        numbers: Sequence[int],
        columns: Sequence[Column],
        faults: Mapping[int, Fault],
    ) -> set[int]:
        certain = {i for i, fault in faults.items() if fault.code != "RAGGED_SHORT"}
        suspects = [i for i in self._screen.suspects(columns) if i not in certain]
        dropped: set[int] = set()
        last = -1
        for index in suspects:
            if index != last + 1:
                self._screen.passed()
            if not self._screen.keep(numbers[index], [c[index] for c in columns]):
                dropped.add(index)
            last = index
        if last != len(numbers) - 1:
            self._screen.passed()
        return dropped
