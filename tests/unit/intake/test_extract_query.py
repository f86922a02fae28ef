"""Extracts that read the query of an SQL file, and what a relation may not be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_catalog import catalog_of, penalties
from sources import TABLE, Fill, no_sweep

from guiji.catalog.model import Extract
from guiji.catalog.vocabulary import UpdateCycle
from guiji.connections import databases
from guiji.context import NightContext
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.intake.databases.extract import extract_due
from guiji.intake.databases.source import Relation, reading
from guiji.ledger.ledger import Ledger

Night = Callable[..., list[str]]
QUERY = """\
-- Decisions that are not drafts, as the department's own tables hold them.
select
    company,
    cf_xdr_shxym,
    cf_wsh,
    cf_jdrq,
    cf_fk,
    updated_at
from share_penalty
where cf_wsh <> 'a:draft 100%' and cf_wsh not like '%:draft'; -- the end
"""


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings)


@pytest.fixture
def query(tmp_path: Path) -> Path:
    """The file that the catalogue names."""
    path = tmp_path / "home" / "sql" / "extracts" / "guiyang" / "tax_penalties.sql"
    path.parent.mkdir(parents=True)
    path.write_text(QUERY, encoding="utf-8")
    return path


@pytest.fixture
def extract(settings: Settings, ledger: Ledger, tmp_path: Path) -> Night:
    """Run a night's extracts by the SQL file; give the lines of the landed CSV."""

    def run(night: date, **changes: object) -> list[str]:
        at_home = replace(settings, catalog=tmp_path / "home" / "catalog")
        entry = penalties(extracts=(Extract(**(ENTRY | changes)),))
        found = extract_due(
            NightContext(at_home, night, catalog=catalog_of(entry), ledger=ledger),
            no_sweep,
        )
        return [
            line
            for name in found
            for line in landing.original(settings, ledger.delivery(name).sha256)
            .read_text("utf-8")
            .splitlines()
        ]

    return run


ENTRY: dict[str, object] = {
    "department": "tax",
    "connection": "guiyang_tax",
    "sql": "tax_penalties.sql",
    "watermark": "updated_at",
    "columns": {"name": "company"},
}


def refusal(ledger: Ledger) -> str:
    (entry,) = ledger.entries("source_unavailable")
    reason: str = entry.details["reason"]
    return reason


@pytest.mark.usefixtures("query")
def test_a_query_is_read_by_its_watermark_as_a_table_is(
    fill: Fill, extract: Night, ledger: Ledger, night: date
) -> None:
    """The text stands in the statement as it is: colons and per cents, too."""
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"), ("a:draft 100%", "1.0"))
    assert [line.split(",", 3)[3] for line in extract(night)[1:]] == [
        "罚1号,2026-11-02,1.1234"
    ]
    fill("2026-11-21 09:00:00", ("罚2号", "2.1234"), ("罚3:draft", "3.1234"))
    lines = extract(night + timedelta(days=1))
    assert [line.split(",", 3)[3] for line in lines[1:]] == ["罚2号,2026-11-02,2.1234"]
    (made,) = ledger.deliveries(night)
    assert made.source_file == "guiyang_tax.tax_penalties.csv"


