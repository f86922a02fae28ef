"""Who missed a deadline (逾期): every clock of every record, and silent units.

A clock belongs to a record. It starts on the day of the event that the record now
states, so that a corrected date is judged by what is true, and it stops on the day
on which the record was first received, so that a correction never makes it late.
A day counts until 24:00: what arrives on its due day is in time.
"""

import csv
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core import files
from guiji.core.schemas import BREACHES
from guiji.core.settings import Settings
from guiji.reports.deadlines import clocks
from guiji.storage import publication_log
from guiji.warehouse import models, views

SORT = ("department", "dataset", "kind", "clock", "event_on", "record_id")
KINDS = {"delivery": "归集", "publication": "公示", clocks.CYCLE: "更新周期"}
HEADINGS = (
    ("时限种类", "kind"),
    ("时限", "clock"),
    ("单位", "department"),
    ("数据集", "dataset"),
    ("统一社会信用代码", "uscc"),
    ("记录编号", "record_id"),
    ("批次", "batch_id"),
    ("信息产生日期", "event_on"),
    ("到期日", "due_on"),
    ("完成日期", "done_on"),
    ("逾期工作日", "working_days_late"),
    ("日历待定", "provisional"),
    ("依据", "clause"),
)


def compute(context: NightContext, known_on: date | None = None) -> pa.Table:
    """Find every deadline missed by the end of a night.

    Args:
        context: settings, where the warehouse is; catalogue, clocks and cycles;
            calendar, the working days; night, the day of judgement.
        known_on: use what was known at the end of that night; None = `night`.

    Returns:
        One row per missed deadline (`schemas.BREACHES`), sorted.
    """
    with views.connect(context, as_of=known_on or context.night) as connection:
        released = released_night(context.settings, context.night)
        return find(connection, context, released)


def released_night(settings: Settings, night: date) -> date | None:
    """Return the last night up to `night` whose publication was released."""
    released = publication_log.releases(settings, as_of=night)
    return released[-1].night if released else None


def find(
    connection: duckdb.DuckDBPyConnection, context: NightContext, released: date | None
) -> pa.Table:
    """Find the missed deadlines over tables that are there.

    Args:
        connection: holds history, records, published and deliveries.
        context: settings, where the SQL models are; catalogue, clocks and cycles;
            calendar, the working days; night, the day of judgement.
        released: the last night whose publication was released. What that release
            left out it left out by rule, so it is not awaited.

    Returns:
        As `compute`.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 五(一); 贵州省企业公共信用信息
        平台运行管理规则(试行) 第十二条; 民法典 第二百零一条, 第二百零三条.
    """
    late = _late_records(connection, context, released)
    silent = _silent_units(connection, context)
    both = pa.concat_tables([late, silent])
    end = pc.fill_null(both["done_on"], pa.scalar(context.night, pa.date32()))
    days = context.calendar.between(_days(both["due_on"]), _days(end))
    count = pa.array(days.astype(np.int32), pa.int32())
    both = both.append_column("working_days_late", count)
    both = both.append_column(
        "night", pa.array([context.night] * len(both), pa.date32())
    )
    order = [(name, "ascending") for name in SORT]
    return both.select(BREACHES.names).cast(BREACHES).sort_by(order)


def _days(column: pa.ChunkedArray) -> clocks.Days:
    return cast(clocks.Days, column.to_numpy().astype("datetime64[D]"))


def _late_records(
    connection: duckdb.DuckDBPyConnection, context: NightContext, released: date | None
) -> pa.Table:
    events = connection.sql(
        "select distinct dataset, event_on from records where event_on is not null"
    ).to_arrow_table()
    connection.register(
        "due_days", clocks.due_days(context.catalog, context.calendar, events)
    )
    parameters = {"night": context.night, "released_night": released}
    return models.query(
        connection, context.settings, "deadlines/late_records", parameters
    )


def _silent_units(
    connection: duckdb.DuckDBPyConnection, context: NightContext
) -> pa.Table:
    """Find duties whose cycle ran out: the last delivery, or the entry, is too old.

    The cycle is in calendar days; when it ends on a day off, it ends on the next
    working day (民法典 第二百零三条).
    """
    connection.register("duties", clocks.duties(context.catalog, context.night))
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
            "clause": last["clause"],
        }
    )
    return table.filter(pc.less(table["due_on"], pa.scalar(context.night, pa.date32())))


def read(settings: Settings, night: date) -> pa.Table:
    """Read the breaches that a night has written (`schemas.BREACHES`)."""
    return pq.read_table(settings.reports / night.isoformat() / "breaches.parquet")


def silent(overdue: pa.Table) -> list[dict[str, object]]:
    """Return the rows of `compute` in which nothing was delivered within the cycle."""
    cycle = pc.equal(overdue["kind"], clocks.CYCLE)
    rows: list[dict[str, object]] = overdue.filter(cycle).to_pylist()
    return rows


def write(context: NightContext, table: pa.Table) -> Path:
    """Write a night's breaches as `breaches.parquet` and, for people, `breaches.csv`.

    Returns:
        The Parquet file.
    """
    folder = context.settings.reports / context.night.isoformat()
    path = folder / "breaches.parquet"
    files.write_parquet(path, table)
    with files.replacing(folder / "breaches.csv") as temporary:
        _write_csv(temporary, context.catalog, table)
    return path


def _write_csv(path: Path, catalog: Catalog, table: pa.Table) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(title for title, _ in HEADINGS)
        for batch in table.to_batches():
            for row in batch.to_pylist():
                shown = readable(catalog, row)
                writer.writerow(shown[name] for _, name in HEADINGS)


def readable(catalog: Catalog, breach: dict[str, object]) -> dict[str, str]:
    """Word one breach for people: titles for ids, dates as text, blanks for null."""
    department = str(breach["department"])
    dataset = str(breach["dataset"])
    shown = {
        name: "" if value is None else str(value) for name, value in breach.items()
    }
    shown["kind"] = KINDS[str(breach["kind"])]
    if department in catalog.departments:
        shown["department"] = catalog.departments[department].title
    if dataset in catalog.datasets:
        shown["dataset"] = catalog.datasets[dataset].title
    shown["provisional"] = "日历待定" if breach["provisional"] else ""
    return shown
