"""Objections in the ledger, on each database: numbers, moves, the trace."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from guiji.core.errors import UsageError
from guiji.domain.objections import Act, Move, Objection, State
from guiji.ledger import objections
from guiji.ledger.ledger import Ledger

DAY = date(2026, 11, 2)


def act(move: Move, **details: object) -> Act:
    return Act(move, DAY, "", "李四", "材料齐全", details)


def wanted(record: str = "r1", applicant: str = "k1", source: str = "") -> Objection:
    facts = (
        "",
        "spot_check",
        record,
        "v1",
        "tax",
        None,
        "张*",
        applicant,
        "写错了",
        source,
    )
    return Objection(*facts, acts=(act(Move.OPEN),))


@pytest.mark.duty("YJ10")
def test_moves_are_numbered_kept_and_traced(ledger: Ledger) -> None:
    first, is_new = objections.open_objection(ledger, wanted())
    second, _ = objections.open_objection(ledger, wanted("r2"))
    assert (first.number, second.number, is_new) == ("2026-0001", "2026-0002", True)
    moved = objections.move(
        ledger, first.number, act(Move.INCOMPLETE, missing=["授权书"])
    )
    assert moved == objections.find(ledger, first.number)
    assert moved.state is State.INCOMPLETE_TOLD
    assert objections.every(ledger) == [moved, second]
    lines = ledger.entries(subject=first.number)
    assert [line.kind for line in lines] == ["objection_open", "objection_incomplete"]
    assert lines[1].details["missing"] == ["授权书"]
    assert lines[0].details["record_id"] == "r1"
    told = str([line.details for line in lines])
    assert "张" not in told
    assert "k1" not in told
    assert "写错了" not in told
    assert ledger.verify_chain() == []


def test_an_illegal_move_changes_nothing(ledger: Ledger) -> None:
    opened, _ = objections.open_objection(ledger, wanted())
    with pytest.raises(UsageError, match="possible: incomplete, accept, refuse"):
        objections.move(ledger, opened.number, act(Move.REPLY))
    with pytest.raises(UsageError, match="no objection '2026-0009'"):
        objections.move(ledger, "2026-0009", act(Move.ACCEPT))
    assert objections.every(ledger) == [opened]
    assert ledger.verify_chain() == []


def test_the_same_objection_twice_is_refused_while_it_is_open(ledger: Ledger) -> None:
    opened, _ = objections.open_objection(ledger, wanted())
    with pytest.raises(UsageError, match="2026-0001 is the same and still received"):
        objections.open_objection(ledger, wanted())
    objections.open_objection(ledger, wanted(applicant="k2"))
    objections.open_objection(ledger, replace(wanted(), item="uscc"))
    objections.move(ledger, opened.number, act(Move.REFUSE))
    again, _ = objections.open_objection(ledger, wanted())
    assert again.number == "2026-0004"


def test_a_row_of_a_form_opens_one_objection(ledger: Ledger) -> None:
    opened, is_new = objections.open_objection(ledger, wanted(source="form:v9"))
    assert objections.open_objection(ledger, wanted(source="form:v9")) == (
        opened,
        False,
    )
    assert is_new


def test_an_altered_move_does_not_agree_with_the_trace(ledger: Ledger) -> None:
    opened, _ = objections.open_objection(ledger, wanted())
    objections.move(ledger, opened.number, act(Move.ACCEPT))
    with ledger.changing() as (connection, _):
        connection.execute(
            sa.text("update objection_acts set move = 'refuse' where seq = 2")
        )
    assert ledger.verify_chain() == [
        "objection 2026-0001: the trace and the ledger do not agree"
    ]
