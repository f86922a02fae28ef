"""What has vanished from a department's table is revoked; nothing else is.

The whole way of real nights: extract, check, merge, and the warehouse asked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from delivery_builders import claim
from intake_catalog import catalog_of, penalties
from model_builders import item
from sources import CODE, TABLE, Fill, decision

from guiji.catalog.model import Extract, Subject
from guiji.catalog.vocabulary import UpdateCycle
from guiji.checking.validator import Validator
from guiji.context import Context, NightContext
from guiji.core.settings import Settings
from guiji.domain import regions
from guiji.intake import landing
from guiji.intake.databases.extract import extract_due
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger
from guiji.parsing import keys
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor
from guiji.pipeline.batch.merge_input import for_merge
from guiji.warehouse import ask, extracted_records, merge

CHANGED = "2026-11-20 09:00:00"
WEEKLY = UpdateCycle.WEEKLY
ITEMS = (
    item("name", "行政相对人名称", code="CF_XDR_MC", required=True),
    item("uscc", "统一社会信用代码", code="CF_XDR_SHXYM", type="uscc"),
    item("decision_no", "处罚决定书文号", code="CF_WSH", required=True),
    item("decided_on", "决定日期", code="CF_JDRQ", type="date", required=True),
    item("fine", "罚款金额", code="CF_FK", type="amount", unit="万元"),
)


@dataclass
class Nights:
    """Nights of one department that is swept every day."""

    settings: Settings
    first: date

    def __post_init__(self) -> None:
        self.night = self.first
        self.ledger = Ledger.open(self.settings)
        self.catalog = catalog_of(self._penalties(UpdateCycle.DAILY))

    def _penalties(self, sweep: UpdateCycle | None, limit: float = 0.5) -> Any:
        extract = Extract(
            department="tax",
            connection="guiyang_tax",
            table="share_penalty",
            watermark="updated_at",
            columns={"name": "company"},
            sweep=sweep,
        )
        return penalties(
            items=ITEMS,
            subject=Subject(name="name", uscc="uscc"),
            extracts=(extract,),
            mass_change_limit=limit,
        )

    def declare(self, sweep: UpdateCycle | None, limit: float = 0.5) -> None:
        self.catalog = catalog_of(self._penalties(sweep, limit))

    def run(self, *dropped: str) -> list[Delivery]:
        """Run a night, with files of the department; give what was delivered."""
        night, ledger = self.night, self.ledger
        standing = partial(extracted_records.compare, self.settings)
        extract_due(
            NightContext(self.settings, night, catalog=self.catalog, ledger=ledger),
            standing,
        )
        for text in dropped:
            self._drop(text)
        person_key = keys.person_key(self.settings)
        known = regions.load(self.settings.catalog / "regions.csv")
        with Validator(self.settings, self.catalog) as validator:
            context = Context(self.settings, catalog=self.catalog, ledger=ledger)
            processor = DeliveryProcessor(context, known, validator, person_key)
            for delivery in ledger.deliveries(night):
                processor.handle(delivery)
        accepted, tables = for_merge(
            Context(self.settings, ledger=ledger), ledger.deliveries(night), ()
        )
        merge.merge(
            NightContext(self.settings, night, catalog=self.catalog), accepted, tables
        )
        ledger.set_state(night, "merged")
        self.night += timedelta(days=1)
        return ledger.deliveries(night)

    def _drop(self, text: str) -> None:
        claim(
            self.ledger,
            self.settings,
            self.night,
            text.encode(),
            source_file="行政处罚.csv",
            received_at=self.ledger.now(),
        )

    def held(self) -> dict[str, str]:
        """Return what the warehouse holds: number of the decision -> operation."""
        query = (
            "select decision_no, operation from administrative_penalty "
            "order by decision_no"
        )
        found = ask.ask(
            Context(self.settings, catalog=self.catalog), query, None
        ).to_pylist()
        return {row["decision_no"]: row["operation"] for row in found}

    def told(self, key: str) -> list[Any]:
        """Return a detail of the trace of every extract."""
        return [e.details.get(key) for e in self.ledger.entries("claimed")]


@pytest.fixture
def nights(settings: Settings, night: date) -> Nights:
    return Nights(settings, night)


@pytest.fixture
def remove(engine: sa.Engine) -> Any:
    def by_number(*numbers: str) -> None:
        with engine.begin() as connection:
            connection.execute(TABLE.delete().where(TABLE.c.cf_wsh.in_(numbers)))

    return by_number


EMBEDDED = pytest.mark.parametrize("source_url", ["sqlite"], indirect=True)


def test_what_was_deleted_is_revoked_and_kept_as_a_version(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    """The revocation passes every check that the row itself had passed."""
    fill(CHANGED, *((f"罚{n}号", f"{n}.1234") for n in range(1, 5)))
    nights.run()
    remove("罚2号")
    (made,) = nights.run()
    assert (made.verdict, made.rows.read, made.rows.accepted) == ("accepted", 1, 1)
    assert nights.held() == {
        "罚1号": "upsert",
        "罚2号": "revoke",
        "罚3号": "upsert",
        "罚4号": "upsert",
    }
    query = (
        "select operation, enterprise_name from history "
        "where record_key = '罚2号' order by operation"
    )
    found = ask.ask(
        Context(nights.settings, catalog=nights.catalog), query, None
    ).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("revoke", "甲,乙“公司”"),
        ("upsert", "甲,乙“公司”"),
    ]
    assert nights.told("revoked") == [0, 1]
    nights.run()
    assert nights.told("revoked") == [0, 1, 0]  # once


@EMBEDDED
def test_what_changes_and_vanishes_in_one_night_is_told_in_one_delivery(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    fill(CHANGED, *((f"罚{n}号", f"{n}.1234") for n in range(1, 5)))
    nights.run()
    remove("罚2号")
    fill("2026-11-21 09:00:00", ("罚1号", "9.1234"), ("罚5号", "5.1234"))
    (made,) = nights.run()
    text = landing.original(nights.settings, made.sha256).read_text("utf-8")
    row = f'"甲,乙“公司”",{CODE},'
    assert text.splitlines() == [
        "操作,行政相对人名称,统一社会信用代码,处罚决定书文号,决定日期,罚款金额",
        f",{row}罚1号,2026-11-02,9.1234",
        f",{row}罚5号,2026-11-02,5.1234",
        f"撤销,{row}罚2号,2026-11-02,2.1234",
    ]
    assert nights.held()["罚2号"] == "revoke"


@EMBEDDED
def test_a_row_that_returns_is_stated_again_though_its_time_is_old(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    """Restored from a backup: nothing in the row says that it was away."""
    fill(CHANGED, *((f"罚{n}号", f"{n}.1234") for n in range(1, 5)))
    fill("2026-11-01 09:00:00", ("罚5号", "5.1234"))
    nights.run()
    remove("罚2号", "罚5号")
    nights.run()
    assert nights.held()["罚5号"] == "revoke"
    fill(CHANGED, ("罚2号", "2.1234"))  # within the overlap: read before, as it is
    fill("2026-11-01 09:00:00", ("罚5号", "5.1234"))  # long before it
    fill("2026-11-22 09:00:00", ("罚6号", "6.1234"))
    (made,) = nights.run()
    assert made.rows.read == 3
    assert set(nights.held().values()) == {"upsert"}
    assert nights.told("returned") == [0, 0, 2]
    (made,) = nights.run()
    assert made.rows.read == 0


@EMBEDDED
def test_an_emptied_table_revokes_nothing_and_the_department_is_told(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    fill(CHANGED, *((f"罚{n}号", f"{n}.1234") for n in range(1, 5)))
    nights.run()
    remove("罚1号", "罚2号", "罚3号")
    fill("2026-11-21 09:00:00", ("罚5号", "5.1234"))
    (made,) = nights.run()
    assert made.rows.read == 1  # what is new was delivered all the same
    assert set(nights.held().values()) == {"upsert"}
    (entry,) = nights.ledger.entries("sweep_refused")
    reason = "3 of 4 records have vanished, the limit is 50%; nothing is revoked"
    assert entry.details == {"department": "tax", "reason": reason}
    folder = nights.settings.outbox / "tax" / str(nights.night - timedelta(days=1))
    notice = (folder / "guiyang_tax.share_penalty.未撤销.txt").read_text("utf-8")
    assert "找不到此前采集的 3 条记录，占 4 条的 75.0%" in notice
    fill("2026-11-22 09:00:00", ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    nights.run()  # the next night sweeps again: one is gone for good
    assert nights.held() == {
        "罚1号": "upsert",
        "罚2号": "upsert",
        "罚3号": "revoke",
        "罚4号": "upsert",
        "罚5号": "upsert",
    }


@EMBEDDED
def test_a_sweep_runs_once_in_each_period_of_its_cycle(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    """Friday, Saturday of the same week, Monday, Tuesday without any sweep."""
    nights.declare(WEEKLY)
    fill(CHANGED, *((f"罚{n}号", f"{n}.1234") for n in range(1, 5)))
    nights.run()
    remove("罚2号")
    nights.run()
    assert nights.held()["罚2号"] == "upsert"
    nights.night += timedelta(days=1)
    nights.run()
    assert nights.held()["罚2号"] == "revoke"
    nights.declare(None)
    remove("罚3号")
    nights.run()
    assert nights.held()["罚3号"] == "upsert"
    assert nights.told("revoked") == [0, None, 1, None]


@EMBEDDED
def test_what_a_file_stated_is_not_the_tables_to_revoke(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    fill(CHANGED, ("罚1号", "1.1234"), ("罚2号", "2.1234"), ("罚3号", "3.1234"))
    head = "行政相对人名称,统一社会信用代码,处罚决定书文号,决定日期,罚款金额"
    paper = f"{head}\n丙公司,{CODE},纸1号,2026-11-02,1.5\n"
    nights.run(paper)
    nights.run(f"{head}\n甲公司,{CODE},罚2号,2026-11-02,7.5\n")
    assert nights.held()["纸1号"] == "upsert"
    remove("罚2号")  # the department corrected it by file: so it withdraws it
    nights.run()
    assert set(nights.held().values()) == {"upsert"}
    nights.run(f"操作,{head}\n撤销,甲公司,{CODE},罚2号,2026-11-02,7.5\n")
    assert nights.held()["罚2号"] == "revoke"


@EMBEDDED
def test_a_key_written_otherwise_is_the_same_record(
    nights: Nights, fill: Fill, engine: sa.Engine
) -> None:
    """Brackets of another width, blanks, another name of the company: nothing goes."""
    fill(CHANGED, ("筑罚（2026）1号", "1.1234"), ("罚2号", "2.1234"))
    nights.run()
    with engine.begin() as connection:
        first = TABLE.c.cf_wsh == "筑罚（2026）1号"
        values = {"cf_wsh": " 筑罚(2026) 1号 ", "company": "新名公司"}
        connection.execute(TABLE.update().where(first).values(values))
    nights.run()
    assert set(nights.held().values()) == {"upsert"}
    assert nights.told("revoked") == [0, 0]


@EMBEDDED
def test_a_row_whose_code_is_damaged_still_stands_for_its_decision(
    nights: Nights, fill: Fill, engine: sa.Engine
) -> None:
    """The row is refused; what it is about is not known, so nothing is revoked."""
    fill(CHANGED, ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    nights.run()
    with engine.begin() as connection:
        values = {"cf_xdr_shxym": "91520300214780567X", "updated_at": _later()}
        second = TABLE.c.cf_wsh == "罚2号"
        connection.execute(TABLE.update().where(second).values(values))
    (made,) = nights.run()
    assert (made.verdict, made.rows.quarantined) == ("refused", 1)
    assert nights.held() == {"罚1号": "upsert", "罚2号": "upsert"}


def _later() -> Any:
    return decision("2026-11-21 09:00:00", "", "1")["updated_at"]


def _nameless(number: str) -> Any:
    return decision(CHANGED, number, "1.1234") | {"cf_xdr_shxym": None}


@EMBEDDED
def test_a_row_that_was_refused_and_deleted_needs_no_revocation(
    nights: Nights, fill: Fill, engine: sa.Engine, remove: Any
) -> None:
    fill(CHANGED, ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    with engine.begin() as connection:
        second = TABLE.c.cf_wsh == "罚2号"
        connection.execute(TABLE.update().where(second).values(company=None))
    nights.run()
    remove("罚2号")
    (made,) = nights.run()
    assert made.rows.read == 0
    assert nights.held() == {"罚1号": "upsert"}


@EMBEDDED
def test_a_batch_that_is_gone_stops_the_sweep_and_not_the_extract(
    nights: Nights, fill: Fill, remove: Any
) -> None:
    fill(CHANGED, ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    (first,) = nights.run()
    (nights.settings.batches / str(first.batch_id) / "text.parquet").unlink()
    remove("罚2号")
    fill("2026-11-21 09:00:00", ("罚3号", "3.1234"))
    (made,) = nights.run()
    assert made.rows.accepted == 1
    (entry,) = nights.ledger.entries("sweep_refused")
    assert entry.details["reason"] == (
        f"batches/{first.batch_id}/text.parquet is gone; restore it from the backup"
    )


HOSTILE = (
    *("罚 1号", "罚\t2号", "罚\n3号", "'罚4号", "=罚5号", '罚"6"号', "罚,7号", "０８"),
    *("NULL", "合计", "10", "010", "1e5", "2026-01-01", "罚\u300015号", "罚\u200b16号"),
)
"""Numbers of decisions that a reader of files might take for something else."""


@EMBEDDED
def test_ids_of_a_sweep_are_those_of_the_checks(
    nights: Nights, fill: Fill, remove: Any, engine: sa.Engine
) -> None:
    """Whatever the keys look like: what is there is found, what is gone is told."""
    fill(CHANGED, *((number, "1.1234") for number in HOSTILE))
    with engine.begin() as connection:  # known by a hash of the name
        connection.execute(TABLE.insert(), [_nameless(n) for n in ("无码1", "无码2")])
    (first,) = nights.run()
    (second,) = nights.run()
    assert second.rows.read == 0
    assert nights.told("revoked") == [0, 0]
    remove(HOSTILE[0], HOSTILE[5], "无码1")
    assert len(nights.held()) == first.rows.accepted
    nights.run()
    assert nights.told("revoked") == [0, 0, 3]
