"""The views, the fence around a reader's SQL, and the answers about one enterprise."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from warehouse_world import (
    ECOLOGY,
    FIRST,
    POWER,
    SECOND,
    WATER,
    World,
    penalty,
    registration,
)

from guiji.core import settings as settings_module
from guiji.core.errors import UsageError
from guiji.core.schemas import VERSION_COLUMNS
from guiji.warehouse import ask, explain, models, show, views

PERSON = "11010519491231002X"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An enterprise with two names and a penalty, and a natural person."""
    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    old = registration("旧名公司", WATER, "2026-11-01", phone="13800138000")
    new = old | {"enterprise_name": "新名公司", "registration_status": "1"}
    fined = penalty(WATER, "1号", "2026-11-02")
    person = penalty(None, "2号", "2026-11-02", counterpart_id_no=PERSON)
    world.merge(FIRST, world.deliver(FIRST, "enterprise_registration", [old]))
    world.merge(
        SECOND,
        world.deliver(SECOND, "enterprise_registration", [new]),
        world.deliver(SECOND, "administrative_penalty", [fined, person], ECOLOGY),
    )
    return world


def test_all_views_are_there_on_an_empty_warehouse(world: World) -> None:
    for view in sorted(views.names(world.catalog)):
        assert world.ask(f"select count(*) from {view}") == [(0,)], view
    with views.connect(world.context) as connection:
        found = connection.execute("describe records").fetchall()
    derived = ["opening", "term_ends_on", "severity_class", "grade"]
    assert [row[0] for row in found] == [*VERSION_COLUMNS.names, *derived, "content"]


def test_nothing_is_written_by_looking(world: World) -> None:
    world.ask("select * from records")
    assert not world.settings.warehouse.exists()


def test_personal_items_are_masked_and_their_hashes_hidden(held: World) -> None:
    assert held.ask("select phone from enterprise_registration") == [("138****8000",)]
    query = "select counterpart_id_no from administrative_penalty where uscc is null"
    assert held.ask(query) == [("110105************",)]
    columns = [c for (c, *_) in held.ask("describe administrative_penalty")]
    assert not [c for c in columns if c.endswith("__hash")]
    content = held.ask("select content::varchar from history order by all")
    assert "13800138000" not in str(content)
    assert "hash" not in str(content)


def test_the_hash_of_a_person_id_is_kept_in_the_files(held: World) -> None:
    folder = held.settings.warehouse / "records" / "kind=tail"
    paths = list((folder / "dataset=administrative_penalty").glob("*.parquet"))
    stored = pq.read_table(paths[0])
    assert stored["counterpart_id_no__hash"].null_count == 1
    assert PERSON not in str(stored.to_pylist())


def test_content_holds_every_item(held: World) -> None:
    query = "select content::varchar from records where event_on = date '2026-11-01'"
    content = json.loads(held.ask(query)[0][0])
    assert content["enterprise_name"] == "新名公司"
    assert content["uscc"] == WATER
    assert content["approved_on"] == "2026-11-01"


