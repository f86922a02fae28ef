"""Deltas, manifests, halts: how a publication is released, and when it is not."""

import json
from dataclasses import replace
from pathlib import Path

import kill_points
import pytest
from publishing import night, release, written
from warehouse_world import (
    ECOLOGY,
    FIRST,
    POWER,
    REGISTRAR,
    SECOND,
    THIRD,
    WATER,
    World,
    catalog,
    penalty,
    tree,
)

from guiji.core import files
from guiji.core.errors import LedgerBroken, NightClosed, PublicationHalted, UsageError
from guiji.core.settings import Settings
from guiji.storage import publication_log

PERSON = "11010519491231002X"  # the example of GB 11643
REGISTRATIONS = "enterprise_registration"
LICENCES = "administrative_licence"
PENALTIES = "administrative_penalty"


@pytest.mark.duty("FJ6")
def test_delta_tells_what_is_new_changed_and_gone(world: World) -> None:
    first, second = (penalty(WATER, n, "2026-11-02") for n in ("1号", "2号"))
    night(world, FIRST, PENALTIES, first, second)
    kinds = [r["变更类型"] for r in written(world, FIRST, PENALTIES, "delta")]
    assert kinds == ["新增", "新增"]
    changed = first | {"counterpart_name": "水务集团"}
    gone = second | {"operation": "revoke"}
    new = penalty(POWER, "3号", "2026-11-02")
    made = night(world, SECOND, PENALTIES, changed, gone, new)
    delta = written(world, SECOND, PENALTIES, "delta", "credit_net")
    assert sorted((r["变更类型"], r["行政处罚决定书文号"]) for r in delta) == [
        ("变更", "1号"),
        ("撤下", ""),
        ("新增", "3号"),
    ]
    assert made.withdrawn == 2  # one line on two channels
    numbers = [r["行政处罚决定书文号"] for r in written(world, SECOND, PENALTIES)]
    assert sorted(numbers) == ["1号", "3号"]


