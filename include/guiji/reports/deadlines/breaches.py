"""Who missed a deadline (逾期): every clock of every record, and silent units.

A clock belongs to a record. It starts on the day of the event that the record now
states, so that a corrected date is judged by what is true, and it stops on the day
on which the record was first received, so that a correction never makes it late.
A day counts until 24:00: what arrives on its due day is in time.

A night builds on the breaches of the night before: only records that changed, are shown
otherwise or fell due since are judged anew. Where there is nothing to build on, every
record is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.vocabulary import Responsible
from guiji.context import NightContext
from guiji.core.errors import UsageError
from guiji.core.schemas import BREACHES
from guiji.core.settings import Settings
from guiji.engine import sql
from guiji.engine.duck import DuckEngine
from guiji.reports.deadlines import (
    basis,
    breach_file,
    clocks,
    listing,
    sorted_file,
    standing,
)
from guiji.reports.deadlines.basis import Earlier
from guiji.reports.deadlines.csv_lines import CsvLines
from guiji.reports.deadlines.merge_sorted import merged
from guiji.storage.table_store import scratch
from guiji.warehouse import models, views

MEMORY = "400MB"
"""What DuckDB may use here; what does not fit is spilled."""

PIECES = 16
"""Parts of a large index of what is on show, by the first digit of the record's id."""

LARGE = 2_000_000
"""Lines of an index that is compared in parts."""


def path_of(settings: Settings, night: date) -> Path:
    """Return the file of a night's breaches (`schemas.BREACHES`).

    Raises:
        UsageError: it is not written yet.
    """
    path = settings.reports / night.isoformat() / listing.PARQUET_NAME
    if not path.exists():
        raise UsageError(
            f"no breaches of {night} yet; run `guiji report --date {night}` first"
        )
    return path


def write(context: NightContext, *, anew: bool = False) -> Path:
    """Write a night's breaches as `breaches.parquet` and, for people, `breaches.csv`.

    Args:
        context: as of `compute`.
        anew: judge every record, whatever an earlier night has judged.

    Returns:
        The Parquet file: one row per missed deadline (`schemas.BREACHES`), sorted.
    """
    folder = context.settings.reports / context.night.isoformat()
    path = folder / listing.PARQUET_NAME
    before = basis.of(context)
    earlier = None if anew else basis.earlier(context)
    with warehouse(context, context.night) as connection:
        lines = CsvLines(context.catalog)
        _compute(connection, context, path, earlier, lines)
    basis.note(context, before)
    return path


def compute(context: NightContext, path: Path, known_on: date | None = None) -> None:
    """Write every deadline missed by the end of a night, judging every record.

    Args:
        context: settings, where the warehouse is; catalogue, clocks and cycles;
            calendar, the working days; night, the day of judgement.
        path: the file to write, as of `write`.
        known_on: use what was known at the end of that night; None = `night`.
    """
    with warehouse(context, known_on or context.night) as connection:
        _compute(connection, context, path, None)


