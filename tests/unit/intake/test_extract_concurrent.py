"""Extracts beside writers, locks, cut connections and missing rights: real servers."""

import csv
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_catalog import catalog_of, penalties
from servers.waiting import until
from sources import TABLE, Fill, decision, no_sweep

from guiji.catalog.model import Extract
from guiji.connections import databases
from guiji.context import NightContext
from guiji.core.errors import SourceUnavailable
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.intake.databases import dialects
from guiji.intake.databases.extract import extract_due
from guiji.intake.databases.source import Relation, reading
from guiji.ledger.ledger import Ledger

pytestmark = pytest.mark.parametrize(
    "source_url", ["postgresql", "mariadb"], indirect=True
)
GRANTS = Path(__file__).parents[3] / "docs" / "grants"
ENTRY = {
    "department": "tax",
    "connection": "guiyang_tax",
    "table": "share_penalty",
    "watermark": "updated_at",
    "columns": {"name": "company"},
}
Rows = list[dict[str, str]]


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings)


@pytest.fixture
def extract(settings: Settings, ledger: Ledger) -> Callable[..., Rows]:
    """Run a night's extract; give the rows that it delivers."""

    def run(night: date, **changes: object) -> Rows:
        entry = penalties(extracts=(Extract(**(ENTRY | changes)),))
        found = extract_due(
            NightContext(settings, night, catalog=catalog_of(entry), ledger=ledger),
            no_sweep,
        )
        rows: Rows = []
        for name in found:
            path = landing.original(settings, ledger.delivery(name).sha256)
            with path.open(encoding="utf-8", newline="") as file:
                rows += csv.DictReader(file)
        return rows

    return run


def numbers(rows: Rows) -> list[str]:
    return [row["处罚决定书文号"] for row in rows]


@pytest.mark.parametrize(
    ("overlap", "second"),
    [(2, ["罚1号"]), (0, [])],  # without an overlap the row would be lost for ever
)
def test_a_transaction_that_commits_after_the_extract_is_read_by_the_next(
    engine: sa.Engine,
    extract: Callable[..., Rows],
    night: date,
    overlap: int,
    second: list[str],
) -> None:
    with engine.connect() as slow, engine.begin() as quick:
        values = decision("2026-11-20 09:00:00", "罚1号", "1.1234")
        slow.execute(TABLE.insert().values(values))
        values = decision("2026-11-20 10:00:00", "罚2号", "2.1234")
        quick.execute(TABLE.insert().values(values))
        quick.commit()
        assert numbers(extract(night, overlap_hours=overlap)) == ["罚2号"]
        slow.commit()
    later = extract(night + timedelta(days=1), overlap_hours=overlap)
    assert numbers(later) == second


class Writers:
    """Threads that insert and change decisions in transactions of up to 1.2 s.

    Their clock runs 3 600 times as fast: a second is an hour, so that an overlap of
    two hours is two seconds, much shorter than all. It stands while a transaction is
    older than an hour and a half, so that none is longer than the overlap.
    """

    TRANSACTIONS, THREADS, LONGEST = 8, 4, 1.5

    def __init__(self, engine: sa.Engine) -> None:
        # without locks on the gaps between keys, on which writers would deadlock
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")
        self._began = time.monotonic()
        self._open: dict[int, float] = {}
        self.failed: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self._write, args=(n,)) for n in range(self.THREADS)
        ]

    def hours(self) -> float:
        """Return what the clock shows."""
        oldest = min(list(self._open.values()), default=math.inf)
        return min(time.monotonic() - self._began, oldest + self.LONGEST)

    def _write(self, number: int) -> None:
        chance = random.Random(number)
        try:
            for _ in range(self.TRANSACTIONS):
                self._open[number] = self.hours()
                self._transaction(number, chance)
                del self._open[number]
        except BaseException as error:
            self.failed.append(error)

    def _transaction(self, number: int, chance: random.Random) -> None:
        mine = [f"罚{number}-{n}号" for n in range(40)]
        with self._engine.begin() as connection:
            for name in chance.sample(mine, 4):
                fine = f"{chance.randrange(1, 10**7)}.1234"
                now = datetime(2026, 1, 1) + timedelta(hours=self.hours())  # noqa: DTZ001
                values = decision(now.isoformat(" "), name, fine)
                key = TABLE.c.cf_wsh == name
                changed = connection.execute(TABLE.update().where(key).values(values))
                if not changed.rowcount:
                    connection.execute(TABLE.insert().values(values))
                time.sleep(chance.uniform(0, 0.3))