def test_a_quiet_night_has_an_empty_delta(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    world.merge(SECOND)
    release(world, SECOND)
    assert written(world, SECOND, PENALTIES, "delta") == []
    assert len(written(world, SECOND, PENALTIES)) == 1


@pytest.mark.duty("GY8")
def test_the_manifest_is_the_contract(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    world.merge(SECOND)
    release(world, SECOND)
    folder = world.settings.publication / str(SECOND)
    content = json.loads((folder / "manifest.json").read_text())
    channels = content.pop("channels")
    first = files.sha256_of(world.settings.publication / f"{FIRST}/manifest.json")
    assert content == {
        "night": "2026-11-19",
        "previous": "2026-11-18",
        "released_at": "2026-11-19T22:00:00+08:00",
        "jurisdiction": "guiyang",
        "catalogue_version": "test-catalogue",
        "calendar_version": "2026-test",
        "code_version": "0.1.0",
        "withdrawn": 0,
        "withheld": 0,
        "proof": {"previous + delta == full": True},
        "chain": first,
    }
    assert list(channels) == ["credit_net", "publicity_system"]
    for entry in channels["credit_net"]:
        path = folder / entry["file"]
        assert entry["sha256"] == files.sha256_of(path)
        assert (entry["dataset"], entry["rows"]) == (
            PENALTIES,
            len(path.read_text().splitlines()) - 1,
        )
    assert [e["kind"] for e in channels["credit_net"]] == ["delta", "full"]
    assert (world.settings.publication / "current").readlink() == Path(str(SECOND))


def test_the_index_remembers_the_first_night_on_show(world: World) -> None:
    row = penalty(WATER, "1号", "2026-11-02")
    night(world, FIRST, PENALTIES, row)
    night(world, SECOND, PENALTIES, row | {"operation": "revoke"})
    night(world, THIRD, PENALTIES, row | {"operation": "restore"})
    query = "select distinct channel, first_published from published order by 1"
    assert world.ask(query) == [("credit_net", FIRST), ("publicity_system", FIRST)]
    assert world.ask("select count(*) from published", as_of=SECOND) == [(0,)]


@pytest.mark.duty("GZ4")
def test_a_night_is_released_once(world: World) -> None:
    made = night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    before = tree(world.settings.data)
    assert release(world, FIRST) == made
    assert tree(world.settings.data) == before


def test_a_released_file_that_was_altered_is_noticed(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    path = world.settings.publication / f"{FIRST}/full/credit_net/{PENALTIES}.csv"
    path.write_text(path.read_text().replace("水务", "火务"))
    with pytest.raises(LedgerBroken, match="已被改动"):
        release(world, FIRST)


def test_a_night_must_be_merged_first(world: World) -> None:
    with pytest.raises(UsageError, match="not merged"):
        release(world, FIRST)


def test_a_night_before_the_last_release_is_closed(world: World) -> None:
    world.merge(FIRST)
    world.merge(SECOND)
    release(world, SECOND)
    with pytest.raises(NightClosed, match="released already"):
        release(world, FIRST)


def test_a_publication_knows_nothing_of_later_nights(world: World) -> None:
    row = penalty(WATER, "1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [row]))
    gone = row | {"operation": "revoke"}
    world.merge(SECOND, world.deliver(SECOND, PENALTIES, [gone]))
    release(world, FIRST)
    assert len(written(world, FIRST, PENALTIES)) == 1
    release(world, SECOND)  # and the next one knows them
    assert written(world, SECOND, PENALTIES) == []


@pytest.mark.parametrize("leak", ["13985033002", PERSON])
def test_the_scan_of_the_bytes_halts_the_publication(world: World, leak: str) -> None:
    # A place that no rule about lines looks at: the heading of a column.
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    entry = world.catalog.datasets[PENALTIES].model_dump()
    entry["items"][3]["title"] = f"文号(咨询{leak})"
    world.catalog = catalog(**{PENALTIES: entry})
    world.merge(SECOND)
    before = tree(world.settings.publication, world.settings.warehouse)
    with pytest.raises(PublicationHalted, match="reveals persons") as halted:
        release(world, SECOND)
    assert leak not in str(halted.value)
    assert tree(world.settings.publication, world.settings.warehouse) == before
    assert (world.settings.publication / "current").readlink() == Path(str(FIRST))


def test_a_collapse_of_a_departments_data_halts(world: World) -> None:
    rows = [penalty(WATER, f"{n}号", "2026-11-02") for n in range(10)]
    other = [penalty(POWER, f"{n}号", "2026-11-02") for n in range(90)]
    world.merge(
        FIRST,
        world.deliver(FIRST, PENALTIES, rows, REGISTRAR),
        world.deliver(FIRST, PENALTIES, other, ECOLOGY),
    )
    release(world, FIRST)
    gone = [row | {"operation": "revoke"} for row in rows[:6]]
    world.merge(SECOND, world.deliver(SECOND, PENALTIES, gone, REGISTRAR))
    with pytest.raises(PublicationHalted, match=r"market_regulation.* 6 of 10"):
        release(world, SECOND)
    assert (world.settings.publication / "current").readlink() == Path(str(FIRST))
    assert sorted(p.name for p in world.settings.publication.iterdir()) == [
        str(FIRST),
        "current",
    ]
    # The office looks, agrees, and says so in the catalogue.
    world.catalog = catalog(**{PENALTIES: {"mass_change_limit": 1.0}})
    assert release(world, SECOND).withdrawn == 12


def test_terms_that_end_are_no_collapse(world: World) -> None:
    rows = [penalty(WATER, f"{n}号", "2025-11-18") for n in range(10)]
    night(world, FIRST, PENALTIES, *rows)
    world.merge(SECOND)
    assert release(world, SECOND).withdrawn == 20


def test_few_lines_are_no_collapse(world: World) -> None:
    row = penalty(WATER, "1号", "2026-11-02")
    night(world, FIRST, PENALTIES, row)
    made = night(world, SECOND, PENALTIES, row | {"operation": "revoke"})
    assert made.withdrawn == 2


def test_a_changed_heading_renews_every_line(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    entry = world.catalog.datasets[PENALTIES].model_dump()
    entry["items"][3]["title"] = "文号"
    world.catalog = catalog(**{PENALTIES: entry})
    world.merge(SECOND)
    release(world, SECOND)
    (line,) = written(world, SECOND, PENALTIES, "delta")
    assert (line["变更类型"], line["文号"]) == ("变更", "1号")


def test_a_kill_at_any_write_leaves_a_publication_whole(
    settings: Settings, tmp_path: Path, complete: bool
) -> None:
    world = kill_points.one_channel(settings)
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    kill_points.second_night(world.settings)()
    copies = tmp_path / "copies"
    kinds = kill_points.drill("publish", world.settings, copies)
    assert len(kinds) > 8
    release(world, SECOND)

    def shown(data: Path) -> dict[str, str]:
        found = tree(data / "publication", data / "warehouse")
        return {str(Path(p).relative_to(data)): h for p, h in found.items()}

    expected = shown(world.settings.data)
    for left in kill_points.states(copies, kinds, complete):
        killed = replace(settings, data=left)
        current = killed.publication / "current"
        assert (current / "manifest.json").exists(), left.name
        is_released = any(r.night == SECOND for r in publication_log.releases(killed))
        if not is_released:
            assert current.readlink() == Path(str(FIRST)), left.name
        release(kill_points.one_channel(killed), SECOND)
        assert shown(killed.data) == expected, left.name
        assert current.readlink() == Path(str(SECOND)), left.name