@pytest.mark.parametrize("source_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "tax_penalties.sql: No such file or directory"),
        ("delete from share_penalty", "tax_penalties.sql: it is no SELECT"),
        (f"{QUERY} drop table share_penalty", "it holds 2 statements, not one"),
    ],
)
def test_what_is_not_one_query_never_reaches_the_database(
    fill: Fill,
    query: Path,
    extract: Night,
    ledger: Ledger,
    engine: sa.Engine,
    night: date,
    text: str | None,
    why: str,
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    query.unlink() if text is None else query.write_text(text, encoding="utf-8")
    assert extract(night) == []
    assert refusal(ledger).endswith(why)
    with engine.connect() as connection:
        assert len(connection.execute(TABLE.select()).all()) == 1


def test_a_column_that_the_query_lacks_is_named(
    fill: Fill, query: Path, extract: Night, ledger: Ledger, night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    query.write_text("select cf_wsh, cf_fk as fine from share_penalty", "utf-8")
    assert extract(night) == []
    assert refusal(ledger).startswith("tax_penalties lacks company, updated_at; ")


def test_more_rows_than_the_catalogue_allows_are_a_mistake(
    fill: Fill, extract: Night, ledger: Ledger, settings: Settings, night: date
) -> None:
    fill("2026-11-20 09:00:00", *((f"罚{n}号", "1.1234") for n in range(3)))
    table = {"sql": None, "table": "share_penalty"}
    assert extract(night, **table, most_rows=2) == []
    assert refusal(ledger).startswith("share_penalty has more than 2 rows; ")
    notice = (
        settings.outbox / "tax" / str(night) / "guiyang_tax.share_penalty.未采集.txt"
    )
    assert "超过目录规定的 2 行" in notice.read_text("utf-8")
    assert len(extract(night, **table, most_rows=3)) == 4
    assert not notice.exists()


def test_binary_fractions_are_told(
    engine: sa.Engine, fill: Fill, extract: Night, ledger: Ledger, night: date
) -> None:
    """0.1 in such a column is 0.1000000000000000055: a decimal column is exact."""
    with engine.begin() as connection:
        connection.execute(sa.text("alter table share_penalty drop column cf_fk"))
        kind = "double precision"
        connection.execute(
            sa.text(f"alter table share_penalty add column cf_fk {kind}")
        )
    fill("2026-11-20 09:00:00", ("罚1号", "0.1"))
    assert extract(night, sql=None, table="share_penalty")[1].endswith(",0.1")
    assert ledger.entries("claimed")[0].details["inexact_columns"] == ["cf_fk"]


@pytest.mark.parametrize(
    "name",
    [
        "share_penalty; drop table share_penalty",
        'share_penalty" where 1 = 1; drop table share_penalty; --',
        "share_penalty` where 1 = 1; drop table share_penalty; -- ",
        "罚款 'x' :y %s",
    ],
)
def test_the_name_of_a_table_is_a_name_and_nothing_else(
    fill: Fill,
    extract: Night,
    ledger: Ledger,
    engine: sa.Engine,
    night: date,
    name: str,
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    assert extract(night, sql=None, table=name) == []
    assert refusal(ledger).startswith("there is no such table, view or column (")
    with engine.connect() as connection:
        assert len(connection.execute(TABLE.select()).all()) == 1


@pytest.mark.parametrize("source_url", ["sqlite"], indirect=True)
def test_an_extract_may_have_a_cycle_of_its_own(
    fill: Fill, extract: Night, night: date
) -> None:
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    table = {"sql": None, "table": "share_penalty", "cycle": UpdateCycle.WEEKLY}
    # Friday, Saturday of the same week, Monday; the dataset's own cycle is a day
    ran = [bool(extract(night + timedelta(days=d), **table)) for d in (0, 1, 3)]
    assert ran == [True, False, True]


def test_the_snapshot_may_not_write(
    fill: Fill, engine: sa.Engine, settings: Settings
) -> None:
    """Whatever a query calls, the transaction is read-only."""
    fill("2026-11-20 09:00:00", ("罚1号", "1.1234"))
    url = databases.url("guiyang_tax", settings)
    with reading(url, Relation("share_penalty", None, 9)) as table:
        connection = table._connection.execution_options(yield_per=None)
        with pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.?only"):
            connection.exec_driver_sql("delete from share_penalty")
    with engine.connect() as connection:
        assert len(connection.execute(TABLE.select()).all()) == 1


CELLS = {
    "postgresql": [
        ("numeric(20, 4)", "1234567890123456.7890", "1234567890123456.7890"),
        ("boolean", "true", "1"),
        ("date", "'infinity'", "infinity"),
        ("date", "'20226-01-02'", "20226-01-02"),
        ("date", "'2026-01-02'", "2026-01-02"),
        ("timestamp", "'2026-01-02 03:04:05.6'", "2026-01-02 03:04:05.600000"),
        ("timestamptz", "'2026-01-02 00:30:00+00'", "2026-01-02 08:30:00"),
        ("bytea", "'\\x00ff'", "00ff"),
        ("text", "'𠮷野家'", "𠮷野家"),
        ("char(4)", "'甲'", "甲   "),
    ],
    "mariadb": [
        ("decimal(20, 4)", "1234567890123456.7890", "1234567890123456.7890"),
        ("bigint unsigned", "18446744073709551615", "18446744073709551615"),
        ("boolean", "true", "1"),
        ("date", "'0000-00-00'", "0000-00-00"),
        ("date", "'2026-01-02'", "2026-01-02"),
        ("datetime(3)", "'2026-01-02 03:04:05.6'", "2026-01-02 03:04:05.600000"),
        ("timestamp", "'2026-01-02 00:30:00'", "2026-01-02 08:30:00"),
        ("varbinary(2)", "x'00ff'", "00ff"),
        ("text", "'𠮷野家'", "𠮷野家"),
        ("char(4)", "'甲'", "甲"),
    ],
}


@pytest.mark.parametrize("source_url", ["postgresql", "mariadb"], indirect=True)
def test_every_kind_of_cell_becomes_its_text(
    engine: sa.Engine, settings: Settings
) -> None:
    """Whatever a date says: one cell never keeps the others of its table out."""
    is_mariadb = engine.dialect.name == "mysql"
    cells = CELLS["mariadb" if is_mariadb else "postgresql"]
    columns = [f"c{n}" for n in range(len(cells))]
    declared = ", ".join(f"c{n} {kind}" for n, (kind, _, _) in enumerate(cells))
    values = ", ".join(value for _, value, _ in cells)
    with engine.begin() as connection:
        if is_mariadb:
            connection.exec_driver_sql("set time_zone = '+00:00', sql_mode = ''")
        connection.exec_driver_sql(f"create table kinds ({declared})")
        connection.exec_driver_sql(f"insert into kinds values ({values})")
    url = databases.url("guiyang_tax", settings)
    with reading(url, Relation("kinds", None, 9)) as table:
        (row,) = table.rows(columns, ["c0"], None)
    assert list(row.cells) == [expected for _, _, expected in cells]
