"""Breaches whose writing is killed, and the same night reported again."""

from dataclasses import replace
from pathlib import Path

import kill_points
import pyarrow.parquet as pq
from warehouse_world import FIRST, POWER, SECOND, THIRD, WATER, penalty, tree

from guiji.core.settings import Settings
from guiji.reports.deadlines import basis
from guiji.reports.deadlines.breaches import compute, write


def reports(settings: Settings) -> dict[str, str]:
    files = tree(settings.reports)
    return {str(Path(p).relative_to(settings.data)): h for p, h in files.items()}


def test_a_kill_at_any_write_of_breaches_is_mended_by_the_next_report(
    settings: Settings, tmp_path: Path, complete: bool
) -> None:
    world = kill_points.with_deadlines(settings)
    rows = [penalty(code, "1号", "2026-09-02") for code in (WATER, POWER)]
    world.merge(FIRST, world.deliver(FIRST, "administrative_penalty", rows))
    write(world.context.at(FIRST))
    kill_points.second_night(settings)()
    first = reports(settings)
    copies = tmp_path / "copies"
    kinds = kill_points.drill("breaches", settings, copies)
    assert len(kinds) >= 6
    written = write(world.context.at(SECOND))
    assert len(pq.read_table(written)) > 2
    expected, seen = reports(settings), set()
    for left in kill_points.states(copies, kinds, complete):
        killed = kill_points.with_deadlines(replace(settings, data=left))
        assert first.items() <= reports(killed.settings).items(), left.name
        is_written = reports(killed.settings) == expected
        third = killed.context.at(THIRD)
        is_new = is_written not in seen
        if (complete or is_new) and basis.earlier(third):  # it begins with a whole one
            by_changes, anew = write(third), tmp_path / "anew.parquet"
            compute(third, anew)
            assert pq.read_table(by_changes).equals(pq.read_table(anew)), left.name
            by_changes.unlink()
        seen.add(is_written)
        write(killed.context.at(SECOND))
        now = reports(killed.settings)
        assert {n: now[n] for n in expected} == expected, left.name
    assert seen == {False, True}
