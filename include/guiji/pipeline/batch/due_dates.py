"""Until when rows that were put away can still be corrected in time."""

from datetime import date

import numpy as np
import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import ClockKind
from guiji.domain.workdays import Calendar


def due_by(
    calendar: Calendar, dataset: Dataset, typed: pa.Table, bad: pa.Array, today: date
) -> date | None:
    """Find the earliest delivery deadline, not yet past, of rows that were put away.

    Args:
        calendar: the working days.
        dataset: its clocks.
        typed: the parsed delivery.
        bad: positions of the rows in it.
        today: day of the delivery; what was due before is past.
    """
    clocks = [c for c in dataset.clocks if c.kind is ClockKind.DELIVERY]
    events = typed["event_on"].take(bad).drop_null().unique()
    if not clocks or not len(events):
        return None
    event_days = events.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    event_days = event_days[event_days >= calendar.first]
    due = np.minimum.reduce([c.due(calendar, event_days)[0] for c in clocks])
    ahead = due[due >= np.datetime64(today)]
    return ahead.min().item() if len(ahead) else None