def test_nothing_is_missing_or_stale_beside_long_transactions(
    engine: sa.Engine, extract: Callable[..., Rows], night: date
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("create index by_no on share_penalty (cf_wsh)")
    writers, delivered, read = Writers(engine), {}, 0
    for thread in writers.threads:
        thread.start()
    nights = (night + timedelta(days=n) for n in range(1000))
    while any(thread.is_alive() for thread in writers.threads):
        rows = extract(next(nights))
        read += len(rows)
        delivered |= {row["处罚决定书文号"]: row["罚款金额"] for row in rows}
        time.sleep(0.2)
    for row in extract(next(nights)):
        delivered[row["处罚决定书文号"]] = row["罚款金额"]
    assert writers.failed == []
    with engine.connect() as connection:
        held = connection.execute(sa.select(TABLE.c.cf_wsh, TABLE.c.cf_fk)).all()
    assert len(held) > 50
    assert delivered == {number: format(fine, "f") for number, fine in held}
    assert read > len(held)  # rows were delivered while they changed


def test_two_readings_in_one_snapshot_agree(
    engine: sa.Engine, fill: Fill, settings: Settings
) -> None:
    """The keys of a sweep and the rows of its extract are of one moment."""
    fill("2026-11-20 09:00:00", *((f"罚{n}号", "1.1234") for n in range(5)))
    url = databases.url("guiyang_tax", settings)
    with reading(url, Relation("share_penalty", None, 99)) as table:
        before = list(table.rows(["cf_wsh"], [], None))
        with engine.begin() as connection:
            connection.execute(TABLE.delete().where(TABLE.c.cf_wsh == "罚0号"))
        fill("2026-11-20 09:30:00", ("罚9号", "9.1234"))
        after = list(table.rows(["cf_wsh"], [], None))
    assert sorted(r.cells for r in before) == sorted(r.cells for r in after)


def _wide(engine: sa.Engine, rows: int) -> None:
    """Fill the table with more than any buffer between here and there holds."""
    values = [
        decision("2026-11-20 09:00:00", f"罚{n:06d}号", "1.1234")
        | {"company": "长" * 50}
        for n in range(rows)
    ]
    with engine.begin() as connection:
        connection.execute(TABLE.insert(), values)


def _kill_reader(engine: sa.Engine) -> int:
    """End the platform's sessions, as an administrator would; tell how many."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            ended = connection.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'guiji' and datname = current_database()"
            )
            return len(ended.all())
        found = connection.exec_driver_sql(
            "select id from information_schema.processlist "
            "where db = database() and id <> connection_id()"
        ).all()
        for (number,) in found:
            connection.exec_driver_sql(f"kill {number}")
        return len(found)


def test_a_connection_cut_while_it_is_read_is_told(
    engine: sa.Engine, settings: Settings
) -> None:
    _wide(engine, 60_000)
    url = databases.url("guiyang_tax", settings)
    columns = ["company", "cf_xdr_shxym", "cf_wsh", "cf_jdrq", "cf_fk"]
    relation = Relation("share_penalty", None, 10**6)

    def read_and_be_cut() -> None:
        with reading(url, relation) as table:
            for number, _ in enumerate(table.rows(columns, [], None)):
                if number == 10:
                    assert _kill_reader(engine) == 1

    with pytest.raises(SourceUnavailable, match="the connection was cut") as caught:
        read_and_be_cut()
    assert "处理办法：" in caught.value.notice


def test_a_night_survives_a_cut_connection_and_the_next_reads_everything(
    engine: sa.Engine,
    extract: Callable[..., Rows],
    ledger: Ledger,
    settings: Settings,
    night: date,
) -> None:
    _wide(engine, 200)
    pause = (
        "pg_sleep(0.05)::text" if engine.dialect.name == "postgresql" else "sleep(0.05)"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"create view slow_penalty as select *, {pause} as p from share_penalty"
        )
        connection.exec_driver_sql(
            "create view quick_penalty as select * from share_penalty"
        )
    watch = threading.Thread(target=_kill_soon, args=(engine,))
    watch.start()
    slow = {"columns": ENTRY["columns"] | {"remark": "p"}}  # type: ignore[operator]
    assert extract(night, table="slow_penalty", **slow) == []
    watch.join()
    (entry,) = ledger.entries("source_unavailable")
    assert entry.details["reason"].startswith("the connection was cut")
    assert ledger.deliveries(night) == []
    assert not any((settings.landing / landing.INCOMING).iterdir())
    assert len(extract(night + timedelta(days=1), table="quick_penalty")) == 200


def _kill_soon(engine: sa.Engine) -> None:
    """End the reader half a second after it has begun to read."""

    def look() -> int:
        time.sleep(0.5)
        return _kill_reader(engine)

    until(look)


@contextmanager
def _impatient(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> Iterator[None]:
    """Shorten one of the times in the table of dialects."""
    made = {}
    for name, kind in dialects.DIALECTS.items():
        arguments = {
            key: value.replace(old, new) if isinstance(value, str) else value
            for key, value in kind.arguments.items()
        }
        opening = tuple(line.replace(old, new) for line in kind.opening)
        made[name] = replace(kind, arguments=arguments, opening=opening)
    assert made != dialects.DIALECTS
    monkeypatch.setattr(dialects, "DIALECTS", made)
    yield
    monkeypatch.undo()


def test_a_query_that_runs_too_long_is_ended(
    engine: sa.Engine, fill: Fill, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    url = databases.url("guiyang_tax", settings)
    is_postgresql = engine.dialect.name == "postgresql"
    pause = "pg_sleep(9)" if is_postgresql else "sleep(9)"
    query = f"select cf_wsh, {pause} as p from share_penalty\n"
    times = (
        ("statement_timeout=1800s", "statement_timeout=1s")
        if is_postgresql
        else ("max_statement_time = 1800", "max_statement_time = 1")
    )
    with (
        _impatient(monkeypatch, *times),
        pytest.raises(SourceUnavailable, match="the query ran longer than 30 minutes"),
        reading(url, Relation("slow", query, 9)) as table,
    ):
        list(table.rows(["cf_wsh", "p"], [], None))


def test_a_locked_table_is_waited_for_and_then_left(
    engine: sa.Engine, fill: Fill, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    url = databases.url("guiyang_tax", settings)
    is_postgresql = engine.dialect.name == "postgresql"
    lock = (
        "lock table share_penalty in access exclusive mode"
        if is_postgresql
        else "lock tables share_penalty write"
    )
    times = (
        ("lock_timeout=5s", "lock_timeout=1s")
        if is_postgresql
        else ("lock_wait_timeout = 5", "lock_wait_timeout = 1")
    )
    relation = Relation("share_penalty", None, 9)
    with engine.connect() as holder, _impatient(monkeypatch, *times):
        holder.exec_driver_sql(lock)
        with (
            pytest.raises(SourceUnavailable, match="stayed locked for 5 seconds"),
            reading(url, relation) as table,
        ):
            table.columns()


@pytest.fixture
def reader_url(engine: sa.Engine, source_url: str) -> Iterator[str]:
    """The account that docs/grants makes, made by that very file."""
    name = "postgresql" if engine.dialect.name == "postgresql" else "mariadb"
    text = (GRANTS / f"{name}.sql").read_text(encoding="utf-8")
    told = "\n".join(li for li in text.splitlines() if not li.startswith("--"))
    TABLE.drop(engine)  # the view of MariaDB's example is called so
    with engine.begin() as connection:
        for statement in (*PENALTY_DECISION, *told.split(";\n")):
            if statement.strip():
                connection.execute(sa.text(statement))
    made = sa.make_url(source_url).set(username="credit_reader", password="change-me")
    yield made.render_as_string(hide_password=False)
    with engine.begin() as connection:
        if name == "postgresql":
            connection.exec_driver_sql("drop owned by credit_reader")
            connection.exec_driver_sql("drop role credit_reader")
        else:
            connection.exec_driver_sql("drop user 'credit_reader'@'%%'")


PENALTY_DECISION = (
    "create table penalty_decision (punished_name varchar(50), punished_code char(18), "
    "decision_no varchar(50), decided_on date, fine numeric(12, 4), "
    "updated_at timestamp, is_draft boolean)",
    "insert into penalty_decision values ('甲公司', '91520300214780567N', '罚1号', "
    "'2026-11-02', 1.1234, '2026-11-20 09:00:00', false), "
    "('乙公司', '91520300214780567N', '草稿', null, null, '2026-11-20 09:00:00', true)",
)


def test_the_account_of_the_example_reads_the_view_and_nothing_else(
    engine: sa.Engine,
    reader_url: str,
    extract: Callable[..., Rows],
    ledger: Ledger,
    settings: Settings,
    night: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_GUIYANG_TAX", reader_url)
    own = "share.penalty" if engine.dialect.name == "postgresql" else "share_penalty"
    columns = {"name": "cf_xdr_mc"}
    assert extract(night, table="penalty_decision", columns=columns) == []
    (entry,) = ledger.entries("source_unavailable")
    reason = "the account may not read what the catalogue names ("
    assert entry.details["reason"].startswith(reason)
    (notice,) = (settings.outbox / "tax" / str(night)).iterdir()
    assert "授予该视图的查询权限" in notice.read_text("utf-8")
    rows = extract(night + timedelta(days=1), table=own, columns=columns)
    assert numbers(rows) == ["罚1号"]


def test_the_account_of_the_example_cannot_write(
    engine: sa.Engine, reader_url: str
) -> None:
    view = "share.penalty" if engine.dialect.name == "postgresql" else "share_penalty"
    reader = sa.create_engine(reader_url, poolclass=sa.NullPool)
    for statement in (
        f"update {view} set cf_wsh = ''",
        "create table own (x int)",
        "create temporary table own (x int)",
    ):
        with reader.connect() as connection, pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql(statement)
