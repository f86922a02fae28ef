"""A small jurisdiction and a warehouse made by hand, for tests of figures.

Three units and four datasets; a row states only what a test is about, the rest has a
default. `records` is what `history` says last, as the warehouse's own view does.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import model_builders
import numpy as np
import pyarrow as pa
from model_builders import channel, item

from guiji.catalog.model import Catalog, Dataset
from guiji.core import files
from guiji.core.schemas import (
    BREACHES,
    DELIVERIES,
    FINDINGS,
    PUBLISHED,
    QUARANTINE,
    VERSION_COLUMNS,
)
from guiji.domain.workdays import Calendar
from guiji.warehouse.views import WITHHELD

NIGHT = date(2026, 9, 28)
"""A Monday; seven working days on is Tuesday 13 October, over National Day."""

HISTORY = VERSION_COLUMNS.append(pa.field("content", pa.string())).append(
    pa.field("term_ends_on", pa.date32())
)


def calendar(until: date = date(2026, 12, 31)) -> Calendar:
    """The autumn of 2026: 1—7 October off, Saturday the 10th worked."""
    first = np.datetime64("2026-01-01")
    days = np.arange(first, np.datetime64(until) + 1)
    working = np.is_busday(days)
    working[
        (days >= np.datetime64("2026-10-01")) & (days <= np.datetime64("2026-10-07"))
    ] = False
    working[days == np.datetime64("2026-10-10")] = True
    return Calendar(first=first.item(), working=working, version="2026-test")


ITEMS = (
    item("enterprise_name", "企业名称", code="QYMC"),
    item("uscc", "统一社会信用代码", code="TYDM", type="uscc"),
    item("decided_on", "决定日期", code="JDRQ", type="date"),
)
DEPARTMENTS = {
    "market_regulation": "市市场监督管理局",
    "ecology_environment": "市生态环境局",
    "tax": "市税务局",
}
JURISDICTION = model_builders.jurisdiction(
    id="smallcity",
    title="小城市",
    title_en="Small City",
    document="《小城市企业信用信息归集办法》",
    platform="小城市企业信用信息平台",
    contact="平台运行管理办公室",
    grades=("一般", "较重", "严重"),
    opening_ways={"public": "公开信息"},
    cycles={"weekly": 7},
    clocks_since=date(2026, 1, 1),
    channels=(channel("licence", "penalty", title="信用小城", clause="第十条"),),
    circular=model_builders.circular(
        title="小城市企业信用信息归集公示情况通报",
        licence_datasets=("licence",),
        penalty_datasets=("penalty",),
        late_rate_above=0.10,
        conformity_below=0.95,
        clause="第三十条",
    ),
)
"""A city that names units above 10 % late or below 95 % conforming."""


def dataset(name: str, title: str, **attributes: Any) -> Dataset:
    """A catalogue entry with three items and a delivery clock of seven days."""
    given = {
        "id": name,
        "title": title,
        "valid_from": date(2026, 1, 1),
        "providers": tuple(DEPARTMENTS),
        "update_cycle": "on_demand",
        "subject": {"name": "enterprise_name", "uscc": "uscc"},
        "key": ("uscc",),
        "event": ("decided_on",),
        "clocks": [
            {"id": "d7", "kind": "delivery", "working_days": 7, "clause": "五(一)"},
            {"id": "p20", "kind": "publication", "working_days": 20, "clause": "十二"},
        ],
        "items": ITEMS,
    }
    return model_builders.dataset(**given | attributes)


def catalog(**attributes: Any) -> Catalog:
    """Licences, penalties, a register for agencies only, and a weekly list.

    Args:
        attributes: of the entry `licence`, instead of the defaults.
    """
    return model_builders.catalog(
        JURISDICTION,
        DEPARTMENTS,
        dataset("licence", "行政许可", **attributes),
        dataset("penalty", "行政处罚"),
        dataset("inner", "内部台账", open_level="gov_only"),
        dataset(
            "weekly_list", "名录", update_cycle="weekly", providers=("tax",), clocks=()
        ),
        version="abc12345",
    )


def with_clocks_since(day: date | None, entries: Catalog | None = None) -> Catalog:
    """The catalogue with another day from which clocks run; None = none is named."""
    entries = entries or catalog()
    place = entries.jurisdiction.model_copy(update={"clocks_since": day})
    return entries.model_copy(update={"jurisdiction": place})


def at(text: str) -> datetime:
    """An instant written in Shanghai's time: 2026-09-28 22:00."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def version(record: str, event_on: str | None, received: str, **more: Any) -> Any:
    """One version of a record, merged in the night of the day it was received."""
    night = received[:10]
    return {
        "record_id": record,
        "version_id": f"{record}@{received}",
        "dataset": "licence",
        "owner": "market_regulation",
        "operation": "upsert",
        "event_on": date.fromisoformat(event_on) if event_on else None,
        "received_at": at(received),
        "merged_night": date.fromisoformat(night),
        "batch_id": f"{night}-market_regulation-licence-00000000",
        "content": "{}",
        **more,
    }


def delivery(department: str, verdict: str = "accepted", **more: Any) -> Any:
    """One delivery of the night, with ten rows of which all were accepted."""
    return {
        "batch_id": f"b-{department}-{more.get('dataset', 'licence')}-{verdict}",
        "night": NIGHT,
        "department": department,
        "dataset": "licence",
        "way": "file",
        "verdict": verdict,
        "rows_read": 10,
        "rows_accepted": 10,
        "rows_quarantined": 0,
        "received_at": at("2026-09-28 22:00"),
        **more,
    }


def shown(record: str, first_published: str, **more: Any) -> Any:
    """One line on public show."""
    return {
        "channel": "site",
        "dataset": "licence",
        "record_id": record,
        "first_published": date.fromisoformat(first_published),
        **more,
    }


def finding(rule_id: str, **more: Any) -> Any:
    """One finding of the night."""
    return {
        "night": NIGHT,
        "department": "market_regulation",
        "dataset": "licence",
        "rule_id": rule_id,
        "title": "企业名称",
        "message": "“企业名称”未填写。",
        "message_en": "Enterprise name is required and empty.",
        "severity": "critical",
        "dimension": "完整性",
        "responsibility": "department",
        "clause": "三(三)6",
        **more,
    }


def warehouse(
    *,
    history: Sequence[Any] = (),
    published: Sequence[Any] = (),
    deliveries: Sequence[Any] = (),
    findings: Sequence[Any] = (),
    withheld: Sequence[Any] = (),
    overdue: Sequence[Any] = (),
) -> duckdb.DuckDBPyConnection:
    """A connection that holds the views of the warehouse, filled with these rows."""
    connection = duckdb.connect()
    tables: dict[str, tuple[Iterable[Any], pa.Schema]] = {
        "history": (history, HISTORY),
        "published": (published, PUBLISHED),
        "deliveries": (deliveries, DELIVERIES),
        "findings": (findings, FINDINGS),
        "quarantine": ((), QUARANTINE),
        "withheld": (withheld, WITHHELD),
        "overdue": (overdue, BREACHES),
    }
    for name, (rows, schema) in tables.items():
        connection.register(f"given_{name}", filled(rows, schema))
        connection.execute(f"create table {name} as from given_{name}").fetchall()
    connection.execute(
        "create view records as from history qualify row_number() over ("
        "partition by record_id order by received_at desc, version_id desc) = 1"
    ).fetchall()
    return connection


def filled(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """A table of these rows; columns that a row does not state are null."""
    return pa.Table.from_pylist(list(rows), schema=schema)


CLOCKS = {"delivery": "d7", "publication": "p20", "cycle": "cycle_weekly"}


def breach(kind: str, **more: Any) -> Any:
    """One missed deadline."""
    return {
        "night": NIGHT,
        "clock": CLOCKS[kind],
        "kind": kind,
        "department": "market_regulation",
        "dataset": "licence",
        "due_on": date(2026, 9, 21),
        "working_days_late": 5,
        "provisional": False,
        "responsible": "provider",
        "clause": "五(一)",
        **more,
    }


def write_breaches(path: Path, *rows: Any) -> Path:
    """A file of missed deadlines as the deadlines module writes it."""
    files.write_parquet(path, filled(rows, BREACHES))
    return path