def test_an_enterprise_has_its_present_name_and_all_it_had(held: World) -> None:
    query = "select uscc, name, names, status, is_registered, records from enterprises"
    names = ["新名公司", "旧名公司", "水务公司"]
    assert held.ask(query) == [(WATER, "新名公司", names, "1", True, 2)]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("create table t as select 1", "read-only"),
        ("insert into records select * from records", "read-only"),
        ("delete from records", "read-only"),
        ("copy records to '/tmp/out.csv'", "read-only"),
        ("attach '/tmp/other.db'", "read-only"),
        ("set threads = 1", "read-only"),
        ("pragma database_list", "read-only|not a query|not allowed"),
        ("install httpfs", "read-only"),
        ("select 1; select 2", "one SELECT"),
        ("selec 1", "not a query"),
        ("select * from '/etc/passwd'", "no view"),
        ("select * from read_text('/etc/passwd')", "read_text"),
        ("select * from glob('/*')", "glob"),
        ("select * from query('select 1')", "query"),
        ("select * from query_table('records')", "query_table"),
        ("select * from duckdb_settings()", "duckdb_settings"),
        ("select * from information_schema.tables", "no view"),
        ('select * from "all versions of administrative_penalty"', "no view"),
        ('with "a.parquet" as (select 1) select * from "a.parquet"', "not a name"),
        ("select (select count(*) from read_csv('/etc/passwd'))", "read_csv"),
        ("show tables", "describe"),
        ("select * from put_away", "no view"),
        ("select * from sqlite_master", "no view"),
        ("select * from memory.main.records", "no view"),
        ("select * from temp.records", "no view"),
        (
            "with a as (with put_away as (select 1 as x) from put_away) "
            "select * from put_away",
            "cannot be run",
        ),
        (
            "with a as (with _link as (select 1 as x) from _link) select * from _link",
            "cannot be run",
        ),
        (
            "with a as (with sqlite_master as (select 1 as x) from sqlite_master) "
            "select * from sqlite_master",
            "another name",
        ),
        ("with duckdb_views as (select 1) from duckdb_views", "another name"),
        ("select nothing from records", "cannot be run"),
    ],
)
def test_a_reader_can_do_nothing_but_read(held: World, query: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        held.ask(query)


def test_the_database_itself_is_locked_too(held: World, tmp_path: Path) -> None:
    # The second fence, for what the first one may not know.
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    statements = [
        f"select * from '{other}'",
        f"attach '{tmp_path / 'x.db'}'",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        "set enable_external_access = true",
    ]
    with views.connect(held.context, locked=True) as connection:
        assert connection.execute("select count(*) from history").fetchall() == [(4,)]
        for statement in statements:
            with pytest.raises(Exception, match=r"Permission|locked|disabled"):
                connection.execute(statement).fetchall()


def test_a_readers_database_holds_the_public_views_alone(held: World) -> None:
    query = "select view_name from duckdb_views() where not internal"
    with views.connect(held.context, locked=True) as connection:
        there = {name for (name,) in connection.execute(query).fetchall()}
        tables = connection.execute("from duckdb_tables()").fetchall()
    assert there == views.names(held.catalog)
    assert tables == []
    named = {"enterprises", "_identifier"}
    with models.connect() as opened:
        connection = views.lock(opened, held.context, None, named)
        there = {name for (name,) in connection.execute(query).fetchall()}
    assert there == {"enterprises"}  # which reads other views


def test_readers_see_what_the_platform_sees(held: World) -> None:
    with views.connect(held.context) as connection:
        for view in sorted(views.names(held.catalog)):
            query = f"select * from {view} order by all"
            seen = ask.ask(held.context, query)
            assert seen.equals(models.table(connection, query)), view


def test_a_readers_query_reads_no_more_of_the_files_than_the_platforms(
    held: World,
) -> None:
    query = f"explain select count(*) from records where uscc = '{WATER}'"

    def scans(locked: bool) -> list[str]:
        with views.connect(held.context, locked=locked) as connection:
            plan = str(connection.execute(query).fetchall()[0][1])
        found = re.findall(r"(?:Filters|Function|Projections): [^│]*", plan)
        return sorted(one.strip() for one in found if one.split()[1] != "42")

    assert scans(locked=True) == scans(locked=False)
    assert "Filters: uscc" in str(scans(locked=True))


@pytest.mark.parametrize(
    "query",
    [
        "with records as (select 1 as x) select x from records",
        "with recursive t as (select 1 as n union all select n + 1 from t where n < 3) "
        "select count(*) from t",
        "with own as (select * from records) select count(*) from own",
        "describe records",
        "select * from RECORDS limit 1",
        "select unnest(names) from enterprises",
        "select * from range(3)",
    ],
)
def test_a_reader_may_use_all_of_select(held: World, query: str) -> None:
    assert held.ask(query)


def test_show_gathers_an_enterprise_with_the_origin_of_each_row(held: World) -> None:
    shown = show.show(held.context, WATER)
    assert json.loads(json.dumps(shown)) == shown
    assert shown["enterprise"]["name"] == "新名公司"
    found = [(d["dataset"], len(d["records"])) for d in shown["datasets"]]
    assert found == [("enterprise_registration", 1), ("administrative_penalty", 1)]
    origin = shown["datasets"][1]["records"][0]["origin"]
    assert origin["source_file"] == "administrative_penalty.xlsx"
    assert (origin["owner"], origin["source_sheet"]) == (ECOLOGY, "Sheet1")
    assert (origin["source_row"], origin["received_at"]) == (
        2,
        "2026-11-19T22:00:00+08:00",
    )


def test_show_answers_as_it_was_known(held: World) -> None:
    shown = show.show(held.context, WATER, as_of=FIRST)
    assert shown["enterprise"]["name"] == "旧名公司"
    assert [d["dataset"] for d in shown["datasets"]] == ["enterprise_registration"]


def test_show_of_an_unknown_enterprise_is_empty(held: World) -> None:
    shown = show.show(held.context, POWER)
    assert (shown["enterprise"], shown["datasets"]) == (None, [])


def test_explain_a_batch_a_record_and_a_version(held: World) -> None:
    query = "select batch_id, record_id, version_id from history where merged_night = "
    batch, record, version = held.ask(query + f"date '{FIRST}'")[0]
    told = explain.explain(held.context, batch)
    assert (told["kind"], told["outcomes"]) == ("batch", {"new": 1})
    assert told["landing"].startswith("landing/")
    told = explain.explain(held.context, record)
    assert [v["enterprise_name"] for v in told["versions"]] == ["旧名公司", "新名公司"]
    told = explain.explain(held.context, version)
    assert [v["version_id"] for v in told["versions"]] == [version]
    assert json.loads(json.dumps(told)) == told


def test_explain_says_when_there_is_no_such_id(held: World) -> None:
    with pytest.raises(UsageError, match="no batch, record or version"):
        explain.explain(held.context, "nothing")
