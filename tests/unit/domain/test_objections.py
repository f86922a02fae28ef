"""Which move may follow which, and what a refusal of one says."""

from dataclasses import replace
from datetime import date

import pytest

from guiji.core.errors import UsageError
from guiji.domain.objections import Act, Move, Objection, State

DAY = date(2026, 11, 2)
WAY = {
    Move.OPEN: State.RECEIVED,
    Move.INCOMPLETE: State.INCOMPLETE_TOLD,
    Move.COMPLETE: State.RECEIVED,
    Move.ACCEPT: State.ACCEPTED,
    Move.ASK: State.PROVIDER_ASKED,
    Move.EXTEND: State.PROVIDER_ASKED,
    Move.ANSWER: State.ANSWERED,
    Move.UPHOLD: State.UPHELD,
    Move.REPLY: State.REPLIED,
    Move.CORRECT: State.REPLIED,
    Move.CLOSE: State.CLOSED,
}
"""The longest way, and the state after each step."""


def objection(*moves: Move) -> Objection:
    acts = tuple(
        Act(move, DAY, "2026-11-02T03:00:00+00:00", "李四", "") for move in moves
    )
    facts = ("2026-0001", "spot_check", "r", "v", "tax", None, "甲", "k", "错", "hand")
    return replace(Objection(*facts), acts=acts)


def test_the_longest_way_to_the_end() -> None:
    moves = list(WAY)
    for number, (move, state) in enumerate(WAY.items()):
        if number:
            objection(*moves[:number]).require(move, DAY)
        assert objection(*moves[: number + 1]).state == state
    assert not objection(*moves).is_open


@pytest.mark.parametrize(
    ("before", "move", "why"),
    [
        ([Move.OPEN], Move.REPLY, "is received: cannot reply: not in this state"),
        ([Move.OPEN, Move.REFUSE], Move.ACCEPT, "is refused: .*possible: none"),
        # 一次性告知 (第二十四条)
        ([Move.OPEN, Move.INCOMPLETE, Move.COMPLETE], Move.INCOMPLETE, "once only"),
        ([Move.OPEN, Move.ACCEPT, Move.ASK, Move.EXTEND], Move.EXTEND, "once only"),
        (
            [Move.OPEN, Move.ACCEPT, Move.ASK, Move.ANSWER, Move.REJECT, Move.REPLY],
            Move.CORRECT,
            "nothing is to be corrected.*possible: close",
        ),
        (
            [Move.OPEN, Move.ACCEPT, Move.OWN_ERROR, Move.REPLY],
            Move.CLOSE,
            "its record is not corrected yet.*possible: correct",
        ),
    ],
)
def test_a_move_that_may_not_be_made_says_why(
    before: list[Move], move: Move, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        objection(*before).require(move, DAY)


def test_no_move_is_dated_before_the_last() -> None:
    with pytest.raises(UsageError, match="is before its last act, open on 2026-11-02"):
        objection(Move.OPEN).require(Move.ACCEPT, date(2026, 11, 1))


def test_an_objection_as_it_stood_and_as_it_was_known() -> None:
    later = objection(Move.OPEN, Move.ACCEPT)
    late = replace(later.acts[1], on=date(2026, 11, 3), at="2026-11-06T01:00:00+00:00")
    later = replace(later, acts=(later.acts[0], late))
    assert later.until(date(2026, 11, 1)) is None
    states = [
        later.until(date(2026, 11, day), known_on=known and date(2026, 11, known)).state
        for day, known in ((2, None), (3, None), (3, 5), (3, 6))
    ]
    assert states == [State.RECEIVED, State.ACCEPTED, State.RECEIVED, State.ACCEPTED]
