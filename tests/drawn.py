"""How many inputs a property draws: ten times as many with `--complete`."""

from hypothesis import settings

EVERY_DAY = 100
"""Inputs of a property that does not say how many."""

COMPLETE = 1_000


def examples(every_day: int) -> int:
    """Return how many inputs to draw, from the number of every day.

    The profile that counts is loaded before any test module.
    """
    return every_day * settings().max_examples // EVERY_DAY
