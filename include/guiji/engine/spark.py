"""Whatever speaks the Spark API: a cluster by Spark Connect, or a server in here.

Spark computes, DuckDB writes: rows leave as Parquet parts in no order, and DuckDB
puts them in order and writes the one file that is wanted, as it does without Spark.
The scratch folder is where parts and kept rows lie; a cluster has to see it under the
same path, as it sees the warehouse.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from guiji.core.business_date import TIME_ZONE
from guiji.engine import sql, transpile
from guiji.engine.base import GROUP_ROWS, NONE, Engine
from guiji.engine.duck import DuckEngine, connect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": TIME_ZONE,
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
"""An instant is an instant, in a session as in a file."""

INSTANT = pa.timestamp("us", tz=TIME_ZONE)


class SparkEngine(Engine):
    """An engine over an open Spark session, which it closes."""

    def __init__(
        self,
        session: "SparkSession",
        spill: Path | None = None,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        """Wrap a session.

        Args:
            session: classic or Spark Connect.
            spill: folder for the scratch folder; None = the system's.
            stop: called last, ends the server that was started for the session.
        """
        if spill is not None:
            spill.mkdir(parents=True, exist_ok=True)
        self._session = session
        self._stop = stop
        self._scratch = Path(mkdtemp(prefix="spark-", dir=spill))
        self._numbers = count()
        self._kept: dict[str, Path] = {}  # name -> folder of its rows
        for key, setting in SETTINGS.items():
            session.conf.set(key, setting)

    def view(self, name: str, query: str) -> None:
        """See `Engine.view`."""
        self._frame(transpile.parse(query)).createOrReplaceTempView(name)

    def files(
        self, name: str, paths: Sequence[str], columns: Mapping[str, str]
    ) -> None:
        """See `Engine.files`."""
        if not paths:
            self.view(name, sql.empty(columns))
            return
        fields = ", ".join(
            f"{_quoted(c)} {transpile.spark_type(kind)}" for c, kind in columns.items()
        )
        frame = self._session.read.schema(fields).parquet(*paths)
        frame.select(*(_quoted(c) for c in columns)).createOrReplaceTempView(name)

    def labelled_files(
        self,
        name: str,
        files: Mapping[str, Sequence[str]],
        columns: Mapping[str, str],
        label: str,
    ) -> None:
        """See `Engine.labelled_files`; a scan for each label."""
        listed = ", ".join(sql.name(c) for c in columns)
        queries = []
        for number, (text, paths) in enumerate(files.items()):
            source = f"{name}_{number}"
            self.files(source, paths, columns)
            own = f"{sql.literal(text)} as {sql.name(label)}"
            queries.append(f"select {own}, {listed} from {source}")
        nothing = sql.empty({label: "varchar"} | dict(columns))
        self.view(name, " union all ".join(queries or [nothing]))

    def rows(self, name: str, table: pa.Table) -> None:
        """See `Engine.rows`."""
        folder = self._folder()
        folder.mkdir()
        path = folder / "rows.parquet"
        pq.write_table(table, path)
        self.files(name, [str(path)], sql.kinds(table.schema))
        self._forget(name, folder)

    def keep(
        self, name: str, query: str, parameters: Mapping[str, object] = NONE
    ) -> int:
        """See `Engine.keep`."""
        folder, kinds = self._parts(transpile.parse(query, parameters))
        parts = _files_in(folder)
        self.files(name, parts, kinds)
        self._forget(name, folder)
        return sum(pq.read_metadata(part).num_rows for part in parts)

    def fetch(self, query: str, parameters: Mapping[str, object] = NONE) -> pa.Table:
        """See `Engine.fetch`."""
        table = self._frame(transpile.parse(query, parameters)).toArrow()
        fields = [pa.field(f.name, _as_duckdb(f.type)) for f in table.schema]
        return table.cast(pa.schema(fields))

    def write(self, query: str, path: Path, group_rows: int = GROUP_ROWS) -> int:
        """See `Engine.write`."""
        return self._through_duckdb(
            query, lambda duck, rows: duck.write(rows, path, group_rows)
        )

    def write_csv(self, query: str, path: Path) -> int:
        """See `Engine.write_csv`."""
        return self._through_duckdb(
            query, lambda duck, rows: duck.write_csv(rows, path)
        )

    def close(self) -> None:
        """See `Engine.close`."""
        self._session.stop()
        self._stop()
        shutil.rmtree(self._scratch)

    def _frame(self, query: exp.Query) -> "DataFrame":
        return self._session.sql(transpile.to_spark(query))

    def _folder(self) -> Path:
        return self._scratch / str(next(self._numbers))

    def _forget(self, name: str, folder: Path) -> None:
        """Delete the rows that a name stood for, now that it stands for a folder's."""
        before = self._kept.get(name)
        if before:
            shutil.rmtree(before)
        self._kept[name] = folder

    def _parts(self, query: exp.Query) -> tuple[Path, dict[str, str]]:
        """Run a query into a folder of Parquet files; give its columns' types, too."""
        frame = self._frame(query)
        folder = self._folder()
        frame.write.parquet(str(folder))
        folder.mkdir(exist_ok=True)  # not every engine makes it for no rows
        kinds = {
            field.name: transpile.duckdb_type(field.dataType.simpleString())
            for field in frame.schema
        }
        return folder, kinds

    def _through_duckdb(
        self, query: str, write: Callable[[DuckEngine, str], int]
    ) -> int:
        """Compute rows with Spark; order and write them with DuckDB."""
        tree = transpile.parse(query)
        order = tree.args.get("order")
        keys = order.sql("duckdb") if order else ""
        if order and any(column.table for column in order.find_all(exp.Column)):
            raise ValueError("what is written is ordered by columns of its result")
        if order and not tree.args.get("limit"):
            order.pop()  # parts have no order
        folder, kinds = self._parts(tree)
        with DuckEngine(connect(self._scratch)) as duck:
            duck.files("parts", _files_in(folder), kinds)
            number = write(duck, f"select * from parts {keys}")
        shutil.rmtree(folder)
        return number


def _files_in(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.glob("*.parquet"))


def _quoted(column: str) -> str:
    return exp.to_identifier(column, quoted=True).sql("spark")


def _as_duckdb(kind: pa.DataType) -> pa.DataType:
    """Return the Arrow type in which DuckDB gives out the same column."""
    if pa.types.is_timestamp(kind):
        return INSTANT
    if pa.types.is_list(kind):
        return pa.list_(pa.field("l", _as_duckdb(kind.value_type)))
    return cast(pa.DataType, kind)
