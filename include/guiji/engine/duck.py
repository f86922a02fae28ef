"""DuckDB, in the process: the engine of one machine."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import duckdb
import pyarrow as pa

from guiji.core.business_date import TIME_ZONE
from guiji.engine import sql
from guiji.engine.address import is_remote
from guiji.engine.base import GROUP_ROWS, NONE, Engine

if TYPE_CHECKING:
    from guiji.engine.remote import RemoteFiles

PARQUET = (
    "format parquet, parquet_version v2, compression zstd, compression_level 1, "
    "row_group_size "
)
CSV = "format csv, header true, delimiter ',', quote '\"', escape '\"', nullstr ''"


MEMORY_MB = 2048
"""What DuckDB may use at most, in MiB; what does not fit is spilled."""

WORKERS = 2
"""Short queries that are run side by side."""

MACROS = ("hex_number(digits) as ('0x' || digits)::bigint",)
"""Functions that no engine has by itself; `transpile` says them for Spark."""

GIVEN = "rows from Python"
"""Name of a table on its way in; no relation can be called so."""


def connect(
    spill: Path | None = None, memory_mb: int = MEMORY_MB
) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that never reads the variables of its caller.

    Args:
        spill: folder for what does not fit in memory; None = nothing may spill.
        memory_mb: most memory that it uses, in MiB.
    """
    connection = duckdb.connect(config={"python_enable_replacements": "false"})
    connection.execute(f"set memory_limit = '{memory_mb}MiB'")
    folder = sql.literal(str(spill) if spill else "")
    connection.execute(f"set temp_directory = {folder}")
    return _begun(connection)


