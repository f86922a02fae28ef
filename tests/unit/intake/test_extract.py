import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_catalog import catalog_of, penalties
from servers.processes import killed_everywhere
from settings_builders import settings_in
from sources import TABLE, Fill, decision, no_sweep

from guiji.catalog.vocabulary import UpdateCycle
from guiji.context import NightContext
from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.intake import arrivals, landing
from guiji.intake.databases import source
from guiji.intake.databases.extract import extract_due
from guiji.intake.databases.incremental_reader import Digests
from guiji.intake.databases.job import Job
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger

PLACE = "guiyang_tax.share_penalty"
HEADINGS = "行政相对人名称,统一社会信用代码,处罚决定书文号,决定日期,罚款金额"


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings)


@pytest.fixture
def extract(settings: Settings, ledger: Ledger) -> Callable[..., list[str]]:
    """Run a night's extracts; give the lines of the landed CSV."""

    def run(night: date, **changes: object) -> list[str]:
        catalog = catalog_of(penalties(**changes))
        found = extract_due(
            NightContext(settings, night, catalog=catalog, ledger=ledger), no_sweep
        )
        return [line for name in found for line in _lines(settings, ledger, name)]

    return run


def _lines(settings: Settings, ledger: Ledger, name: str) -> list[str]:
    landed = landing.original(settings, ledger.delivery(name).sha256)
    return landed.read_text("utf-8").splitlines()


def _next(night: date, days: int = 1) -> date:
    return night + timedelta(days=days)


def line(number: str, fine: str) -> str:
    return f'"甲,乙“公司”",91520300214780567N,{number},2026-11-02,{fine}'


