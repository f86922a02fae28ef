"""Lists the inboxes without claiming, so that arrivals are recorded in time.

A file on a server has arrived when it is first listed, so somebody must list it often.
A file in a local folder carries its arrival by itself (`intake.arrivals`).
"""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass

from guiji.context import Context
from guiji.core.errors import SourceUnavailable
from guiji.intake import inboxes

log = logging.getLogger(__name__)


@dataclass
class WatchCounts:
    """Counts of one look into every inbox.

    Attributes:
        ready: files that a claim would take now.
        out_of_reach: inboxes that could not be looked into.
    """

    ready: int = 0
    out_of_reach: int = 0


def watch(context: Context, sleep: Callable[[float], None] = time.sleep) -> WatchCounts:
    """List every inbox once; the ledger records the files on servers.

    An inbox out of reach is logged, and the others are looked into; only a night
    traces it.

    Args:
        context: settings, where the local folders are; catalogue, whose departments may
            deliver; ledger, notes first sightings.
        sleep: waits between two attempts to connect.
    """
    counts = WatchCounts()

    def out_of_reach(name: str, error: SourceUnavailable) -> None:
        log.warning("inbox out of reach: %s: %s", name, error)
        counts.out_of_reach += 1

    with ExitStack() as opened:
        for box in inboxes.every(context, None, out_of_reach, sleep):
            opened.enter_context(closing(box))
            try:
                counts.ready += len(box.look().drops)
            except SourceUnavailable as error:
                out_of_reach(box.name, error)
    return counts
