"""What closes a line of the quarantine, and what was open on any past night."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from warehouse_world import (
    ECOLOGY,
    FIRST,
    POWER,
    REGISTRAR,
    SECOND,
    THIRD,
    WATER,
    World,
    penalty,
)

from guiji.core.schemas import FINDINGS, QUARANTINE, RESOLUTIONS
from guiji.warehouse import merge
from guiji.warehouse.merge_night import AcceptedBatch

PENALTIES = "administrative_penalty"
OPEN = (
    "select batch_id, source_row from quarantine where closed_night is null "
    "order by all"
)
CLOSED = (
    "select source_row, closed_night, closed_how, closed_by from quarantine "
    "where closed_night is not null order by all"
)


def merged(
    world: World,
    night: date,
    batch: AcceptedBatch,
    *,
    wrong_item: str = "decided_on",
) -> None:
    """Merge a delivery; its bad rows go into quarantine as the checks put them."""
    rows = pq.read_table(batch.typed).to_pylist()
    assert not isinstance(batch.bad_rows, Path)
    lines = [
        {
            **{n: rows[k][n] for n in ("source_sheet", "source_row")},
            **{n: rows[k][n] for n in ("record_id", "record_key")},
            "batch_id": batch.batch_id,
            "night": night,
            "department": batch.department,
            "dataset": batch.dataset,
            "source_file": batch.source_file,
            "enterprise_name": rows[k]["counterpart_name"],
        }
        for k in batch.bad_rows
    ]
    said = [
        {n: line[n] for n in line if n in FINDINGS.names}
        | {"item": wrong_item, "severity": "critical", "rule_id": f"p.{wrong_item}"}
        for line in lines
    ]
    brought = replace(
        world.tables(night, [batch]),
        quarantine=pa.Table.from_pylist(lines, QUARANTINE),
        findings=pa.Table.from_pylist(said, FINDINGS),
    )
    merge.merge(world.context.at(night), [batch], brought)


def put_away(
    world: World, row: dict[str, Any], department: str = REGISTRAR, **about: Any
) -> AcceptedBatch:
    """Merge a first night whose only row is put away."""
    batch = world.deliver(FIRST, PENALTIES, [row], department, bad_rows=[0])
    merged(world, FIRST, batch, **about)
    return batch


def deliver(
    world: World, night: date, row: dict[str, Any], department: str = REGISTRAR
) -> AcceptedBatch:
    batch = world.deliver(night, PENALTIES, [row], department)
    merged(world, night, batch)
    return batch


def test_a_good_row_of_the_same_record_closes_the_line(world: World) -> None:
    put_away(world, penalty(WATER, "1号", "2099-01-01"))
    mending = deliver(world, SECOND, penalty(WATER, "1号", "2026-11-02"))
    assert world.ask(OPEN) == []
    assert world.ask(CLOSED) == [(2, SECOND, "mended", mending.batch_id)]


def test_what_was_open_on_a_past_night_is_known(world: World) -> None:
    first = put_away(world, penalty(WATER, "1号", "2099-01-01"))
    deliver(world, SECOND, penalty(WATER, "1号", "2026-11-02"))
    assert world.ask(OPEN, as_of=FIRST) == [(first.batch_id, 2)]
    assert world.ask(OPEN, as_of=SECOND) == []
    findings = "select count(*) from open_findings"
    assert world.ask(findings, as_of=FIRST) == [(1,)]
    assert world.ask(findings) == [(0,)]


def test_another_department_closes_nothing(world: World) -> None:
    first = put_away(world, penalty(WATER, "1号", "2099-01-01"))
    deliver(world, SECOND, penalty(WATER, "1号", "2026-11-02"), ECOLOGY)
    assert world.ask(OPEN) == [(first.batch_id, 2)]


def test_a_row_with_a_damaged_code_is_closed_by_its_key(world: World) -> None:
    row = penalty(None, "1号", "2026-11-02")
    put_away(world, row, wrong_item="uscc")
    mending = deliver(world, SECOND, row | {"uscc": WATER})
    assert world.ask(CLOSED) == [(2, SECOND, "mended", mending.batch_id)]


def test_a_key_closes_nothing_where_the_code_was_right(world: World) -> None:
    # Two counterparts of one decision: the amount of the first was wrong.
    first = put_away(world, penalty(WATER, "1号", "2026-11-02"), wrong_item="fine")
    deliver(world, SECOND, penalty(POWER, "1号", "2026-11-02"))
    assert world.ask(OPEN) == [(first.batch_id, 2)]


def test_a_key_closes_nothing_under_another_name(world: World) -> None:
    row = penalty(None, "1号", "2026-11-02")
    first = put_away(world, row, wrong_item="uscc")
    other = row | {"uscc": POWER, "counterpart_name": "电力公司"}
    deliver(world, SECOND, other)
    assert world.ask(OPEN) == [(first.batch_id, 2)]


def test_half_a_key_closes_nothing(world: World) -> None:
    row = penalty(None, "", "2026-11-02")
    first = put_away(world, row, wrong_item="uscc")
    deliver(world, SECOND, row | {"uscc": WATER})
    assert world.ask(OPEN) == [(first.batch_id, 2)]


def test_a_row_that_is_faulty_again_closes_nothing(world: World) -> None:
    first = put_away(world, penalty(WATER, "1号", "2099-01-01"))
    again = world.deliver(
        SECOND, PENALTIES, [penalty(WATER, "1号", "2098-01-01")], bad_rows=[0]
    )
    merged(world, SECOND, again)
    assert [row[0] for row in world.ask(OPEN)] == [first.batch_id, again.batch_id]
    mending = deliver(world, THIRD, penalty(WATER, "1号", "2026-11-02"))
    assert world.ask(CLOSED) == [(2, THIRD, "mended", mending.batch_id)] * 2


def test_rows_that_come_again_keep_their_ids_and_close_their_lines(
    world: World,
) -> None:
    rows = [penalty(WATER, "1号", "2026-11-02"), penalty(POWER, "2号", "2026-11-02")]
    first = world.deliver(FIRST, PENALTIES, rows, bad_rows=[1])
    merged(world, FIRST, first)
    typed = first.typed.with_name("again.parquet")
    pq.write_table(pq.read_table(first.typed).slice(1), typed)
    again = replace(
        first,
        typed=typed,
        bad_rows=(),
        again="replayed",
        again_of=first.batch_id,
        is_part=True,
    )
    nothing = world.tables(SECOND, [])
    merge.merge(world.context.at(SECOND), [again], nothing)
    assert world.ask(CLOSED) == [(3, SECOND, "replayed", first.batch_id)]
    ids = "select version_id, source_row, received_at, merged_night from records"
    late = world.ask(f"{ids} where uscc = '{POWER}'")[0]
    assert (late[1], late[3]) == (3, SECOND)
    assert late[2].date() == FIRST
    (expected,) = world.ask(
        "select left(sha256(concat_ws('|', record_id, batch_id, source_sheet, "
        f"source_row)), 20) from records where uscc = '{POWER}'"
    )
    assert late[0] == expected[0]


def test_resolutions_are_stored_with_their_night(world: World) -> None:
    put_away(world, penalty(WATER, "1号", "2099-01-01"))
    deliver(world, SECOND, penalty(WATER, "1号", "2026-11-02"))
    found = world.ask("select * from resolutions")
    (line,) = [dict(zip(RESOLUTIONS.names, row, strict=True)) for row in found]
    assert (line["night"], line["put_away_night"]) == (SECOND, FIRST)
    assert (line["department"], line["dataset"]) == (REGISTRAR, PENALTIES)