@pytest.mark.duty("GY2", "GZ2")
def test_an_extract_is_a_csv_under_the_catalogues_headings(
    fill: Fill, extract: Callable[..., list[str]], ledger: Ledger, night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚2号", "0.5125"), ("罚1号", "10000.1234"))
    lines = extract(night)
    assert lines[0] == HEADINGS
    assert lines[1:] == [line("罚1号", "10000.1234"), line("罚2号", "0.5125")]
    (made,) = ledger.deliveries(night)
    assert (made.way, made.department) == ("extract", "tax")
    assert made.source_file == "guiyang_tax.share_penalty.csv"
    (entry,) = ledger.entries("claimed")
    assert entry.details["rows"] == 2
    assert entry.details["absent_columns"] == ["bz"]


def test_the_next_night_reads_what_changed(
    fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    extract(night)
    fill("2026-11-21 10:00:00.250000", ("罚1号", "9.1234"), ("罚3号", "3.1234"))
    assert extract(_next(night)) == [
        HEADINGS,
        line("罚1号", "9.1234"),
        line("罚3号", "3.1234"),
    ]


def test_a_transaction_that_committed_late_is_not_missed(
    fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    """Its time of change is an hour before the watermark, within the overlap."""
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    extract(night)
    fill("2026-11-20 08:00:00", ("罚2号", "2.1234"))
    assert extract(_next(night))[1:] == [line("罚2号", "2.1234")]
    assert extract(_next(night, 2))[1:] == []  # and is not told twice


def test_nothing_new_is_a_zero_report(
    fill: Fill, extract: Callable[..., list[str]], ledger: Ledger, night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    extract(night)
    for days in (1, 2):
        assert extract(_next(night, days)) == [HEADINGS]
        (made,) = ledger.deliveries(_next(night, days))
        assert made.verdict is None  # a delivery of its own, no duplicate
    assert [e.details["nothing_new"] for e in ledger.entries("claimed")] == [
        False,
        True,
        True,
    ]


def test_a_change_after_the_nights_instant_waits_for_the_next(
    fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    fill("2026-11-20 21:59:59", ("罚1号", "1.1234"))
    fill("2026-11-20 22:00:00", ("罚2号", "2.1234"))
    assert extract(night)[1:] == [line("罚1号", "1.1234")]
    assert extract(_next(night))[1:] == [line("罚2号", "2.1234")]


def test_a_row_without_a_time_of_change_is_read_once(
    engine: sa.Engine, fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"), ("罚2号", "2.1234"))
    with engine.begin() as connection:
        connection.execute(
            TABLE.update().where(TABLE.c.cf_wsh == "罚2号").values(updated_at=None)
        )
    assert len(extract(night)) == 3
    assert extract(_next(night)) == [HEADINGS]


def test_a_table_without_a_watermark_is_read_whole(
    fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    fill("2026-11-20 23:00:00", ("罚1号", "1.1234"))
    for days in (0, 1):
        assert len(extract(_next(night, days), delivery="full")) == 2


@pytest.mark.parametrize("source_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("cycle", "nights", "expected"),
    [
        (UpdateCycle.ON_DEMAND, ["2026-11-20", "2026-11-21"], [True, True]),
        # Friday, Sunday of the same week, Monday
        (
            UpdateCycle.WEEKLY,
            ["2026-11-20", "2026-11-22", "2026-11-23"],
            [True, False, True],
        ),
        (
            UpdateCycle.MONTHLY,
            ["2026-11-20", "2026-11-30", "2026-12-01"],
            [True, False, True],
        ),
        (
            UpdateCycle.QUARTERLY,
            ["2026-11-20", "2026-12-31", "2027-01-01"],
            [True, False, True],
        ),
        (
            UpdateCycle.HALF_YEARLY,
            ["2026-06-30", "2026-07-01", "2026-12-31"],
            [True, True, False],
        ),
        (
            UpdateCycle.YEARLY,
            ["2026-11-20", "2026-12-31", "2027-01-01"],
            [True, False, True],
        ),
    ],
)
def test_an_extract_runs_once_in_each_period_of_its_cycle(
    fill: Fill,
    extract: Callable[..., list[str]],
    cycle: UpdateCycle,
    nights: list[str],
    expected: list[bool],
) -> None:
    ran = [bool(extract(date.fromisoformat(n), update_cycle=cycle)) for n in nights]
    assert ran == expected


def test_an_extract_run_again_in_its_night_changes_nothing(
    fill: Fill, extract: Callable[..., list[str]], ledger: Ledger, night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    before = extract(night), ledger.entries()
    fill("2026-11-20 09:30:00", ("罚2号", "2.1234"))
    assert before == (extract(night), ledger.entries())
    assert len(extract(_next(night))) == 2


def test_a_silent_database_does_not_stop_the_night(
    settings: Settings,
    ledger: Ledger,
    night: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = "postgres://reader:geheim@127.0.0.1:1/share"
    monkeypatch.setenv("AIRFLOW_CONN_GUIYANG_TAX", told)
    for _ in range(2):
        made = extract_due(
            NightContext(
                settings, night, catalog=catalog_of(penalties()), ledger=ledger
            ),
            no_sweep,
        )
        assert made == []
    (entry,) = ledger.entries("source_unavailable")
    reason = "the database does not answer (OperationalError)"
    assert entry.details == {"department": "tax", "reason": reason}
    told = settings.outbox / "tax" / str(night) / f"{PLACE}.未采集.txt"
    assert "原因：数据库无法连接。" in told.read_text("utf-8")
    assert "geheim" not in told.read_text("utf-8")
    assert ledger.watermark("administrative_penalty.guiyang_tax.share_penalty") is None


def test_an_extract_that_our_code_fails_on_does_not_stop_the_others(
    fill: Fill,
    settings: Settings,
    ledger: Ledger,
    night: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    first, second = penalties(), penalties(id="another")
    both = catalog_of(first)
    both = both.model_copy(update={"datasets": {"a": first, "b": second}})
    real = Job.relation

    def relation(job: Job, settings: Settings) -> object:
        if job.dataset is first:
            raise OverflowError("date value out of range")
        return real(job, settings)

    monkeypatch.setattr(Job, "relation", relation)
    made = extract_due(
        NightContext(settings, night, catalog=both, ledger=ledger), no_sweep
    )
    assert len(made) == 1
    (fault,) = ledger.entries("platform_fault")
    assert (fault.details["stage"], fault.details["error"]) == (
        "extract",
        "OverflowError",
    )
    monkeypatch.undo()
    assert ledger.watermark(Job(first, first.extracts[0]).name) is None


def test_a_table_that_lacks_what_it_must_have_is_refused(
    engine: sa.Engine, extract: Callable[..., list[str]], ledger: Ledger, night: date
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("alter table share_penalty drop column company"))
    assert extract(night) == []
    (entry,) = ledger.entries("source_unavailable")
    assert entry.details["reason"] == (
        "share_penalty lacks company; see `extracts` of the dataset in the catalogue"
    )


def test_a_missing_table_is_refused(
    engine: sa.Engine, extract: Callable[..., list[str]], ledger: Ledger, night: date
) -> None:
    TABLE.drop(engine)
    assert extract(night) == []
    (entry,) = ledger.entries("source_unavailable")
    assert entry.details["reason"].startswith(
        "there is no such table, view or column ("
    )


def test_equal_keys_come_in_the_order_of_their_text(
    engine: sa.Engine, extract: Callable[..., list[str]], night: date
) -> None:
    """Whatever order the database chooses for rows that its key does not tell apart."""
    with engine.begin() as connection:
        for fine in ("3.1234", "1.1234", "2.1234"):
            values = decision("2026-11-20 09:00:00", "罚1号", fine)
            connection.execute(TABLE.insert().values(values))
    assert [row[-6:] for row in extract(night)[1:]] == ["1.1234", "2.1234", "3.1234"]


def test_a_table_that_changed_on_the_first_day_of_the_calendar_is_read_again(
    fill: Fill, extract: Callable[..., list[str]], night: date
) -> None:
    """0001-01-01 is what some programs write for "not known"; nothing lies before."""
    fill("0001-01-01 00:00:00", ("罚1号", "1.1234"))
    assert extract(night)[1:] == [line("罚1号", "1.1234")]
    fill("0001-01-01 00:00:00", ("罚1号", "9.1234"))
    assert extract(_next(night))[1:] == [line("罚1号", "9.1234")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, "1"),
        (12, "12"),
        (12.0, "12"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 11, 2), "2026-11-02"),
        (datetime.fromisoformat("2026-11-02T08:30:00"), "2026-11-02 08:30:00"),
        (
            datetime.fromisoformat("2026-11-02T08:30:00.000005"),
            "2026-11-02 08:30:00.000005",
        ),
        (
            datetime.fromisoformat("2026-11-02T00:30:00+00:00"),
            "2026-11-02 08:30:00",
        ),  # Shanghai
        (datetime.fromisoformat("9999-12-31T23:59:59+00:00"), "9999-12-31 23:59:59"),
        (datetime.fromisoformat("0001-01-01T00:00:00+14:00"), "0001-01-01 00:00:00"),
        (b"\x00\xff", "00ff"),
        (["a"], "['a']"),
    ],
)
def test_whatever_a_driver_returns_becomes_text(
    value: object, expected: str | None
) -> None:
    assert source.text(value) == expected


def test_digests_are_found_again_and_kept_once() -> None:
    early, late = (
        datetime.fromisoformat(f"2026-11-20T0{h}:00:00.000001") for h in "12"
    )
    rows = [hashlib.blake2b(bytes([n]), digest_size=16).digest() for n in range(99)]
    rows += [b"\0" * 16, b"\xff" * 16, b"\0" * 8 + b"\xff" * 8]
    read = Digests()
    assert (read.since(None), read.since(early)) == (b"", b"")
    for row in reversed(rows):
        read.add(row, late)
        read.add(row, None)
    read.add(b"a" * 16, early)
    assert read.since(late) == b"".join(sorted(rows))
    assert read.since(early) == read.since(None) == b"".join(sorted([*rows, b"a" * 16]))
    known = Digests(read.since(late))
    assert all(row in known for row in rows)
    assert b"a" * 16 not in known
    assert b"b" * 16 not in Digests()


NIGHT = date(2026, 11, 20)


def _extract_in(folder: Path) -> list[Delivery]:
    settings = settings_in(folder)
    ledger = Ledger.open(settings)
    extract_due(
        NightContext(settings, NIGHT, catalog=catalog_of(penalties()), ledger=ledger),
        no_sweep,
    )
    return ledger.deliveries()


def test_an_extract_killed_at_any_step_is_finished_by_the_next(
    tmp_path: Path, complete: bool
) -> None:
    template = tmp_path / "template"
    (template / "sources").mkdir(parents=True)
    made = sa.create_engine(
        f"sqlite:///{template}/sources/guiyang_tax.db", poolclass=sa.NullPool
    )
    TABLE.create(made)
    with made.begin() as connection:
        values = decision("2026-11-20 09:00:00", "罚1号", "1.1234")
        connection.execute(TABLE.insert().values(values))
    sources = template / "sources"
    arrivals.note(sources, sources / "guiyang_tax.db", business_date.instant(NIGHT))
    Ledger(f"sqlite:///{template}/l.db")
    steps, killed = killed_everywhere(template, _extract_in, complete)
    assert steps > 8
    expected = None
    for folder in killed:
        found = _extract_in(folder)
        expected = expected or found
        assert found == expected, folder.name
        assert len(found) == 1
        assert sorted(p.name for p in (folder / "landing").rglob("*.*")) == [
            ".incoming",
            "meta.json",
        ]


def test_a_landed_extract_tells_where_it_comes_from(
    fill: Fill,
    extract: Callable[..., list[str]],
    settings: Settings,
    ledger: Ledger,
    night: date,
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    extract(night)
    sha256 = ledger.deliveries()[0].sha256
    meta = landing.original(settings, sha256).with_name("meta.json")
    told = json.loads(meta.read_text("utf-8"))
    assert told["from"] == "guiyang_tax.share_penalty"
    assert "postgres" not in meta.read_text("utf-8")