def _begun(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Set what belongs to one session of a database; return it."""
    connection.execute(f"set timezone = '{TIME_ZONE}'")
    connection.execute("set parquet_metadata_cache = true")  # a file never changes
    for macro in MACROS:
        connection.execute(f"create temp macro {macro}")
    return connection


Relations = Mapping[str, pa.Table]
"""Name -> rows in memory."""

NO_ROWS: Mapping[str, Relations] = MappingProxyType({})
"""No queries read rows."""


class DuckEngine(Engine):
    """An engine over an open DuckDB connection, which it closes.

    Relations are temporary: they hide those of the connection that have their name.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        database: "DuckEngine | None" = None,
    ) -> None:
        """Begin with no relation.

        Args:
            connection: an open one.
            database: the engine of which this is a session; None = it is its own.
        """
        self.connection = connection
        self._database = database or self
        self._relations: dict[str, str] = {}  # name -> view or table
        self._remote: RemoteFiles | None = None

    def view(self, name: str, query: str) -> None:
        """See `Engine.view`."""
        self._make("view", name, query)

    def files(
        self, name: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """See `Engine.files`."""
        self._files(name, paths, columns)

    def labelled_files(
        self,
        name: str,
        files: Mapping[str, Sequence[str]],
        columns: Mapping[str, str],
        label: str,
    ) -> None:
        """See `Engine.labelled_files`; one scan, however many labels there are."""
        paths = [path for listed in files.values() for path in listed]
        labels = ", ".join(
            sql.literal(text) for text, listed in files.items() for _ in listed
        )
        # `file_index`: the place in the list of the file that a row is from
        own = f"([{labels}])[(file_index + 1)::bigint]::varchar as {sql.name(label)}"
        self._files(name, paths, columns, {label: own})

    def _files(
        self,
        name: str,
        paths: Sequence[str],
        columns: Mapping[str, str],
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if not paths:
            self.view(name, sql.empty(dict.fromkeys(labels, "varchar") | dict(columns)))
            return
        source = self.scan(paths)
        present = {row[0] for row in self._run(f"describe select * from {source}")}
        selected = [
            f"{sql.name(c) if c in present else 'null'}::{kind} as {sql.name(c)}"
            for c, kind in columns.items()
        ]
        listed = ", ".join([*labels.values(), *selected])
        self.view(name, f"select {listed} from {source}")

    def scan(self, paths: Sequence[str]) -> str:
        """Write a reading of files for a statement of this connection.

        Args:
            paths: at least one.
        """
        self._reveal([p for p in paths if is_remote(p)])
        return sql.scan(paths, ", hive_partitioning = false")

    def rows(self, name: str, table: pa.Table) -> None:
        """See `Engine.rows`."""
        self.connection.register(GIVEN, table)
        self.keep(name, f"select * from {sql.name(GIVEN)}")
        self.connection.unregister(GIVEN)

    def keep(
        self, name: str, query: str, parameters: Mapping[str, object] = NONE
    ) -> int:
        """See `Engine.keep`."""
        return int(self._make("table", name, query, parameters)[0][0])

    def gather(
        self, queries: Mapping[str, str], rows: Mapping[str, Relations] = NO_ROWS
    ) -> dict[str, pa.Table]:
        """Run several short queries side by side.

        Args:
            queries: name -> a query that reads files, and `rows`.
            rows: name of a query -> relations that it alone reads: name -> rows.

        Returns:
            By name the rows, in the order of the queries.
        """
        with ThreadPoolExecutor(WORKERS) as pool:
            inputs = (rows.get(name, {}) for name in queries)
            tables = pool.map(self._aside, queries.values(), inputs)
            return dict(zip(queries, tables, strict=True))

    def _aside(self, query: str, rows: Relations) -> pa.Table:
        """Run a query on a connection of its own to the same database.

        Planning takes longer than running, and a relation would be planned twice.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(f"set timezone = '{TIME_ZONE}'")
            for name, table in rows.items():
                cursor.register(name, table)
            cursor.execute(f"create temp table found as {query}")
            return cast(pa.Table, cursor.sql("from found").to_arrow_table())

    def fetch(self, query: str, parameters: Mapping[str, object] = NONE) -> pa.Table:
        """See `Engine.fetch`."""
        relation = self.connection.sql(query, params=dict(parameters))
        return cast(pa.Table, relation.to_arrow_table())

    def write(self, query: str, path: Path, group_rows: int = GROUP_ROWS) -> int:
        """See `Engine.write`."""
        return self._copy(query, path, f"{PARQUET}{group_rows}")

    def write_csv(self, query: str, path: Path) -> int:
        """See `Engine.write_csv`."""
        return self._copy(query, path, CSV)

    def session(self) -> "DuckEngine":
        """Open an engine without any relation on the same database; close it.

        It shares memory and spill folder, and opens in a tenth of the time.
        """
        return DuckEngine(_begun(self.connection.cursor()), self._database)

    def close(self) -> None:
        """See `Engine.close`."""
        self.connection.close()

    def _reveal(self, paths: Sequence[str]) -> None:
        """Make these files of an object store readable for DuckDB."""
        database = self._database
        if paths and database._remote is None:
            from guiji.engine.remote import RemoteFiles  # noqa: PLC0415 - loads fsspec

            database._remote = RemoteFiles()
            database.connection.register_filesystem(database._remote)
        if database._remote is not None:
            database._remote.reveal(paths)

    def _make(
        self, form: str, name: str, query: str, parameters: Mapping[str, object] = NONE
    ) -> list[tuple[Any, ...]]:
        before = self._relations.get(name.lower(), form)
        if before != form:
            self._run(f"drop {before} temp.{sql.name(name)}")
        self._relations[name.lower()] = form
        text = f"create or replace temp {form} {sql.name(name)} as {query}"
        return self._run(text, parameters)

    def _copy(self, query: str, path: Path, options: str) -> int:
        text = f"copy ({query}) to {sql.literal(str(path))} ({options})"
        return int(self._run(text)[0][0])

    def _run(
        self, text: str, parameters: Mapping[str, object] = NONE
    ) -> list[tuple[Any, ...]]:
        return self.connection.execute(text, dict(parameters)).fetchall()
