"""The checks of reconciliation, in the order in which a night is held against them."""

from collections.abc import Callable, Iterator

from guiji.batch.reconciliation import (
    mass_change,
    missing_record,
    same_bytes,
    same_number,
    same_record,
)
from guiji.batch.reconciliation.comparison import Comparison
from guiji.batch.reconciliation.results import Result

Check = Callable[[Comparison], Iterator[Result]]

CHECKS: tuple[Check, ...] = (
    mass_change.check,
    same_record.check,
    same_bytes.check,
    missing_record.check,
    same_number.check,
)
"""What holds rows back comes before what only tells of rows that will be merged."""
