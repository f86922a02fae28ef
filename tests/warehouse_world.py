"""Nights built by hand from rows that fit on the screen.

A row states its items; what `parsing` derives from them
(subject, record id, content hash) is derived here in the same way.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import worlds
from settings_builders import settings_in
from warehouse_catalog import ECOLOGY, REGISTRAR, catalog

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import ItemType
from guiji.context import Context, NightContext
from guiji.core import business_date, files
from guiji.core.schemas import DELIVERIES, FINDINGS, QUARANTINE
from guiji.core.settings import Settings
from guiji.storage import commits, dataset_files, delta, delta_log
from guiji.storage.table_store import table_store
from guiji.warehouse import ask, merge, tables
from guiji.warehouse.merge_night import AcceptedBatch, MergeResult, NightTables

__all__ = ["ECOLOGY", "REGISTRAR", "catalog"]

FIRST = date(2026, 11, 18)
SECOND = date(2026, 11, 19)
THIRD = date(2026, 11, 20)
BEFORE = business_date.instant(FIRST) - timedelta(days=1)
"""An arrival before the first night."""

WATER = "91520100714305800A"  # three made-up enterprises
POWER = "91520100714305801B"
PAPER = "91520100714305802C"

TYPES = {
    ItemType.DATE: pa.date32(),
    ItemType.AMOUNT: pa.decimal128(24, 6),
    ItemType.INTEGER: pa.int64(),
}


def registration(name: str, uscc: str, approved: str, **items: Any) -> dict[str, Any]:
    return {
        "enterprise_name": name,
        "uscc": uscc,
        "approved_on": date.fromisoformat(approved),
        **items,
    }


def penalty(
    uscc: str | None, number: str, decided: str, **items: Any
) -> dict[str, Any]:
    return {
        "counterpart_name": "水务公司",
        "uscc": uscc,
        "decision_no": number,
        "penalty_category": "罚款",
        "decided_on": date.fromisoformat(decided),
        **items,
    }


def repair(
    uscc: str | None, number: str, repaired: str, decided: str, **items: Any
) -> dict[str, Any]:
    """A granted repair of a penalty."""
    return {
        "counterpart_name": "水务公司",
        "uscc": uscc,
        "repair_no": number,
        "repaired_dataset": "行政处罚信息",
        "repaired_number": repaired,
        "repair_outcome": "准予修复",
        "decided_on": date.fromisoformat(decided),
        **items,
    }


def licence(uscc: str, number: str, **items: Any) -> dict[str, Any]:
    return {
        "enterprise_name": "水务公司",
        "uscc": uscc,
        "licence_no": number,
        "decided_on": date(2026, 1, 5),
        **items,
    }


def typed_table(
    dataset: Dataset, department: str, rows: Sequence[dict[str, Any]]
) -> pa.Table:
    """What `parsing` makes of rows. `operation` in a row is 新增 unless it says revoke;
    `is_restoring` is 恢复; `valid_until="长期"` and the like set the flag for ever."""
    made = [
        _typed_row(dataset, department, number, row) for number, row in enumerate(rows)
    ]
    columns = [
        *(("row_id", pa.int64()), ("source_sheet", pa.string())),
        *(("source_row", pa.int32()), ("operation", pa.string())),
        ("is_restoring", pa.bool_()),
        *((n, pa.string()) for n in ("owner", "subject", "matched_by", "record_key")),
        *((n, pa.string()) for n in ("record_id", "content_hash")),
        *(("event_on", pa.date32()), ("produced_on", pa.date32())),
    ]
    for item in dataset.items:
        columns.append((item.id, TYPES.get(item.type, pa.string())))
        if item.type is ItemType.DATE:
            columns.append((item.id + "__forever", pa.bool_()))
        if item.type is ItemType.PERSON_ID:
            columns.append((item.id + "__hash", pa.string()))
    return pa.Table.from_pylist(made, pa.schema(columns))


def _typed_row(
    dataset: Dataset, department: str, number: int, row: dict[str, Any]
) -> dict[str, Any]:
    items = {i.id: row.get(i.id) for i in dataset.items}
    forever = {
        i.id + "__forever": items[i.id] == "长期"
        for i in dataset.items
        if i.type is ItemType.DATE
    }
    for flag, holds in forever.items():
        if holds:
            items[flag.removesuffix("__forever")] = None
    for item in dataset.items:
        if item.type is ItemType.AMOUNT and items[item.id] is not None:
            items[item.id] = Decimal(items[item.id])
    person = row.get("counterpart_id_no")
    hashes = {"counterpart_id_no__hash": digest(person)} if person else {}
    if person:
        items["counterpart_id_no"] = person[:6] + "************"
    uscc = items["uscc"]
    subject = uscc or ("P" if person else "N") + digest(str(person), 24)
    key = "|".join(str(items[k]) for k in dataset.key)
    operation = row.get("operation", "upsert")
    event = items[dataset.event[0]]
    content = json.dumps([operation, items, forever], default=str)
    return {
        "row_id": number,
        "source_sheet": "Sheet1",
        "source_row": number + 2,
        "operation": operation,
        "is_restoring": row.get("is_restoring", False),
        **items,
        **forever,
        **hashes,
        "owner": department,
        "subject": subject,
        "matched_by": "uscc" if uscc else "person_hash" if person else "name_hash",
        "record_key": key,
        "record_id": row.get("record_id")
        or digest("|".join((dataset.id, department, subject, key)), 20),
        "event_on": event,
        "produced_on": row.get("produced_on", event),
        "content_hash": digest(content),
    }


def digest(text: str, length: int = 64) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


class World:
    """Deliver into nights, merge them, ask the warehouse."""

    def __init__(self, settings: Settings, made: Catalog | None = None) -> None:
        self.settings = settings
        self.catalog = made or catalog()

    @property
    def context(self) -> Context:
        """What a step works with here."""
        return Context(self.settings, catalog=self.catalog, calendar=worlds.calendar())

    def deliver(
        self,
        night: date,
        dataset: str,
        rows: Sequence[dict[str, Any]],
        department: str = REGISTRAR,
        *,
        label: str = "a",
        bad_rows: Sequence[int] = (),
        quarantined: int | None = None,
        arrived: datetime | None = None,
    ) -> AcceptedBatch:
        """Write what the check of one file leaves behind; it arrives at 22:00 unless
        another instant is given."""
        batch_id = f"{night}-{department}-{dataset}-{digest(label, 8)}"
        path = self.settings.batches / batch_id / "typed.parquet"
        entry = self.catalog.datasets[dataset]
        files.write_parquet(path, typed_table(entry, department, rows))
        return AcceptedBatch(
            batch_id=batch_id,
            dataset=dataset,
            department=department,
            received_at=arrived or business_date.instant(night),
            typed=path,
            accepted=len(rows) - len(bad_rows),
            bad_rows=bad_rows,
            quarantined=len(bad_rows) if quarantined is None else quarantined,
        )

    def tables(self, night: date, batches: Sequence[AcceptedBatch]) -> NightTables:
        deliveries = [
            {
                "batch_id": b.batch_id,
                "night": night,
                "department": b.department,
                "dataset": b.dataset,
                "source_file": f"{b.dataset}.xlsx",
                "sha256": digest(b.batch_id),
                "way": "file",
                "verdict": "partly" if b.quarantined else "accepted",
                "rows_read": self.accepted(b) + b.quarantined,
                "rows_accepted": self.accepted(b),
                "rows_quarantined": b.quarantined,
                "received_at": b.received_at,
            }
            for b in batches
        ]
        quarantine = [
            {"batch_id": b.batch_id, "night": night, "source_row": row, "reason": "错"}
            for b in batches
            for row in range(b.quarantined)
        ]
        return NightTables(
            deliveries=pa.Table.from_pylist(deliveries, DELIVERIES),
            findings=FINDINGS.empty_table(),
            quarantine=pa.Table.from_pylist(quarantine, QUARANTINE),
        )

    def accepted(self, batch: AcceptedBatch) -> int:
        assert not isinstance(batch.bad_rows, Path)
        rows = pq.read_metadata(batch.typed).num_rows
        return int(rows) - len(batch.bad_rows)

    def merge(self, night: date, *batches: AcceptedBatch) -> MergeResult:
        tables = self.tables(night, batches)
        return merge.merge(
            NightContext(self.settings, night, catalog=self.catalog), batches, tables
        )

    def ask(self, query: str, as_of: date | None = None) -> list[tuple[Any, ...]]:
        table = ask.ask(Context(self.settings, catalog=self.catalog), query, as_of)
        return [tuple(row.values()) for row in table.to_pylist()]


def world_in(data: Path) -> World:
    """A world in a data folder that tests share: only `copied` ones are changed."""
    data.mkdir()
    return World(settings_in(data))


def copied(world: World, settings: Settings) -> World:
    """The same world in another data folder, to be changed there."""
    shutil.copytree(
        world.settings.data, settings.data, symlinks=True, dirs_exist_ok=True
    )
    return World(settings, world.catalog)


def stored(settings: Settings) -> dict[str, Any]:
    """What the warehouse holds, without the instants of its making: per table the
    live files, which are named by their content, and what its commits say."""
    where = table_store(settings)
    found: dict[str, Any] = {}
    for table in (dataset_files.TABLE, *tables.SCHEMAS):
        held = delta.snapshot(where, table)
        found[table] = [(f.path, f.rows, dict(f.partition)) for f in held.files]
        found[f"{table} notes"] = [
            {k: v for k, v in told.items() if k.startswith("guiji.")}
            | {delta_log.CHAIN: None}  # holds the instants of all commits before
            for _, told in delta_log.notes(where, held.table, held.version)
        ]
    return found


def merged(settings: Settings) -> list[date]:
    """The nights that were merged, in the order of their commits."""
    where = table_store(settings)
    return [c.night for c in commits.commits(where, dataset_files.open_records(where))]


def tree(*roots: Path) -> dict[str, str]:
    """Every file below some folders with its hash; locks and caches left out."""
    return {
        str(path): files.sha256_of(path)
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }
