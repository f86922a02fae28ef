"""What the package asks of an SQL engine, and nothing more.

SQL is written once, in DuckDB's dialect, and names its inputs plainly. An engine
gives those names a meaning (`view`, `files`, `labelled_files`, `rows`, `keep`) and
runs the text over them (`fetch`, `write`, `write_csv`). A name may be given anew; what
was built on its old meaning has to be built anew, too.

Text is UTF-8 and compares byte by byte, nulls sort last, instants are UTC and days
are those of Asia/Shanghai, whatever engine runs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

import pyarrow as pa

GROUP_ROWS = 20_480
"""Rows of a row group: few enough to read one for a single row."""

NONE: Mapping[str, object] = MappingProxyType({})
"""No parameters."""


class Engine(Protocol):
    """Runs SQL written in DuckDB's dialect over named relations.

    Names are plain identifiers. `parameters` are the values of exactly the query's
    $parameters: text, booleans, whole numbers, dates, instants or None.
    """

    def view(self, name: str, query: str) -> None:
        """Define a view `name` over a query, run each time it is read."""

    def files(
        self, name: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """Define a view `name` over Parquet files, matched by column name.

        Args:
            name: the relation.
            paths: the files; none = a relation without rows.
            columns: name -> DuckDB SQL type, of all columns wanted, in this order. A
                column that a file lacks is null there; others are not read.
        """

    def labelled_files(
        self,
        name: str,
        files: Mapping[str, Sequence[str]],
        columns: Mapping[str, str],
        label: str,
    ) -> None:
        """Define a view over Parquet files whose rows say which files they are from.

        Args:
            name: the relation.
            files: label -> its files.
            columns: as of `files`.
            label: the column, before `columns`, that holds the label; no file has it.
        """

    def rows(self, name: str, table: pa.Table) -> None:
        """Register a small table as `name`."""

    def keep(
        self, name: str, query: str, parameters: Mapping[str, object] = NONE
    ) -> int:
        """Run a query once and let `name` stand for its rows; return how many."""

    def fetch(self, query: str, parameters: Mapping[str, object] = NONE) -> pa.Table:
        """Run a query whose result is small and return its rows."""

    def write(self, query: str, path: Path, group_rows: int = GROUP_ROWS) -> int:
        """Write a query's rows, in its order, into one Parquet file on this machine.

        Args:
            query: ordered by columns of its result, if at all.
            path: the file, zstd 1.
            group_rows: rows of a row group.

        Returns:
            Number of rows.
        """

    def write_csv(self, query: str, path: Path) -> int:
        """Write a query's rows, in its order, into one CSV file on this machine.

        With headings, commas, quotes only where needed; a null is an empty cell, an
        empty text is a quoted one.

        Args:
            query: ordered by columns of its result, if at all.
            path: the file, UTF-8.

        Returns:
            Number of rows.
        """

    def close(self) -> None:
        """Release what the engine holds."""

    def __enter__(self) -> Self:
        """Close when left."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
