"""Waves: deliveries are read one by one, judged together, answered one by one.

A wave ends with the delivery that brings it to `GUIJI_WAVE_ROWS` rows, because all of
them are held in memory. Until a delivery has its verdict nobody else works on it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from guiji.core import files, scratch
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor, OpenedDelivery

DELIVERIES = 300
"""Most deliveries of a wave: what a kill costs is done again."""


def check(
    processor: DeliveryProcessor,
    deliveries: Iterable[str],
    report: Callable[[int], None],
) -> Counter[str]:
    """Check deliveries in waves.

    Args:
        processor: of the night.
        deliveries: their ids; taken in sorted order, so that two processes that check
            the same ones wait for one another and never both.
        report: told how many have their verdict.

    Returns:
        Verdict -> deliveries.
    """
    verdicts: Counter[str] = Counter()
    todo = sorted(deliveries, reverse=True)
    while todo:
        verdicts.update(_wave(processor, todo))
        report(verdicts.total())
    return verdicts


def _wave(processor: DeliveryProcessor, todo: list[str]) -> list[str]:
    """Take the next deliveries off a list, as many as are judged together."""
    context = processor.context
    opened: list[OpenedDelivery] = []
    with ExitStack() as stack:
        with files.synced_together():
            while todo and not _is_full(opened, context.settings.wave_rows):
                identity = todo.pop()
                stack.enter_context(
                    scratch.exclusive(context.settings.batches, f".{identity}")
                )
                opened.append(processor.open(context.ledger.delivery(identity)))
        return processor.judge(opened)


def _is_full(opened: Sequence[OpenedDelivery], rows: int) -> bool:
    return len(opened) == DELIVERIES or sum(one.rows for one in opened) >= rows
