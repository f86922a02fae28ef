"""Which clocks run, and on which day each of them runs out.

Events fall on few distinct days however many records there are, so due days are
worked out once per dataset, clock and day; SQL joins them to the records.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog, Clock, Dataset
from guiji.catalog.vocabulary import ClockKind, ClockStart, OpenLevel
from guiji.domain.workdays import Calendar

CYCLE = "cycle"
"""Kind of a breach in which nothing at all was delivered within the update cycle."""

CHANGE = "change"
"""Kind of a breach in which a change of a record's state was delivered late (变更迟报):
a removal from a list, a payment, a lifted measure, each with a day of its own."""

CHANGE_STARTS = (
    ClockStart.CHANGED,
    ClockStart.REVOKED,
    ClockStart.REMOVED,
    ClockStart.ANNULLED,
)
"""What starts a clock of a change of state."""

DUE_DAYS = pa.schema(
    [
        ("dataset", pa.string()),
        ("clock", pa.string()),
        ("kind", pa.string()),
        ("event_on", pa.date32()),
        ("due_on", pa.date32()),
        ("provisional", pa.bool_()),
        ("responsible", pa.string()),
        ("clause", pa.string()),
    ]
)

DUTIES = pa.schema(
    [
        ("department", pa.string()),
        ("dataset", pa.string()),
        ("clock", pa.string()),
        ("since", pa.date32()),
        ("days", pa.int32()),
        ("clause", pa.string()),
    ]
)

Days = npt.NDArray[np.datetime64]


def published_datasets(catalog: Catalog) -> frozenset[str]:
    """Name the datasets that have a publication clock: public, and in a channel."""
    shown = {name for c in catalog.jurisdiction.channels for name in c.datasets}
    return frozenset(
        d.id
        for d in catalog.datasets.values()
        if d.open_level is OpenLevel.PUBLIC and d.id in shown
    )


def delivery_terms(catalog: Catalog) -> pa.Table:
    """List the datasets that have a delivery clock and the events that start it.

    Returns:
        One row per dataset: dataset, valid_from, valid_to (null: open). An event
        outside these days is backlog (存量) and starts no clock, because the
        catalogue did not ask for it then.
    """
    rows = [
        {"dataset": d.id, "valid_from": _since(catalog, d), "valid_to": d.valid_to}
        for d in sorted(catalog.datasets.values(), key=lambda d: d.id)
        if any(c.kind is ClockKind.DELIVERY for c in d.clocks)
    ]
    fields = [("dataset", pa.string())]
    fields += [("valid_from", pa.date32()), ("valid_to", pa.date32())]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def due_days(catalog: Catalog, calendar: Calendar, events: pa.Table) -> pa.Table:
    """Work out when each clock that an event starts runs out.

    Args:
        catalog: its datasets' clocks; those that an event starts count here.
        calendar: the working days.
        events: columns dataset, event_on (date32, no nulls), distinct.

    Returns:
        One row per dataset, clock and day (`DUE_DAYS`), `due_on` being the last day
        in time; `provisional` where it lies beyond the announced calendar. Events
        before or after the validity of the catalogue entry have no row.

    Raises:
        CalendarGap: an entry is valid from before the calendar begins.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 五(一); 贵州省企业公共信用信息
        平台运行管理规则(试行) 第十二条; 渝府办发〔2015〕159号 二(十四).
    """
    shown = published_datasets(catalog)
    return _due_days(
        catalog,
        calendar,
        events,
        lambda dataset: [
            (clock, clock.kind.value)
            for clock in dataset.clocks
            if _starts_with_event(clock, dataset.id in shown)
        ],
    )


def change_due_days(catalog: Catalog, calendar: Calendar, days: pa.Table) -> pa.Table:
    """Work out when each clock that a change of state starts runs out.

    Args:
        catalog: its datasets' clocks. The change is information that arises on its
            day, so delivery clocks that an event starts count, too.
        calendar: the working days.
        days: columns dataset, event_on: days of changes, as `due_days` has events.

    Returns:
        As `due_days`; `kind` is that of the breach.
    """
    return _due_days(catalog, calendar, days, _change_clocks)


def _due_days(
    catalog: Catalog,
    calendar: Calendar,
    events: pa.Table,
    running: Callable[[Dataset], Sequence[tuple[Clock, str]]],
) -> pa.Table:
    parts = [
        _clock_days(
            dataset.id, clock, kind, calendar, _valid_days(catalog, dataset, events)
        )
        for dataset in sorted(catalog.datasets.values(), key=lambda d: d.id)
        for clock, kind in running(dataset)
    ]
    return pa.concat_tables([DUE_DAYS.empty_table(), *parts])


def every_due_day(catalog: Catalog, calendar: Calendar, until: date) -> pa.Table:
    """Work out when each clock runs out that any event up to a day would start.

    Args:
        catalog: as of `due_days`.
        calendar: as of `due_days`; days before it are left out.
        until: the last day of an event.

    Returns:
        As `due_days`, one row per dataset, clock and day.
    """
    events = [
        pa.table({"dataset": [dataset.id] * len(days), "event_on": days})
        for dataset in catalog.datasets.values()
        if (days := _all_days(max(_since(catalog, dataset), calendar.first), until))
    ]
    return due_days(catalog, calendar, pa.concat_tables([_EVENTS, *events]))


def _all_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_EVENTS = pa.schema([("dataset", pa.string()), ("event_on", pa.date32())]).empty_table()


def _starts_with_event(clock: Clock, is_shown: bool) -> bool:
    if clock.starts is not ClockStart.EVENT:
        return False
    return clock.kind is ClockKind.DELIVERY or (
        clock.kind is ClockKind.PUBLICATION and is_shown
    )


def _change_clocks(dataset: Dataset) -> list[tuple[Clock, str]]:
    """List the clocks that a change of state starts, with the kind of their breaches.

    Datasets without an item that dates such changes have none.
    """
    if not set(dataset.produced) - set(dataset.event):
        return []
    return [
        (clock, CHANGE if clock.starts is ClockStart.EVENT else clock.kind.value)
        for clock in dataset.clocks
        if clock.starts in CHANGE_STARTS
        or (clock.kind is ClockKind.DELIVERY and clock.starts is ClockStart.EVENT)
    ]


def _since(catalog: Catalog, dataset: Dataset) -> date:
    """Return the day from which the clocks of an entry run."""
    return max(dataset.valid_from, catalog.jurisdiction.clocks_since or date.min)


def _valid_days(catalog: Catalog, dataset: Dataset, events: pa.Table) -> Days:
    mine = events.filter(pc.equal(events["dataset"], dataset.id))["event_on"]
    days = np.sort(mine.to_numpy().astype("datetime64[D]"))
    days = days[days >= np.datetime64(_since(catalog, dataset))]
    if dataset.valid_to is not None:
        days = days[days <= np.datetime64(dataset.valid_to)]
    return days


def _clock_days(
    dataset: str, clock: Clock, kind: str, calendar: Calendar, days: Days
) -> pa.Table:
    days = days[clock.is_valid(days)]
    due, provisional = clock.due(calendar, days)
    count = len(days)
    columns = [
        pa.array([dataset] * count, pa.string()),
        pa.array([clock.id] * count, pa.string()),
        pa.array([kind] * count, pa.string()),
        pa.array(days, pa.date32()),
        pa.array(due, pa.date32()),
        pa.array(provisional, pa.bool_()),
        pa.array([clock.responsible.value] * count, pa.string()),
        pa.array([clock.clause] * count, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=DUE_DAYS)


def duties(catalog: Catalog, night: date, first: date) -> pa.Table:
    """List who must deliver what in which cycle (`DUTIES`), as of a night.

    A unit that never delivered counts from the day from which clocks run, or from the
    platform's first night: before it there was nowhere to deliver to. `days` is the
    jurisdiction's number of calendar days for the dataset's update cycle; a cycle
    without a number (不定时) is no duty, nor is an entry outside its validity.

    Args:
        catalog: datasets, their providers and cycles.
        night: the night.
        first: the platform's first night.

    Source:
        阳府〔2018〕60号 第八条 (更新周期).
    """
    cycles = catalog.jurisdiction.cycles
    rows = [
        {
            "department": department,
            "dataset": dataset.id,
            "clock": f"{CYCLE}_{dataset.update_cycle.value}",
            "since": max(
                dataset.valid_from, catalog.jurisdiction.clocks_since or first
            ),
            "days": cycles[dataset.update_cycle],
            "clause": f"采集目录《{dataset.title}》更新周期",
        }
        for dataset in sorted(catalog.datasets.values(), key=lambda d: d.id)
        if dataset.update_cycle in cycles
        and dataset.valid_from <= night
        and (dataset.valid_to is None or night <= dataset.valid_to)
        for department in sorted(dataset.providers)
    ]
    return pa.Table.from_pylist(rows, schema=DUTIES)
