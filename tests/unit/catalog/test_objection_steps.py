"""The steps of objections in Yangjiang against a naive reading of the articles."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from drawn import examples
from governments import CATALOG, government

from guiji.catalog import objection_steps
from guiji.core.errors import UsageError
from guiji.domain import workdays
from guiji.domain.objections import Act, Move, Objection

CALENDAR = workdays.load(CATALOG / "workdays.csv")
ANNOUNCED = CALENDAR.announced_until
ACCEPT, CHECK, ANSWER, COMPLEX, REPLY, CORRECTION = 3, 3, 10, 20, 3, 3
Row = tuple[str, str, date, date | None, date | None, str, int]


def objection(*acts: tuple[Move, date], number: str = "2026-0001") -> Objection:
    made = tuple(Act(m, day, f"{day}T02:00:00+00:00", "李四", "") for m, day in acts)
    return Objection(number, "spot_check", "r", "v", "tax", None, "", "k", "", "", made)


def is_working(day: date) -> bool:
    if day > ANNOUNCED:
        return day.weekday() < 5
    return bool(CALENDAR.working[(day - CALENDAR.first).days])


def after(start: date, working_days: int) -> date:
    day = start
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working(day)
    return day


def working_days(start: date, end: date) -> int:
    days = range(1, (end - start).days + 1)
    return sum(is_working(start + timedelta(days=n)) for n in days)


def limits(one: Objection) -> Iterator[tuple[str, str, date, date, date | None]]:
    """Step, who, start, due day and end, act by act, as the articles are read."""
    for number, act in enumerate(one.acts):
        later = one.acts[number + 1 :]

        def first(*moves: Move) -> date | None:
            days = [a.on for a in later if a.move in (*moves, Move.WITHDRAW)]  # noqa: B023
            return days[0] if days else None

        on = act.on
        match act.move:
            case Move.OPEN | Move.COMPLETE:  # 第二十四条: 自补全之日起算
                end = first(Move.ACCEPT, Move.REFUSE, Move.INCOMPLETE)
                yield "objection_accept", "credit_centre", on, after(on, ACCEPT), end
            case Move.ACCEPT:
                end = first(Move.OWN_ERROR, Move.ASK)
                yield "objection_check", "credit_centre", on, after(on, CHECK), end
            case Move.ASK:
                extended = any(a.move is Move.EXTEND for a in later)
                due = after(on, COMPLEX if extended else ANSWER)
                yield "objection_answer", "tax", on, due, first(Move.ANSWER)
            case Move.ANSWER:
                end = first(Move.REPLY)
                yield "objection_reply", "credit_centre", on, after(on, REPLY), end
            case Move.OWN_ERROR:  # 第二十五条: 当晚
                end = first(Move.REPLY)
                yield "objection_reply", "credit_centre", on, after(on, REPLY), end
                yield "correction", "credit_centre", on, on, first(Move.CORRECT)
            case Move.UPHOLD:
                due = after(on, CORRECTION)
                yield "correction", "credit_centre", on, due, first(Move.CORRECT)


def expected(one: Objection, today: date) -> list[Row]:
    rows: list[Row] = []
    for step, who, start, due, end in limits(one):
        until = end or today
        late = working_days(due, until) if until > due else 0
        state = "on_time" if end else "running"
        is_open = due > max(start, ANNOUNCED)  # the same evening needs no calendar
        if until > due:
            state = "provisional" if is_open else "late"
        elif not end and working_days(today, due) <= 1:
            state = "due_soon"
        late = 0 if is_open else late
        rows.append((step, who, start, due, end, state, late))
    if one.acts[-1].move is Move.INCOMPLETE:
        told = one.acts[-1].on
        rows.append(
            ("objection_accept", "credit_centre", told, None, None, "waiting", 0)
        )
    return rows


def listed(one: Objection, today: date) -> list[Row]:
    table = objection_steps.steps(government("yangjiang"), CALENDAR, [one], today)
    names = ("step", "department", "started_on", "due_on", "done_on", "state")
    return [
        (*(row[name] for name in names), row["working_days_late"])
        for row in table.to_pylist()
    ]


def walk(draw: random.Random) -> Objection:
    """Moves drawn among those that may be made, days apart."""
    first, last = date(2017, 1, 1).toordinal(), ANNOUNCED.toordinal() + 20
    day = date.fromordinal(draw.randint(first, last))
    one = objection((Move.OPEN, day))
    for _ in range(draw.randint(0, 10)):
        possible = [m for m in one.possible() if m is not Move.WITHDRAW] or [None]
        move = draw.choice(possible)
        if draw.random() < 0.03 and Move.WITHDRAW in one.possible():
            move = Move.WITHDRAW
        if move is None:
            break
        day += timedelta(days=draw.choice((0, 0, 1, 2, 5, 9, 20, 40)))
        one = replace(one, acts=(*one.acts, *objection((move, day)).acts))
    return one


@pytest.mark.duty("YJ10", "YJ13")
@pytest.mark.duty("YJ10")
def test_walks_have_the_due_days_and_states_of_the_articles() -> None:
    draw = random.Random(15)
    states = set()
    for _ in range(examples(600)):
        one = walk(draw)
        today = one.acts[-1].on + timedelta(days=draw.choice((0, 1, 3, 12, 40)))
        rows = listed(one, today)
        assert sorted(rows, key=str) == sorted(expected(one, today), key=str), one
        states |= {row[5] for row in rows}
    assert states == set(objection_steps.STATES)


def test_many_objections_at_once_are_those_of_each() -> None:
    draw = random.Random(16)
    walks = [replace(walk(draw), number=f"2026-{n:04}") for n in range(40)]
    today = ANNOUNCED + timedelta(days=60)
    catalog = government("yangjiang")
    together = objection_steps.steps(catalog, CALENDAR, walks, today).to_pylist()
    alone = [
        row
        for one in walks
        for row in objection_steps.steps(catalog, CALENDAR, [one], today).to_pylist()
    ]
    assert together == alone
    assert objection_steps.steps(catalog, CALENDAR, [], today).num_rows == 0


@pytest.mark.duty("YJ10")
def test_the_complex_answer_has_20_days_in_all_and_not_30() -> None:
    asked, told = date(2026, 11, 2), date(2026, 11, 13)
    before = ((Move.OPEN, asked), (Move.ACCEPT, asked), (Move.ASK, asked))
    answers = [
        row[3]
        for moves in (before, (*before, (Move.EXTEND, told)))
        for row in listed(objection(*moves), told)
        if row[0] == "objection_answer"
    ]
    assert answers == [date(2026, 11, 16), date(2026, 11, 30)]


def test_a_government_without_steps_says_so() -> None:
    with pytest.raises(UsageError, match="guiyang has no steps for objections"):
        objection_steps.clocks(government("guiyang"))


def test_the_clause_of_each_step_is_its_article() -> None:
    day = date(2026, 11, 2)
    moves = (Move.OPEN, Move.ACCEPT, Move.OWN_ERROR)
    one = objection(*((move, day) for move in moves))
    table = objection_steps.steps(government("yangjiang"), CALENDAR, [one], day)
    assert {row["step"]: row["clause"].split()[1] for row in table.to_pylist()} == {
        "objection_accept": "第二十四条",
        "objection_check": "第二十五条",
        "objection_reply": "第二十七条",
        "correction": "第二十五条",
    }