@contextmanager
def warehouse(
    context: NightContext, as_of: date
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for queries that may not fit in memory."""
    with (
        scratch(context.settings) as spill,
        views.connect(context, as_of, spill=spill) as connection,
    ):
        connection.execute(f"set memory_limit = '{MEMORY}'")
        yield connection


def _compute(
    connection: duckdb.DuckDBPyConnection,
    context: NightContext,
    path: Path,
    earlier: Earlier | None,
    lines: CsvLines | None = None,
) -> None:
    release = basis.last_release(context.settings, context.night)
    released = release.night if release else None
    query = sql.statement(context.settings, "deadlines/overdue")
    with scratch(context.settings) as aside:
        parameters = prepare(connection, context, released, earlier, aside)
        tables = sorted_file.in_order(connection, query, parameters)
        if earlier:
            carried = standing.rows(connection, context, earlier.breaches)
            tables = merged(carried, tables)
        breach_file.write(tables, path, lines=lines)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    context: NightContext,
    released: date | None,
    earlier: Earlier | None = None,
    aside: Path | None = None,
) -> dict[str, object]:
    """Create the relations that `deadlines/overdue` lists; return its parameters.

    Args:
        connection: holds history, records, published and deliveries.
        context: as of `compute`.
        released: the last night whose publication was released. What that release
            left out it left out by rule, so it is not awaited.
        earlier: breaches to build on; None = judge every record.
        aside: folder for missed deadlines on their way; None = they fit in memory.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 五(一); 贵州省企业公共信用信息
        平台运行管理规则(试行) 第十二条; 民法典 第二百零一条, 第二百零三条.
    """
    run = _Run(connection, context, released, aside)
    if earlier is None:
        connection.execute("create or replace temp view judged as from records")
    else:
        run.choose(earlier)
    run.judge()
    if earlier:
        run.forget()
    connection.register("silent", _silent_units(connection, context))
    return run.elapsed()


@dataclass(frozen=True)
class _Run:
    """One judgement of a night."""

    connection: duckdb.DuckDBPyConnection
    context: NightContext
    released: date | None
    aside: Path | None

    def choose(self, earlier: Earlier) -> None:
        """Create `judged`, the records to judge anew, and `lapsed`, what falls away."""
        files = sql.scan([earlier.breaches], ", file_row_number = true")
        self.connection.execute(f"create or replace temp view earlier as from {files}")
        self._bind_republished(earlier)
        newly_due = self._newly_due(earlier)
        self.connection.register("newly_due", newly_due)
        days = pc.min_max(newly_due["event_on"]).as_py()
        known = {"since": earlier.since, "released_night": self.released}
        bounds = {"first_event": days["min"], "last_event": days["max"]}
        self._keep("touched", known | bounds)
        self._keep("judged", {"since": earlier.since})
        text = sql.statement(self.context.settings, "deadlines/newly_judged")
        self.connection.execute(f"insert into judged {text}", bounds)
        self._keep("lapsed", {"is_open_kept": earlier.is_same_release})

    def judge(self) -> None:
        """Create `late` and `late_changes`: the clocks that `judged` records missed."""
        events = models.table(
            self.connection,
            "select distinct dataset, event_on from judged where event_on is not null",
        )
        due_days = clocks.due_days(self.context.catalog, self.context.calendar, events)
        self.connection.register("due_days", due_days)
        nights = {"night": self.context.night, "released_night": self.released}
        self._put("late_records", nights, "late")
        self._judge_changes()

    def _judge_changes(self) -> None:
        """Create `late_changes`: clocks of changes of state that were missed."""
        days = models.table(
            self.connection,
            "select distinct dataset, produced_on as event_on from judged "
            "where operation <> 'revoke' and produced_on <> event_on",
        )
        due_days = clocks.change_due_days(
            self.context.catalog, self.context.calendar, days
        )
        self.connection.register("change_due_days", due_days)
        self._put("late_changes", {"night": self.context.night}, "late_changes")

    def forget(self) -> None:
        """Drop what was chosen, which takes the memory that sorting needs."""
        for table in ("judged", "touched", "republished"):
            self.connection.execute(f"drop table {table}")

    def elapsed(self) -> dict[str, object]:
        """Count the working days up to each day that a missed deadline names."""
        last = self.connection.execute(
            "select max(greatest(due_on, done_on)) from (select due_on, done_on "
            "from late union all select due_on, done_on from late_changes)"
        ).fetchall()[0][0]
        counts = standing.elapsed(self.context, last or self.context.night)
        return {"first": self.context.calendar.first, "elapsed": counts.tolist()}

    def _bind_republished(self, earlier: Earlier) -> None:
        """Create `republished`: records that the two releases show differently."""
        settings = self.context.settings
        columns = sql.empty({"record_id": "varchar"})
        changes = earlier.index_changes(settings)
        source = f"select record_id from {sql.scan(changes)}" if changes else columns
        self.connection.execute(f"create or replace temp table republished as {source}")
        if changes is None and earlier.before:
            engine = DuckEngine(self.connection)
            views.bind_published_before(engine, settings, earlier.before.night)
            statement = sql.statement(settings, "deadlines/republished")
            for bounds in self._pieces():
                self.connection.execute(f"insert into republished {statement}", bounds)

    def _pieces(self) -> list[dict[str, str | None]]:
        """Part the ids of records so that an index is compared in bounded memory."""
        lines = self.connection.execute("select count(*) from published").fetchall()
        digits = [f"{n:x}" for n in range(1, PIECES)] if lines[0][0] > LARGE else []
        return [
            {"from_id": first, "to_id": last}
            for first, last in zip([None, *digits], [*digits, None], strict=True)
        ]

    def _newly_due(self, earlier: Earlier) -> pa.Table:
        """List days of events whose publication fell due since; none after a release.

        A release judges every record that was merged before it.
        """
        context = self.context
        if not earlier.is_same_release:
            return clocks.DUE_DAYS.empty_table()
        due = clocks.every_due_day(context.catalog, context.calendar, context.night)
        is_due = pc.and_(
            pc.greater_equal(due["due_on"], pa.scalar(earlier.night, pa.date32())),
            pc.less(due["due_on"], pa.scalar(context.night, pa.date32())),
        )
        return due.filter(pc.and_(is_due, pc.equal(due["kind"], "publication")))

    def _keep(self, name: str, parameters: Mapping[str, object]) -> None:
        """Create a table from the model of its name."""
        settings = self.context.settings
        models.keep(self.connection, settings, f"deadlines/{name}", parameters)

    def _put(self, model: str, parameters: Mapping[str, object], name: str) -> None:
        """Create a relation of missed deadlines, in a file if there is a folder."""
        settings, model = self.context.settings, f"deadlines/{model}"
        if self.aside is None:
            models.keep(self.connection, settings, model, parameters, name)
            return
        path = self.aside / f"{name}.parquet"
        query = sql.statement(settings, model)
        listing.put_aside(self.connection, query, parameters, path)
        self.connection.execute(f"create temp view {name} as from {sql.scan([path])}")


def _days(column: pa.ChunkedArray) -> clocks.Days:
    return cast(clocks.Days, column.to_numpy().astype("datetime64[D]"))


def _silent_units(
    connection: duckdb.DuckDBPyConnection, context: NightContext
) -> pa.Table:
    """Find duties whose cycle ran out: the last delivery, or the entry, is too old.

    The cycle is in calendar days; when it ends on a day off, it ends on the next
    working day (民法典 第二百零三条).
    """
    nights = connection.execute("select min(night) from deliveries").fetchall()
    first = min(nights[0][0] or context.night, context.night)
    duties = clocks.duties(context.catalog, context.night, first)
    connection.register("duties", duties)
    last = models.query(
        connection,
        context.settings,
        "deadlines/last_deliveries",
        {"night": context.night},
    )
    start = _days(pc.coalesce(last["delivered_on"], last["since"]))
    eve = start + last["days"].to_numpy().astype("timedelta64[D]") - 1
    due, provisional = context.calendar.due(eve, 1)
    count = len(last)
    table = pa.table(
        {
            "night": pa.array([context.night] * count, pa.date32()),
            "clock": last["clock"],
            "kind": pa.array([clocks.CYCLE] * count, pa.string()),
            "department": last["department"],
            "dataset": last["dataset"],
            "record_id": pa.nulls(count, pa.string()),
            "uscc": pa.nulls(count, pa.string()),
            "batch_id": pa.nulls(count, pa.string()),
            "event_on": last["delivered_on"],
            "due_on": pa.array(due, pa.date32()),
            "done_on": pa.nulls(count, pa.date32()),
            "provisional": pa.array(provisional, pa.bool_()),
            "responsible": pa.array([Responsible.PROVIDER.value] * count, pa.string()),
            "clause": last["clause"],
        }
    )
    return table.filter(pc.less(table["due_on"], pa.scalar(context.night, pa.date32())))


def silent(path: Path) -> list[dict[str, object]]:
    """Return the breaches of a file in which nothing was delivered within the cycle."""
    table = pq.read_table(path, filters=[("kind", "=", clocks.CYCLE)])
    rows: list[dict[str, object]] = table.select(BREACHES.names).to_pylist()
    return rows
