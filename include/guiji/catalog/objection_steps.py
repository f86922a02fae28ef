"""The steps of objections (异议) with their due days, by the clocks of the catalogue.

A clock of the jurisdiction applies to a step if it `starts` with what an act of an
objection is, and its `kind` is what another act ends. Of several clocks of one step the
first to end applies; once the step was extended (情况复杂), the last, from the same
start: 20 days in all, not 10 and 20 more.

Source: 阳府〔2018〕60号 第二十四至二十七条 (YJ10, YJ13).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from guiji.catalog.clocks import Clock
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import ClockKind, ClockStart, Responsible
from guiji.core.errors import UsageError
from guiji.domain.objections import UPHOLDING, Act, Move, Objection, State
from guiji.domain.workdays import Calendar, Days

STARTS = {
    ClockStart.OBJECTION_RECEIVED: frozenset({Move.OPEN, Move.COMPLETE}),
    ClockStart.OBJECTION_ACCEPTED: frozenset({Move.ACCEPT}),
    ClockStart.OBJECTION_NOTIFIED: frozenset({Move.ASK}),
    ClockStart.OBJECTION_ANSWERED: frozenset({Move.ANSWER, Move.OWN_ERROR}),
    ClockStart.OBJECTION_UPHELD: UPHOLDING,
}
"""What starts a clock -> the moves that are it."""

ENDS = {
    ClockKind.OBJECTION_ACCEPT: frozenset({Move.ACCEPT, Move.REFUSE, Move.INCOMPLETE}),
    ClockKind.OBJECTION_CHECK: frozenset({Move.OWN_ERROR, Move.ASK}),
    ClockKind.OBJECTION_ANSWER: frozenset({Move.ANSWER}),
    ClockKind.OBJECTION_REPLY: frozenset({Move.REPLY, Move.REFUSE}),
    ClockKind.CORRECTION: frozenset({Move.CORRECT}),
}
"""Kind of a clock -> the moves that end it in time."""

WAITING, RUNNING, DUE_SOON = "waiting", "running", "due_soon"
ON_TIME, LATE, PROVISIONAL = "on_time", "late", "provisional"
STATES = (WAITING, RUNNING, DUE_SOON, ON_TIME, LATE, PROVISIONAL)
"""waiting: for the applicant's papers; provisional: it would be late, but its end lies
beyond the announced calendar, so nobody is named for it."""

SCHEMA = pa.schema(
    [
        ("objection", pa.string()),
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("owner", pa.string()),
        ("step", pa.string()),
        ("clock", pa.string()),
        ("department", pa.string()),
        ("responsible", pa.string()),
        ("started_on", pa.date32()),
        ("due_on", pa.date32()),
        ("done_on", pa.date32()),
        ("state", pa.string()),
        ("working_days_late", pa.int64()),
        ("clause", pa.string()),
    ]
)
"""One row per step: `department` is the one that must act, `step` a `ClockKind`."""


@dataclass(frozen=True)
class ClockRun:
    """A clock of an objection while it runs.

    Attributes:
        objection: the objection.
        kind: what must happen.
        starts: what started it.
        start: the act that did.
        end: the act that ended it; None = it runs.
        is_extended: whether the longest of its clocks applies.
    """

    objection: Objection
    kind: ClockKind
    starts: ClockStart
    start: Act
    end: Act | None
    is_extended: bool

    @property
    def is_same_day(self) -> bool:
        """Whether it ends on the day it starts: the platform's own error (当晚)."""
        is_own = self.start.move is Move.OWN_ERROR
        return is_own and self.kind is ClockKind.CORRECTION


def clocks(catalog: Catalog) -> list[Clock]:
    """Return the clocks of objections.

    Raises:
        UsageError: the jurisdiction has no steps for objections.
    """
    here = catalog.jurisdiction
    listed = [c for c in here.clocks if c.kind in ENDS and c.starts in STARTS]
    if here.objections is None or not listed:
        raise UsageError(
            f"{here.id} has no steps for objections: its document ({here.document}) "
            "gives none; `objections` and `clocks` of jurisdiction.yml would say them"
        )
    return listed


def steps(
    catalog: Catalog, calendar: Calendar, objections: Iterable[Objection], today: date
) -> pa.Table:
    """Return every step of objections that a clock of the catalogue limits.

    Args:
        catalog: clocks, and who must act.
        calendar: of working days.
        objections: as they stood on `today`, see `Objection.until`.
        today: the day on which they are looked at.

    Returns:
        A table of `SCHEMA`, by objection and in the order of the steps.

    Raises:
        UsageError: the jurisdiction has no steps for objections.
        CalendarGap: a step starts before the calendar.
    """
    of_catalog = clocks(catalog)
    objections = list(objections)
    runs = [run for objection in objections for run in _runs(objection, of_catalog)]
    limited = [
        (run, *limit)
        for run, limit in zip(runs, _limits(calendar, of_catalog, runs), strict=True)
        if limit is not None
    ]
    until = _days(run.end.on if run.end else today for run, *_ in limited)
    left = calendar.between(until, _days(due for _, _, due, _ in limited))
    rows = [
        _row(catalog, *limits, today, int(days))
        for limits, days in zip(limited, left, strict=True)
    ]
    rows += [_waiting(catalog, o) for o in objections if _is_waiting(o)]
    rows.sort(key=lambda row: (row["objection"], row["started_on"]))
    return pa.Table.from_pylist(rows, SCHEMA)


def _runs(objection: Objection, of_catalog: Sequence[Clock]) -> Iterator[ClockRun]:
    for kind, starts in dict.fromkeys((c.kind, c.starts) for c in of_catalog):
        for number, act in enumerate(objection.acts):
            if act.move in STARTS[starts]:
                yield from _runs_from(objection, kind, starts, number)


def _runs_from(
    objection: Objection, kind: ClockKind, starts: ClockStart, number: int
) -> Iterator[ClockRun]:
    """Yield the run that an act starts, unless it only waits for papers."""
    stops = ENDS[kind] | {Move.WITHDRAW}
    if starts is ClockStart.OBJECTION_RECEIVED:
        stops |= {Move.INCOMPLETE}
    later = objection.acts[number + 1 :]
    end = next((act for act in later if act.move in stops), None)
    if end and end.move is Move.INCOMPLETE and end.move not in ENDS[kind]:
        return
    start = objection.acts[number]
    is_asked = start.move is Move.ASK
    is_extended = is_asked and any(act.move is Move.EXTEND for act in later)
    yield ClockRun(objection, kind, starts, start, end, is_extended)


def _limits(
    calendar: Calendar, of_catalog: Sequence[Clock], runs: Sequence[ClockRun]
) -> list[tuple[Clock, date, bool] | None]:
    """Return of each run its clock, its due day and whether that is provisional."""
    limits: list[tuple[Clock, date, bool] | None] = [None] * len(runs)
    starts = np.array([run.start.on for run in runs], "datetime64[D]")
    for clock in of_catalog:
        of_clock = [
            (run.kind, run.starts) == (clock.kind, clock.starts) for run in runs
        ]
        rows = np.flatnonzero(np.array(of_clock, bool) & clock.is_valid(starts))
        due, provisional = clock.due(calendar, starts[rows])
        for row, day, is_open in zip(
            rows.tolist(), due.tolist(), provisional.tolist(), strict=True
        ):
            before, run = limits[row], runs[row]
            if run.is_same_day:
                limits[row] = _own_error(of_catalog, clock), run.start.on, False
            elif before is None or (day > before[1]) == run.is_extended:
                limits[row] = clock, day, is_open
    return limits


def _own_error(of_catalog: Sequence[Clock], clock: Clock) -> Clock:
    """Return a clock of correction with the clause of the check, which says 当晚."""
    check = (c for c in of_catalog if c.kind is ClockKind.OBJECTION_CHECK)
    clause = next((c.clause for c in check), clock.clause)
    return clock.model_copy(update={"clause": clause, "parameter": False})


def _row(
    catalog: Catalog,
    run: ClockRun,
    clock: Clock,
    due: date,
    is_provisional: bool,
    today: date,
    left: int,
) -> dict[str, object]:
    """Return a row; `left` are working days from its end, or today, to its due day."""
    done = run.end.on if run.end else None
    is_late = (done or today) > due
    if is_late:
        state = PROVISIONAL if is_provisional else LATE
    elif done:
        state = ON_TIME
    else:
        rules = catalog.jurisdiction.objections
        state = DUE_SOON if rules and left <= rules.due_soon else RUNNING
    return _facts(catalog, run.objection, run.kind, clock) | {
        "started_on": run.start.on,
        "due_on": due,
        "done_on": done,
        "state": state,
        "working_days_late": -left if state == LATE else 0,
    }


def _facts(
    catalog: Catalog, objection: Objection, kind: ClockKind, clock: Clock
) -> dict[str, object]:
    rules = catalog.jurisdiction.objections
    by_provider = clock.responsible is Responsible.PROVIDER
    return {
        "objection": objection.number,
        "dataset": objection.dataset,
        "record_id": objection.record_id,
        "owner": objection.owner,
        "step": kind.value,
        "clock": clock.id,
        "department": objection.owner if by_provider else rules and rules.office,
        "responsible": clock.responsible.value,
        "clause": clock.clause,
    }


def _is_waiting(objection: Objection) -> bool:
    return objection.state is State.INCOMPLETE_TOLD


def _waiting(catalog: Catalog, objection: Objection) -> dict[str, object]:
    """Return the row of the time in which the applicant's papers are awaited."""
    accept = next(
        c for c in clocks(catalog) if c.starts is ClockStart.OBJECTION_RECEIVED
    )
    facts = _facts(catalog, objection, accept.kind, accept)
    last = objection.acts[-1]
    return facts | {"started_on": last.on, "state": WAITING, "working_days_late": 0}


def _days(days: Iterable[date]) -> Days:
    return np.array([*days], "datetime64[D]")
