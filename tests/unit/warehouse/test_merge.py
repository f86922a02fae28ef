"""What a night's merge does to records and versions."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warehouse_world import (
    BEFORE,
    ECOLOGY,
    FIRST,
    PAPER,
    POWER,
    REGISTRAR,
    SECOND,
    THIRD,
    WATER,
    World,
    catalog,
    licence,
    merged,
    penalty,
    registration,
    stored,
    tree,
)

from guiji.core import business_date
from guiji.core.errors import LedgerBroken, MergeRefused, NightClosed
from guiji.core.settings import Settings
from guiji.warehouse import identity_assertions, merge, partitions
from guiji.warehouse.merge_night import BatchCounts, MergeResult

REGISTRATIONS = "enterprise_registration"
LICENCES = "administrative_licence"
PENALTIES = "administrative_penalty"
NAMES = "select enterprise_name, operation from records order by uscc"


def test_a_first_delivery_is_all_new(world: World) -> None:
    rows = [
        registration("水务公司", WATER, "2026-11-02"),
        registration("电力公司", POWER, "2026-11-03"),
    ]
    result = world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, rows))
    assert result.total == BatchCounts(new=2)
    assert world.ask(NAMES) == [("水务公司", "upsert"), ("电力公司", "upsert")]


def test_a_second_merge_of_a_night_changes_no_byte(world: World) -> None:
    batch = world.deliver(
        FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")]
    )
    first = world.merge(FIRST, batch)
    before = tree(world.settings.warehouse)
    again = world.merge(FIRST, batch)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.batches == first.batches
    assert tree(world.settings.warehouse) == before


def test_a_merged_night_takes_no_other_batch(world: World) -> None:
    world.merge(FIRST)
    late = world.deliver(FIRST, REGISTRATIONS, [])
    with pytest.raises(NightClosed, match="deliver into the next night"):
        world.merge(FIRST, late)


def test_the_same_content_again_is_not_written(world: World) -> None:
    rows = [registration("水务公司", WATER, "2026-11-02")]
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, rows))
    result = world.merge(SECOND, world.deliver(SECOND, REGISTRATIONS, rows))
    assert result.total == BatchCounts(unchanged=1)
    held = stored(world.settings)["records"]
    assert [(rows, partition["kind"]) for _, rows, partition in held] == [(1, "tail")]


def test_a_correction_becomes_current_and_the_old_version_stays(world: World) -> None:
    old = registration("水务公司", WATER, "2026-11-02", capital="100")
    new = registration("水务公司", WATER, "2026-11-02", capital="200")
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, [old]))
    result = world.merge(SECOND, world.deliver(SECOND, REGISTRATIONS, [new]))
    assert result.total == BatchCounts(changed=1)
    capital = "select capital::integer from enterprise_registration"
    assert world.ask(capital) == [(200,)]
    assert world.ask("select count(*) from history") == [(2,)]


def test_an_older_version_sent_again_changes_nothing(world: World) -> None:
    # An old export, or a wish to undo: nobody can know.
    first = registration("水务公司", WATER, "2026-11-02", capital="100")
    second = registration("水务公司", WATER, "2026-11-02", capital="200")
    for night, row in ((FIRST, first), (SECOND, second), (THIRD, first)):
        result = world.merge(night, world.deliver(night, REGISTRATIONS, [row]))
    assert result.total == BatchCounts(superseded=1)
    capital = "select capital::integer from enterprise_registration"
    assert world.ask(capital) == [(200,)]
    assert world.ask("select count(*) from history") == [(2,)]


def test_a_record_goes_back_to_what_it_was_by_a_row_that_restores_it(
    world: World,
) -> None:
    first = registration("水务公司", WATER, "2026-11-02", capital="100")
    second = registration("水务公司", WATER, "2026-11-02", capital="200")
    back = first | {"is_restoring": True}
    for night, row in ((FIRST, first), (SECOND, second), (THIRD, back)):
        result = world.merge(night, world.deliver(night, REGISTRATIONS, [row]))
    assert result.total == BatchCounts(restored=1)
    capital = "select capital::integer from enterprise_registration"
    assert world.ask(capital) == [(100,)]
    assert world.ask("select count(*) from history") == [(3,)]


def test_an_older_version_counts_where_the_catalogue_says_so(
    settings: Settings,
) -> None:
    entries = catalog(enterprise_registration={"superseded_rows": "apply"})
    world = World(settings, entries)
    first = registration("水务公司", WATER, "2026-11-02", capital="100")
    second = registration("水务公司", WATER, "2026-11-02", capital="200")
    for night, row in ((FIRST, first), (SECOND, second), (THIRD, first)):
        result = world.merge(night, world.deliver(night, REGISTRATIONS, [row]))
    assert result.total == BatchCounts(returned=1)
    capital = "select capital::integer from enterprise_registration"
    assert world.ask(capital) == [(100,)]


@pytest.mark.parametrize("corrected", ["2026-11-01", "2026-11-12"])
def test_a_corrected_day_counts_whether_it_is_earlier_or_later(
    world: World, corrected: str
) -> None:
    wrong = registration("水务公司", WATER, "2026-11-10", capital="100")
    right = registration("水务公司", WATER, corrected, capital="100")
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, [wrong]))
    result = world.merge(SECOND, world.deliver(SECOND, REGISTRATIONS, [right]))
    assert result.total == BatchCounts(changed=1)
    day = "select approved_on::varchar from enterprise_registration"
    assert world.ask(day) == [(corrected,)]


def test_a_row_that_arrived_before_what_is_held_is_history_only(world: World) -> None:
    held = registration("新名公司", WATER, "2026-11-01")
    earlier = registration("旧名公司", WATER, "2026-11-10")  # its day plays no part
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, [held]))
    taken_again = world.deliver(SECOND, REGISTRATIONS, [earlier], arrived=BEFORE)
    result = world.merge(SECOND, taken_again)
    assert result.total == BatchCounts(late=1)
    assert world.ask(NAMES) == [("新名公司", "upsert")]
    assert world.ask("select names from enterprises") == [(["新名公司", "旧名公司"],)]
    again = world.deliver(THIRD, REGISTRATIONS, [earlier])
    assert world.merge(THIRD, again).total == BatchCounts(superseded=1)


def test_a_late_row_that_was_held_before_adds_no_version(world: World) -> None:
    old = registration("旧名公司", WATER, "2026-11-01")
    new = registration("新名公司", WATER, "2026-11-10")
    for night, row in ((FIRST, old), (SECOND, new)):
        world.merge(night, world.deliver(night, REGISTRATIONS, [row]))
    late = world.deliver(THIRD, REGISTRATIONS, [old, new], arrived=BEFORE)
    assert world.merge(THIRD, late).total == BatchCounts(superseded=1, unchanged=1)


def test_a_revoked_record_stays_as_a_version(world: World) -> None:
    made = penalty(WATER, "筑环罚〔2026〕1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [made]))
    gone = made | {"operation": "revoke"}
    result = world.merge(SECOND, world.deliver(SECOND, PENALTIES, [gone]))
    assert result.total == BatchCounts(revoked=1)
    assert world.ask(NAMES) == [("水务公司", "revoke")]
    assert world.ask("select count(*) from history") == [(2,)]


def test_rows_of_one_night_follow_one_another_by_arrival(world: World) -> None:
    # Two files of a night: the one that arrived later wins, both are kept.
    morning = registration("旧名公司", WATER, "2026-11-10")
    afternoon = registration("新名公司", WATER, "2026-11-01")
    early = business_date.instant(FIRST) - timedelta(hours=9)
    batches = []
    for label, code in (("a", WATER), ("b", POWER), ("c", PAPER)):  # whatever the id
        rows = [row | {"uscc": code} for row in (morning, afternoon)]
        batches += [
            world.deliver(FIRST, REGISTRATIONS, rows[:1], label=label, arrived=early),
            world.deliver(FIRST, REGISTRATIONS, rows[1:], label=label + label),
        ]
    result = world.merge(FIRST, *batches)
    assert [result.batches[b.batch_id] for b in batches] == [
        BatchCounts(new=1),
        BatchCounts(changed=1),
    ] * 3
    assert set(world.ask(NAMES)) == {("新名公司", "upsert")}


def test_copies_inside_a_batch_are_stored_once(world: World) -> None:
    row = registration("水务公司", WATER, "2026-11-02")
    result = world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, [row, row]))
    assert result.total == BatchCounts(new=1, unchanged=1)
    assert world.ask("select source_row from history") == [(2,)]


def test_rows_in_quarantine_are_not_merged(world: World) -> None:
    rows = [
        registration("水务公司", WATER, "2026-11-02"),
        registration("电力公司", POWER, "2026-11-03"),
    ]
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, rows, bad_rows=[0]))
    assert world.ask(NAMES) == [("电力公司", "upsert")]


def test_bad_rows_may_come_as_a_file(world: World) -> None:
    rows = [
        registration("水务公司", WATER, "2026-11-02"),
        registration("电力公司", POWER, "2026-11-03"),
    ]
    batch = world.deliver(FIRST, REGISTRATIONS, rows)
    path = batch.typed.with_name("bad.parquet")
    pq.write_table(pa.table({"row_id": [1]}), path)
    merge.merge(
        world.context.at(FIRST),
        [replace(batch, bad_rows=path, accepted=batch.accepted - 1)],
        world.tables(FIRST, [batch]),
    )
    assert world.ask(NAMES) == [("水务公司", "upsert")]


def test_an_old_export_never_brings_a_revoked_record_back(world: World) -> None:
    made = penalty(WATER, "筑环罚〔2026〕1号", "2026-11-02")
    gone = made | {"operation": "revoke"}
    for night, row in ((FIRST, made), (SECOND, gone), (THIRD, made)):
        result = world.merge(night, world.deliver(night, PENALTIES, [row]))
    assert result.total == BatchCounts(superseded=1)
    assert world.ask("select operation from records") == [("revoke",)]


def test_a_revoked_record_comes_back_by_restoring_or_as_never_seen(
    world: World,
) -> None:
    made = [penalty(WATER, f"{n}号", "2026-11-02") for n in (1, 2)]
    gone = [row | {"operation": "revoke"} for row in made]
    back = [made[0] | {"is_restoring": True}, made[1] | {"remark": "更正"}]
    for night, rows in ((FIRST, made), (SECOND, gone), (THIRD, back)):
        result = world.merge(night, world.deliver(night, PENALTIES, rows))
    assert result.total == BatchCounts(restored=1, changed=1)
    assert world.ask("select distinct operation from records") == [("upsert",)]


def test_a_full_delivery_revokes_what_it_no_longer_holds(world: World) -> None:
    rows = [licence(WATER, "1"), licence(POWER, "2"), licence(PAPER, "3")]
    world.merge(FIRST, world.deliver(FIRST, LICENCES, rows))
    result = world.merge(SECOND, world.deliver(SECOND, LICENCES, rows[:2]))
    assert result.total == BatchCounts(unchanged=2, absent=1)
    gone = "select uscc, source_row from records where operation = 'revoke'"
    assert world.ask(gone) == [(PAPER, None)]


def test_what_a_full_delivery_revoked_can_come_back(world: World) -> None:
    rows = [licence(WATER, "1"), licence(POWER, "2")]
    world.merge(FIRST, world.deliver(FIRST, LICENCES, rows))
    world.merge(SECOND, world.deliver(SECOND, LICENCES, rows[:1]))
    result = world.merge(THIRD, world.deliver(THIRD, LICENCES, rows))
    assert result.total == BatchCounts(unchanged=1, returned=1)
    standing = "select count(*) from records where operation = 'upsert'"
    assert world.ask(standing) == [(2,)]


def test_a_full_delivery_with_quarantined_rows_revokes_nothing(world: World) -> None:
    # What the faulty row was about is not known: it may be the missing record.
    rows = [licence(WATER, "1"), licence(POWER, "2")]
    world.merge(FIRST, world.deliver(FIRST, LICENCES, rows))
    batch = world.deliver(SECOND, LICENCES, rows[:1], quarantined=1)
    assert world.merge(SECOND, batch).total == BatchCounts(unchanged=1)


def test_full_deliveries_of_one_night_count_together(world: World) -> None:
    rows = [licence(WATER, "1"), licence(POWER, "2")]
    world.merge(FIRST, world.deliver(FIRST, LICENCES, rows))
    one = world.deliver(SECOND, LICENCES, rows[:1], label="one")
    two = world.deliver(SECOND, LICENCES, rows[1:], label="two")
    assert world.merge(SECOND, one, two).total == BatchCounts(unchanged=2)


def test_a_full_delivery_leaves_other_departments_alone(world: World) -> None:
    own, other = [licence(WATER, "1")], [licence(POWER, "2")]
    world.merge(
        FIRST,
        world.deliver(FIRST, LICENCES, own),
        world.deliver(FIRST, LICENCES, other, ECOLOGY),
    )
    result = world.merge(SECOND, world.deliver(SECOND, LICENCES, own))
    assert result.total == BatchCounts(unchanged=1)


def test_two_departments_keep_their_own_records_of_one_decision(world: World) -> None:
    row = penalty(WATER, "筑环罚〔2026〕1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [row], REGISTRAR))
    gone = row | {"operation": "revoke"}
    world.merge(SECOND, world.deliver(SECOND, PENALTIES, [gone], ECOLOGY))
    query = "select owner, operation from records order by owner"
    assert world.ask(query) == [(ECOLOGY, "revoke"), (REGISTRAR, "upsert")]


def test_a_row_that_claims_a_foreign_record_stops_the_merge(world: World) -> None:
    row = penalty(
        WATER, "筑环罚〔2026〕1号", "2026-11-02", record_id="0123456789abcdef0123"
    )
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [row], REGISTRAR))
    before = world.ask("select * from history")
    with pytest.raises(LedgerBroken, match="another department"):
        world.merge(SECOND, world.deliver(SECOND, PENALTIES, [row], ECOLOGY))
    assert world.ask("select * from history") == before


def test_two_datasets_in_one_night(world: World) -> None:
    result = world.merge(
        FIRST,
        world.deliver(
            FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")]
        ),
        world.deliver(FIRST, PENALTIES, [penalty(WATER, "1号", "2026-11-03")]),
    )
    assert result.total == BatchCounts(new=2)
    query = "select dataset from records order by dataset"
    assert world.ask(query) == [(PENALTIES,), (REGISTRATIONS,)]


def test_an_empty_night_is_a_commit_too(world: World) -> None:
    assert world.merge(FIRST).total == BatchCounts()
    assert merged(world.settings) == [FIRST]
    assert stored(world.settings)["records"] == []


def test_a_zero_report_is_kept_as_a_delivery(world: World) -> None:
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, []))
    assert world.ask("select count(*) from deliveries") == [(1,)]
    assert world.ask("select count(*) from records") == [(0,)]


def test_the_order_of_batches_does_not_show(world: World, tmp_path_factory) -> None:
    # The same files listed in another order: the same bytes.
    one = world.deliver(
        FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")], label="1"
    )
    two = world.deliver(
        FIRST, REGISTRATIONS, [registration("水公司", WATER, "2026-11-02")], label="2"
    )
    world.merge(FIRST, one, two)
    there = stored(world.settings)
    for path in sorted(world.settings.warehouse.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    world.merge(FIRST, two, one)
    assert stored(world.settings) == there


def test_a_large_first_load_is_merged_in_parts(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fines = [penalty(WATER, f"{n % 7}号", f"2026-11-0{n % 5 + 1}") for n in range(12)]
    papers = [licence(code, str(n)) for n, code in enumerate((WATER, POWER, PAPER))]

    def load(there: World) -> MergeResult:
        return there.merge(
            FIRST,
            there.deliver(FIRST, PENALTIES, fines[:6], label="one"),
            there.deliver(FIRST, PENALTIES, fines[6:], label="two"),
            there.deliver(FIRST, LICENCES, papers),
        )

    whole = World(replace(world.settings, data=tmp_path / "whole"))
    expected = load(whole)
    monkeypatch.setattr(partitions, "PART_ROWS", 1)
    monkeypatch.setattr(identity_assertions, "SLICE_ROWS", 1)
    assert load(world) == expected
    kinds = [partition["kind"] for _, _, partition in stored(world.settings)["records"]]
    assert kinds.count("base") == 32  # two datasets of sixteen buckets, empty ones too
    state = "select * from history order by version_id"
    assert world.ask(state) == whole.ask(state)
    names = "select * from identifiers order by all"
    assert world.ask(names) == whole.ask(names)
    again = world.merge(
        SECOND,
        world.deliver(SECOND, PENALTIES, [fines[7] | {"remark": "改"}]),
        world.deliver(SECOND, LICENCES, papers[:2]),
    )
    assert (again.total.changed, again.total.absent) == (1, 1)


def test_an_item_that_is_new_in_the_catalogue_is_null_before(world: World) -> None:
    world.merge(
        FIRST,
        world.deliver(
            FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")]
        ),
    )
    entry = world.catalog.datasets[REGISTRATIONS].model_dump()
    entry["items"] = (*entry["items"], {"id": "scope", "title": "范围", "code": "FW"})
    datasets = {**world.catalog.model_dump()["datasets"], REGISTRATIONS: entry}
    world.catalog = type(world.catalog).model_validate(
        world.catalog.model_dump() | {"datasets": datasets}
    )
    row = registration("电力公司", POWER, "2026-11-03", scope="供电")
    world.merge(SECOND, world.deliver(SECOND, REGISTRATIONS, [row]))
    query = "select scope from enterprise_registration order by uscc"
    assert world.ask(query) == [(None,), ("供电",)]


def test_a_night_before_the_last_one_is_refused_and_changes_nothing(
    world: World,
) -> None:
    # What was known on a night is settled once a later one is merged.
    row = registration("水务公司", WATER, "2026-11-02")
    world.merge(THIRD, world.deliver(THIRD, REGISTRATIONS, [row]))
    before = stored(world.settings)
    late = world.deliver(FIRST, REGISTRATIONS, [row])
    with pytest.raises(NightClosed, match="next night"):
        world.merge(FIRST, late)
    assert stored(world.settings) == before


def test_as_of_answers_what_was_known_on_a_night(world: World) -> None:
    old = registration("水务公司", WATER, "2026-11-02", capital="100")
    new = registration("水务公司", WATER, "2026-11-02", capital="200")
    world.merge(FIRST, world.deliver(FIRST, REGISTRATIONS, [old]))
    world.merge(SECOND, world.deliver(SECOND, REGISTRATIONS, [new]))
    query = "select capital::integer from enterprise_registration"
    assert world.ask(query, as_of=date(2026, 11, 17)) == []
    assert world.ask(query, as_of=FIRST) == [(100,)]
    assert world.ask(query, as_of=SECOND) == [(200,)]


def test_a_batch_whose_rows_do_not_add_up_is_refused_before_the_commit(
    world: World,
) -> None:
    good = world.deliver(
        FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")]
    )
    lost = world.deliver(
        FIRST, PENALTIES, [penalty(WATER, "1号", "2026-11-02")], label="b"
    )
    wrong = replace(lost, accepted=2)
    expected = f"{wrong.batch_id} .* 2 rows accepted, 1 to be merged"
    with pytest.raises(MergeRefused, match=expected):
        world.merge(FIRST, good, wrong)
    assert merged(world.settings) == []
    world.merge(FIRST, good, lost)
    assert merged(world.settings) == [FIRST]


def test_a_batch_of_an_unknown_dataset_is_refused_before_anything_is_written(
    world: World,
) -> None:
    made = world.deliver(
        FIRST, REGISTRATIONS, [registration("水务公司", WATER, "2026-11-02")]
    )
    strange = replace(made, dataset="no_such_dataset")
    with pytest.raises(MergeRefused, match=f"{made.batch_id} .no_such_dataset.*set-as"):
        world.merge(FIRST, strange)
    assert not (world.settings.warehouse / "records").exists()


TOLD = (
    "select rule_id, source_row, severity, message from findings "
    "where rule_id like 'batch.%' order by all"
)


def test_a_row_that_changes_nothing_is_told_with_what_is_held(world: World) -> None:
    first = registration("水务公司", WATER, "2026-11-02", capital="100")
    second = first | {"capital": "200", "domicile": "南明区"}
    for night, rows in ((FIRST, [first]), (SECOND, [second]), (THIRD, [first])):
        world.merge(night, world.deliver(night, REGISTRATIONS, rows))
    ((rule, row, severity, message),) = world.ask(TOLD)
    assert (rule, row, severity) == ("batch.superseded", 2, "warning")
    batch = f"{SECOND}-{REGISTRAR}-{REGISTRATIONS}"
    assert f"现行版本：批次{batch}" in message
    assert "《enterprise_registration.xlsx》工作表“Sheet1”第2行" in message
    assert "2026-11-19 22:00:00到达；不同的项：注册资本、住所）" in message
    assert "南明" not in message


def test_late_restored_revived_and_missing_rows_are_told(world: World) -> None:
    rows = [penalty(WATER, f"{n}号", "2026-11-02") for n in range(1, 5)]
    gone = [row | {"operation": "revoke"} for row in rows[1:3]]
    back = [
        rows[1] | {"is_restoring": True},
        rows[2] | {"remark": "更正"},
        penalty(WATER, "9号", "2026-11-02", is_restoring=True),
        rows[3],
    ]
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, rows))
    world.merge(SECOND, world.deliver(SECOND, PENALTIES, gone))
    late = rows[0] | {"remark": "补收"}
    world.merge(
        THIRD,
        world.deliver(THIRD, PENALTIES, back),
        world.deliver(THIRD, PENALTIES, [late], label="late", arrived=BEFORE),
    )
    told = [(rule, row, severity) for rule, row, severity, _ in world.ask(TOLD)]
    assert told == [
        ("batch.late", 2, "warning"),
        ("batch.nothing_to_restore", 4, "warning"),
        ("batch.restored", 2, "info"),
        ("batch.revived", 3, "warning"),
        ("batch.unchanged", None, "info"),
    ]
    messages = {rule: message for rule, *_, message in world.ask(TOLD)}
    assert "此前的版本：已撤销，批次2026-11-19" in messages["batch.restored"]
    assert "（共1行）" in messages["batch.unchanged"]


def test_a_row_is_compared_with_what_another_file_of_the_night_made_current(
    world: World,
) -> None:
    row = penalty(WATER, "1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [row]))
    noon = business_date.instant(SECOND) - timedelta(hours=10)
    changed = world.deliver(
        SECOND, PENALTIES, [row | {"remark": "改"}], label="noon", arrived=noon
    )
    world.merge(SECOND, changed, world.deliver(SECOND, PENALTIES, [row]))
    ((rule, _, _, message),) = world.ask(TOLD)
    assert rule == "batch.superseded"
    assert changed.batch_id in message
    assert "2026-11-19 12:00:00到达；不同的项：备注" in message


def test_what_a_full_delivery_lacks_and_brings_back_is_named(world: World) -> None:
    rows = [licence(WATER, "1"), licence(POWER, "2"), licence(PAPER, "3")]
    for night, sent in ((FIRST, rows), (SECOND, rows[:1]), (THIRD, rows[:2])):
        world.merge(night, world.deliver(night, LICENCES, sent))
    told = [(rule, row) for rule, row, *_ in world.ask(TOLD)]
    assert told == [
        ("batch.absent", None),
        ("batch.absent", None),
        ("batch.returned", 3),
        ("batch.unchanged", None),
        ("batch.unchanged", None),
    ]
    named = [message for rule, _, _, message in world.ask(TOLD) if "absent" in rule]
    for number, message in zip("23", named, strict=True):
        assert f"（水务公司，{number}；撤销的版本：批次2026-11-18" in message
